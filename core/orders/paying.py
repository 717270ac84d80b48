"""How an order is to be paid: one of the customer's own ways, or her default (DR-702, DR-304)."""

from core.actor import Actor
from core.db import Tx
from core.orders.placing import MPESA
from core.payment_methods import service as methods
from core.users import service as users
from core.users.models import User


def method_of(
    tx: Tx, actor: Actor, customer: User, payment_method: int | str | None
) -> tuple[str, int | None]:
    """The kind of payment and the id of the customer's own way, if it is one.

    payment_method  an id of hers; or a kind of payment, which needs no id (mpesa, bank_transfer); or None
                    for her default, and who has none pays by M-Pesa

    Raises NotFound for anybody else's.
    """
    if isinstance(payment_method, str):
        return payment_method, None
    if payment_method is None:
        found = methods.default_of(tx, customer.user_id)
        if found is None:
            return MPESA, None
    else:
        own = users.actor_for(customer, actor.channel, actor.request_id)
        found = methods.owned(tx, own, payment_method)
    found.used_at = tx.now
    return found.method_type, found.payment_method_id
