"""Choosing who supplies an order: the cheapest listings, delivery included, and how they reach the buyer."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from core.carts.stock import check_quantity_of, fault, with_farms
from core.db import Tx
from core.errors import BadInput
from core.listings import service as listings
from core.listings.errors import NotEnoughStock, NotForSale
from core.listings.models import Listing
from core.listings.rules import check_quantity, is_unheard
from core.locations import served
from core.locations.models import Location
from core.money import round2
from core.orders import rules
from core.orders.bringing import RIDER, Bringing, Pick, Plan, tariff
from core.orders.combining import combined
from core.orders.errors import (
    AboveMaximum,
    BelowMinimum,
    NothingForSale,
    QuantityTooSmall,
    ShortLines,
    UnitUnclear,
    WayGone,
)

__all__ = ["Line", "Pick", "Plan", "Wanted", "cheapest", "exactly", "tariff"]

# Of the ways to combine farms, so many are looked at for runs and collection where no rider comes.
MOST_FETCHED = 20


@dataclass(frozen=True)
class Line:
    """What a customer wants: so much of a product, in a unit (None: as it is sold)."""

    product_id: int
    quantity: Decimal
    unit: str | None = None


@dataclass(frozen=True)
class Wanted:
    """The way a customer has chosen (DR-1210), and the day (DR-705).

    None leaves it to the cheapest that works, and to the first day on which the goods can be had.
    """

    way: str | None = None
    collection_point_id: int | None = None
    run_id: int | None = None
    day: date | None = None


ANY = Wanted()


def cheapest(
    tx: Tx,
    *,
    customer_id: int,
    lines: Sequence[Line],
    drop: Location,
    only: Set[int] | None = None,
    wanted: Wanted = ANY,
) -> Plan:
    """The cheapest plan for `lines` at `drop`; with `only`, from those listings alone. Several lines come
    from as few farms as can be, then as cheap.

    A rider to the door where one can bring it, else the run or the collection that costs the buyer least.
    Ties go to the shorter road, then to the older listings. Raises the refusals that `quotes.quote` names.
    """
    served.check(tx, drop.ward_code)
    if not lines:
        raise BadInput(field="lines")
    bringing = Bringing(tx, customer_id, drop, wanted.day)
    candidates, short = [], []
    for line in _merged(lines):
        try:
            candidates.append(_candidates(bringing, line, only))
        except NotEnoughStock as error:
            short.append(error)
    _refuse_short(short)
    doors = sorted(
        (bringing.to_door(picks) for picks in combined(candidates)),
        key=lambda plan: (*bringing.cost(plan), [pick.listing.listing_id for pick in plan.picks]),
    )
    return _within_limits(bringing, _best(bringing, doors, wanted))


def exactly(
    tx: Tx,
    *,
    customer_id: int,
    amounts: Mapping[int, Decimal],
    drop: Location,
    wanted: Wanted = ANY,
) -> Plan:
    """The plan for so much of these very listings, by id, as a cart has them.

    Raises NotServed, NotForSale, OwnProduce, BelowMinimumQuantity, QuantityOutOfBounds, WholeNumbersOnly,
    NotEnoughStock or ShortLines (`lines`, DR-414), and as `cheapest` where it cannot be brought.
    """
    served.check(tx, drop.ward_code)
    picks, short = [], []
    found = {listing.listing_id: listing for listing in with_farms(tx, amounts)}
    for listing_id, quantity in sorted(amounts.items()):
        listing = found.get(listing_id)
        if listing is None or not served.served(tx, listing.farm.location.ward_code):
            raise NotForSale(listing_id=listing_id)
        try:
            asked = check_quantity_of(listing, quantity, customer_id=customer_id)
        except NotEnoughStock as error:
            short.append(error)
        else:
            picks.append(_pick(listing, asked))
    _refuse_short(short)
    bringing = Bringing(tx, customer_id, drop, wanted.day)
    return _within_limits(bringing, _best(bringing, [bringing.to_door(tuple(picks))], wanted))


def _best(bringing: Bringing, doors: Sequence[Plan], wanted: Wanted) -> Plan:
    """The first of the plans that a rider can bring; else, or if she wants it so, the best one to fetch."""
    if wanted.way in (None, RIDER):
        door = next((plan for plan in doors if bringing.works(plan)), None)
        if door is not None:
            others = bringing.fetched(door)
            return replace(door, choices=(door.choice, *(plan.choice for plan in others)))
        if wanted.way == RIDER:
            bringing.check_rider(doors[0])
    nearest = sorted(doors, key=bringing.fetching_cost)[:MOST_FETCHED]
    fetched = [
        (plan, door)
        for door in nearest
        for plan in bringing.fetched(door)
        if plan.fits(wanted.way, wanted.collection_point_id, wanted.run_id)
    ]
    if not fetched and wanted.way is not None:
        raise WayGone(way=wanted.way)
    if not fetched:
        bringing.check_rider(doors[0])
    best, door = min(fetched, key=lambda pair: bringing.cost(pair[0]))
    at_door = (door.choice,) if bringing.works(door) else ()
    return replace(best, choices=(*at_door, *(plan.choice for plan in bringing.fetched(door))))


def _within_limits(bringing: Bringing, plan: Plan) -> Plan:
    """Raises DayGone (DR-705), BelowMinimum, AboveMaximum (DR-703)."""
    bringing.check_day(plan)
    tx = bringing.tx
    total, least, most = plan.totals.total, tx.setting("order.min_total"), tx.setting("order.max_total")
    if total < least:
        raise BelowMinimum(minimum=least, total=total, picks=[_picked(pick) for pick in plan.picks])
    if total > most:
        raise AboveMaximum(maximum=most, total=total)
    return plan


def _merged(lines: Sequence[Line]) -> list[Line]:
    """The same product in the same unit asked for twice is one line of the sum."""
    sums: dict[tuple[int, str | None], Decimal] = {}
    for line in lines:
        if not isinstance(line.quantity, Decimal):
            raise BadInput(field="quantity")
        key = (line.product_id, line.unit)
        sums[key] = sums.get(key, Decimal(0)) + line.quantity
    return [Line(product_id, quantity, unit) for (product_id, unit), quantity in sums.items()]


def _candidates(bringing: Bringing, line: Line, only: Set[int] | None) -> list[Pick]:
    """The listings that could supply one line, cheapest at the door first; those in a rider's reach, or if
    there are none, the others."""
    tx = bringing.tx
    on_sale = [
        listing
        for listing in _offers(bringing, line.product_id, only)
        if listing.farmer_id != bringing.customer_id and served.served(tx, listing.farm.location.ward_code)
    ]
    sold_in = sorted({listing.unit for listing in on_sale})
    unit = _unit(tx, line, sold_in)
    offers = [listing for listing in on_sale if listing.unit == unit]
    if not offers:
        raise NothingForSale(product_id=line.product_id, unit=unit, sold_in=sold_in)
    quantity = check_quantity(line.quantity, unit)
    by_road = {listing.listing_id: bringing.km([listing.farm.location]) for listing in offers}
    most = tx.setting("delivery.max_km")
    near = [listing for listing in offers if by_road[listing.listing_id] <= most] or offers
    if quantity < (minimum := min(listing.min_order_quantity for listing in near)):
        raise QuantityTooSmall(product_id=line.product_id, minimum=minimum, unit=unit)
    enough = [o for o in near if o.min_order_quantity <= quantity <= o.quantity_available]
    if not enough:
        raise _short(max(near, key=lambda listing: listing.quantity_available), quantity)
    per_km, hours = bringing.tariff.per_km, tx.setting("listing.unheard_hours")
    picks = [_pick(listing, quantity) for listing in enough]
    return sorted(
        picks,
        key=lambda p: (
            is_unheard(p.listing.touched_at, tx.now, hours),
            p.total + per_km * by_road[p.listing.listing_id],
            p.listing.listing_id,
        ),
    )


def _offers(bringing: Bringing, product_id: int, only: Set[int] | None) -> Sequence[Listing]:
    """What could be bought of a product: ready near the door, else still growing near it, else the nearest
    there is; with `only`, those listings and nothing else."""
    tx, door = bringing.tx, bringing.door
    if only is not None:
        found = with_farms(tx, only)
        return [
            one for one in found if one.product_id == product_id and fault(one, one.quantity_available) == ""
        ]
    km = float(tx.setting("delivery.max_km"))
    near = listings.buyable_near(tx, product_id=product_id, point=door, km=km)
    near = near or listings.buyable_near(tx, product_id=product_id, point=door, km=km, pre_orders=True)
    if near:
        return near
    far = listings.nearest(tx, product_id=product_id, point=door)
    return [far] if far else []


def _pick(listing: Listing, quantity: Decimal) -> Pick:
    return Pick(
        listing=listing,
        quantity=quantity,
        price=listing.current_price,
        total=rules.line_total(quantity, listing.current_price),
        kg=round2(quantity * listing.kg_per_unit),
    )


def _picked(pick: Pick) -> dict[str, object]:
    """A line of a plan, for whoever makes it more (DR-703)."""
    return {
        "product_id": pick.product_id,
        "quantity": pick.quantity,
        "unit": pick.unit,
        "price": pick.price,
        "left": pick.listing.quantity_available,
    }


def _short(listing: Listing, asked: Decimal) -> NotEnoughStock:
    left = listing.quantity_available
    return NotEnoughStock(
        listing_id=listing.listing_id,
        product_id=listing.product_id,
        left=left,
        asked=asked,
        unit=listing.unit,
    )


def _refuse_short(short: Sequence[NotEnoughStock]) -> None:
    """Raises what is short: the one line, or all of them at once (DR-414)."""
    if len(short) == 1:
        raise short[0]
    if short:
        raise ShortLines(**short[0].values, lines=[error.values for error in short])


def _unit(tx: Tx, line: Line, sold_in: list[str]) -> str:
    """The unit meant: `crate` may be the only crate on sale, nothing the only unit. Nobody guesses between
    kg and crates, or between two sizes of bag."""
    asked = line.unit
    if asked in sold_in:
        return asked
    fitting = [unit for unit in sold_in if asked in (None, unit.split()[0])]
    if len(fitting) > 1:
        raise UnitUnclear(product_id=line.product_id, units=fitting)
    return fitting[0] if fitting else asked or tx.parts.products.entry(line.product_id).unit
