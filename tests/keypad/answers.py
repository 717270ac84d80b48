"""What a person may answer where words or numbers are asked: a table from parsers to legal answers.

Whoever adds a parser that takes none of `ANYTHING` adds a line here.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select

from core.deliveries import service as deliveries
from core.deliveries.models import Delivery
from core.orders.models import Order, OrderItem
from menus.flow import Ask
from menus.talk import Session
from tests.keypad.house import House
from tests.keypad.worlds import PIN

TABLE: dict[str, Sequence[str]] = {
    "quantity": ("3", "1", "5000"),
    "price": ("80", "1000000"),
    "first_name": ("Njeri",),
    "landmark": ("opposite the mosque",),
    "plate": ("KMGA 789A",),
    "ward_letters": ("kinoo", "ka"),
    "county_letters": ("kia",),
    "new_pin_twice": ("7351 7351",),
    "named": ("tomatoes", "ma"),
}
# Tried in this order where the table has no line, until one is taken.
ANYTHING = (
    "3", "1", "10", "120", PIN, "tomatoes", "Njeri", "opposite the mosque", "0712000888", "kinoo", "KMGA 1A",
    "KMGA 789A", "25/6", "1/7", "27/6", "2025-06-28", "28 6", "A3B7", "100", "5000", "TFO1AA11AA",
    "njeri@example.com",
)  # fmt: skip


def answers(house: House, screen: Ask, session: Session) -> Sequence[str]:
    """Legal answers for a question, the likeliest first."""
    name = getattr(screen.parse, "__name__", "")
    if name == "code":
        return (*codes_of(house, session), "0000")
    if name == "order_number":
        return (*tails_of(house, session), "A3B7")
    if name in TABLE:
        return TABLE[name]
    if screen.secret:
        return (PIN, *codes_of(house, session))
    return ANYTHING


def tails_of(house: House, session: Session) -> Sequence[str]:
    """The last four of some orders that the person has a part in."""
    me = session.caller.user_id
    query = select(Order.order_number).join(OrderItem, OrderItem.order_id == Order.order_id)
    with house.db.read() as tx:
        mine = query.where(or_(Order.customer_id == me, OrderItem.farmer_id == me)).limit(3)
        return [number[-4:] for number in tx.session.scalars(mine)]


def codes_of(house: House, session: Session) -> Sequence[str]:
    """The delivery codes that the rider could be told now."""
    with house.db.read() as tx:
        query = select(Delivery.delivery_id).where(
            Delivery.rider_id == session.caller.user_id, Delivery.code_sealed.is_not(None)
        )
        return [deliveries.code_of(tx, delivery_id) for delivery_id in tx.session.scalars(query)]
