"""What a pack weighs: admins say, with the source; no weight, no listing (DR-112)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.audit import service as audit
from core.catalogue.errors import BadWeight, SourceMissing, UnknownProduct
from core.catalogue.models import Pack, Product
from core.catalogue.units import known_kg, unit_of
from core.db import Tx
from core.money import CENT
from core.users import service as users
from core.words import tidy

SOURCE_LENGTH = 120
LIGHTEST, HEAVIEST = CENT, Decimal(2000)


@dataclass(frozen=True)
class PackView:
    """kg in one unit of a product, None while nobody knows; where the weight is from."""

    product_id: int
    unit: str
    kg: Decimal | None
    status: str
    source: str


def of_product(tx: Tx, actor: Actor, *, product_id: int) -> list[PackView]:
    """The packs of a product, those of unknown weight as well. Raises NotAllowed."""
    users.may(tx, actor, "read", "products", own=False, verified=False)
    query = select(Pack).where(Pack.product_id == product_id).order_by(Pack.pack_id)
    return [_view(pack) for pack in tx.session.scalars(query)]


def unknown(tx: Tx, actor: Actor) -> list[PackView]:
    """For admins: every pack nobody can sell in, since its weight is not known."""
    users.acting(tx, actor, "admin")
    query = select(Pack).where(Pack.kg.is_(None)).order_by(Pack.product_id, Pack.pack_id).limit(200)
    return [_view(pack) for pack in tx.session.scalars(query)]


def set_pack(
    tx: Tx, actor: Actor, *, product_id: int, unit: str, kg: Decimal | None, source: str
) -> PackView:
    """An admin says what one unit of a product weighs, and where that is from; audited (DR-112).

    kg  two decimals; None: not known after all, so nobody lists in that unit

    It counts for what is listed from now on. The same again changes nothing.
    Raises NotAllowed, UnknownProduct, UnknownUnit, BadWeight, SourceMissing.
    """
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "update", "products", own=False)
    if tx.session.get(Product, product_id) is None:
        raise UnknownProduct(id=product_id)
    sold_in = unit_of(unit)
    weight = None if kg is None else weighed(sold_in, kg)
    said = tidy(source, SOURCE_LENGTH)
    if not said:
        raise SourceMissing
    pack = tx.session.scalar(
        select(Pack).where(Pack.product_id == product_id, Pack.unit == sold_in).with_for_update()
    )
    before = (None, None) if pack is None else (pack.kg, pack.source)
    if pack is None:
        pack = Pack(product_id=product_id, unit=sold_in)
        tx.session.add(pack)
    pack.kg, pack.source = weight, said
    pack.status = "unknown" if weight is None else "confirmed"
    tx.flush()
    if before != (weight, said):
        changes = {"kg": [_text(before[0]), _text(weight)], "source": [before[1], said]}
        record = f"pack:{pack.pack_id}"
        audit.record(tx, actor, what="pack.set", record=record, changes=changes)
        tx.note(record, f"{sold_in}: {_text(weight)} kg")
        tx.parts.products.outdate()
    return _view(pack)


def begin(tx: Tx, product: Product, kg: Decimal | None, *, by: str) -> None:
    """The first pack of a new product, its usual unit; `by` the role of who says what it weighs."""
    unit = product.unit_of_measure
    weight = known_kg(unit) if kg is None else weighed(unit, kg)
    status = "unknown" if weight is None else "definition" if known_kg(unit) else "rule_of_thumb"
    source = "" if kg is None else f"the {by} who added it"
    tx.session.add(Pack(product_id=product.product_id, unit=unit, kg=weight, status=status, source=source))
    tx.flush()


def weighed(unit: str, kg: Decimal) -> Decimal:
    """A weight somebody says, kg with two decimals; a unit that names its weight has no other.

    Raises BadWeight.
    """
    by_name = known_kg(unit)
    if not kg.is_finite() or not LIGHTEST <= kg <= HEAVIEST or kg != kg.quantize(CENT):
        raise BadWeight(unit=unit)
    if by_name is not None and kg != by_name:
        raise BadWeight(unit=unit)
    return kg.quantize(CENT)


def weights(tx: Tx, product_ids: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """product_id -> unit -> kg in one; only those whose weight is known."""
    found: dict[int, dict[str, Decimal]] = {}
    query = select(Pack).where(Pack.product_id.in_(list(product_ids)), Pack.kg.is_not(None))
    for pack in tx.session.scalars(query.order_by(Pack.pack_id)):
        assert pack.kg is not None
        found.setdefault(pack.product_id, {})[pack.unit] = pack.kg
    return found


def _view(pack: Pack) -> PackView:
    return PackView(pack.product_id, pack.unit, pack.kg, pack.status, pack.source)


def _text(kg: Decimal | None) -> str | None:
    return None if kg is None else str(kg)
