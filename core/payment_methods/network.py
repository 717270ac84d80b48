"""A customer whose phone is probably not on M-Pesa's network: which number pays is asked once, and kept.

The network is a hint of the number's beginning; her word counts, also that this very phone has M-Pesa.
"""

from core.actor import Actor
from core.db import Tx
from core.msisdn import e164, other_network
from core.payment_methods import service as methods
from core.payment_methods.models import PaymentMethod
from core.payment_methods.service import MPESA


def kept(tx: Tx, actor: Actor) -> PaymentMethod | None:
    """The M-Pesa number that she has named, her default or the one used last; None if she has named none."""
    return next((one for one in methods.mine(tx, actor) if one.method_type == MPESA), None)


def must_ask(tx: Tx, actor: Actor, *, msisdn: str) -> bool:
    """Whether the customer on `msisdn` is asked for an M-Pesa number before any request is sent there."""
    return other_network(msisdn) and kept(tx, actor) is None


def must_ask_about(tx: Tx, actor: Actor, *, msisdn: str) -> bool:
    """Whether she, who has chosen this very phone, has not said yet that it has M-Pesa."""
    if not other_network(msisdn):
        return False
    own = (one for one in methods.mine(tx, actor) if one.method_type == MPESA)
    return all(methods.phone_of(tx, one) != msisdn for one in own)


def payer(tx: Tx, actor: Actor, *, msisdn: str) -> str:
    """Whose phone is asked when she names none: her own, or the one she has named instead of it, +254..."""
    own = kept(tx, actor) if other_network(msisdn) else None
    return (methods.phone_of(tx, own) if own is not None else None) or msisdn


def way(tx: Tx, actor: Actor, *, msisdn: str) -> int | str:
    """How she pays by M-Pesa when she names no number: the id of the one she has named, else mpesa."""
    own = kept(tx, actor) if other_network(msisdn) else None
    return MPESA if own is None else own.payment_method_id


def name(tx: Tx, actor: Actor, *, msisdn: str, phone: str) -> PaymentMethod:
    """Keep the M-Pesa number `phone` that she names; her first one on another network is her default.

    Raises NotKenyanMobile, NotAllowed.
    """
    first = must_ask(tx, actor, msisdn=msisdn)
    return methods.add(tx, actor, method_type=MPESA, phone=e164(phone), default=first)
