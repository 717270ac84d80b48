"""What tests of payments do again and again, a transaction each."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from core.actor import Actor
from core.ledger import checks as ledger_checks
from core.orders import service as orders
from core.orders.models import Order
from core.payments import bank, checks, paybill, returning
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from core.settings.models import SystemSetting
from core.users import login
from core.users import service as users
from tests.orders.shop import Shop

TODAY = date(2025, 6, 24)


def set_to(shop: Shop, name: str, value: str) -> None:
    """An admin has set a setting."""
    shop.db.run(
        lambda tx: tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now)) and None
    )
    shop.db.parts.settings.refresh(shop.db.engine, now=True)


def second_admin(shop: Shop) -> Actor:
    def work(tx: Any) -> Actor:
        msisdn = "+254712000405"
        user = users.find(tx, msisdn) or login.create_admin(
            tx, msisdn=msisdn, email="second@example.com", password="correct horse", one_time=False
        )
        tx.flush()
        return users.actor_for(user, "web")

    return shop.db.run(work)


def reference(order: Order) -> str:
    return order.order_number.removeprefix("TUN")


def typed(
    shop: Shop, ref: str, amount: str = "480.00", receipt: str = "PB00000001", payer: str = "254712000202"
) -> str:
    """Somebody has paid at the paybill by hand."""
    return shop.db.run(
        lambda tx: paybill.c2b_confirm(
            tx, receipt=receipt, reference=ref, amount=Decimal(amount), payer=payer
        )
    )


def bank_order(shop: Shop, quantity: str = "5", key: str = "sms-1") -> Order:
    """An order that is to be paid by bank transfer; what M-Pesa began is withdrawn."""
    order = shop.order(quantity, key)
    shop.refuse_prompt(order)
    shop.db.run(
        lambda tx: tx.session.execute(
            update(Order).where(Order.order_id == order.order_id).values(payment_method="bank_transfer")
        )
    )
    return order


def transferred(
    shop: Shop, order: Order, amount: str, ref: str = "FT25175ABC", who: Actor | None = None
) -> PaymentTransaction:
    actor = who or shop.cast.admin.actor
    return shop.db.run(
        lambda tx: bank.bank_paid(
            tx, actor, order_id=order.order_id, bank_reference=ref, amount=Decimal(amount), paid_on=TODAY
        )
    )


def refunds(shop: Shop) -> list[Refund]:
    with shop.db.read() as tx:
        return list(tx.session.scalars(select(Refund).order_by(Refund.refund_id)))


def told(shop: Shop) -> list[tuple[str, str, str, str]]:
    """Every refund: cause, amount, road, status."""
    return [(r.cause, str(r.amount), r.road, r.status) for r in refunds(shop)]


def in_suspense(shop: Shop) -> list[SuspensePayment]:
    with shop.db.read() as tx:
        return list(tx.session.scalars(select(SuspensePayment).order_by(SuspensePayment.suspense_id)))


def send(shop: Shop, refund: Refund, outcome: str = "paid", receipt: str | None = None) -> str:
    """A channel sends a refund, and its result comes."""
    key = f"refund-{refund.refund_id}-{refund.tries}"
    shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key=key))
    return outcome_of(shop, key, outcome, receipt or f"RF{refund.refund_id:08d}")


def outcome_of(shop: Shop, key: str, outcome: str, receipt: str = "RF99999999") -> str:
    told_receipt = receipt if outcome == "paid" else None
    return shop.db.run(
        lambda tx: returning.result(
            tx, sent_key=key, outcome=outcome, receipt=told_receipt  # type: ignore[arg-type]
        )
    )  # fmt: skip


def sound(shop: Shop, *orders: Order) -> None:
    """The books are right (INV-1, INV-4, INV-5)."""
    with shop.db.read() as tx:
        faults = [*ledger_checks.faults(tx), *checks.used_twice(tx)]
        for order in orders:
            faults += checks.order_faults(tx, order.order_id)
    if faults:
        raise AssertionError(faults)


def cancelled(shop: Shop, order: Order, actor: Any = None) -> None:
    """A confirmed order is cancelled by its customer (O9)."""
    who = actor or shop.cast.customer.actor
    shop.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no rider"))
