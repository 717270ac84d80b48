"""Tickets: asked, answered, settled, opened again (DR-1602); a money dispute holds the payout (DR-1301)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from core.audit.models import AuditRow
from core.db import Tx
from core.duties import timetable
from core.errors import DomainError, NotAllowed, WrongState
from core.events import DisputesSought
from core.orders.errors import OrderUnknown
from core.outbox.models import EmailMessage
from core.support import service as support
from core.support.errors import (
    DisputeNeedsOrder,
    KindUnknown,
    NotStaff,
    PriorityUnknown,
    TextMissing,
    TextTooLong,
    TicketUnknown,
    TooLateToReopen,
)
from core.support.service import TicketView
from core.users.models import User
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves


def opened(shop: Shop, person: Person | None = None, **how: str) -> TicketView:
    who = person or shop.cast.customer
    return shop.db.run(
        lambda tx: support.open_ticket(tx, who.actor, **({"text": "Where is my order?"} | how))
    )


def did(shop: Shop, person: Person, verb: Callable[..., TicketView], ticket: TicketView, **how: Any) -> str:
    return shop.db.run(lambda tx: verb(tx, person.actor, ticket_id=ticket.ticket_id, **how)).status


def disputed(shop: Shop, *order_ids: int) -> set[int]:
    sought = DisputesSought(order_ids)
    with shop.db.read() as tx:
        tx.emit(sought)
    return sought.disputed


@proves("DR-1602")
def test_a_ticket_all_the_way(shop: Shop) -> None:
    customer, admin = shop.cast.customer, shop.cast.admin
    ticket = opened(shop)
    assert (ticket.status, ticket.kind, ticket.priority) == ("open", "question", "normal")
    assert did(shop, admin, support.take, ticket) == "in_progress"
    assert did(shop, admin, support.write, ticket, text="With Kamau, on its way.") == "waiting_user"
    assert did(shop, customer, support.write, ticket, text="He is not here") == "in_progress"
    assert did(shop, admin, support.resolve, ticket, text="He has arrived.") == "resolved"
    assert did(shop, admin, support.resolve, ticket) == "resolved", "again changes nothing"
    assert did(shop, customer, support.close, ticket) == "closed"
    assert did(shop, customer, support.close, ticket) == "closed"
    assert did(shop, customer, support.reopen, ticket, text="No, it was another") == "open"
    with shop.db.read() as tx:
        seen = support.read(tx, customer.actor, ticket_id=ticket.ticket_id)
    assert seen.assigned_to == admin.id
    assert [(e.event, e.to_status, e.by_staff) for e in seen.entries] == [
        ("open", "open", False),
        ("take", "in_progress", True),
        ("answer", "waiting_user", True),
        ("write", "in_progress", False),
        ("resolve", "resolved", True),
        ("close", "closed", False),
        ("reopen", "open", False),
    ]


@proves("DR-1602", "DR-1508", "DR-1507")
def test_the_owner_hears_the_answer_at_once_and_by_email(shop: Shop, clock: FixedClock) -> None:
    clock.advance(hours=14)  # 23:30
    shop.db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == shop.cast.customer.id).values(email="a@example.com")
        )
    )
    ticket = opened(shop)
    did(shop, shop.cast.admin, support.write, ticket, text="With Kamau.")
    did(shop, shop.cast.admin, support.resolve, ticket)
    assert shop.texts(shop.cast.customer) == ["ticket_answered"]
    assert shop.copies(shop.cast.customer) == ["ticket_answered", "ticket_resolved"]
    with shop.db.read() as tx:
        assert tx.session.scalars(select(EmailMessage.code)).all() == ["ticket_answered", "ticket_resolved"]


@proves("DR-1602")
def test_it_is_linked_to_the_order_whose_number_is_given(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    assert opened(shop, order_ref=order.order_number).order_id == order.order_id
    assert opened(shop, text=f"Late: {order.tail.lower()}, why?").order_id == order.order_id
    assert opened(shop, text=f"about {order.order_number}.").order_id == order.order_id
    assert opened(shop, text="about Z9Z9 or 25KG").order_id is None
    farmers = opened(shop, shop.cast.farmer, text=f"{order.tail} was paid?")
    assert farmers.order_id == order.order_id, "she holds its items"
    strangers = opened(shop, shop.cast.rider, text=f"{order.tail} please")
    assert strangers.order_id is None
    with pytest.raises(OrderUnknown):
        opened(shop, shop.cast.rider, order_ref=order.order_number)


@proves("DR-1602", "DR-1301")
def test_a_money_dispute_holds_the_payout_until_it_is_settled(shop: Shop) -> None:
    shop.publish()
    order, other = shop.paid_order(), shop.paid_order(key="sms-2")
    with pytest.raises(DisputeNeedsOrder):
        opened(shop, kind="money_dispute")
    opened(shop, order_ref=other.order_number, kind="payment")
    ticket = opened(shop, order_ref=order.order_number, kind="money_dispute")
    assert ticket.priority == "high"
    both = (order.order_id, other.order_id)
    assert disputed(shop, *both) == {order.order_id}
    did(shop, shop.cast.admin, support.take, ticket)
    assert disputed(shop, *both) == {order.order_id}
    did(shop, shop.cast.admin, support.resolve, ticket)
    assert disputed(shop, *both) == set()
    did(shop, shop.cast.customer, support.reopen, ticket, text="Not settled")
    assert disputed(shop, *both) == {order.order_id}


@proves("DR-1602")
def test_after_the_days_it_is_closed_by_itself_and_cannot_be_opened_again(
    shop: Shop, clock: FixedClock
) -> None:
    ticket = opened(shop)
    did(shop, shop.cast.admin, support.resolve, ticket)
    clock.advance(days=6)
    timetable.ensure(shop.db)
    clock.advance(days=2)
    shop.sweep()
    with shop.db.read() as tx:
        assert support.read(tx, shop.cast.customer.actor, ticket_id=ticket.ticket_id).status == "closed"
    with pytest.raises(TooLateToReopen) as refused:
        did(shop, shop.cast.customer, support.reopen, ticket, text="Again")
    assert refused.value.values == {"days": 7}


@proves("DR-1602", "DR-220", "DR-211")
def test_a_foreign_ticket_is_not_found_and_only_admins_decide(shop: Shop) -> None:
    ticket = opened(shop)
    farmer = shop.cast.farmer
    verbs: list[tuple[Callable[..., TicketView], dict[str, Any]]] = [
        (support.read, {}),
        (support.write, {"text": "x"}),
        (support.close, {}),
        (support.reopen, {"text": "x"}),
    ]
    for verb, how in verbs:
        with pytest.raises(TicketUnknown):
            did(shop, farmer, verb, ticket, **how)
    for verb, how in (
        (support.take, {}),
        (support.resolve, {}),
        (support.prioritise, {"priority": "low"}),
    ):
        for person in (farmer, shop.cast.customer):
            with pytest.raises(NotAllowed):
                did(shop, person, verb, ticket, **how)
    with shop.db.read() as tx:
        assert support.listed(tx, farmer.actor) == []
        assert [t.ticket_id for t in support.listed(tx, shop.cast.admin.actor)] == [ticket.ticket_id]


@proves("DR-222")
@pytest.mark.parametrize(("scope", "may"), [("full", True), ("support", True), ("auditor", False)])
def test_support_answers_tickets_and_an_auditor_does_not(shop: Shop, scope: str, may: bool) -> None:
    ticket = opened(shop)
    shop.db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == shop.cast.admin.id).values(staff_scope=scope)
        )
    )
    if may:
        assert did(shop, shop.cast.admin, support.write, ticket, text="Yes") == "waiting_user"
    else:
        with pytest.raises(NotAllowed):
            did(shop, shop.cast.admin, support.write, ticket, text="Yes")


@proves("DR-1602", "DR-1801")
def test_giving_a_ticket_away_and_its_priority_are_audited(shop: Shop) -> None:
    ticket, admin = opened(shop), shop.cast.admin
    for _time in range(2):
        did(shop, admin, support.take, ticket)
        did(shop, admin, support.prioritise, ticket, priority="urgent")
    did(shop, admin, support.resolve, ticket)
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what.like("ticket.%"))).all()
        assert [(r.what, r.changes) for r in rows] == [
            ("ticket.assign", {"assigned_to": [None, admin.id]}),
            ("ticket.priority", {"priority": ["normal", "urgent"]}),
            ("ticket.resolve", {}),
        ]


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"text": ""}, TextMissing),
        ({"text": "  \n "}, TextMissing),
        ({"text": None}, TextMissing),
        ({"text": 7}, TextMissing),
        ({"text": "x" * 321}, TextTooLong),
        ({"text": "x" * 5000}, TextTooLong),
        ({"kind": "gossip"}, KindUnknown),
        ({"order_ref": "TUN240101AAAA"}, OrderUnknown),
        ({"order_ref": "'; drop"}, OrderUnknown),
    ],
)
def test_what_cannot_be_a_ticket(shop: Shop, how: dict[str, Any], error: type[DomainError]) -> None:
    with pytest.raises(error):
        opened(shop, **how)
    with shop.db.read() as tx:
        assert support.listed(tx, shop.cast.customer.actor) == []


def test_what_an_admin_cannot_do(shop: Shop) -> None:
    ticket, admin = opened(shop), shop.cast.admin
    for verb, how, error in (
        (support.take, {"assign_to": shop.cast.customer.id}, NotStaff),
        (support.take, {"assign_to": 999_999}, NotStaff),
        (support.prioritise, {"priority": "now"}, PriorityUnknown),
        (support.close, {}, WrongState),
        (support.reopen, {"text": "x"}, WrongState),
        (support.write, {"text": ""}, TextMissing),
    ):
        with pytest.raises(error):
            did(shop, admin, verb, ticket, **how)
    nothing = TicketView(999_999, 1, None, "", "", "", None, ticket.opened_at, ticket.opened_at, [])
    with pytest.raises(TicketUnknown):
        did(shop, admin, support.take, nothing)


@proves("DR-1602")
def test_help_and_words_go_on_with_the_ticket_that_waits(shop: Shop) -> None:
    def ask(tx: Tx) -> TicketView:
        return support.ask(tx, shop.cast.customer.actor, text="Where is my order?")

    first, second = shop.db.run(ask), shop.db.run(ask)
    assert first.ticket_id != second.ticket_id, "nobody has answered yet"
    did(shop, shop.cast.admin, support.write, second, text="Which one?")
    third = shop.db.run(ask)
    assert (third.ticket_id, third.status) == (second.ticket_id, "in_progress")


def test_lists_are_pages_and_narrowed(shop: Shop) -> None:
    tickets = [opened(shop) for _number in range(3)]
    did(shop, shop.cast.admin, support.resolve, tickets[0])
    with shop.db.read() as tx:
        actor = shop.cast.customer.actor

        def ids(**how: Any) -> list[int]:
            return [t.ticket_id for t in support.listed(tx, actor, **how)]

        assert ids() == [t.ticket_id for t in reversed(tickets)]
        assert ids(status="unresolved") == [tickets[2].ticket_id, tickets[1].ticket_id]
        assert ids(status="resolved") == [tickets[0].ticket_id]
        assert ids(before=tickets[1].ticket_id) == [tickets[0].ticket_id]
        assert ids(order_id=1) == []
