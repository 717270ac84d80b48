"""Telling people: the copy always, the SMS as section 15 says, each once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from core.actor import system
from core.clock import nairobi
from core.db import Tx
from core.errors import NotAllowed, NotFound
from core.ledger import service as ledger
from core.notifications import service as notifications
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.questions import service as questions
from core.users.models import User
from locales.messages import MESSAGES
from locales.voice import Voice, slots_of
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves


def message(shop: Shop, person: Person, code: str) -> OutboxMessage:
    with shop.db.read() as tx:
        query = select(OutboxMessage).where(OutboxMessage.user_id == person.id, OutboxMessage.code == code)
        return tx.session.scalars(query.order_by(OutboxMessage.outbox_id)).all()[-1]


def switch(shop: Shop, person: Person, **flags: bool) -> None:
    def work(tx: Tx) -> None:
        tx.session.execute(update(User).where(User.user_id == person.id).values(**flags))

    shop.db.run(work)


def tell(shop: Shop, person: Person, code: str, subject: str, **more: Any) -> bool:
    def work(tx: Tx) -> bool:
        user = tx.session.get_one(User, person.id)
        return notifications.tell(tx, user, code, {"order": "A3B7"}, subject=subject, **more) is not None

    return shop.db.run(work)


@proves("DR-1505")
def test_the_same_thing_is_told_once(shop: Shop) -> None:
    """DR-1505."""
    customer = shop.cast.customer
    assert tell(shop, customer, "delivered", "order:1")
    assert not tell(shop, customer, "delivered", "order:1")
    assert tell(shop, customer, "delivered", "order:2")
    assert shop.texts(customer) == ["delivered", "delivered"]


@pytest.mark.parametrize(
    ("flags", "code", "texted"),
    [
        ({}, "delivered", True),
        ({"order_updates": False}, "delivered", False),
        ({"sms_notifications": False}, "delivered", False),
        ({"sms_notifications": False, "order_updates": False}, "rider_and_code", True),  # always
        ({"sms_notifications": False}, "paid_confirmed", True),  # always
        ({}, "order_ready", False),  # in the app only (DR-1509)
    ],
)
@proves("DR-1501")
def test_switches_stop_the_sms_and_never_the_copy(
    shop: Shop, flags: dict[str, bool], code: str, texted: bool
) -> None:
    """DR-1501."""
    customer = shop.cast.customer
    if flags:
        switch(shop, customer, **flags)
    tell(shop, customer, code, "order:1")
    assert shop.copies(customer) == [code]
    assert shop.texts(customer) == ([code] if texted else [])


@proves("DR-1502")
def test_a_new_order_at_night_waits_for_the_morning_and_the_receipt_does_not(
    shop: Shop, clock: FixedClock
) -> None:
    """DR-1502."""
    shop.publish()
    clock.advance(hours=13)  # 22:30
    shop.paid_order()
    held = message(shop, shop.cast.farmer, "new_order")
    assert nairobi(held.not_before).strftime("%a %H") == "Wed 06"
    assert held.expires_at - held.not_before == timedelta(hours=24)
    receipt = message(shop, shop.cast.customer, "paid_confirmed")
    assert receipt.not_before == clock.now()


@pytest.mark.parametrize(
    ("way", "told"), [("rider", "paid_confirmed"), ("collect", "paid_collect"), ("run", "paid_collect")]
)
def test_who_collects_her_order_is_promised_no_rider(shop: Shop, way: str, told: str) -> None:
    """12.2: her code comes when it is ready, and nobody's name."""
    shop.publish()
    order = shop.order()
    with shop.db.transaction() as tx:
        tx.session.get_one(Order, order.order_id).way = way
    shop.pay(order)
    assert shop.texts(shop.cast.customer)[-1] == told


@pytest.mark.parametrize(("kept", "told"), [("1000.00", "paid_by_kept"), ("100.00", "cash_confirmed")])
def test_of_a_cash_order_she_is_asked_for_no_cash_that_we_keep_for_her(
    shop: Shop, kept: str, told: str
) -> None:
    """DR-103: one text, no "pay KSh 0", and no receipt of money that she has not sent."""
    shop.publish()
    buyer = shop.cast.customer
    hers = {f"customer_credit:{buyer.id}": -Decimal(kept), "goodwill": Decimal(kept)}
    shop.db.run(lambda tx: ledger.post(tx, "refund_paid", "earlier", hers) and None)
    before = len(shop.texts(buyer))
    order = shop.accept(shop.quote(), method="cash_on_delivery")
    assert shop.texts(buyer)[before:] == [told]
    asked = message(shop, buyer, told).values["sum"]
    assert asked == f"{max(Decimal(0), order.amount_asked - Decimal(kept)):.2f}"


@proves("DR-1502")
def test_work_for_the_same_day_is_told_at_night_too(shop: Shop, clock: FixedClock) -> None:
    clock.advance(hours=13)
    tell(shop, shop.cast.farmer, "new_order", "order:1", urgent=True)
    assert message(shop, shop.cast.farmer, "new_order").not_before == clock.now()


@proves("DR-1505")
def test_twenty_texts_a_day_are_enough_but_what_is_always_sent_goes_on(shop: Shop) -> None:
    """DR-1505, notify.max_sms_per_user_day."""
    customer = shop.cast.customer
    for number in range(22):
        tell(shop, customer, "delivered", f"order:{number}")
    tell(shop, customer, "rider_and_code", "order:99")
    assert shop.texts(customer) == ["delivered"] * 20 + ["rider_and_code"]
    assert len(shop.copies(customer)) == 23


def test_what_needs_no_answer_goes_out_under_the_sender_id(shop: Shop) -> None:
    shop.publish()
    shop.delivered_order()
    cast = shop.cast
    assert not message(shop, cast.customer, "paid_confirmed").answerable
    assert message(shop, cast.customer, "delivered").answerable
    assert message(shop, cast.rider, "offer").answerable


def test_an_offer_is_worth_sending_only_while_it_is_open(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.paid_order()
    shop.mark(order, "ready")
    shop.sweep()
    assert message(shop, shop.cast.rider, "offer").expires_at == clock.now() + timedelta(minutes=10)


@proves("DR-1510")
def test_the_rating_question_is_open_after_the_delivery(shop: Shop) -> None:
    """DR-1404, DR-1510."""
    shop.publish()
    order = shop.delivered_order()
    with shop.db.read() as tx:
        question = questions.open_for(tx, shop.cast.customer.phone)
        assert question is not None
        assert (question.kind, question.about["order_id"]) == ("rating", order.order_id)
        assert question.expires_at - tx.now == timedelta(hours=48)
        assert questions.open_for(tx, shop.cast.rider.phone) is None, "the offer was answered"


@proves("DR-1503")
def test_every_told_thing_has_a_value_for_every_slot_in_three_languages(shop: Shop) -> None:
    """DR-1503: a missing slot would be found by a customer."""
    shop.publish()
    shop.delivered_order()
    unpaid = shop.order("5", "sms-2")
    shop.refuse_prompt(unpaid)
    shop.db.parts.clock.advance(minutes=31)  # type: ignore[attr-defined]
    shop.sweep()
    voice = Voice(shop.db.parts.products)
    cast = shop.cast
    seen = set()
    with shop.db.read() as tx:
        for person in (cast.customer, cast.farmer, cast.rider):
            for copy in notifications.recent(tx, person.actor, limit=100):
                text = MESSAGES[copy.code].text
                values = {"dial": "*384*1#", **copy.values, "code": "4821"}
                assert set(slots_of(text)) <= values.keys(), copy.code
                for language in ("en", "sw", "kikuyu"):
                    assert voice.say(language, text, **values)
                seen.add(copy.code)
    assert seen >= {
        "listed",
        "new_order",
        "offer",
        "pickup",
        "bring",
        "done",
        "order_expired",
        "payment_failed",
    }


@proves("DR-1501")
def test_what_is_unread_stands_first_and_the_newest_of_it_above(shop: Shop) -> None:
    """DR-1501: listed and marked read."""
    customer = shop.cast.customer
    for code in ("order_received", "order_processing", "order_ready"):
        tell(shop, customer, code, "order:1")

    def look(tx: Tx) -> tuple[list[str], int]:
        told = notifications.recent(tx, customer.actor)
        return [copy.code for copy in told], notifications.count_unread(tx, customer.actor)

    def read(tx: Tx) -> list[dict[str, str]]:
        newest = notifications.recent(tx, customer.actor)[0]
        for _time in range(2):
            notifications.mark_read(tx, customer.actor, notification_id=newest.notification_id)
        return tx.changed

    assert shop.db.run(look) == (["order_ready", "order_processing", "order_received"], 3)
    (changed,) = shop.db.run(read)
    assert changed["what"] == "read", "once, however often it is opened"
    assert shop.db.run(look) == (["order_processing", "order_received", "order_ready"], 2)


def test_after_a_month_it_is_no_news(shop: Shop, clock: FixedClock) -> None:
    customer = shop.cast.customer
    tell(shop, customer, "order_ready", "order:1")
    clock.advance(days=30)
    with shop.db.read() as tx:
        assert len(notifications.recent(tx, customer.actor)) == notifications.count_unread(tx, customer.actor)
        assert notifications.count_unread(tx, customer.actor) == 1
    clock.advance(seconds=1)
    with shop.db.read() as tx:
        assert notifications.recent(tx, customer.actor) == []
        assert notifications.count_unread(tx, customer.actor) == 0


@proves("DR-220", "DR-211")
def test_nobody_reads_what_another_was_told(shop: Shop) -> None:
    """DR-211, DR-220: it answers as if it did not exist; the system reads nothing."""
    customer = shop.cast.customer
    tell(shop, customer, "order_ready", "order:1")
    with shop.db.read() as tx:
        (told,) = notifications.recent(tx, customer.actor)
    for actor, error in (
        (shop.cast.farmer.actor, NotFound),
        (shop.cast.admin.actor, NotFound),
        (system("job"), NotAllowed),
    ):
        with pytest.raises(error):
            shop.db.run(
                lambda tx, actor=actor: notifications.mark_read(  # type: ignore[misc]
                    tx, actor, notification_id=told.notification_id
                )
            )
    with shop.db.read() as tx:
        assert notifications.recent(tx, shop.cast.farmer.actor) == []
        assert notifications.recent(tx, system("job")) == []
        assert notifications.count_unread(tx, customer.actor) == 1


def test_a_rider_never_reads_the_customers_code(shop: Shop) -> None:
    """DR-1205: nothing for the rider refers to it."""
    shop.publish()
    shop.delivered_order()
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == shop.cast.rider.id))
        assert not any("code" in row.values for row in rows)
