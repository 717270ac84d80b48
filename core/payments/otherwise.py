"""An unpaid order that its customer pays in cash at the door, or by bank, after all (O1, O2, DR-905)."""

from collections.abc import Sequence

from sqlalchemy import select

from core import events
from core.actor import Actor
from core.db import Tx
from core.duties import service as duties
from core.farms.models import Farm
from core.listings.models import Listing
from core.orders import cash_rules, history
from core.orders.errors import MethodNotOffered
from core.orders.models import Order
from core.orders.service import live_items
from core.payments import locks
from core.payments.errors import NotPayable
from core.payments.service import BANK, CASH, withdraw_unsent
from core.users.models import User

TAKEN_BACK = "to be paid another way"


def pay_in_cash(tx: Tx, actor: Actor, *, order_id: int) -> Order:
    """The order is confirmed and paid when it comes, as if it had been placed so (O2, DR-905, DR-908).

    What has been paid of it counts; a request that is still on a phone is left to die, and money that comes
    of it is asked for no more at the door. Again: changes nothing. Raises PaymentUnknown, NotPayable
    (status), and what `cash_rules.admit` raises. Emits OrderConfirmed.
    """
    order = locks.payable(tx, actor, order_id)
    if order.payment_method == CASH:
        return order
    _check_unpaid(order)
    # Her orders are counted one after the other, as when they are placed.
    tx.session.execute(select(User.user_id).where(User.user_id == order.customer_id).with_for_update())
    cash_rules.admit(tx, customer_id=order.customer_id, total=order.amount_asked, farms=_farms(tx, order))
    withdraw_unsent(tx, order_id, why=TAKEN_BACK)
    order.payment_method, order.payment_method_id = CASH, None
    history.move_order(tx, actor, order, "pay_cash")
    duties.drop(tx, "payment_deadline", order_id)
    tx.flush()
    tx.emit(events.OrderConfirmed(order_id=order_id, actor=actor))
    return order


def pay_by_bank(tx: Tx, actor: Actor, *, order_id: int) -> Order:
    """The order waits for a transfer, `payment.bank_window_hours` from when it was placed (DR-808, DR-813).

    Again: changes nothing. Raises PaymentUnknown, NotPayable (status), MethodNotOffered where no account is
    named. Emits BankChosen.
    """
    order = locks.payable(tx, actor, order_id)
    if order.payment_method == BANK:
        return order
    _check_unpaid(order)
    if not tx.setting("bank.account"):
        raise MethodNotOffered(method=BANK)
    withdraw_unsent(tx, order_id, why=TAKEN_BACK)
    order.payment_method, order.payment_method_id = BANK, None
    tx.note(f"order:{order_id}", "to be paid by bank")
    tx.flush()
    tx.emit(events.BankChosen(order_id=order_id, actor=actor))
    return order


def _farms(tx: Tx, order: Order) -> Sequence[Farm]:
    listings = [item.listing_id for item in live_items(order)]
    query = select(Farm).join(Listing, Listing.farm_id == Farm.farm_id)
    return tx.session.scalars(query.where(Listing.listing_id.in_(listings)).distinct()).all()


def _check_unpaid(order: Order) -> None:
    if order.order_status != "pending_payment":
        raise NotPayable(order=order.order_number, status=order.order_status)
