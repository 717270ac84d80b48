"""Our part of what is sold: one rate for all, or another for a farmer or a category (DR-1101)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import String, UniqueConstraint, and_, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import Actor
from core.audit import service as audit
from core.catalogue.models import Category, Product
from core.db import Base, BigId, Hundredths, Tx, UtcDateTime
from core.errors import BadInput, NotFound
from core.money import ZERO, exact
from core.users import service as users
from core.users.models import User

FARMER, CATEGORY = "farmer", "category"
HIGHEST = Decimal(50)


class CommissionRate(Base):
    """A rate in percent that differs from `commission.percent`, for one farmer or one category."""

    __tablename__ = "commission_rates"
    __table_args__ = (UniqueConstraint("scope", "subject_id"),)

    rate_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scope: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[int] = mapped_column(BigId)
    percent: Mapped[Decimal] = mapped_column(Hundredths)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def set_rate(
    tx: Tx, actor: Actor, *, scope: str, subject_id: int, percent: Decimal | None, reason: str
) -> None:
    """An admin gives a farmer or a category its own rate, or (None) takes it away; audited (DR-1801).

    percent  from 0.00 to 50.00

    Orders placed before keep theirs. Raises NotAllowed, NotFound, BadInput.
    """
    users.may(tx, actor, "update", "settings", own=False)
    kept = {FARMER: User, CATEGORY: Category}.get(scope)
    if kept is None:
        raise BadInput(field="scope")
    if tx.session.get(kept, subject_id) is None:
        raise NotFound(record=scope, id=subject_id)
    if percent is not None and not _is_percent(percent):
        raise BadInput(field="percent")
    row = _row(tx, scope, subject_id)
    before = row.percent if row else None
    if before == percent:
        return
    if percent is None:
        tx.session.delete(row)
    elif row is None:
        tx.session.add(CommissionRate(scope=scope, subject_id=subject_id, percent=percent, updated_at=tx.now))
    else:
        row.percent, row.updated_at = percent, tx.now
    changes = {"percent": [before and str(before), percent and str(percent)]}
    audit.record(
        tx, actor, what="commission.rate", record=f"{scope}:{subject_id}", changes=changes, reason=reason
    )
    tx.flush()


# The own rates of some farmers and those of all categories, of which there are few.
_RATES = select(CommissionRate.scope, CommissionRate.subject_id, CommissionRate.percent).where(
    or_(
        CommissionRate.scope == CATEGORY,
        and_(
            CommissionRate.scope == FARMER,
            CommissionRate.subject_id.in_(bindparam("farmers", expanding=True)),
        ),
    )
)
_CATEGORIES = select(Category.category_id, Category.parent_id)
_PRODUCTS = select(Product.product_id, Product.category_id).where(
    Product.product_id.in_(bindparam("products", expanding=True))
)


def rate(tx: Tx, *, farmer_id: int, product_id: int) -> Decimal:
    """The percent that holds now: the farmer's own, else that of the nearest category, else the setting."""
    return rates(tx, [(farmer_id, product_id)])[farmer_id, product_id]


def rates(tx: Tx, sold: Collection[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """As `rate`, of each (farmer_id, product_id).

    One SQL statement however many there are, and two more where categories have rates.
    """
    found = tx.look(_RATES, farmers=list({farmer_id for farmer_id, _ in sold}))
    own: dict[tuple[str, int], Decimal] = {(row.scope, row.subject_id): row.percent for row in found}
    above: dict[int, int | None] = {}
    category_of: dict[int, int] = {}
    if any(scope == CATEGORY for scope, _ in own):
        above = {row.category_id: row.parent_id for row in tx.look(_CATEGORIES)}
        looked = tx.look(_PRODUCTS, products=list({product_id for _, product_id in sold}))
        category_of = {row.product_id: row.category_id for row in looked}
    percent: Decimal = tx.setting("commission.percent")
    return {
        (farmer_id, product_id): own.get(
            (FARMER, farmer_id), _nearest(own, above, category_of.get(product_id), percent)
        )
        for farmer_id, product_id in sold
    }


def _nearest(
    own: Mapping[tuple[str, int], Decimal],
    above: Mapping[int, int | None],
    category_id: int | None,
    otherwise: Decimal,
) -> Decimal:
    """The rate of the category, or of the nearest above it that has one."""
    while category_id is not None:
        if (CATEGORY, category_id) in own:
            return own[CATEGORY, category_id]
        category_id = above[category_id]
    return otherwise


def _is_percent(percent: object) -> bool:
    try:
        return isinstance(percent, Decimal) and ZERO <= exact(percent) <= HIGHEST
    except ValueError:
        return False


def _row(tx: Tx, scope: str, subject_id: int) -> CommissionRate | None:
    query = select(CommissionRate).where(
        CommissionRate.scope == scope, CommissionRate.subject_id == subject_id
    )
    return tx.session.scalar(query)
