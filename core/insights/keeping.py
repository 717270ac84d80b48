"""Writing market prices: one row a product, market, type and day; a second takes its place."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.insights.models import Market, MarketPrice
from core.insights.reading import Figure

Key = tuple[Any, ...]


def present(tx: Tx, figures: Iterable[Figure], *, lock: bool = False) -> dict[Key, MarketPrice]:
    """The rows that stand where `figures` would, by key."""
    wanted = {figure.key for figure in figures}
    if not wanted:
        return {}
    query = select(MarketPrice).where(
        MarketPrice.product_id.in_({key[0] for key in wanted}),
        MarketPrice.date.in_({key[3] for key in wanted}),
    )
    rows = tx.session.scalars(query.with_for_update() if lock else query)
    by_key = {(row.product_id, row.market, row.price_type, row.date): row for row in rows}
    return {key: row for key, row in by_key.items() if key in wanted}


def differs(figure: Figure, row: MarketPrice) -> bool:
    """Whether `figure` says another price than the row that is there."""
    return (figure.unit, figure.price, figure.per_base_unit) != (row.unit, row.price, row.price_per_base_unit)


def add(tx: Tx, figures: Iterable[Figure], source: str) -> int:
    """Write figures that are not there yet, and the markets nobody knew; returns how many figures."""
    fresh = list(figures)
    _add_markets(tx, fresh)
    if fresh:
        tx.session.execute(insert(MarketPrice), [values(figure, source) for figure in fresh])
    return len(fresh)


def take_place(tx: Tx, actor: Actor, figure: Figure, row: MarketPrice, source: str) -> None:
    """A figure takes the place of the row, with the old and new figure in the audit (DR-505, DR-1801)."""
    changes = {
        "price": [str(row.price), str(figure.price)],
        "unit": [row.unit, figure.unit],
        "source": [row.source, source],
    }
    audit.record(tx, actor, what="market_price.replace", record=f"price:{row.price_id}", changes=changes)
    for name, value in values(figure, source).items():
        setattr(row, name, value)


def values(figure: Figure, source: str) -> dict[str, Any]:
    """The columns of a figure."""
    return {
        "product_id": figure.product_id,
        "market": figure.market,
        "county_code": figure.county_code,
        "unit": figure.unit,
        "price_type": figure.price_type,
        "price": figure.price,
        "price_per_base_unit": figure.per_base_unit,
        "base_unit": figure.base_unit,
        "date": figure.day,
        "source": source,
    }


def _add_markets(tx: Tx, figures: Iterable[Figure]) -> None:
    by_name = {figure.market: figure for figure in figures}
    known = set(tx.session.scalars(select(Market.market).where(Market.market.in_(by_name))))
    fresh = [
        {
            "market": name,
            "county_code": figure.county_code,
            "latitude": figure.latitude,
            "longitude": figure.longitude,
        }
        for name, figure in by_name.items()
        if name not in known
    ]
    if fresh:
        tx.session.execute(insert(Market), fresh)
