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
from core.insights.models import MarketPrice
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
    """Add the published prices that are not there yet; returns how many.

    Several commodities can be one product of ours (five kinds of dry beans): prices of one market, month,
    unit and type are then averaged. Commodities that are no product of ours are left out.
    """
    products = tx.session.execute(select(Product.slug, Product.product_id))
    slugs = {slug: product_id for slug, product_id in products}  # noqa: C416  # dict() takes it for a mapping
    mapping = {row["wfp_commodity"]: row["product_id"] for row in rows("commodity_map.csv", folder)}
    together: dict[tuple[Any, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows("market_prices.csv", folder):
        slug = mapping.get(row["commodity"], "")
        if slug:
            key = (
                slugs[slug],
                row["market"],
                row["price_type"],
                row["unit"],
                date.fromisoformat(row["date"]),
            )
            together[key].append(row)
    present = _present(tx)
    fresh = [_values(key, listed) for key, listed in together.items() if key not in present]
    if fresh:
        tx.session.execute(insert(MarketPrice), fresh)
    return len(fresh)


def _present(tx: Tx) -> set[tuple[Any, ...]]:
    columns = (MarketPrice.product_id, MarketPrice.market, MarketPrice.price_type, MarketPrice.unit)
    return {tuple(row) for row in tx.session.execute(select(*columns, MarketPrice.date))}


def _values(key: tuple[Any, ...], listed: list[dict[str, str]]) -> dict[str, Any]:
    product_id, market, price_type, unit, day = key
    return {
        "product_id": product_id,
        "market": market,
        "price_type": price_type,
        "unit": unit,
        "date": day,
        "county_code": int(listed[0]["county_code"]),
        "price": mean(round2(Decimal(row["price"])) for row in listed),
        "price_per_base_unit": mean(round2(Decimal(row["price_per_base_unit"])) for row in listed),
        "base_unit": listed[0]["base_unit"],
        "source": "WFP",
    }
