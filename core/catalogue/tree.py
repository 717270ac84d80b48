"""The category tree: admins shape it, everybody reads it (DR-401, DR-213)."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.actor import Actor
from core.audit import service as audit
from core.catalogue.errors import CategoryInUse, NameMissing, NameTaken, TreeInCircle, TreeTooDeep
from core.catalogue.models import Category, Product
from core.db import Tx
from core.errors import NotFound
from core.users import service as users
from core.words import tidy

NAME_LENGTH = 60


@dataclass(frozen=True)
class CategoryView:
    """A node of the tree; `parent_id` None at the top."""

    category_id: int
    category_name: str
    parent_id: int | None


def categories(tx: Tx, actor: Actor) -> list[CategoryView]:
    """Every category, by number."""
    users.may(tx, actor, "read", "categories", own=False, verified=False)
    return [_view(row) for row in tx.session.scalars(select(Category).order_by(Category.category_id))]


def children(tx: Tx, actor: Actor, *, category_id: int) -> list[CategoryView]:
    """The categories right under one, by number. Raises NotFound."""
    users.may(tx, actor, "read", "categories", own=False, verified=False)
    _get(tx, category_id)
    query = select(Category).where(Category.parent_id == category_id).order_by(Category.category_id)
    return [_view(row) for row in tx.session.scalars(query)]


def create(tx: Tx, actor: Actor, *, name: str, parent_id: int | None = None) -> CategoryView:
    """An admin adds a category, at the top or under another.

    Raises NotAllowed, NotFound (the parent), NameMissing, NameTaken, TreeTooDeep.
    """
    users.may(tx, actor, "create", "categories", own=False)
    shown = _free_name(tx, name)
    if parent_id is not None:
        _check_depth(tx, 1 + len(_above(tx, parent_id)))
    category = Category(category_name=shown, parent_id=parent_id)
    tx.session.add(category)
    tx.flush()
    _said(tx, actor, category, "category.create", {"parent_id": [None, parent_id]})
    return _view(category)


def change(
    tx: Tx, actor: Actor, *, category_id: int, name: str | None = None, parent_id: int | None = None
) -> CategoryView:
    """An admin renames a category or moves it under another, with all that stands under it.

    Raises NotAllowed, NotFound, NameMissing, NameTaken, TreeInCircle, TreeTooDeep.
    """
    users.may(tx, actor, "update", "categories", own=False)
    category = _get(tx, category_id)
    before = (category.category_name, category.parent_id)
    if name is not None and tidy(name, NAME_LENGTH) != category.category_name:
        category.category_name = _free_name(tx, name)
    if parent_id is not None and parent_id != category.parent_id:
        above = _above(tx, parent_id)
        if category_id in above:
            raise TreeInCircle
        _check_depth(tx, len(above) + _height(tx, [category_id]))
        category.parent_id = parent_id
    tx.flush()
    after = (category.category_name, category.parent_id)
    if after != before:
        changes = {"category_name": [before[0], after[0]], "parent_id": [before[1], after[1]]}
        _said(tx, actor, category, "category.change", changes)
    return _view(category)


def remove(tx: Tx, actor: Actor, *, category_id: int) -> None:
    """An admin deletes a category that holds nothing.

    Raises NotAllowed, NotFound, CategoryInUse(count) while products or categories stand under it.
    """
    users.may(tx, actor, "delete", "categories", own=False)
    category = _get(tx, category_id)
    under = sum(
        tx.session.scalar(select(func.count()).select_from(kind).where(column == category_id)) or 0
        for kind, column in ((Category, Category.parent_id), (Product, Product.category_id))
    )
    if under:
        raise CategoryInUse(count=under)
    _said(tx, actor, category, "category.delete", {"parent_id": [category.parent_id, None]})
    tx.session.delete(category)
    tx.flush()


def under(tx: Tx, category_id: int) -> set[int]:
    """The category and all that stand under it, by id. Raises NotFound."""
    _get(tx, category_id)
    found, level = {category_id}, {category_id}
    while level:
        level = set(_right_under(tx, level)) - found
        found |= level
    return found


def products_under(tx: Tx, category_id: int) -> set[int]:
    """The products of a category and of all that stand under it, by id. Raises NotFound."""
    query = select(Product.product_id).where(Product.category_id.in_(under(tx, category_id)))
    return set(tx.session.scalars(query))


def _right_under(tx: Tx, category_ids: set[int]) -> list[int]:
    query = select(Category.category_id).where(Category.parent_id.in_(category_ids))
    return list(tx.session.scalars(query))


def _above(tx: Tx, category_id: int) -> list[int]:
    """The category and those above it, to the top."""
    path: list[int] = []
    at: int | None = category_id
    while at is not None and at not in path:
        path.append(at)
        at = _get(tx, at).parent_id
    return path


def _height(tx: Tx, category_ids: list[int]) -> int:
    below = _right_under(tx, set(category_ids))
    return 1 + (_height(tx, below) if below else 0)


def _check_depth(tx: Tx, depth: int) -> None:
    most = tx.setting("category.max_depth")
    if depth > most:
        raise TreeTooDeep(count=most)


def _free_name(tx: Tx, name: str) -> str:
    shown = tidy(name, NAME_LENGTH)
    if not shown:
        raise NameMissing
    if tx.session.scalar(select(Category.category_id).where(Category.category_name == shown)) is not None:
        raise NameTaken(name=shown)
    return shown


def _get(tx: Tx, category_id: int) -> Category:
    category = tx.session.get(Category, category_id)
    if category is None:
        raise NotFound(record="category", id=category_id)
    return category


def _said(tx: Tx, actor: Actor, category: Category, what: str, changes: dict[str, object]) -> None:
    record = f"category:{category.category_id}"
    audit.record(tx, actor, what=what, record=record, changes=changes)
    tx.note(record, what.removeprefix("category."))
    tx.parts.products.outdate()


def _view(category: Category) -> CategoryView:
    return CategoryView(category.category_id, category.category_name, category.parent_id)
