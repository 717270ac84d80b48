"""Loading published market prices from data/market_prices.csv through commodity_map.csv (DR-505)."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from core.catalogue.load import load_catalogue
from core.catalogue.models import Product
from core.db import Database, Tx
from core.insights.models import Market, MarketPrice
from core.insights.rules import mean
from core.money import round2
from core.reference import DATA, rows


def load_reference(db: Database, folder: Path = DATA) -> None:
    """Load the catalogue where it is missing, then the market prices; run again, it adds nothing."""

    def work(tx: Tx) -> None:
        load_catalogue(tx, folder)
        load_market_prices(tx, folder)

    db.run(work)
    db.parts.products.refresh(db.engine, now=True)


def load_market_prices(tx: Tx, folder: Path = DATA) -> int:
    """Add the markets and published prices that are not there yet; returns how many prices.

    Several commodities can be one product of ours (five kinds of dry beans), and one may be published by the
    kg and by the bag: prices of one market, month and type are then averaged by the kg. Commodities that are
    no product of ours are left out.
    """
    listed = rows("market_prices.csv", folder)
    _load_markets(tx, listed)
    products = tx.session.execute(select(Product.slug, Product.product_id))
    slugs = {slug: product_id for slug, product_id in products}  # noqa: C416  # dict() takes it for a mapping
    mapping = {row["wfp_commodity"]: row["product_id"] for row in rows("commodity_map.csv", folder)}
    together: dict[tuple[Any, ...], list[dict[str, str]]] = defaultdict(list)
    for row in listed:
        slug = mapping.get(row["commodity"], "")
        if slug:
            key = (slugs[slug], row["market"], row["price_type"], date.fromisoformat(row["date"]))
            together[key].append(row)
    present = _present(tx)
    fresh = [_values(key, published) for key, published in together.items() if key not in present]
    if fresh:
        tx.session.execute(insert(MarketPrice), fresh)
    return len(fresh)


def _load_markets(tx: Tx, listed: list[dict[str, str]]) -> None:
    known = set(tx.session.scalars(select(Market.market)))
    by_name = {row["market"]: row for row in listed}
    fresh = [
        {
            "market": name,
            "county_code": int(row["county_code"]),
            "latitude": float(row["market_lat"]) if row["market_lat"] else None,
            "longitude": float(row["market_lon"]) if row["market_lon"] else None,
        }
        for name, row in by_name.items()
        if name not in known
    ]
    if fresh:
        tx.session.execute(insert(Market), fresh)


def _present(tx: Tx) -> set[tuple[Any, ...]]:
    columns = (MarketPrice.product_id, MarketPrice.market, MarketPrice.price_type, MarketPrice.date)
    return {tuple(row) for row in tx.session.execute(select(*columns))}


def _values(key: tuple[Any, ...], published: list[dict[str, str]]) -> dict[str, Any]:
    product_id, market, price_type, day = key
    per_base_unit = mean(round2(Decimal(row["price_per_base_unit"])) for row in published)
    units = {row["unit"] for row in published}
    one_unit = len(units) == 1
    base_unit = published[0]["base_unit"]
    return {
        "product_id": product_id,
        "market": market,
        "price_type": price_type,
        "unit": units.pop() if one_unit else base_unit,
        "date": day,
        "county_code": int(published[0]["county_code"]),
        "price": mean(round2(Decimal(row["price"])) for row in published) if one_unit else per_base_unit,
        "price_per_base_unit": per_base_unit,
        "base_unit": base_unit,
        "source": "WFP",
    }
