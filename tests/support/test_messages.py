"""Messages between the parties of one order; numbers masked until a rider is on the way (DR-1603)."""

from typing import Any

import pytest

from core.actor import system
from core.errors import DomainError, NotAllowed
from core.orders.errors import OrderUnknown
from core.orders.models import Order
from core.support import messages
from core.support.errors import MessageUnknown, NotAParty, TextMissing, TextTooLong
from core.support.messages import MessageView
from tests.helpers import Person
from tests.orders.shop import Shop
from tests.proving import proves

WITH_NUMBER = "Call me on 0712 345 678"


def send(shop: Shop, sender: Person, to: Person, order: Order, text: str = "Ready at ten?") -> MessageView:
    return shop.db.run(
        lambda tx: messages.send(tx, sender.actor, order_ref=order.order_number, to_user_id=to.id, text=text)
    )


def phones(shop: Shop, reader: Person, order: Order) -> dict[str, str]:
    with shop.db.read() as tx:
        found = messages.parties_of(tx, reader.actor, order_ref=order.order_number)
        return {party.part: party.phone for party in found}


@proves("DR-1603")
def test_numbers_are_open_only_to_and_from_the_rider_and_only_on_the_way(shop: Shop) -> None:
    shop.publish()
    cast = shop.cast
    order = shop.paid_order()
    shop.mark(order, "ready")
    assert phones(shop, cast.customer, order) == {"farmer": "07******01"}
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)  # D2
    assert phones(shop, cast.customer, order) == {"farmer": "07******01", "rider": "0712000303"}
    assert phones(shop, cast.farmer, order) == {"customer": "07******02", "rider": "0712000303"}
    assert phones(shop, cast.rider, order) == {"farmer": "0712000101", "customer": "0712000202"}
    shop.pick_up(order)
    assert phones(shop, cast.rider, order)["customer"] == "0712000202"
    shop.deliver(shop.code(order), order)
    assert phones(shop, cast.customer, order) == {"farmer": "07******01", "rider": "07******03"}
    assert phones(shop, cast.admin, order)["customer"] == "07******02"


@proves("DR-1603")
def test_a_number_in_the_words_is_masked_like_the_person(shop: Shop) -> None:
    shop.publish()
    cast = shop.cast
    order = shop.assigned()
    assert send(shop, cast.customer, cast.farmer, order, WITH_NUMBER).body == "Call me on 07******78"
    assert send(shop, cast.customer, cast.rider, order, WITH_NUMBER).body == WITH_NUMBER
    shop.pick_up(order)
    shop.deliver(shop.code(order), order)
    with shop.db.read() as tx:
        bodies = [m.body for m in messages.listed(tx, cast.rider.actor)]
    assert bodies == ["Call me on 07******78"], "once it is over, also the old ones"


@proves("DR-1603")
def test_only_parties_of_the_order_write_to_each_other(shop: Shop) -> None:
    shop.publish()
    cast = shop.cast
    order = shop.paid_order()
    stranger = shop.person("+254712000555", "customer", "Kinoo")
    send(shop, cast.farmer, cast.customer, order)
    for sender, to, error in (
        (cast.customer, cast.rider, NotAParty),  # nobody has it yet
        (cast.customer, stranger, NotAParty),
        (cast.customer, cast.customer, NotAParty),
        (cast.customer, cast.admin, NotAParty),  # to us one writes a ticket
        (stranger, cast.customer, OrderUnknown),
        (cast.rider, cast.customer, OrderUnknown),
        (cast.admin, cast.customer, NotAParty),
    ):
        with pytest.raises(error):
            send(shop, sender, to, order)


@proves("DR-1603")
@pytest.mark.parametrize(
    ("text", "error"),
    [("", TextMissing), (None, TextMissing), ("x" * 320, None), ("x" * 321, TextTooLong)],
)
def test_a_message_has_320_characters_at_most(shop: Shop, text: Any, error: type[DomainError] | None) -> None:
    shop.publish()
    order = shop.paid_order()
    if error is None:
        assert send(shop, shop.cast.farmer, shop.cast.customer, order, text).body == text
        return
    with pytest.raises(error):
        send(shop, shop.cast.farmer, shop.cast.customer, order, text)


@proves("DR-1603", "DR-220")
def test_people_read_their_own_and_the_recipient_marks_it_read(shop: Shop) -> None:
    shop.publish()
    cast = shop.cast
    order = shop.paid_order()
    sent = send(shop, cast.farmer, cast.customer, order)
    assert shop.copies(cast.customer)[-1] == "message_received"
    with shop.db.read() as tx:
        for person, count in ((cast.farmer, 1), (cast.customer, 1), (cast.rider, 0), (cast.admin, 1)):
            assert len(messages.listed(tx, person.actor)) == count
        assert messages.listed(tx, cast.farmer.actor, order_id=order.order_id + 1) == []
        assert messages.listed(tx, cast.farmer.actor, before=sent.message_id) == []
        with pytest.raises(NotAllowed):
            messages.listed(tx, system("job"))
    for person in (cast.farmer, cast.rider, cast.admin):
        with pytest.raises(MessageUnknown):
            shop.db.run(
                lambda tx, p=person: messages.mark_read(  # type: ignore[misc]
                    tx, p.actor, message_id=sent.message_id
                )
            )
    for _time in range(2):
        read = shop.db.run(lambda tx: messages.mark_read(tx, cast.customer.actor, message_id=sent.message_id))
        assert read.read_at is not None
