"""Loading the catalogue from data/: what is missing is added, what an admin may have changed stays."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from core.catalogue.models import Category, Pack, Product
from core.db import Database, Tx
from core.reference import DATA, rows


def load_reference(db: Database, folder: Path = DATA) -> None:
    """Add the categories, products and packs that are not there yet; run again, it adds nothing."""
    db.run(lambda tx: load_catalogue(tx, folder))
    db.parts.products.refresh(db.engine, now=True)


def load_catalogue(tx: Tx, folder: Path = DATA) -> None:
    """The same inside a transaction that is open already."""
    listed = rows("products.csv", folder)
    categories = _load_categories(tx, listed)
    known = {product.slug: product for product in tx.session.scalars(select(Product))}
    for row in listed:
        if row["product_id"] not in known:
            product = _product(row, categories[row["category"]])
            known[product.slug] = product
            tx.session.add(product)
    tx.flush()
    present = {tuple(row) for row in tx.session.execute(select(Pack.product_id, Pack.unit))}
    for row in rows("packs.csv", folder):
        product_id = known[row["product_id"]].product_id
        if (product_id, row["unit"]) not in present:
            tx.session.add(
                Pack(
                    product_id=product_id,
                    unit=row["unit"],
                    kg=Decimal(row["kg"]) if row["kg"] else None,
                    status=row["status"],
                    source=row["source"],
                )
            )


def _product(row: dict[str, str], category: Category) -> Product:
    return Product(
        slug=row["product_id"],
        product_name=row["name_en"],
        name_sw=row["sw"],
        name_ki=row["ki"],
        spellings=row["sms_spellings"],
        category_id=category.category_id,
        unit_of_measure=row["unit"],
        is_perishable=row["perishable"] == "yes",
    )


def _load_categories(tx: Tx, listed: list[dict[str, str]]) -> dict[str, Category]:
    """The tree of two levels; a name that is its own parent, or has two (Other), stands at the top."""
    parents: dict[str, set[str]] = {}
    for row in listed:
        parents.setdefault(row["parent_category"], set())
        parents.setdefault(row["category"], set()).add(row["parent_category"])
    known = {category.category_name: category for category in tx.session.scalars(select(Category))}
    missing = [name for name in parents if name not in known]
    for name in sorted(missing, key=lambda name: bool(parents[name] - {name})):
        above = parents[name] - {name}
        parent = known[next(iter(above))] if len(above) == 1 else None
        known[name] = Category(category_name=name, parent_id=parent.category_id if parent else None)
        tx.session.add(known[name])
        tx.flush()
    return known
