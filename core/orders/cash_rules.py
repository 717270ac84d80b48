"""Who may pay in cash at the door (DR-905, DR-906)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core.db import Tx
from core.farms.models import Farm
from core.orders import rules
from core.orders.errors import CashBlocked, CashOrdersOpen, CashRefused, CashTooMuch
from core.orders.machine import CASH_OPEN, DONE
from core.orders.models import Order, OrderEvent

CASH = "cash_on_delivery"
# Why an order was cancelled that counts as a strike: refused at the door without fault, or nobody there.
STRIKES = ("refused", "no_show")


def admit(tx: Tx, *, customer_id: int, total: Decimal, farms: Iterable[Farm]) -> None:
    """Whether the customer may pay `total` KES in cash now to all these farms (DR-905, DR-906, DR-908).

    Her row is locked, so that two orders at once are counted one after the other. Raises CashTooMuch
    (maximum, total), CashRefused (farm), CashBlocked (day), CashOrdersOpen (limit).
    """
    most = tx.setting("cod.max_order_total")
    if total > most:
        raise CashTooMuch(maximum=most, total=total)
    if (against := next((farm for farm in farms if not farm.takes_cash), None)) is not None:
        raise CashRefused(farm=against.farm_name)
    if (until := blocked_until(tx, customer_id)) is not None:
        raise CashBlocked(day=until.date())
    limit = tx.setting("cod.max_open_orders")
    if not _has(tx, customer_id, DONE):
        limit = min(limit, tx.setting("cod.open_orders_new_customer"))
    if _has(tx, customer_id, CASH_OPEN, cash_only=True) >= limit:
        raise CashOrdersOpen(limit=limit)


def blocked_until(tx: Tx, customer_id: int) -> datetime | None:
    """When the customer may pay in cash again, or None if she may now (DR-906)."""
    window = timedelta(days=tx.setting("cod.strike_window_days"))
    block = timedelta(days=tx.setting("cod.block_days"))
    strikes = tx.session.scalars(
        select(OrderEvent.at)
        .join(Order, Order.order_id == OrderEvent.order_id)
        .where(
            Order.customer_id == customer_id,
            Order.payment_method == CASH,
            Order.cancel_reason.in_(STRIKES),
            OrderEvent.to_status == "cancelled",
            OrderEvent.subject.like("order:%"),
            OrderEvent.at > tx.now - window - block,
        )
        .order_by(OrderEvent.at)
    ).all()
    until = rules.blocked_until(strikes, most=tx.setting("cod.max_refusals"), window=window, block=block)
    return until if until is not None and until > tx.now else None


def paid_before(tx: Tx, customer_id: int) -> int:
    """How many orders the customer has paid for and got: what a farmer is told of her (DR-908)."""
    return _has(tx, customer_id, DONE)


def _has(tx: Tx, customer_id: int, statuses: tuple[str, ...], *, cash_only: bool = False) -> int:
    query = select(func.count()).where(Order.customer_id == customer_id, Order.order_status.in_(statuses))
    if cash_only:
        query = query.where(Order.payment_method == CASH)
    return tx.session.scalar(query) or 0
