"""A price held against the market's before it is asked (DR-404)."""

from decimal import Decimal

from core.db import Tx
from core.insights import service as insights
from core.listings import rules
from core.listings.errors import PriceLooksOff


def check(
    tx: Tx, *, ward_code: int, farmer_id: int, product_id: int, unit: str, kg: Decimal, price: Decimal
) -> None:
    """Raise PriceLooksOff(market, price) for a price far from the market's, to be confirmed.

    kg  in one `unit`, as the listing has it
    """
    usual = insights.market_average(
        tx,
        product_id,
        county_code=tx.parts.places.get(ward_code).county_code,
        unit=unit,
        farmer_id=farmer_id,
        kg=kg,
    )
    if usual and rules.looks_off(price, usual.price, tx.setting("listing.price_warn_percent")):
        raise PriceLooksOff(market=str(usual.price), price=str(price), unit=unit, product=product_id)
