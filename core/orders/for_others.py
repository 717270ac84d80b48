"""A field agent's desk: her farmers' farms, what waits in each, and one word for all of it (DR-221).

Whoever works for a farmer sees of her orders what has to be prepared, and never what she gets for it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, func, or_, select

from core.actor import Actor
from core.db import Tx
from core.errors import BadInput, WrongState
from core.farms import agents
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations.models import Location
from core.money import round2
from core.orders import hands, locks, many, marking
from core.orders.errors import NothingToMark
from core.orders.machine import ITEM, MARKS, WITH_FARMER
from core.orders.many import Step, Then, Work
from core.orders.models import AskedMark, CancelRequest, Order, OrderItem
from core.orders.sums import AT_WORK
from core.users import service as users
from core.users.models import AgentConsent, FieldAgent, User

MOST_FARMS = 49
# So many items at once; the next word takes the rest.
MOST = 100
# A word for all of her farms, and by what name its rest is known (AskedMark).
WHAT = {"accept": "all_acc", "ready": "all_rdy"}


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
    """An item that a farmer has to prepare, as her agent sees it: no customer, no money.

    cancel_asked  the customer has asked to cancel and nobody has decided (O10)
    """

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
    cancel_asked: bool


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
            # The rest of a word that was said a moment ago (core.orders.many).
            or_(OrderItem.marked_until.is_(None), OrderItem.marked_until <= bindparam("now")),
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
        CancelRequest.request_id,
    )
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .outerjoin(CancelRequest, CancelRequest.open_for == Order.order_id)
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
        for row in tx.look(_FARMS, agent_id=actor.user_id, now=tx.now)
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
            cancel_asked=row.request_id is not None,
        )
        for row in tx.look(_ITEMS, agent_id=actor.user_id, farm_id=farm_id, now=tx.now)
    ]


def mark_all(
    tx: Tx, actor: Actor, *, event: str, farm_id: int = 0, seen: Collection[int] | None = None
) -> MarkedAll:
    """One word, accept or ready, for everything that waits at a farm, or (0) at all of the agent's farms.

    seen  the items that the agent was shown: what has come in since is not meant; None: whatever waits

    At most 100 items; the first few at once, the rest by a duty (core.orders.many), and each farmer is told
    once, when the last of hers is done. Each item stands in the audit. Returns what it was about. Raises
    BadInput, NothingToMark, Inactive, NotVerified, WrongState. Emits AgentActed.
    """
    if event not in WHAT:
        raise BadInput(event=str(event))
    users.acting(tx, actor)
    wanted = {
        row.order_item_id: row.order_id
        for row in tx.look(_ITEMS, agent_id=actor.user_id, farm_id=farm_id, now=tx.now)
        if (event == "ready" or row.accepted_at is None) and (seen is None or row.order_item_id in seen)
    }
    items = [
        (order, item)
        for order in locks.orders(tx, wanted.values())
        for item in order.items
        if item.order_item_id in wanted and _waits(tx, order, item, event)
    ]
    if not items:
        raise NothingToMark(farm_id=farm_id)
    for _, item in items:
        if event in MARKS and not marking.may_prepare(tx, item, event):
            raise WrongState(machine=ITEM.name, status=item.item_status, event=event)
    # Item by item, since an order may have twenty of hers; farmer by farmer, since each waits to be told.
    items.sort(key=lambda one: (one[1].farmer_id, one[1].order_item_id))
    meant = [(order, [(item, None)]) for order, item in items]
    many.carry_out(tx, actor, WHAT[event], meant, work=WORK, as_role="farmer", then=THEN)
    farmers = {item.farmer_id for _, item in items}
    return MarkedAll(len(items), len({order.order_id for order, _ in items}), len(farmers))


def _waits(tx: Tx, order: Order, item: OrderItem, event: str) -> bool:
    """Whether it still waits for this word, and not for the rest of another one."""
    if order.order_status not in WITH_FARMER or item.item_status not in AT_WORK:
        return False
    if item.marked_until is not None and item.marked_until > tx.now:
        return False
    return not marking.has_come_to(item, event)


def _mark(event: str) -> Work:
    """The work on one item; what its farmer does not let the agent do any more stays undone."""

    def work(tx: Tx, actor: Actor, order: Order, steps: Sequence[Step], role: str, _reason: str) -> None:
        for item, _ in steps:
            if not _waits(tx, order, item, event):
                continue
            if event in MARKS and not marking.may_prepare(tx, item, event):
                continue
            if hands.marked_quietly(tx, actor, item):
                marking.set_mark(tx, actor, order, item, event, role, quietly=True)
        marking.after(tx, actor, order)

    return work


def _tell(tx: Tx, actor: Actor, asked: AskedMark, was: int) -> None:
    """Each farmer whose last item was among these hears once of all that was done of hers (DR-221)."""
    order_of = {item_id: order_id for order_id, items in asked.steps for item_id, _ in items}
    query = select(OrderItem.order_item_id, OrderItem.farmer_id).where(OrderItem.order_item_id.in_(order_of))
    farmer_of = {row.order_item_id: row.farmer_id for row in tx.session.execute(query)}
    done, left = list(order_of)[: asked.done], list(order_of)[asked.done :]
    waiting = {farmer_of[item_id] for item_id in left}
    finished = {farmer_of[item_id] for item_id in done[was:]} - waiting
    hers = [item_id for item_id in done if farmer_of[item_id] in finished]
    rows = hands.in_the_audit(tx, actor, hers, since=asked.asked_at)
    for farmer_id in sorted(finished):
        marked = [item_id for item_id in hers if item_id in rows and farmer_of[item_id] == farmer_id]
        if not marked:
            continue
        orders = {order_of[item_id] for item_id in marked}
        record = f"order_item:{marked[0]}" if len(marked) == 1 else f"orders:{len(orders)}"
        last = max(rows[item_id] for item_id in marked)
        agents.tell(tx, actor, farmer_id=farmer_id, what="marked", record=record, audit_id=last)


WORK: Mapping[str, Work] = {what: _mark(event) for event, what in WHAT.items()}
THEN: Mapping[str, Then] = dict.fromkeys(WHAT.values(), _tell)
