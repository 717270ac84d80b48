"""What people are told of the road beyond the plain story: collecting, failing, codes again, cash (12, 9)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core import events
from core.cash import limits
from core.cash.models import CashDeposit
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries import choices, door_prompt, stops
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import ZERO
from core.msisdn import national
from core.notifications import occasions
from core.notifications.service import tell
from core.orders import slots
from core.orders.models import Order
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.payments.models import PaymentTransaction
from core.questions import service as questions
from core.users import service as users
from core.users.models import User
from core.ways.models import CollectionPoint

STAFF = 50
# What is told instead of a code that is worth nothing any more.
LATER = {"rider_and_code": "rider_named", "collect_code": "collect_named"}


def assigned(tx: Tx, happened: events.DeliveryAssigned) -> None:
    """A rider or driver: as the story has it. Collected: where it waits, with the code (DR-1210)."""
    delivery = _delivery(tx, happened.delivery_id)
    if delivery.way != "collect":
        occasions.delivery_assigned(tx, happened)
        return
    order, keeper = delivery.order, delivery.rider
    assert keeper is not None, "it was just assigned"
    subject = f"delivery:{delivery.delivery_id}:{keeper.user_id}"
    values = {
        "order": order.tail,
        "place": _where(tx, order),
        "person": keeper.first_name or national(keeper.phone_number),
        "phone": keeper.phone_number,
        "code": {"secret": f"delivery:{delivery.delivery_id}"},
    }
    tell(tx, order.customer, "collect_code", values, subject=subject, order_id=order.order_id)
    waits = {"order": order.tail, "customer": order.customer.first_name, "phone": order.customer.phone_number}
    tell(tx, keeper, "hand_out", waits, subject=subject, order_id=order.order_id)


def code_renewed(tx: Tx, happened: events.CodeRenewed) -> None:
    """The customer: the code once more, or the new one, to her number only (DR-1205)."""
    delivery = _delivery(tx, happened.delivery_id)
    values = {"order": delivery.order.tail, "code": {"secret": f"delivery:{delivery.delivery_id}"}}
    subject = f"delivery:{delivery.delivery_id}:{happened.version}"
    tell(tx, delivery.order.customer, "code_again", values, subject=subject, order_id=delivery.order_id)


def receipt_asked(tx: Tx, happened: events.ReceiptAsked) -> None:
    """The ordering phone: are the goods there? A bare YES answers (DR-1205, DR-1510)."""
    delivery = _delivery(tx, happened.delivery_id)
    order, asked_at = delivery.order, delivery.receipt_asked_at
    rider = delivery.rider
    values = {
        "order": order.tail,
        "person": rider.first_name or national(rider.phone_number) if rider else "",
    }
    questions.ask(
        tx,
        order.customer,
        "received",
        about={"order_id": order.order_id},
        expires_at=slots.end_of_day(tx),
    )
    moment = int(asked_at.timestamp()) if asked_at else 0
    subject = f"delivery:{delivery.delivery_id}:asked:{moment}"
    tell(tx, order.customer, "received_ask", values, subject=subject, order_id=order.order_id)


def rider_missing(tx: Tx, happened: events.RiderMissingLate) -> None:
    """The customer: nobody brings it in time; wait, collect, or refund (DR-1212)."""
    delivery = _delivery(tx, happened.delivery_id)
    order = delivery.order
    open_to = choices.open_to(tx, order)
    code = "no_rider_choice" if "collect" in open_to else "no_rider_wait"
    farms = stops.pickups(tx, order)
    values = {"order": order.tail, "farm": farms[0].farm if farms else "", "place": _where(tx, order)}
    questions.ask(
        tx,
        order.customer,
        "no_rider",
        about={"order_id": order.order_id},
        choices=[{"value": choice, "label": choice} for choice in open_to],
        expires_at=slots.end_of_day(tx),
    )
    subject = f"delivery:{delivery.delivery_id}:{order.estimated_delivery_date}"
    tell(tx, order.customer, code, values, subject=subject, order_id=order.order_id)


def failed(tx: Tx, happened: events.DeliveryFailed) -> None:
    """The customer: it did not work, when it is tried again; the last time the cancellation says it."""
    if happened.final:
        return
    delivery = _delivery(tx, happened.delivery_id)
    order = delivery.order
    values = {"order": order.tail, "day": order.estimated_delivery_date.isoformat()}
    subject = f"delivery:{delivery.delivery_id}:{delivery.attempts}"
    tell(tx, order.customer, "delivery_failed", values, subject=subject, order_id=order.order_id)


def rider_lost(tx: Tx, happened: events.RiderLost) -> None:
    """The rider: the job is no longer his, if it was taken from him (D3)."""
    if happened.actor.user_id != happened.rider_id:
        _withdrawn(tx, _delivery(tx, happened.delivery_id), users.get(tx, happened.rider_id))


def order_cancelled(tx: Tx, happened: events.OrderCancelled) -> None:
    """The rider whose job it was: nothing is to be collected (D10)."""
    query = select(Delivery).where(Delivery.order_id == happened.order_id).options(joinedload(Delivery.rider))
    delivery = tx.session.scalar(query.options(joinedload(Delivery.order)))
    if delivery is not None and delivery.rider is not None and delivery.delivery_status == "cancelled":
        _withdrawn(tx, delivery, delivery.rider)


def brought_in(tx: Tx, happened: events.CashBroughtIn) -> None:
    """The rider, in the app: what was counted, and what is still with him (DR-904).

    What is taken off his pay is texted, with both sums: the cash that stays with him, the pay that is left.
    """
    deposit = tx.session.get_one(CashDeposit, happened.deposit_id)
    values = {"sum": str(deposit.amount), "due": str(limits.standing(tx, deposit.rider_id).held)}
    rider = users.get(tx, deposit.rider_id)
    code = {"set_off": "cash_set_off", "write_off": "cash_let_go"}.get(deposit.how, "cash_brought")
    if code == "cash_set_off":
        values["total"] = str(max(ZERO, -ledger.balance(tx, accounts.rider_due(deposit.rider_id))))
    tell(tx, rider, code, values, subject=f"deposit:{deposit.deposit_id}")


def cash_undone(tx: Tx, happened: events.CashUndone) -> None:
    """The rider: our entry was wrong, and so much is with him."""
    deposit = tx.session.get_one(CashDeposit, happened.deposit_id)
    values = {
        "sum": str(deposit.amount),
        "day": nairobi_date(deposit.made_at).isoformat(),
        "due": str(limits.standing(tx, deposit.rider_id).held),
    }
    tell(
        tx, users.get(tx, deposit.rider_id), "cash_undone", values,
        subject=f"deposit:{deposit.deposit_id}:back",
    )  # fmt: skip


def cash_taken_back(tx: Tx, happened: events.CashTakenBack) -> None:
    """The rider: M-Pesa has taken back what he paid in, and so much is to be brought (P6)."""
    deposit = tx.session.get_one(CashDeposit, happened.deposit_id)
    values = {"sum": str(-deposit.amount), "due": str(limits.standing(tx, deposit.rider_id).held)}
    rider = users.get(tx, deposit.rider_id)
    tell(tx, rider, "cash_taken_back", values, subject=f"deposit:{deposit.deposit_id}")


def cash_restored(tx: Tx, happened: events.CashRestored) -> None:
    """The rider: M-Pesa has not taken it back, and only so much is to be brought."""
    deposit = tx.session.get_one(CashDeposit, happened.deposit_id)
    values = {"sum": str(-deposit.amount), "due": str(limits.standing(tx, deposit.rider_id).held)}
    rider = users.get(tx, deposit.rider_id)
    tell(tx, rider, "cash_restored", values, subject=f"deposit:{deposit.deposit_id}:restored")


def door_paid(tx: Tx, happened: events.DoorPaid) -> None:
    """M-Pesa money for an order that is paid at the door (DR-902): the customer that we have it, and whoever
    stands at her door what is left to take. What we had kept of hers is in the order's confirmation."""
    order = tx.session.get_one(Order, happened.order_id)
    payment = tx.session.get_one(PaymentTransaction, happened.transaction_id)
    values = {"order": order.tail, "sum": str(payment.amount), "due": str(happened.due)}
    ending = "" if happened.due else "_all"
    subject = f"payment:{payment.transaction_id}"
    customer = users.get(tx, order.customer_id)
    receipt = {"receipt": payment.receipt or payment.bank_reference or "-"}
    if payment.method != "credit":
        tell(tx, customer, f"door_got{ending}", values | receipt, subject=subject, order_id=order.order_id)
    delivery = door_prompt.paid(tx, happened)
    if delivery is not None and delivery.rider_id is not None:
        carrier = users.get(tx, delivery.rider_id)
        tell(tx, carrier, f"door_paid{ending}", values, subject=subject, order_id=order.order_id)


def cash_overdue(tx: Tx, happened: events.CashOverdue) -> None:
    """The rider: bring it in, and how (DR-903, DR-904)."""
    rider = users.get(tx, happened.rider_id)
    values = {
        "sum": str(limits.standing(tx, rider.user_id).held),
        "paybill": tx.parts.paybill,
        "phone": rider.phone_number,
    }
    tell(tx, rider, "deposit_due", values, subject=f"collection:{happened.collection_id}")


def put_off(tx: Tx, happened: events.RiderPutOff) -> None:
    """The rider, at once: no jobs come any more, why, and what he can do (DR-1203, DR-1209)."""
    rider = users.get(tx, happened.rider_id)
    subject = f"duty:{happened.rider_id}:{int(tx.now.timestamp())}"
    tell(tx, rider, f"put_off_{happened.why}", {"dial": tx.parts.service_code}, subject=subject)


def cash_full(tx: Tx, happened: events.RiderCashFull) -> None:
    """The rider, at once: he carries so much that no cash jobs, or none at all, come to him (DR-903)."""
    rider = users.get(tx, happened.rider_id)
    values = {
        "sum": str(limits.standing(tx, rider.user_id).held),
        "paybill": tx.parts.paybill,
        "phone": rider.phone_number,
    }
    code = "cash_blocked" if happened.wholly else "cash_full"
    tell(tx, rider, code, values, subject=f"collection:{happened.collection_id}")


def late(tx: Tx, happened: events.DeliveryLate) -> None:
    """The customer: when he now thinks that he is there; each new time once (DR-1208)."""
    delivery = _delivery(tx, happened.delivery_id)
    order, rider = delivery.order, delivery.rider
    assert rider is not None, "he said so"
    values = {
        "order": order.tail,
        "person": rider.first_name or national(rider.phone_number),
        "phone": rider.phone_number,
        "time": happened.until.isoformat(),
    }
    subject = f"delivery:{delivery.delivery_id}:{happened.until.isoformat()}"
    life = max(happened.until - tx.now, timedelta(minutes=5))
    tell(tx, order.customer, "delivery_late", values, subject=subject, order_id=order.order_id, life=life)


def code_lapsed(tx: Tx, happened: events.MessageLapsed) -> None:
    """The customer whose delivery code came too late to be sent: still who brings it, or where it waits, and
    how she gets the code (DR-1506)."""
    if happened.code not in LATER:
        return
    row = tx.session.get_one(OutboxMessage, happened.outbox_id)
    delivery = tx.session.scalar(select(Delivery).where(Delivery.order_id == row.order_id))
    if delivery is None or delivery.rider_id is None or delivery.delivery_status not in IN_HAND:
        return
    if row.values["phone"] != users.get(tx, delivery.rider_id).phone_number:
        return  # somebody else has it by now, and she was told of him
    assert row.user_id is not None, "a code goes to somebody we know"
    values = {name: value for name, value in row.values.items() if name != "code"}
    outbox.send(
        tx,
        users.get(tx, row.user_id),
        LATER[happened.code],
        values,
        once_key=f"code_lapsed:{row.outbox_id}",
        order_id=row.order_id,
    )


def cash_met(tx: Tx, happened: events.CashMet) -> None:
    """The customer, in the app: change is kept, or a little is asked next time (DR-902)."""
    order = tx.session.get_one(Order, happened.order_id)
    customer = users.get(tx, order.customer_id)
    for code, amount in (("change_kept", happened.change), ("short_owed", happened.short)):
        if amount:
            values = {"order": order.tail, "sum": str(amount)}
            tell(tx, customer, code, values, subject=f"order:{order.order_id}", order_id=order.order_id)


def day_closed(tx: Tx, happened: events.CashDayClosed) -> None:
    """Every admin who may act, in the app: the day's cash (DR-907)."""
    admins = select(User).where(
        User.user_role == "admin", User.is_active, User.staff_scope.in_(("full", "auditor"))
    )
    values = {
        "day": happened.day.isoformat(),
        "count": str(happened.riders),
        "total": str(happened.collected),
        "sum": str(happened.held),
    }
    for admin in tx.session.scalars(admins.order_by(User.user_id).limit(STAFF)):
        tell(tx, admin, "cash_day", values, subject=f"cash:{happened.day.isoformat()}")


def _withdrawn(tx: Tx, delivery: Delivery, rider: User) -> None:
    taken = int(tx.now.timestamp())
    subject = f"delivery:{delivery.delivery_id}:{taken}"
    values: dict[str, Any] = {"order": delivery.order.tail}
    tell(tx, rider, "offer_withdrawn", values, subject=subject, order_id=delivery.order_id)


def _where(tx: Tx, order: Order) -> str:
    """The collection point's name, or the farm's ward."""
    if order.collection_point_id is not None:
        return tx.session.get_one(CollectionPoint, order.collection_point_id).name
    farms = stops.pickups(tx, order)
    return farms[0].location.ward if farms else ""


def _delivery(tx: Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.delivery_id == delivery_id)
    order = selectinload(Delivery.order)
    return tx.session.scalars(
        query.options(joinedload(Delivery.rider), order.joinedload(Order.customer))
    ).one()
