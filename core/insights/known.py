"""What is known before a price list is read: products, counties, markets."""

from pathlib import Path

from sqlalchemy import select

from core.catalogue.models import Product
from core.clock import nairobi_date
from core.db import Tx
from core.insights.models import Market
from core.insights.reading import Known
from core.reference import DATA, rows
from core.words import plain


def known(tx: Tx, folder: Path = DATA) -> Known:
    """Commodities by the names of data/commodity_map.csv, or a product's own slug or English name."""
    products = tx.session.execute(select(Product.slug, Product.product_name, Product.product_id)).all()
    slugs = {row.slug: row.product_id for row in products}
    mapped = {row["wfp_commodity"]: row["product_id"] for row in rows("commodity_map.csv", folder)}
    counties = {
        plain(spelling): county.code
        for county in tx.parts.places.counties()
        for spelling in (*county.aliases, county.name)
    }
    return Known(
        products={
            **{plain(row.product_name): row.product_id for row in products},
            **{plain(slug): product_id for slug, product_id in slugs.items()},
            **{plain(commodity): slugs[slug] for commodity, slug in mapped.items() if slug in slugs},
        },
        counties=counties,
        markets=markets(tx),
        today=nairobi_date(tx.now),
    )


def markets(tx: Tx) -> dict[str, int]:
    """The county of every market, by its name."""
    return {
        row.market: row.county_code for row in tx.session.execute(select(Market.market, Market.county_code))
    }
