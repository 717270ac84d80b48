"""A field agent's desk: her farmers' farms, what waits in each, and one word for all of it (DR-221).

Whoever works for a farmer sees of her orders what has to be prepared, and never what she gets for it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, func, or_, select

from core.actor import Actor
from core.db import Tx
from core.errors import BadInput
from core.farms import agents
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations.models import Location
from core.money import round2
from core.orders import hands, locks, marking
from core.orders.errors import NothingToMark
from core.orders.machine import WITH_FARMER
from core.orders.models import Order, OrderItem
from core.orders.sums import AT_WORK
from core.users.models import AgentConsent, FieldAgent, User

MOST_FARMS = 49
# So many items at once; the next word takes the rest.
MOST = 100
AT_ONCE = ("accept", "ready")


@dataclass(frozen=True)
class FarmAtHand:
    """A farm of a farmer whom the agent has asked; farm_id None where she has no farm yet.

    consent   asked, agreed, refused or withdrawn
    waiting   items to be prepared, `unaccepted` of them without a first word; 0 unless she has agreed
    landmark  empty while no words for its door are known (DR-303)
    """

    farmer_id: int
    farmer: str
    consent: str
    farm_id: int | None
    farm: str
    ward: str
    ward_code: int | None
    landmark: str
    waiting: int
    unaccepted: int


@dataclass(frozen=True)
class ItemAtHand:
    """An item that a farmer has to prepare, as her agent sees it: no customer, no money."""

    order_item_id: int
    tail: str
    farm_id: int
    farm: str
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    item_status: str
    accepted: bool
    due: date


@dataclass(frozen=True)
class MarkedAll:
    """What one word for many did: `items` of `orders` for `farmers`."""

    items: int
    orders: int
    farmers: int


_AGENT: BindParameter[int] = bindparam("agent_id")


def _waiting(*columns: Any) -> Select[Any]:
    """The waiting items of farmers who have agreed, while the agent is one and is active."""
    return (
        select(*columns)
        .join(Order, Order.order_id == OrderItem.order_id)
        .join(Listing, Listing.listing_id == OrderItem.listing_id)
        .join(
            AgentConsent,
            and_(AgentConsent.farmer_id == OrderItem.farmer_id, AgentConsent.agent_id == _AGENT),
        )
        .join(FieldAgent, FieldAgent.user_id == AgentConsent.agent_id)
        .where(
            AgentConsent.consent_status == agents.AGREED,
            FieldAgent.is_active,
            OrderItem.item_status.in_(AT_WORK),
            Order.order_status.in_(WITH_FARMER),
        )
    )


_COUNTS = (
    _waiting(
        Listing.farm_id,
        func.count().label("waiting"),
        func.count(case((OrderItem.accepted_at.is_(None), 1))).label("unaccepted"),
    )
    .group_by(Listing.farm_id)
    .subquery("counts")
)
_FARMS = (
    select(
        AgentConsent.farmer_id,
        AgentConsent.consent_status,
        User.first_name,
        Farm.farm_id,
        Farm.farm_name,
        Location.ward,
        Location.ward_code,
        Location.landmark,
        _COUNTS.c.waiting,
        _COUNTS.c.unaccepted,
    )
    .join(FieldAgent, FieldAgent.user_id == AgentConsent.agent_id)
    .join(User, User.user_id == AgentConsent.farmer_id)
    .outerjoin(Farm, and_(Farm.farmer_id == AgentConsent.farmer_id, Farm.is_active))
    .outerjoin(Location, Location.location_id == Farm.location_id)
    .outerjoin(_COUNTS, _COUNTS.c.farm_id == Farm.farm_id)
    .where(AgentConsent.agent_id == _AGENT, FieldAgent.is_active, User.is_active)
    .order_by(AgentConsent.consent_status != agents.AGREED, AgentConsent.consent_id, Farm.farm_id)
    .limit(MOST_FARMS)
)
_ITEMS = (
    _waiting(
        OrderItem.order_item_id,
        OrderItem.order_id,
        Order.order_number,
        Order.estimated_delivery_date,
        OrderItem.product_id,
        OrderItem.fulfilled_quantity,
        OrderItem.unit,
        OrderItem.kg_per_unit,
        OrderItem.item_status,
        OrderItem.accepted_at,
        Farm.farm_id,
        Farm.farm_name,
    )
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .where(or_(bindparam("farm_id") == 0, Farm.farm_id == bindparam("farm_id")))
    .order_by(Order.estimated_delivery_date, OrderItem.order_item_id)
    .limit(MOST)
)


def farms_of(tx: Tx, actor: Actor) -> list[FarmAtHand]:
    """The farms of all farmers whom the agent has asked, those who have agreed first; one statement.

    The order is that in which they were asked, so that a farm keeps its number. Nobody else has any.
    """
    return [
        FarmAtHand(
            farmer_id=row.farmer_id,
            farmer=row.first_name,
            consent=row.consent_status,
            farm_id=row.farm_id,
            farm=row.farm_name or "",
            ward=row.ward or "",
            ward_code=row.ward_code,
            landmark=row.landmark or "",
            waiting=row.waiting or 0,
            unaccepted=row.unaccepted or 0,
        )
        for row in tx.look(_FARMS, agent_id=actor.user_id)
    ]


def items_of(tx: Tx, actor: Actor, *, farm_id: int = 0) -> list[ItemAtHand]:
    """What waits at one farm, or (0) at all who have agreed, the most urgent first; one statement."""
    return [
        ItemAtHand(
            order_item_id=row.order_item_id,
            tail=row.order_number[-4:],
            farm_id=row.farm_id,
            farm=row.farm_name,
            product_id=row.product_id,
            quantity=row.fulfilled_quantity,
            unit=row.unit,
            kg=round2(row.fulfilled_quantity * row.kg_per_unit),
            item_status=row.item_status,
            accepted=row.accepted_at is not None,
            due=row.estimated_delivery_date,
        )
        for row in tx.look(_ITEMS, agent_id=actor.user_id, farm_id=farm_id)
    ]


def mark_all(
    tx: Tx, actor: Actor, *, event: str, farm_id: int = 0, seen: Collection[int] | None = None
) -> MarkedAll:
    """One word, accept or ready, for everything that waits at a farm, or (0) at all of the agent's farms.

    seen  the items that the agent was shown: what has come in since is not meant; None: whatever waits

    At most 100 items at once. Each stands in the audit; each farmer is told once. Raises BadInput,
    NothingToMark, NotAllowed, WrongState. Emits AgentActed.
    """
    if event not in AT_ONCE:
        raise BadInput(event=str(event))
    wanted = {
        row.order_item_id: row.order_id
        for row in tx.look(_ITEMS, agent_id=actor.user_id, farm_id=farm_id)
        if (event == "ready" or row.accepted_at is None) and (seen is None or row.order_item_id in seen)
    }
    if not wanted:
        raise NothingToMark(farm_id=farm_id)
    marked: dict[int, list[OrderItem]] = {}
    last: dict[int, int] = {}
    orders = [o for o in locks.orders(tx, sorted(set(wanted.values()))) if o.order_status in WITH_FARMER]
    for order in orders:
        for item in order.items:
            if item.order_item_id not in wanted or item.item_status not in AT_WORK:
                continue
            role = hands.on_item(tx, actor, item.farmer_id, event)
            if marking.set_mark(tx, actor, order, item, event, role, quietly=True):
                marked.setdefault(item.farmer_id, []).append(item)
                audit_id = hands.marked_quietly(tx, actor, item)
                if audit_id is not None:
                    last[item.farmer_id] = audit_id
        marking.after(tx, actor, order)
    for farmer_id, audit_id in last.items():
        of_hers = {item.order_id for item in marked[farmer_id]}
        single = len(marked[farmer_id]) == 1
        record = f"order_item:{marked[farmer_id][0].order_item_id}" if single else f"orders:{len(of_hers)}"
        agents.tell(tx, actor, farmer_id=farmer_id, what="marked", record=record, audit_id=audit_id)
    items = [item for hers in marked.values() for item in hers]
    if not items:
        raise NothingToMark(farm_id=farm_id)
    return MarkedAll(len(items), len({item.order_id for item in items}), len(marked))
