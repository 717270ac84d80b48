"""Loading published market prices from data/market_prices.csv through commodity_map.csv (DR-505)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select

from core.catalogue.load import load_catalogue
from core.db import Database, Tx
from core.insights import keeping
from core.insights.known import known
from core.insights.models import MarketPrice
from core.insights.reading import read
from core.reference import DATA

SOURCE = "WFP"


def load_reference(db: Database, folder: Path = DATA) -> None:
    """Load the catalogue where it is missing, then the market prices; run again, it adds nothing."""

    def work(tx: Tx) -> None:
        load_catalogue(tx, folder)
        load_market_prices(tx, folder)

    db.run(work)
    db.parts.products.refresh(db.engine, now=True)


def load_market_prices(tx: Tx, folder: Path = DATA) -> int:
    """Add the published prices that are not there yet, and their markets; returns how many prices.

    What is there already stays, also what an admin has changed. Commodities that are no product of ours are
    left out; what our clock takes for the future is loaded, and waits for its day.
    """
    text = (folder / "market_prices.csv").read_text(encoding="utf-8")
    figures = read(text, replace(known(tx, folder), today=date.max)).figures
    columns = (MarketPrice.product_id, MarketPrice.market, MarketPrice.price_type, MarketPrice.date)
    present = {tuple(row) for row in tx.session.execute(select(*columns))}
    return keeping.add(tx, (figure for figure in figures if figure.key not in present), SOURCE)
