"""How a person pays, as a list on a small screen: one narrow look (DR-304)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.msisdn import masked
from core.payment_methods.models import PaymentMethod
from core.payment_methods.service import SEALED_FOR

MOST = 49


@dataclass(frozen=True)
class MethodLine:
    """A way to pay of the actor's own; of a number only the ends are shown (S24)."""

    payment_method_id: int
    method_type: str
    number: str
    is_default: bool


_MINE = (
    select(
        PaymentMethod.payment_method_id,
        PaymentMethod.method_type,
        PaymentMethod.phone_sealed,
        PaymentMethod.default_of,
    )
    .where(PaymentMethod.user_id == bindparam("user_id"), PaymentMethod.is_active)
    .order_by(
        PaymentMethod.default_of.is_(None),
        PaymentMethod.used_at.desc(),
        PaymentMethod.created_at.desc(),
        PaymentMethod.payment_method_id.desc(),
    )
    .limit(MOST)
)


def mine(tx: Tx, actor: Actor) -> list[MethodLine]:
    """The actor's ways to pay, the default first, then the most recently used."""
    return [
        MethodLine(
            payment_method_id=row.payment_method_id,
            method_type=row.method_type,
            number=masked(tx.parts.vault.open(SEALED_FOR, row.phone_sealed)) if row.phone_sealed else "",
            is_default=row.default_of is not None,
        )
        for row in tx.look(_MINE, user_id=actor.user_id)
    ]
