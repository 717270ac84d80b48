"""Products: what farmers and admins add, who may change what, the lists (DR-401, section 2.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, true

from core.actor import Actor
from core.audit import service as audit
from core.catalogue import packs, tree
from core.catalogue.errors import NameMissing, NameTaken, UnknownProduct
from core.catalogue.models import Category, Product
from core.catalogue.units import unit_of
from core.db import Tx
from core.errors import NotFound
from core.permissions import Verb
from core.reference import several
from core.users import service as users
from core.words import plain, tidy

NAME_LENGTH = 60
SLUG_LENGTH = 36
SPELLINGS_LENGTH = 400


@dataclass(frozen=True)
class ProductView:
    """A product as anybody may read it; `names` by stored language (en, sw, kikuyu)."""

    product_id: int
    product_name: str
    category_id: int
    unit_of_measure: str
    is_perishable: bool
    names: dict[str, str]
    units: dict[str, Decimal]


def every(tx: Tx, actor: Actor) -> list[ProductView]:
    """Every product that may be sold, by number."""
    return _listed(tx, actor)


def perishable(tx: Tx, actor: Actor) -> list[ProductView]:
    """Those that do not keep."""
    return _listed(tx, actor, Product.is_perishable == true())


def in_category(tx: Tx, actor: Actor, *, category_id: int) -> list[ProductView]:
    """Those of a category and of all that stand under it. Raises NotFound."""
    return _listed(tx, actor, Product.category_id.in_(tree.under(tx, category_id)))


def read(tx: Tx, actor: Actor, *, product_id: int) -> ProductView:
    """One product. Raises UnknownProduct, NotAllowed."""
    return _view(tx, _in_hand(tx, actor, "read", product_id))


def create(
    tx: Tx,
    actor: Actor,
    *,
    category_id: int,
    name: str,
    name_sw: str = "",
    name_ki: str = "",
    unit: str = "kg",
    kg: Decimal | None = None,
    is_perishable: bool = True,
) -> Product:
    """A farmer or an admin adds a product.

    name, name_sw, name_ki  English, Swahili, Kikuyu; what is missing is called as in the next language
    unit                    the one it is mostly sold in
    kg                      in one unit, where its name does not say it; without a weight nobody can list it
                            in that unit until an admin says (DR-112)

    Raises NotAllowed, NotFound (the category), NameMissing, NameTaken(product_id), UnknownUnit, BadWeight.
    """
    user = users.may(tx, actor, "create", "products", own=True)
    if tx.session.get(Category, category_id) is None:
        raise NotFound(record="category", id=category_id)
    shown = _name(tx, name)
    sold_in = unit_of(unit)
    product = Product(
        slug=_slug(tx, shown),
        product_name=shown,
        name_sw=tidy(name_sw, NAME_LENGTH) or shown,
        name_ki=tidy(name_ki, NAME_LENGTH),
        category_id=category_id,
        unit_of_measure=sold_in,
        is_perishable=is_perishable,
        created_by=user.user_id,
    )
    tx.session.add(product)
    tx.flush()
    packs.begin(tx, product, kg, by=user.user_role)
    _said(tx, actor, product, "product.create", {"product_name": [None, shown]})
    return product


def change(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int,
    category_id: int | None = None,
    name: str | None = None,
    name_sw: str | None = None,
    name_ki: str | None = None,
    is_perishable: bool | None = None,
) -> Product:
    """Whoever added a product, and admins, may change it; None leaves a field as it is.

    Raises NotAllowed, UnknownProduct (also for somebody else's), NotFound, NameMissing, NameTaken.
    """
    product = _in_hand(tx, actor, "update", product_id)
    before = {field: getattr(product, field) for field in _CHANGEABLE}
    if category_id is not None:
        if tx.session.get(Category, category_id) is None:
            raise NotFound(record="category", id=category_id)
        product.category_id = category_id
    if name is not None and tidy(name, NAME_LENGTH) != product.product_name:
        product.product_name = _name(tx, name, besides=product_id)
    if name_sw is not None:
        product.name_sw = tidy(name_sw, NAME_LENGTH) or product.product_name
    if name_ki is not None:
        product.name_ki = tidy(name_ki, NAME_LENGTH)
    if is_perishable is not None:
        product.is_perishable = is_perishable
    changes = {
        field: [old, getattr(product, field)]
        for field, old in before.items()
        if old != getattr(product, field)
    }
    tx.flush()
    if changes:
        _said(tx, actor, product, "product.change", changes)
    return product


def withdraw(tx: Tx, actor: Actor, *, product_id: int) -> None:
    """Delete it softly: nobody lists or buys it any more, orders of it go on (DR-212).

    Raises NotAllowed, UnknownProduct (also for somebody else's).
    """
    product = _in_hand(tx, actor, "delete", product_id)
    if product.is_active:
        product.is_active = False
        tx.flush()
        _said(tx, actor, product, "product.withdraw", {"is_active": [True, False]})


def learn(tx: Tx, product: Product, name: str) -> None:
    """From now on `name` means this product as well (a spelling people type); too many are not kept."""
    known = several(product.spellings)
    longer = "|".join([*known, plain(name)])
    if plain(name) not in map(plain, known) and len(longer) <= SPELLINGS_LENGTH:
        product.spellings = longer
        tx.parts.products.outdate()


_CHANGEABLE = ("category_id", "product_name", "name_sw", "name_ki", "is_perishable")


def _in_hand(tx: Tx, actor: Actor, verb: Verb, product_id: int) -> Product:
    product = tx.session.get(Product, product_id)
    own = product is not None and product.created_by is not None and product.created_by == actor.user_id
    try:
        users.may(tx, actor, verb, "products", own=own, verified=verb != "read")
    except NotFound:
        raise UnknownProduct(id=product_id) from None
    if product is None:
        raise UnknownProduct(id=product_id)
    return product


def _name(tx: Tx, name: str, besides: int | None = None) -> str:
    """A name nobody else's product has, in any of its languages; raises NameMissing, NameTaken."""
    shown = tidy(name, NAME_LENGTH)
    if not plain(shown):
        raise NameMissing
    wanted = shown.lower()
    names = (func.lower(column) for column in (Product.product_name, Product.name_sw, Product.name_ki))
    for column in names:
        taken = tx.session.scalar(select(Product.product_id).where(column == wanted).limit(1))
        if taken not in (None, besides):
            raise NameTaken(name=shown, id=taken)
    return shown


def _slug(tx: Tx, name: str) -> str:
    begin = plain(name).replace(" ", "-")[:SLUG_LENGTH]
    taken = set(
        tx.session.scalars(select(Product.slug).where(Product.slug.startswith(begin, autoescape=True)))
    )
    numbered = (f"{begin}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (begin, *numbered) if slug not in taken)


def _said(tx: Tx, actor: Actor, product: Product, what: str, changes: dict[str, list[object]]) -> None:
    record = f"product:{product.product_id}"
    audit.record(tx, actor, what=what, record=record, changes=changes)
    tx.note(record, what.removeprefix("product."))
    tx.parts.products.outdate()


def _listed(tx: Tx, actor: Actor, *which: ColumnElement[bool]) -> list[ProductView]:
    users.may(tx, actor, "read", "products", own=False, verified=False)
    rows: Sequence[Product] = tx.session.scalars(
        select(Product).where(Product.is_active, *which).order_by(Product.product_id)
    ).all()
    weights = packs.weights(tx, [row.product_id for row in rows])
    return [_seen(row, weights.get(row.product_id, {})) for row in rows]


def _view(tx: Tx, product: Product) -> ProductView:
    return _seen(product, packs.weights(tx, [product.product_id]).get(product.product_id, {}))


def _seen(product: Product, units: dict[str, Decimal]) -> ProductView:
    swahili = product.name_sw or product.product_name
    return ProductView(
        product_id=product.product_id,
        product_name=product.product_name,
        category_id=product.category_id,
        unit_of_measure=product.unit_of_measure,
        is_perishable=product.is_perishable,
        names={"en": product.product_name, "sw": swahili, "kikuyu": product.name_ki or swahili},
        units=units,
    )
