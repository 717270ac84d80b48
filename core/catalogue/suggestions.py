""" "Not in the list? Type its name": what people miss, until an admin adds it and they are told (DR-401)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.actor import Actor
from core.audit import service as audit
from core.catalogue import products
from core.catalogue.errors import (
    NameMissing,
    NameTaken,
    SuggestionClosed,
    TooManySuggestions,
    UnknownProduct,
)
from core.catalogue.models import Product, ProductSuggestion
from core.db import Tx
from core.errors import NotFound
from core.events import SuggestionDecided
from core.users import service as users
from core.words import plain, tidy

NAME_LENGTH = 60
MOST_OPEN = 10
OPEN, ADDED, REFUSED = "open", "added", "refused"


@dataclass(frozen=True)
class SuggestionView:
    """A missing name: who typed it, in which language they speak with us."""

    suggestion_id: int
    user_id: int
    name: str
    language: str
    suggestion_status: str
    product_id: int | None
    created_at: datetime


def suggest(tx: Tx, actor: Actor, *, name: str) -> SuggestionView:
    """Anybody who is with us names what is missing; the same again is the one there was.

    Raises NameMissing, NameTaken(id) for what is in the list, TooManySuggestions(count), NotAllowed.
    """
    user = users.acting(tx, actor, verified=False)
    shown = tidy(name, NAME_LENGTH)
    wanted = plain(shown)
    if not wanted:
        raise NameMissing
    known = [entry for entry, score in tx.parts.products.read(wanted) if score == 100]
    if known:
        raise NameTaken(name=shown, id=known[0].product_id)
    hers = select(ProductSuggestion).where(ProductSuggestion.user_id == user.user_id)
    same = tx.session.scalar(hers.where(ProductSuggestion.plain_name == wanted))
    if same is not None:
        return _view(same)
    still_open = tx.session.scalar(
        select(func.count()).select_from(hers.where(ProductSuggestion.suggestion_status == OPEN).subquery())
    )
    if (still_open or 0) >= MOST_OPEN:
        raise TooManySuggestions(count=still_open)
    row = ProductSuggestion(
        user_id=user.user_id,
        name=shown,
        plain_name=wanted,
        language=user.preferred_language,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.flush()
    tx.note(f"suggestion:{row.suggestion_id}", OPEN)
    return _view(row)


def waiting(tx: Tx, actor: Actor, *, after: int = 0) -> list[SuggestionView]:
    """For admins: what waits for a decision, the oldest first; the next page begins `after` the last one."""
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "read", "products", own=False)
    query = (
        select(ProductSuggestion)
        .where(ProductSuggestion.suggestion_status == OPEN, ProductSuggestion.suggestion_id > after)
        .order_by(ProductSuggestion.suggestion_id)
        .limit(tx.setting("api.page_size"))
    )
    return [_view(row) for row in tx.session.scalars(query)]


def settle(tx: Tx, actor: Actor, *, suggestion_id: int, product_id: int) -> None:
    """An admin says which product is meant, new (products.create) or old: the name finds it from now on, and
    everybody who missed it is told. Emits SuggestionDecided for each.

    Raises NotAllowed, NotFound, UnknownProduct, SuggestionClosed.
    """
    row = _in_hand(tx, actor, suggestion_id)
    product = tx.session.get(Product, product_id)
    if product is None or not product.is_active:
        raise UnknownProduct(id=product_id)
    products.learn(tx, product, row.name)
    _decide(tx, actor, row, ADDED, product_id)


def refuse(tx: Tx, actor: Actor, *, suggestion_id: int, reason: str = "") -> None:
    """An admin says no; whoever named it is told. Raises NotAllowed, NotFound, SuggestionClosed."""
    _decide(tx, actor, _in_hand(tx, actor, suggestion_id), REFUSED, None, reason)


def _in_hand(tx: Tx, actor: Actor, suggestion_id: int) -> ProductSuggestion:
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "update", "products", own=False)
    row = tx.session.get(ProductSuggestion, suggestion_id, with_for_update=True)
    if row is None:
        raise NotFound(record="suggestion", id=suggestion_id)
    if row.suggestion_status != OPEN:
        raise SuggestionClosed
    return row


def _decide(
    tx: Tx, actor: Actor, row: ProductSuggestion, status: str, product_id: int | None, reason: str = ""
) -> None:
    """All who named the same are answered at once."""
    same = tx.session.scalars(
        select(ProductSuggestion).where(
            ProductSuggestion.plain_name == row.plain_name, ProductSuggestion.suggestion_status == OPEN
        )
    ).all()
    for one in same:
        one.suggestion_status, one.product_id, one.decided_by = status, product_id, actor.user_id
        record = f"suggestion:{one.suggestion_id}"
        changes = {"suggestion_status": [OPEN, status], "product_id": [None, product_id]}
        audit.record(tx, actor, what="suggestion.decide", record=record, changes=changes, reason=reason)
        tx.note(record, status)
    tx.flush()
    for one in same:
        tx.emit(SuggestionDecided(one.suggestion_id, actor))


def _view(row: ProductSuggestion) -> SuggestionView:
    return SuggestionView(
        suggestion_id=row.suggestion_id,
        user_id=row.user_id,
        name=row.name,
        language=row.language,
        suggestion_status=row.suggestion_status,
        product_id=row.product_id,
        created_at=row.created_at,
    )
