"""All that is still open of a farmer's, in one narrow look: to prepare, ready, on its way (DR-801).

A dial of hers begins with it, so it is one statement past the ORM, and what the screens say is summed from
its rows in plain Python.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from core.actor import Actor
from core.db import Tx
from core.listings.models import Listing
from core.listings.rules import farmer_gets
from core.money import ZERO, round2
from core.orders import rules, sharing
from core.orders.machine import WITH_FARMER
from core.orders.models import CancelRequest, Order, OrderItem, PickupShort
from core.orders.sums import AT_WORK
from core.users.models import Helper, User

# More than the sums mark at once for one day, so that a sum is never shown in part.
MOST = 400
LEFT_HER_HANDS = ("ready", "picked_up")
ON_THE_ROAD = (*WITH_FARMER, "ready_for_delivery", "out_for_delivery")


@dataclass(frozen=True)
class OpenItem:
    """One of a farmer's items that has not reached its customer.

    farmer        her first name, only where somebody works for several
    you_get       KES after commission, for the fulfilled quantity
    expected      the day on which its harvest is expected, of what still grows (DR-407)
    cancel_asked  the customer has asked to cancel and nobody has decided (O10)
    short_id      a rider counted `counted` and she has until `answer_by` to say whether it is so (I8)
    """

    order_item_id: int
    order_id: int
    tail: str
    farmer_id: int
    farmer: str
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    price: Decimal
    percent: Decimal
    item_status: str
    accepted: bool
    due: date
    way: str
    expected: date | None
    cancel_asked: bool
    short_id: int | None
    counted: Decimal | None
    answer_by: datetime | None

    @property
    def at_work(self) -> bool:
        """Whether it is hers to prepare."""
        return self.item_status in AT_WORK

    @property
    def you_get(self) -> Decimal:
        """KES after commission."""
        return self.gets_for(self.quantity)

    def gets_for(self, quantity: Decimal) -> Decimal:
        """KES after commission, if she supplies `quantity`."""
        return farmer_gets(rules.line_total(quantity, self.price), self.percent)

    @property
    def marks(self) -> str:
        """Which marks say something new of it: `a`ccept, `h`arvest, `p`ack; ready always does."""
        before = {"pending": "hp", "harvested": "p"}.get(self.item_status, "")
        return before if self.accepted or self.item_status != "pending" else "a" + before


@dataclass(frozen=True)
class OpenSum:
    """What one farmer has to prepare of one product and pack for one day (DR-801).

    items     oldest order first, at least one
    """

    items: tuple[OpenItem, ...]

    @property
    def first(self) -> OpenItem:
        """The oldest; day, product, unit and farmer are those of all."""
        return self.items[0]

    @property
    def quantity(self) -> Decimal:
        """In the unit."""
        return sum((item.quantity for item in self.items), ZERO)

    @property
    def kg(self) -> Decimal:
        """What it weighs."""
        return sum((item.kg for item in self.items), ZERO)

    @property
    def orders(self) -> int:
        """How many orders."""
        return len({item.order_id for item in self.items})

    @property
    def you_get(self) -> Decimal:
        """KES after commission."""
        return sum((item.you_get for item in self.items), ZERO)

    @property
    def marks(self) -> str:
        """As of an item: what is new for at least one."""
        return "".join(mark for mark in "ahp" if any(mark in item.marks for item in self.items))

    @property
    def asked(self) -> int:
        """How many of the orders their customers ask to cancel."""
        return len({item.order_id for item in self.items if item.cancel_asked})

    @property
    def expected(self) -> date | None:
        """The last day on which all of it is expected to be harvested, if nothing of it is there yet."""
        days = [item.expected for item in self.items]
        known = [day for day in days if day is not None]
        return max(known) if len(known) == len(days) else None


@dataclass(frozen=True)
class Shares:
    """How a smaller quantity would be shared out (I5, I6): orders served whole, in part, not at all.

    you_get     KES after commission for what is there
    may_cancel  the one served in part gets so little that its customer may still cancel it
    """

    whole: int
    part: int
    none: int
    you_get: Decimal
    may_cancel: bool


def _open(*whose: Any) -> Any:
    return (
        select(
            OrderItem.order_item_id,
            OrderItem.order_id,
            Order.order_number,
            OrderItem.farmer_id,
            OrderItem.product_id,
            OrderItem.fulfilled_quantity,
            OrderItem.unit,
            OrderItem.kg_per_unit,
            OrderItem.price_at_purchase,
            OrderItem.commission_percent,
            OrderItem.item_status,
            OrderItem.accepted_at,
            Order.estimated_delivery_date,
            Order.order_status,
            Order.way,
            Listing.harvest_date,
            Listing.expected_harvest_date,
            CancelRequest.request_id,
            PickupShort.short_id,
            PickupShort.counted,
            PickupShort.answer_by,
        )
        .join(Order, Order.order_id == OrderItem.order_id)
        .join(Listing, Listing.listing_id == OrderItem.listing_id)
        .outerjoin(CancelRequest, CancelRequest.open_for == Order.order_id)
        .outerjoin(
            PickupShort,
            and_(PickupShort.order_item_id == OrderItem.order_item_id, PickupShort.short_status == "asked"),
        )
        .where(
            *whose,
            OrderItem.item_status.in_((*AT_WORK, *LEFT_HER_HANDS)),
            # The rest of a sum that she has marked a moment ago (core.orders.many).
            or_(OrderItem.marked_until.is_(None), OrderItem.marked_until <= bindparam("now")),
            Order.order_status.in_(ON_THE_ROAD),
        )
        # What she has to do comes first; within a day the oldest order, as sums.short_sum serves them.
        .order_by(
            OrderItem.item_status.in_(LEFT_HER_HANDS),
            Order.estimated_delivery_date,
            OrderItem.farmer_id,
            OrderItem.order_id,
            OrderItem.order_item_id,
        )
        .limit(MOST)
    )


_HERS = _open(OrderItem.farmer_id == bindparam("user_id"))
_HELPED = (
    _open(Helper.helper_id == bindparam("user_id"), OrderItem.item_status.in_(AT_WORK))
    .join(Helper, Helper.farmer_id == OrderItem.farmer_id)
    .join(User, User.user_id == OrderItem.farmer_id)
    .add_columns(User.first_name)
)


def open_items(tx: Tx, actor: Actor) -> list[OpenItem]:
    """All that is open of the acting farmer's: what she has to prepare, most urgent first, then what is ready
    or on its way; one statement."""
    return _items(tx.look(_HERS, user_id=actor.user_id, now=tx.now))


def helped_items(tx: Tx, actor: Actor) -> list[OpenItem]:
    """What farmers have to prepare who have named the actor as their helper (DR-815), most urgent first."""
    return _items(tx.look(_HELPED, user_id=actor.user_id, now=tx.now))


def summed(items: Iterable[OpenItem]) -> list[OpenSum]:
    """What is to be prepared, by day, farmer, product and pack, in the order in which it is due."""
    found: dict[tuple[date, int, int, str], list[OpenItem]] = {}
    for item in items:
        if item.at_work:
            found.setdefault((item.due, item.farmer_id, item.product_id, item.unit), []).append(item)
    return [OpenSum(tuple(lines)) for lines in found.values()]


def shares(tx: Tx, items: Sequence[OpenItem], there: Decimal) -> Shares:
    """What would become of `items`, oldest first, if there is only `there` of what they need (I5, I6)."""
    percent = tx.setting("item.min_partial_percent")
    parts = sharing.shared_out([item.quantity for item in items], there)
    cut = [(item, part) for item, part in zip(items, parts, strict=True) if ZERO < part < item.quantity]
    return Shares(
        whole=sum(part == item.quantity for item, part in zip(items, parts, strict=True)),
        part=len(cut),
        none=sum(part == ZERO for part in parts),
        you_get=sum((item.gets_for(part) for item, part in zip(items, parts, strict=True)), ZERO),
        may_cancel=any(part * 100 < item.quantity * percent for item, part in cut),
    )


def _items(rows: Iterable[Any]) -> list[OpenItem]:
    found = [_item(row) for row in rows]
    return [item for item in found if item is not None]


def _item(row: Any) -> OpenItem | None:
    if row.item_status in AT_WORK and row.order_status not in WITH_FARMER:
        return None
    growing = row.harvest_date is None
    return OpenItem(
        order_item_id=row.order_item_id,
        order_id=row.order_id,
        tail=row.order_number[-4:],
        farmer_id=row.farmer_id,
        farmer=getattr(row, "first_name", ""),
        product_id=row.product_id,
        quantity=row.fulfilled_quantity,
        unit=row.unit,
        kg=round2(row.fulfilled_quantity * row.kg_per_unit),
        price=row.price_at_purchase,
        percent=row.commission_percent,
        item_status=row.item_status,
        accepted=row.accepted_at is not None,
        due=row.estimated_delivery_date,
        way=row.way,
        expected=row.expected_harvest_date if growing else None,
        cancel_asked=row.request_id is not None,
        short_id=row.short_id,
        counted=row.counted,
        answer_by=row.answer_by,
    )
