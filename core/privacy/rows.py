"""Finding a person's rows in any table, and putting tokens into them (core/privacy/columns.py says which)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, delete, literal, or_, select, update

from core.db import Base, Tx
from core.deliveries.models import Delivery
from core.orders.models import Order, OrderItem
from core.payments.models import SuspensePayment
from core.privacy.columns import EMPTY, ERASED, HELD, PERSON, ROW, TOLD_OTHERS, WARD_ONLY, Held
from core.support.models import Ticket
from core.users.models import User

_KEPT_OF_A_PLACE = ("ward_code", "county", "subcounty", "ward")


def tables() -> Iterator[tuple[Table, Held]]:
    """Every table with rows of people, those that others point to last."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in HELD:
            yield table, HELD[table.name]


def told_others() -> Iterator[tuple[Table, Held]]:
    """The tables in which others were told of her."""
    return ((Base.metadata.tables[name], held) for name, held in TOLD_OTHERS.items())


def belongs_to(table: Table, held: Held, user: User) -> ColumnElement[bool]:
    """The condition for the person's rows."""
    return or_(*(_fits(table, where, user) for where in held.rows))


def forget(tx: Tx, table: Table, held: Held, user: User) -> int:
    """Put tokens in the place of what is personal, or delete the rows; returns how many rows."""
    mine = belongs_to(table, held, user)
    connection = tx.session.connection()
    if held.delete:
        return connection.execute(delete(table).where(mine)).rowcount
    if not held.tokens:
        return 0
    ward_only = [name for name, token in held.tokens.items() if token is WARD_ONLY]
    key = next(iter(table.primary_key.columns))  # a token for each row stands in tables with one key only
    for name in ward_only:
        for row in connection.execute(select(key, table.c[name]).where(mine)).all():
            bare = {part: row[1][part] for part in _KEPT_OF_A_PLACE if part in row[1]}
            bare |= {"landmark": ERASED, "lat": None, "lon": None}
            connection.execute(update(table).where(key == row[0]).values({name: bare}))
    values = {name: _token(token, key, user) for name, token in held.tokens.items() if name not in ward_only}
    for name, token in held.tokens.items():
        if token is ROW:  # what is empty stays empty
            empty = mine & table.c[name].is_not(None)
            connection.execute(update(table).where(empty).values({name: values.pop(name)}))
    if not values:
        return 0
    return connection.execute(update(table).where(mine).values(values)).rowcount


def _token(token: Any, key: ColumnElement[Any], user: User) -> Any:
    if token is PERSON:
        return f"{ERASED}:{user.user_id}"
    if token is ROW:
        return literal("x") + cast(key, String)  # short: a plate has twelve characters
    return {} if token is EMPTY else token


def _fits(table: Table, where: str, user: User) -> ColumnElement[bool]:
    kind, colon, column = where.rpartition(":")
    match kind if colon else "id":
        case "number":
            return table.c[column].in_([name for name in (user.phone_number, user.email) if name])
        case "order":
            return table.c[column].in_(select(Order.order_id).where(Order.customer_id == user.user_id))
        case "shared":
            grown = select(OrderItem.order_id).where(OrderItem.farmer_id == user.user_id)
            carried = select(Delivery.order_id).where(Delivery.rider_id == user.user_id)
            bought = select(Order.order_id).where(Order.customer_id == user.user_id)
            return or_(*(table.c[column].in_(part) for part in (bought, grown, carried)))
        case "item":
            mine = select(OrderItem.order_item_id).join(Order, Order.order_id == OrderItem.order_id)
            return table.c[column].in_(mine.where(Order.customer_id == user.user_id))
        case "suspense":
            sent = select(SuspensePayment.suspense_id).where(SuspensePayment.user_id == user.user_id)
            return table.c[column].in_(sent)
        case "ticket":
            return table.c[column].in_(select(Ticket.ticket_id).where(Ticket.user_id == user.user_id))
        case _:
            return table.c[column] == user.user_id
