"""The catalogue is shared by all tests: whoever changes it puts it back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, select, update

from core.catalogue.models import Category, Pack, Product, ProductSuggestion
from core.db import Database
from core.listings.models import Listing, StockMovement
from tests.databases import keeper_of

TABLES = (Pack.__table__, Product.__table__, Category.__table__)


@contextmanager
def put_back(db: Database) -> Iterator[None]:
    """What was added to categories, products and packs goes, what was changed is as it was."""
    with db.engine.connect() as connection:
        before = {table: {row[0]: row for row in connection.execute(select(table))} for table in TABLES}
    try:
        yield
    finally:
        with keeper_of(db).begin() as connection:
            for model in (StockMovement, Listing, ProductSuggestion):
                connection.execute(delete(model))
            added = Category.category_id.not_in(before[TABLES[-1]])
            connection.execute(update(Category).where(added).values(parent_id=None))
            for table in TABLES:
                key = next(iter(table.primary_key))
                now = {row[0]: row for row in connection.execute(select(table))}
                for number, row in before[table].items():
                    if now.get(number) != row:
                        values = dict(row._mapping)
                        change = update(table).where(key == number).values(values)  # type: ignore[arg-type]
                        connection.execute(change)
            for table in TABLES:
                key = next(iter(table.primary_key))
                now = {row[0]: row for row in connection.execute(select(table))}
                for added in sorted(now.keys() - before[table].keys(), reverse=True):
                    connection.execute(delete(table).where(key == added))  # type: ignore[arg-type]
        db.parts.products.refresh(db.engine, now=True)
