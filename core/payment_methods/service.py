"""How a person pays: kept, changed, deleted; one is the default, as with places (DR-304, DR-301)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.msisdn import e164, masked
from core.payment_methods.errors import UnknownMethod
from core.payment_methods.models import PaymentMethod
from core.permissions import Verb
from core.users import defaults
from core.users import service as users
from core.words import tidy

MPESA, CASH, BANK = "mpesa", "cash_on_delivery", "bank_transfer"
TYPES = (MPESA, CASH, BANK)
LABEL_LENGTH = 40
SEALED_FOR = "payment method"  # what its number is sealed for


@dataclass(frozen=True)
class PaymentMethodView:
    """A way to pay as its owner sees it; of a number only the ends are shown (`07******78`, S24)."""

    payment_method_id: int
    method_type: str
    label: str
    phone_number: str | None
    is_default: bool
    created_at: datetime


def add(
    tx: Tx, actor: Actor, *, method_type: str, phone: str | None = None, label: str = "", default: bool = True
) -> PaymentMethod:
    """Keep a way to pay; the first is the default whatever was said; the same again is the one there was.

    method_type  mpesa, cash_on_delivery or bank_transfer
    phone        for mpesa, any spelling of DR-108; the person's own number if not said

    Raises UnknownMethod, NotKenyanMobile, NotAllowed.
    """
    user = users.may(tx, actor, "create", "payment_methods", own=True, verified=False)
    number = _number(method_type, phone, user.phone_number)
    defaults.lock_owner(tx, user.user_id)
    method = _kept(tx, user.user_id, method_type, number)
    if method is None:
        method = PaymentMethod(
            user_id=user.user_id,
            method_type=method_type,
            label=tidy(label, LABEL_LENGTH),
            created_at=tx.now,
            used_at=tx.now,
        )
        _seal(tx, method, number)
        defaults.keep(tx, method, default=default)
    else:
        method.is_active, method.label = True, tidy(label, LABEL_LENGTH) or method.label
        if default or defaults.default_of(tx, PaymentMethod, user.user_id) is None:
            defaults.make_default(tx, method)
    tx.note(f"payment_method:{method.payment_method_id}", method_type)
    tx.flush()
    return method


def mine(tx: Tx, actor: Actor) -> Sequence[PaymentMethod]:
    """The actor's ways to pay, the default first, then the most recently used."""
    return defaults.listed(tx, PaymentMethod, actor.user_id or 0)


def default_of(tx: Tx, user_id: int) -> PaymentMethod | None:
    """How the person pays unless told otherwise (DR-702), or None."""
    return defaults.default_of(tx, PaymentMethod, user_id)


def owned(tx: Tx, actor: Actor, payment_method_id: int) -> PaymentMethod:
    """One of the actor's own; anybody else's is NotFound (DR-211)."""
    return defaults.owned(tx, actor, PaymentMethod, payment_method_id, "payment_method")


def read(tx: Tx, actor: Actor, *, payment_method_id: int) -> PaymentMethodView:
    """One way to pay; an admin may read anybody's. Raises NotFound, NotAllowed."""
    return view(tx, _in_hand(tx, actor, "read", payment_method_id))


def change(
    tx: Tx, actor: Actor, *, payment_method_id: int, phone: str | None = None, label: str | None = None
) -> PaymentMethod:
    """Another number or another label; None leaves it. Only M-Pesa has a number.

    Raises NotFound, UnknownMethod (a number for what has none), NotKenyanMobile, NotAllowed.
    """
    method = _in_hand(tx, actor, "update", payment_method_id)
    if phone is not None:
        number = _number(method.method_type, phone, "")
        same = _kept(tx, method.user_id, method.method_type, number)
        if same is not None and same is not method:
            # The number has a row already: that one takes over, and this one goes.
            same.is_active = True
            if method.default_of is not None:
                defaults.make_default(tx, same)
            defaults.retire(tx, method)
            method = same
        else:
            _seal(tx, method, number)
    if label is not None:
        method.label = tidy(label, LABEL_LENGTH)
    tx.note(f"payment_method:{method.payment_method_id}", "changed")
    tx.flush()
    return method


def set_default(tx: Tx, actor: Actor, *, payment_method_id: int) -> PaymentMethod:
    """Make it the default in place of the one before (DR-301). Raises NotFound, NotAllowed."""
    method = _in_hand(tx, actor, "update", payment_method_id)
    defaults.make_default(tx, method)
    tx.note(f"payment_method:{payment_method_id}", "default")
    return method


def remove(tx: Tx, actor: Actor, *, payment_method_id: int) -> None:
    """Delete it softly; of the others the most recently used becomes default. Raises NotFound, NotAllowed."""
    method = _in_hand(tx, actor, "delete", payment_method_id)
    defaults.retire(tx, method)
    tx.note(f"payment_method:{payment_method_id}", "deleted")


def phone_of(tx: Tx, method: PaymentMethod) -> str | None:
    """The M-Pesa number to ask, E.164; None for what has none."""
    return tx.parts.vault.open(SEALED_FOR, method.phone_sealed) if method.phone_sealed else None


def view(tx: Tx, method: PaymentMethod) -> PaymentMethodView:
    """The way to pay as its owner sees it."""
    number = phone_of(tx, method)
    return PaymentMethodView(
        payment_method_id=method.payment_method_id,
        method_type=method.method_type,
        label=method.label,
        phone_number=masked(number) if number else None,
        is_default=method.default_of is not None,
        created_at=method.created_at,
    )


def _number(method_type: str, phone: str | None, own: str) -> str:
    if method_type not in TYPES or (phone is not None and method_type != MPESA):
        raise UnknownMethod(method=method_type)
    if method_type != MPESA:
        return ""
    return e164(phone) if phone is not None else own


def _seal(tx: Tx, method: PaymentMethod, number: str) -> None:
    vault = tx.parts.vault
    method.phone_sealed = vault.seal(SEALED_FOR, number) if number else ""
    method.phone_digest = vault.digest(SEALED_FOR, number) if number else ""


def _kept(tx: Tx, user_id: int, method_type: str, number: str) -> PaymentMethod | None:
    digests = tx.parts.vault.digests(SEALED_FOR, number) if number else [""]
    return tx.session.scalar(
        select(PaymentMethod)
        .where(
            PaymentMethod.user_id == user_id,
            PaymentMethod.method_type == method_type,
            PaymentMethod.phone_digest.in_(digests),
        )
        .limit(1)
    )


def _in_hand(tx: Tx, actor: Actor, verb: Verb, payment_method_id: int) -> PaymentMethod:
    return defaults.in_hand(tx, actor, PaymentMethod, payment_method_id, verb, "payment_methods")
