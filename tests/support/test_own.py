"""A phone's lists of tickets, orders and talks: own rows only, the same words and masks as elsewhere."""

from typing import Any

import pytest

from core.orders.models import Order
from core.support import messages, own
from core.support import service as support
from core.support.errors import NotAParty, TicketUnknown
from tests.helpers import Person
from tests.orders.shop import Shop
from tests.proving import proves


def look(shop: Shop, verb: Any, person: Person, **how: Any) -> Any:
    with shop.db.read() as tx:
        return verb(tx, person.actor, **how)


def send(shop: Shop, sender: Person, to: Person, order: Order, text: str) -> None:
    shop.db.run(
        lambda tx: messages.send(tx, sender.actor, order_ref=order.order_number, to_user_id=to.id, text=text)
    )


@proves("DR-1602", "DR-211")
def test_own_tickets_those_that_wait_for_her_first(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    customer, admin = shop.cast.customer, shop.cast.admin
    first: Any = shop.db.run(
        lambda tx: support.open_ticket(tx, customer.actor, text="Where is it?", order_ref=order.tail)
    )
    second: Any = shop.db.run(lambda tx: support.open_ticket(tx, customer.actor, text="And this?"))
    shop.db.run(lambda tx: support.write(tx, admin.actor, ticket_id=first.ticket_id, text="On its way."))
    assert [(t.ticket_id, t.status, t.tail) for t in look(shop, own.tickets, customer)] == [
        (first.ticket_id, "waiting_user", order.tail),
        (second.ticket_id, "open", ""),
    ]
    seen = look(shop, own.ticket, customer, ticket_id=first.ticket_id)
    assert [(w.ours, w.text) for w in seen.words] == [(False, "Where is it?"), (True, "On its way.")]
    assert look(shop, own.tickets, shop.cast.farmer) == []
    with pytest.raises(TicketUnknown):
        look(shop, own.ticket, shop.cast.farmer, ticket_id=first.ticket_id)


@proves("DR-211", "DR-801")
def test_orders_that_somebody_has_a_part_in(shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    stranger = shop.person("+254712000555", "customer", "Kinoo")
    cast = shop.cast
    for person in (cast.customer, cast.farmer, cast.rider):
        assert [one.number for one in look(shop, own.orders, person)] == [order.order_number]
        assert look(shop, own.is_named, person, tail=order.tail)
    for tail in ("ZZ99", "%", "____", ""):
        assert not look(shop, own.is_named, cast.customer, tail=tail)
    assert not look(shop, own.is_named, stranger, tail=order.tail)
    assert look(shop, own.orders, stranger) == look(shop, own.orders, cast.admin) == []


@proves("DR-1603")
def test_a_talk_is_as_its_readers_may_see_it_and_unread_until_opened(shop: Shop) -> None:
    shop.publish()
    cast = shop.cast
    order = shop.assigned()
    words = "Call me on 0712 345 678"
    send(shop, cast.customer, cast.farmer, order, words)
    send(shop, cast.rider, cast.farmer, order, words)
    for person in (cast.customer, cast.farmer, cast.rider):
        with shop.db.read() as tx:
            there = messages.parties_of(tx, person.actor, order_ref=order.order_number)
            mine = own.people(tx, person.actor, order_id=order.order_id)
        assert {(p.user_id, p.part, p.first_name, p.phone) for p in mine} == {
            (p.user_id, p.part, p.first_name, p.phone) for p in there
        }
    assert [(t.first_name, t.unread) for t in look(shop, own.threads, cast.farmer)] == [
        ("Kamau", True),
        ("Achieng", True),
    ]
    shop.db.run(
        lambda tx: messages.read_thread(tx, cast.farmer.actor, order_id=order.order_id, user_id=cast.rider.id)
    )
    assert [(t.first_name, t.unread) for t in look(shop, own.threads, cast.farmer)] == [
        ("Achieng", True),
        ("Kamau", False),
    ]
    how: dict[str, Any] = {"order_id": order.order_id}
    assert [w.text for w in look(shop, own.written, cast.farmer, **how, user_id=cast.customer.id)] == [
        "Call me on 07******78"
    ]
    assert [(w.ours, w.text) for w in look(shop, own.written, cast.rider, **how, user_id=cast.farmer.id)] == [
        (True, words)
    ]
    stranger = shop.person("+254712000555", "customer", "Kinoo")
    for verb, more in ((own.people, how), (own.written, {**how, "user_id": cast.farmer.id})):
        with pytest.raises(NotAParty):
            look(shop, verb, stranger, **more)
    with pytest.raises(NotAParty):
        look(shop, own.written, cast.customer, **how, user_id=stranger.id)
