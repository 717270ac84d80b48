"""Messages between the parties of one order (DR-1603): customer, its farmers, its rider.

To support one writes a ticket. Numbers, of people and in what they write, are shown in full only to rider
and customer, and to rider and farmer, from the assignment (D2) until the delivery closes; where money could
go (a till, a paybill) is shown to nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import CompoundSelect, bindparam, literal, or_, select, union_all, update

from core import events
from core.actor import Actor
from core.db import Tx
from core.deliveries.machine import NOT_OVER
from core.deliveries.models import Delivery
from core.msisdn import masked, national
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.support.errors import MessageUnknown, NotAParty
from core.support.hiding import hidden, hidden_tills
from core.support.models import Message
from core.support.texts import written
from core.users import service as users
from core.users.models import User

PAGE = 50
Part = Literal["customer", "farmer", "rider"]


@dataclass(frozen=True)
class PartyView:
    """Somebody who shares an order: first name only, the number as the reader may see it."""

    user_id: int
    part: Part
    first_name: str
    phone: str


@dataclass(frozen=True)
class MessageView:
    """A message as the reader may see it."""

    message_id: int
    order_id: int
    sender_id: int
    recipient_id: int
    body: str
    sent_at: datetime
    read_at: datetime | None


_PARTIES: CompoundSelect[Any] = union_all(
    select(
        literal("customer").label("part"), Order.customer_id.label("user_id"), literal("").label("status")
    ).where(Order.order_id == bindparam("order_id")),
    select(literal("farmer"), OrderItem.farmer_id, literal(""))
    .where(OrderItem.order_id == bindparam("order_id"))
    .distinct(),
    select(literal("rider"), Delivery.rider_id, Delivery.delivery_status).where(
        Delivery.order_id == bindparam("order_id"), Delivery.rider_id.is_not(None)
    ),
)


@dataclass(frozen=True)
class Parties:
    """Who has which part in an order, and whether goods are under way."""

    part_of: dict[int, Part]
    under_way: bool

    def open_to(self, one: int, other: int) -> bool:
        """Whether these two may have each other's number."""
        return self.under_way and "rider" in {self.part_of.get(one), self.part_of.get(other)}


def send(tx: Tx, actor: Actor, *, order_ref: str, to_user_id: int, text: str) -> MessageView:
    """Write to another party of an order that the actor has a part in; emits MessageSent.

    Raises NotAllowed, OrderUnknown, OrderAmbiguous, NotAParty, TextMissing, TextTooLong (limit).
    """
    user = users.may(tx, actor, "create", "messages", own=True)
    order = orders.by_number(tx, actor, order_ref)
    parties = parties_in(tx, order.order_id)
    if user.user_id not in parties.part_of or to_user_id not in parties.part_of or to_user_id == user.user_id:
        raise NotAParty(record="user", id=to_user_id)
    message = Message(
        order_id=order.order_id,
        sender_id=user.user_id,
        recipient_id=to_user_id,
        body=written(tx, text),
        sent_at=tx.now,
    )
    tx.session.add(message)
    tx.flush()
    tx.note(f"order:{order.order_id}", f"message:{message.message_id}")
    tx.emit(events.MessageSent(message.message_id, actor))
    return _seen(message, parties)


def listed(
    tx: Tx, actor: Actor, *, order_id: int | None = None, before: int | None = None
) -> list[MessageView]:
    """The actor's own messages, newest first, 50 at a time; an admin's list is of one order or of all.

    before  the message_id that the page before ended with

    Raises NotAllowed.
    """
    user = users.may(tx, actor, "read", "messages", own=True, verified=False)
    query = select(Message).order_by(Message.message_id.desc()).limit(PAGE)
    if user.user_role != "admin":
        query = query.where(or_(Message.sender_id == user.user_id, Message.recipient_id == user.user_id))
    if order_id is not None:
        query = query.where(Message.order_id == order_id)
    if before is not None:
        query = query.where(Message.message_id < before)
    found = tx.session.scalars(query).all()
    parties = {order: parties_in(tx, order) for order in {message.order_id for message in found}}
    return [_seen(message, parties[message.order_id]) for message in found]


def mark_read(tx: Tx, actor: Actor, *, message_id: int) -> MessageView:
    """The recipient has seen it; again changes nothing. Raises NotAllowed, MessageUnknown."""
    user = users.may(tx, actor, "read", "messages", own=True, verified=False)
    message = tx.session.get(Message, message_id)
    if message is None or message.recipient_id != user.user_id:
        raise MessageUnknown(record="message", id=message_id)
    if message.read_at is None:
        tx.session.execute(update(Message).where(Message.message_id == message_id).values(read_at=tx.now))
        tx.session.refresh(message)
    return _seen(message, parties_in(tx, message.order_id))


def read_thread(tx: Tx, actor: Actor, *, order_id: int, user_id: int) -> int:
    """All that `user_id` wrote to the actor about an order is seen; returns how much was not.

    Raises NotAllowed.
    """
    user = users.may(tx, actor, "read", "messages", own=True, verified=False)
    seen = tx.session.connection().execute(
        update(Message)
        .where(
            Message.order_id == order_id,
            Message.sender_id == user_id,
            Message.recipient_id == user.user_id,
            Message.read_at.is_(None),
        )
        .values(read_at=tx.now)
    )
    return seen.rowcount


def parties_of(tx: Tx, actor: Actor, *, order_ref: str) -> list[PartyView]:
    """Whom the actor can write to about an order, with their numbers as the actor may see them (DR-1603).

    Raises NotAllowed, OrderUnknown, OrderAmbiguous.
    """
    user = users.may(tx, actor, "read", "messages", own=True, verified=False)
    order = orders.by_number(tx, actor, order_ref)
    parties = parties_in(tx, order.order_id)
    others = [user_id for user_id in parties.part_of if user_id != user.user_id]
    people = tx.session.scalars(select(User).where(User.user_id.in_(others)).order_by(User.user_id))
    return [
        PartyView(
            user_id=person.user_id,
            part=parties.part_of[person.user_id],
            first_name=person.first_name,
            phone=_number(person, open_to=parties.open_to(user.user_id, person.user_id)),
        )
        for person in people
    ]


def _number(person: User, *, open_to: bool) -> str:
    return national(person.phone_number) if open_to else masked(person.phone_number)


def _seen(message: Message, parties: Parties) -> MessageView:
    in_full = parties.open_to(message.sender_id, message.recipient_id)
    return MessageView(
        message_id=message.message_id,
        order_id=message.order_id,
        sender_id=message.sender_id,
        recipient_id=message.recipient_id,
        body=hidden_tills(message.body) if in_full else hidden(message.body),
        sent_at=message.sent_at,
        read_at=message.read_at,
    )


def parties_in(tx: Tx, order_id: int) -> Parties:
    """Who has which part in the order; one narrow look."""
    part_of: dict[int, Part] = {}
    under_way = False
    for row in tx.look(_PARTIES, order_id=order_id):
        part_of.setdefault(row.user_id, row.part)
        under_way = under_way or row.status in NOT_OVER
    return Parties(part_of, under_way)
