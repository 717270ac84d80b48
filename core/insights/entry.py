"""Market prices as admins keep them: one by one, or a whole list as CSV (DR-505, DR-213)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from core.actor import Actor
from core.audit import service as audit
from core.catalogue.errors import PackUnknown, UnknownUnit
from core.clock import nairobi_date
from core.db import Tx
from core.insights import keeping
from core.insights.errors import (
    CountyUnknown,
    MarketElsewhere,
    MarketMissing,
    MarketPriceOutOfBounds,
    PriceTypeUnknown,
    PriceUnknown,
    RowsRefused,
)
from core.insights.known import known, markets
from core.insights.models import MarketPrice
from core.insights.reading import LEAST, LONGEST_NAME, MOST, TYPES, Fault, Figure, PriceList, check_day, read
from core.money import CENT, round2
from core.users import service as users
from core.words import tidy

BY_HAND = "admin"
LONGEST_SOURCE = 40
# More faults than these nobody reads; how many there are is said all the same.
MOST_FAULTS = 200


@dataclass(frozen=True)
class Import:
    """What a price list holds, or what became of it.

    added, replaced, same  figures that are new, that say another price than the one kept, that say the same
    left_out               rows of commodities that we do not sell, and forecasts
    faults                 the first rows that cannot be used, of `faulty` in all
    """

    rows: int
    added: int
    replaced: int
    same: int
    left_out: int
    faulty: int
    faults: tuple[Fault, ...]


def set_price(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int,
    market: str,
    unit: str,
    price: Decimal,
    price_type: str,
    day: date,
    county_code: int | None = None,
    source: str = BY_HAND,
) -> MarketPrice:
    """Enter what a product cost on a market on a day; what was there for that day is replaced, audited.

    unit         one of the product's, of known weight
    price        KES for one unit, exact to the cent
    price_type   retail or wholesale
    county_code  1 to 47, of a market that nobody knows yet

    The same again changes nothing. Raises NotAllowed, UnknownProduct, UnknownUnit, PackUnknown,
    MarketMissing, CountyUnknown, MarketElsewhere, PriceTypeUnknown, MarketPriceOutOfBounds, DateWrong.
    """
    users.may(tx, actor, "create", "market_prices", own=True)
    name = tidy(market, LONGEST_NAME + 1) if isinstance(market, str) else ""
    if not name or len(name) > LONGEST_NAME:
        raise MarketMissing
    if price_type not in TYPES:
        raise PriceTypeUnknown
    base_unit, per_base_unit = _per_base_unit(tx, product_id, unit, _check_price(price))
    figure = Figure(
        product_id=product_id,
        market=name,
        county_code=_county(tx, name, county_code),
        price_type=price_type,
        day=check_day(day, nairobi_date(tx.now)),
        unit=unit,
        price=price.quantize(CENT),
        base_unit=base_unit,
        per_base_unit=per_base_unit,
    )
    _carry_out(tx, actor, _plan(tx, [figure], lock=True), tidy(source, LONGEST_SOURCE) or BY_HAND)
    return keeping.present(tx, [figure])[figure.key]


def remove_price(tx: Tx, actor: Actor, *, price_id: int, reason: str = "") -> None:
    """Take back a price that should not be there; audited. Raises NotAllowed, PriceUnknown."""
    users.may(tx, actor, "delete", "market_prices", own=False)
    row = tx.session.get(MarketPrice, price_id)
    if row is None:
        raise PriceUnknown(price_id=price_id)
    changes = {"price": [str(row.price), None], "date": [row.date.isoformat(), None]}
    record = f"price:{price_id}"
    audit.record(tx, actor, what="market_price.remove", record=record, changes=changes, reason=reason[:255])
    tx.session.delete(row)
    tx.note(record, "removed")
    tx.flush()


def preview(tx: Tx, actor: Actor, *, text: str) -> Import:
    """What importing a CSV text would do; nothing is written. Raises NotAllowed, FileUnreadable, FileTooLong.

    The layout is ours (data/market_prices.csv) or that of WFP on HDX; both are known by their columns.
    """
    users.may(tx, actor, "create", "market_prices", own=True)
    listed = read(text, known(tx))
    return _told(listed, _plan(tx, listed.figures))


def import_prices(
    tx: Tx, actor: Actor, *, text: str, source: str = "WFP", leave_out_bad: bool = False
) -> Import:
    """Keep the prices of a CSV text; what was there for the same day is replaced, audited (DR-505).

    leave_out_bad  keep the good rows though others are bad; else one bad row stops all

    The same list again changes nothing. Raises as `preview`, and RowsRefused(count).
    """
    users.may(tx, actor, "create", "market_prices", own=True)
    listed = read(text, known(tx))
    if listed.faults and not leave_out_bad:
        raise RowsRefused(count=len(listed.faults))
    plan = _plan(tx, listed.figures, lock=True)
    _carry_out(tx, actor, plan, tidy(source, LONGEST_SOURCE) or BY_HAND)
    done = _told(listed, plan)
    if done.added or done.replaced:
        digest = sha256(text.encode()).hexdigest()[:12]
        changes = {"added": [0, done.added], "replaced": [0, done.replaced]}
        audit.record(tx, actor, what="market_prices.import", record=f"prices:{digest}", changes=changes)
    return done


@dataclass(frozen=True)
class _Plan:
    """Which figures are new, which say another price than the row that is there, and how many the same."""

    fresh: tuple[Figure, ...]
    other: tuple[tuple[Figure, MarketPrice], ...]
    same: int


def _plan(tx: Tx, figures: Sequence[Figure], *, lock: bool = False) -> _Plan:
    there = keeping.present(tx, figures, lock=lock)
    pairs = [(figure, there[figure.key]) for figure in figures if figure.key in there]
    other = tuple((figure, row) for figure, row in pairs if keeping.differs(figure, row))
    fresh = tuple(figure for figure in figures if figure.key not in there)
    return _Plan(fresh, other, len(pairs) - len(other))


def _carry_out(tx: Tx, actor: Actor, plan: _Plan, source: str) -> None:
    keeping.add(tx, plan.fresh, source)
    for figure, row in plan.other:
        keeping.take_place(tx, actor, figure, row, source)
    if plan.fresh or plan.other:
        tx.note("prices", f"{len(plan.fresh)} added, {len(plan.other)} replaced")
    tx.flush()


def _told(listed: PriceList, plan: _Plan) -> Import:
    return Import(
        rows=listed.rows,
        added=len(plan.fresh),
        replaced=len(plan.other),
        same=plan.same,
        left_out=listed.left_out,
        faulty=len(listed.faults),
        faults=listed.faults[:MOST_FAULTS],
    )


def _check_price(price: Decimal) -> Decimal:
    bad = not isinstance(price, Decimal) or not price.is_finite() or not LEAST <= price <= MOST
    if bad or price != price.quantize(CENT):
        raise MarketPriceOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    return price


def _per_base_unit(tx: Tx, product_id: int, unit: str, price: Decimal) -> tuple[str, Decimal]:
    """The price for one kg, litre or piece; packs and other units by their weight (DR-112)."""
    entry = tx.parts.products.entry(product_id)
    if unit in entry.unknown_units:
        raise PackUnknown(product=product_id, unit=unit)
    if unit not in entry.units:
        raise UnknownUnit(product=product_id, unit=unit)
    if unit in ("kg", "litre", "piece"):
        return unit, price
    per_kg = round2(price / entry.units[unit])
    if per_kg < LEAST:
        raise MarketPriceOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    return "kg", per_kg


def _county(tx: Tx, market: str, county_code: int | None) -> int:
    present = markets(tx).get(market)
    if present is not None:
        if county_code not in (None, present):
            raise MarketElsewhere
        return present
    if county_code not in {county.code for county in tx.parts.places.counties()}:
        raise CountyUnknown
    assert county_code is not None, "no county has the number None"
    return county_code
