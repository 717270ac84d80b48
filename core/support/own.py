"""A person's tickets, her orders and what was written about them, as a phone lists them: narrow looks.

Every look finds the actor's own rows and nothing else (DR-211): the condition is part of the statement.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, exists, or_, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.db import Tx
from core.deliveries.models import Delivery
from core.msisdn import masked, national
from core.orders.models import Order, OrderItem
from core.support.errors import NotAParty, TicketUnknown
from core.support.hiding import hidden, hidden_tills
from core.support.messages import Part, parties_in
from core.support.models import Message, Ticket, TicketEntry
from core.users.models import User

TICKETS = 20
ORDERS = 20
THREADS = 60
WRITTEN = 12


@dataclass(frozen=True)
class TicketLine:
    """One ticket in a list; `tail` "" where it is about no order."""

    ticket_id: int
    kind: str
    status: str
    tail: str
    at: datetime


@dataclass(frozen=True)
class Words:
    """What somebody wrote: `ours` by our staff, or (messages) by the actor herself."""

    at: datetime
    ours: bool
    text: str


@dataclass(frozen=True)
class TicketText:
    """A ticket with what was written in it, the oldest first."""

    ticket_id: int
    kind: str
    status: str
    tail: str
    ended_at: datetime | None
    words: tuple[Words, ...]


@dataclass(frozen=True)
class OrderLine:
    """An order that the actor has a part in."""

    order_id: int
    number: str
    status: str
    day: date


@dataclass(frozen=True)
class PartyLine:
    """Somebody who shares an order; the number as the actor may see it (DR-1603)."""

    user_id: int
    part: Part
    first_name: str
    phone: str
    open: bool


@dataclass(frozen=True)
class ThreadLine:
    """The talk with one person about one order; `unread` while something of theirs is not read."""

    order_id: int
    number: str
    user_id: int
    first_name: str
    at: datetime
    unread: bool


_TICKETS = (
    select(Ticket.ticket_id, Ticket.kind, Ticket.ticket_status, Order.order_number, Ticket.updated_at)
    .outerjoin(Order, Order.order_id == Ticket.order_id)
    .where(Ticket.user_id == bindparam("user_id"))
    .order_by(case((Ticket.ticket_status == "waiting_user", 0), else_=1), Ticket.ticket_id.desc())
    .limit(TICKETS)
)
_TICKET = (
    select(
        Ticket.kind,
        Ticket.ticket_status,
        Ticket.ended_at,
        Order.order_number,
        TicketEntry.at,
        TicketEntry.by_staff,
        TicketEntry.text,
    )
    .outerjoin(Order, Order.order_id == Ticket.order_id)
    .outerjoin(TicketEntry, and_(TicketEntry.ticket_id == Ticket.ticket_id, TicketEntry.text != ""))
    .where(Ticket.ticket_id == bindparam("ticket_id"), Ticket.user_id == bindparam("user_id"))
    .order_by(TicketEntry.entry_id)
)


def _orders(where: Any) -> Any:
    return (
        select(Order.order_id, Order.order_number, Order.order_status, Order.estimated_delivery_date)
        .where(where)
        .order_by(Order.order_id.desc())
        .limit(ORDERS)
    )


_user: BindParameter[int] = bindparam("user_id")
_MY_ORDERS = {
    "customer": _orders(Order.customer_id == _user),
    "farmer": _orders(
        exists().where(OrderItem.order_id == Order.order_id, OrderItem.farmer_id == _user).correlate(Order)
    ),
    "rider": _orders(
        exists().where(Delivery.order_id == Order.order_id, Delivery.rider_id == _user).correlate(Order)
    ),
}
_NAMED = {
    role: query.with_only_columns(Order.order_id)
    .where(Order.order_number.like(bindparam("ending")))
    .order_by(None)
    .limit(1)
    for role, query in _MY_ORDERS.items()
}
_other = aliased(User)
_THREADS = (
    select(
        Message.message_id,
        Message.order_id,
        Order.order_number,
        Message.recipient_id,
        Message.read_at,
        Message.sent_at,
        _other.user_id,
        _other.first_name,
    )
    .join(Order, Order.order_id == Message.order_id)
    .join(
        _other,
        _other.user_id
        == case((Message.sender_id == bindparam("user_id"), Message.recipient_id), else_=Message.sender_id),
    )
    .where(or_(Message.sender_id == bindparam("user_id"), Message.recipient_id == bindparam("user_id")))
    .order_by(Message.message_id.desc())
    .limit(THREADS)
)
_WRITTEN = (
    select(Message.message_id, Message.sender_id, Message.body, Message.sent_at, Message.read_at)
    .where(
        Message.order_id == bindparam("order_id"),
        or_(
            and_(Message.sender_id == bindparam("user_id"), Message.recipient_id == bindparam("other_id")),
            and_(Message.sender_id == bindparam("other_id"), Message.recipient_id == bindparam("user_id")),
        ),
    )
    .order_by(Message.message_id.desc())
    .limit(WRITTEN)
)
_PEOPLE = select(User.user_id, User.first_name, User.phone_number).where(
    User.user_id.in_(bindparam("user_ids", expanding=True))
)


def tickets(tx: Tx, actor: Actor) -> list[TicketLine]:
    """The actor's newest tickets, those that wait for her on top."""
    rows = tx.look(_TICKETS, user_id=actor.user_id)
    return [
        TicketLine(row.ticket_id, row.kind, row.ticket_status, _tail(row.order_number), row.updated_at)
        for row in rows
    ]


def ticket(tx: Tx, actor: Actor, *, ticket_id: int) -> TicketText:
    """One of the actor's own tickets with what was written. Raises TicketUnknown."""
    rows = tx.look(_TICKET, ticket_id=ticket_id, user_id=actor.user_id).all()
    if not rows:
        raise TicketUnknown(record="ticket", id=ticket_id)
    first = rows[0]
    words = tuple(Words(row.at, row.by_staff, row.text) for row in rows if row.text)
    return TicketText(
        ticket_id, first.kind, first.ticket_status, _tail(first.order_number), first.ended_at, words
    )


def orders(tx: Tx, actor: Actor) -> list[OrderLine]:
    """The newest orders that the actor has a part in: bought, grown for, or carried."""
    if actor.role not in _MY_ORDERS:
        return []
    return [
        OrderLine(row.order_id, row.order_number, row.order_status, row.estimated_delivery_date)
        for row in tx.look(_MY_ORDERS[actor.role], user_id=actor.user_id)
    ]


def is_named(tx: Tx, actor: Actor, *, tail: str) -> bool:
    """Whether an order that the actor has a part in ends with `tail` (DR-110)."""
    if actor.role not in _NAMED or not tail.isalnum():
        return False
    return tx.look(_NAMED[actor.role], user_id=actor.user_id, ending=f"%{tail}").first() is not None


def people(tx: Tx, actor: Actor, *, order_id: int) -> list[PartyLine]:
    """Whom the actor may write to about an order (DR-1603). Raises NotAParty for an order of others."""
    parties = parties_in(tx, order_id)
    if actor.user_id not in parties.part_of:
        raise NotAParty(record="order", id=order_id)
    others = [user_id for user_id in parties.part_of if user_id != actor.user_id]
    known = {row.user_id: row for row in tx.look(_PEOPLE, user_ids=others)} if others else {}
    found = []
    for user_id in others:
        reachable = parties.open_to(actor.user_id, user_id)
        number = known[user_id].phone_number
        phone = national(number) if reachable else masked(number)
        found.append(
            PartyLine(user_id, parties.part_of[user_id], known[user_id].first_name, phone, reachable)
        )
    return found


def threads(tx: Tx, actor: Actor) -> list[ThreadLine]:
    """Whom the actor has written with lately, about which order; unread first, then the newest."""
    found: dict[tuple[int, int], ThreadLine] = {}
    for row in tx.look(_THREADS, user_id=actor.user_id):
        key = (row.order_id, row.user_id)
        unread = row.recipient_id == actor.user_id and row.read_at is None
        if key not in found:
            found[key] = ThreadLine(
                row.order_id, row.order_number, row.user_id, row.first_name, row.sent_at, unread
            )
        elif unread and not found[key].unread:
            found[key] = replace(found[key], unread=True)
    return sorted(found.values(), key=lambda one: not one.unread)


def written(tx: Tx, actor: Actor, *, order_id: int, user_id: int) -> list[Words]:
    """What the actor and another party wrote about an order, the newest first; `ours` are the actor's own.

    Numbers are masked for whoever may not have them (DR-1603). Raises NotAParty.
    """
    parties = parties_in(tx, order_id)
    me = actor.user_id
    if me is None or me == user_id or not {me, user_id} <= parties.part_of.keys():
        raise NotAParty(record="user", id=user_id)
    in_full = parties.open_to(me, user_id)
    return [
        Words(row.sent_at, row.sender_id == me, hidden_tills(row.body) if in_full else hidden(row.body))
        for row in tx.look(_WRITTEN, order_id=order_id, user_id=me, other_id=user_id)
    ]


def _tail(number: str | None) -> str:
    return number[-4:] if number else ""
