"""Tickets (DR-1602): opened by anybody, answered by admins, each step an entry.

Emits TicketAnswered and TicketResolved; who is told is the notifications' affair.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor, system
from core.audit import service as audit
from core.db import Tx
from core.errors import DomainError, NotFound
from core.orders import rules as order_rules
from core.orders import service as orders
from core.permissions import Verb
from core.support import rules
from core.support.errors import (
    DisputeNeedsOrder,
    KindUnknown,
    NotStaff,
    PriorityUnknown,
    TicketUnknown,
    TooLateToReopen,
)
from core.support.machine import OPEN, TICKET
from core.support.models import Ticket, TicketEntry
from core.support.texts import written
from core.users import service as users
from core.users.models import User

PAGE = 50
SYSTEM = system("job")


@dataclass(frozen=True)
class EntryView:
    """One step of a ticket; `text` "" where only the status changed."""

    at: datetime
    author_id: int | None
    by_staff: bool
    event: str
    to_status: str
    text: str


@dataclass(frozen=True)
class TicketView:
    """A ticket as its owner and admins see it."""

    ticket_id: int
    user_id: int
    order_id: int | None
    kind: str
    priority: str
    status: str
    assigned_to: int | None
    opened_at: datetime
    updated_at: datetime
    entries: list[EntryView]


def open_ticket(
    tx: Tx, actor: Actor, *, text: str, kind: str = "question", order_ref: str = ""
) -> TicketView:
    """T1: write to us; linked to the order whose number (whole, or its last 4) is given or in the text.

    A money dispute needs its order, and blocks the payout of it until it is resolved (DR-1301).

    Raises NotAllowed, TextMissing, TextTooLong, KindUnknown, DisputeNeedsOrder, OrderUnknown, OrderAmbiguous.
    """
    user = users.may(tx, actor, "create", "tickets", own=True, verified=False)
    clean = written(tx, text)
    if kind not in rules.KINDS:
        raise KindUnknown
    order_id = orders.by_number(tx, actor, order_ref).order_id if order_ref else _order_in(tx, actor, clean)
    if kind == rules.DISPUTE and order_id is None:
        raise DisputeNeedsOrder
    step = TICKET.step("(new)", "open", user.user_role)
    ticket = Ticket(
        user_id=user.user_id,
        order_id=order_id,
        kind=kind,
        priority=rules.KINDS[kind],
        ticket_status=step.target,
        opened_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(ticket)
    tx.flush()
    _enter(tx, ticket, actor, "open", "", step.target, clean)
    return _view(tx, ticket.ticket_id)


def ask(tx: Tx, actor: Actor, *, text: str) -> TicketView:
    """What came as `HELP text`: more on the ticket that waits for the person, or a new one.

    Raises as `open_ticket` and `write`.
    """
    waiting = select(Ticket.ticket_id).where(
        Ticket.user_id == actor.user_id, Ticket.ticket_status == "waiting_user"
    )
    ticket_id = tx.session.scalar(waiting.order_by(Ticket.ticket_id.desc()).limit(1))
    if ticket_id is None:
        return open_ticket(tx, actor, text=text)
    return write(tx, actor, ticket_id=ticket_id, text=text)


def write(tx: Tx, actor: Actor, *, ticket_id: int, text: str) -> TicketView:
    """The owner writes more (T4), or an admin answers (T3), which is told to the owner.

    Raises NotAllowed, TicketUnknown, TextMissing, TextTooLong, WrongState.
    """
    ticket, user = _mine(tx, actor, ticket_id, "create")
    clean = written(tx, text)
    answers = user.user_role == "admin"
    move(tx, ticket, "answer" if answers else "write", actor, text=clean)
    if answers:
        _assign_if_free(ticket, user)
        tx.emit(events.TicketAnswered(ticket_id, actor))
    return _view(tx, ticket_id)


def take(tx: Tx, actor: Actor, *, ticket_id: int, assign_to: int | None = None) -> TicketView:
    """T2: an admin takes a ticket, or gives it to another one; audited.

    Raises NotAllowed, TicketUnknown, NotStaff, WrongState.
    """
    ticket, user = _mine(tx, actor, ticket_id, "update")
    assignee = user if assign_to is None else tx.session.get(User, assign_to)
    if assignee is None or assignee.user_role != "admin" or not assignee.is_active:
        raise NotStaff
    if ticket.assigned_to != assignee.user_id:
        audit.record(
            tx,
            actor,
            what="ticket.assign",
            record=f"ticket:{ticket_id}",
            changes={"assigned_to": [ticket.assigned_to, assignee.user_id]},
        )
        ticket.assigned_to = assignee.user_id
    if ticket.ticket_status != "in_progress":
        move(tx, ticket, "take", actor)
    return _view(tx, ticket_id)


def prioritise(tx: Tx, actor: Actor, *, ticket_id: int, priority: str) -> TicketView:
    """An admin says how urgent it is; audited. Raises NotAllowed, TicketUnknown, PriorityUnknown."""
    ticket, _user = _mine(tx, actor, ticket_id, "update")
    if priority not in rules.PRIORITIES:
        raise PriorityUnknown
    if ticket.priority != priority:
        changes = {"priority": [ticket.priority, priority]}
        audit.record(tx, actor, what="ticket.priority", record=f"ticket:{ticket_id}", changes=changes)
        ticket.priority, ticket.updated_at = priority, tx.now
    return _view(tx, ticket_id)


def resolve(tx: Tx, actor: Actor, *, ticket_id: int, text: str = "") -> TicketView:
    """T5: an admin has settled it, with a last word or without; audited. A dispute no longer blocks payouts.

    Resolved already: nothing changes. Raises NotAllowed, TicketUnknown, TextTooLong, WrongState.
    """
    ticket, user = _mine(tx, actor, ticket_id, "update")
    if ticket.ticket_status == "resolved":
        return _view(tx, ticket_id)
    move(tx, ticket, "resolve", actor, text=written(tx, text) if text else "")
    ticket.ended_at = tx.now
    _assign_if_free(ticket, user)
    audit.record(tx, actor, what="ticket.resolve", record=f"ticket:{ticket_id}")
    tx.emit(events.TicketResolved(ticket_id, actor))
    return _view(tx, ticket_id)


def close(tx: Tx, actor: Actor, *, ticket_id: int) -> TicketView:
    """T6: nothing more is to be said; closed already: nothing changes.

    Raises NotAllowed, TicketUnknown, WrongState.
    """
    ticket, _user = _mine(tx, actor, ticket_id, "create")
    if ticket.ticket_status != "closed":
        move(tx, ticket, "close", actor)
    return _view(tx, ticket_id)


def reopen(tx: Tx, actor: Actor, *, ticket_id: int, text: str) -> TicketView:
    """T7: it is not settled after all, within `support.reopen_days` of its end; a dispute blocks again.

    Raises NotAllowed, TicketUnknown, TextMissing, TextTooLong, WrongState, TooLateToReopen (days).
    """
    ticket, _user = _mine(tx, actor, ticket_id, "create")
    clean = written(tx, text)
    days = int(tx.setting("support.reopen_days"))
    TICKET.step(ticket.ticket_status, "reopen", actor.role)
    if not rules.may_reopen(ticket.ended_at, tx.now, days):
        raise TooLateToReopen(days=days)
    move(tx, ticket, "reopen", actor, text=clean)
    ticket.ended_at = None
    return _view(tx, ticket_id)


def close_resolved(tx: Tx, _zero: int) -> None:
    """T6 by the timetable: what was resolved `support.reopen_days` ago is closed."""
    before = tx.now - timedelta(days=int(tx.setting("support.reopen_days")))
    old = select(Ticket).where(Ticket.ticket_status == "resolved", Ticket.ended_at <= before).limit(500)
    for ticket in tx.session.scalars(old.with_for_update(skip_locked=True)):
        move(tx, ticket, "close", SYSTEM)


def listed(
    tx: Tx, actor: Actor, *, status: str = "", order_id: int | None = None, before: int | None = None
) -> list[TicketView]:
    """Own tickets, of an admin all; newest first, 50 at a time.

    status  only those of this status; "unresolved" are all that are neither resolved nor closed
    before  the ticket_id that the page before ended with

    Raises NotAllowed.
    """
    user = users.may(tx, actor, "read", "tickets", own=True, verified=False)
    query = select(Ticket).options(selectinload(Ticket.entries))
    if user.user_role != "admin":
        query = query.where(Ticket.user_id == user.user_id)
    if status:
        query = query.where(Ticket.ticket_status.in_(OPEN if status == "unresolved" else (status,)))
    if order_id is not None:
        query = query.where(Ticket.order_id == order_id)
    if before is not None:
        query = query.where(Ticket.ticket_id < before)
    return [
        _seen(ticket) for ticket in tx.session.scalars(query.order_by(Ticket.ticket_id.desc()).limit(PAGE))
    ]


def read(tx: Tx, actor: Actor, *, ticket_id: int) -> TicketView:
    """One ticket with all that was written. Raises NotAllowed, TicketUnknown."""
    _mine(tx, actor, ticket_id, "read")
    return _view(tx, ticket_id)


def disputes_sought(tx: Tx, sought: events.DisputesSought) -> None:
    """Reaction: the orders among those asked about whose money is disputed (DR-1301, DR-1602)."""
    disputed = select(Ticket.order_id).where(
        Ticket.order_id.in_(sought.order_ids),
        Ticket.kind == rules.DISPUTE,
        Ticket.ticket_status.in_(OPEN),
    )
    sought.disputed.update(order_id for order_id in tx.session.scalars(disputed) if order_id is not None)


def move(tx: Tx, ticket: Ticket, event: str, actor: Actor, *, text: str = "") -> None:
    """Take the ticket's step for `event`; only here its status changes."""
    step = TICKET.step(ticket.ticket_status, event, actor.role)
    ticket.ticket_status, ticket.updated_at = step.target, tx.now
    _enter(tx, ticket, actor, event, step.source, step.target, text)


def _enter(tx: Tx, ticket: Ticket, actor: Actor, event: str, source: str, target: str, text: str) -> None:
    tx.session.add(
        TicketEntry(
            ticket_id=ticket.ticket_id,
            author_id=actor.user_id,
            by_staff=actor.role == "admin",
            event=event,
            from_status=source,
            to_status=target,
            text=text,
            at=tx.now,
        )
    )
    tx.note(f"ticket:{ticket.ticket_id}", f"{source or 'new'} -> {target}")


def _mine(tx: Tx, actor: Actor, ticket_id: int, verb: Verb) -> tuple[Ticket, User]:
    """The ticket, locked, and who acts; raises NotAllowed, and TicketUnknown for a foreign one."""
    ticket = tx.session.get(Ticket, ticket_id, with_for_update=True)
    own = ticket is not None and ticket.user_id == actor.user_id
    try:
        user = users.may(tx, actor, verb, "tickets", own=own, verified=False)
    except NotFound:
        raise TicketUnknown(record="ticket", id=ticket_id) from None
    if ticket is None:
        raise TicketUnknown(record="ticket", id=ticket_id)
    return ticket, user


def _order_in(tx: Tx, actor: Actor, text: str) -> int | None:
    """The one order of the actor that a word of the text names; None if there is none, or several."""
    named = set()
    for word in re.split(r"[\s.,;:!?()]+", text):
        tail = order_rules.spelled(word)
        if order_rules.whole_number(word) or (len(tail) == 4 and order_rules.good_tail(tail)):
            with suppress(DomainError):
                named.add(orders.by_number(tx, actor, word).order_id)
    return named.pop() if len(named) == 1 else None


def _assign_if_free(ticket: Ticket, user: User) -> None:
    if ticket.assigned_to is None:
        ticket.assigned_to = user.user_id


def _view(tx: Tx, ticket_id: int) -> TicketView:
    tx.flush()
    query = select(Ticket).where(Ticket.ticket_id == ticket_id).options(selectinload(Ticket.entries))
    return _seen(tx.session.scalars(query.execution_options(populate_existing=True)).one())


def _seen(ticket: Ticket) -> TicketView:
    return TicketView(
        ticket_id=ticket.ticket_id,
        user_id=ticket.user_id,
        order_id=ticket.order_id,
        kind=ticket.kind,
        priority=ticket.priority,
        status=ticket.ticket_status,
        assigned_to=ticket.assigned_to,
        opened_at=ticket.opened_at,
        updated_at=ticket.updated_at,
        entries=[
            EntryView(e.at, e.author_id, e.by_staff, e.event, e.to_status, e.text) for e in ticket.entries
        ],
    )
