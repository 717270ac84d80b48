"""What goes back to payers: found, asked for, approved, refused (8.3); core/payments/returning.py sends it.

There is one mechanism for all that an order received beyond what it asks for: `settle`. Whatever made the sum
too large (a short supply, a rejection, a cancellation, a payment too much or too late) is only its name.
"""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import func, select

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import BadInput
from core.ledger import postings
from core.listings.rules import commission
from core.machine import NEW
from core.money import SHILLING, ZERO, exact
from core.orders import locks as order_locks
from core.orders.models import Order, OrderItem
from core.payments import covering, locks, returning, rules, standing
from core.payments.errors import NothingToRefund, RefundNeedsRoad, RefundTooHigh
from core.payments.machine import REFUND
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from core.payments.returning import move
from core.users import service as users


def settle(tx: Tx, order: Order, *, cause: str, cause_id: str, actor: Actor) -> list[Refund]:
    """Give back what the order received beyond what it asks for now; the order is locked (DR-809 to DR-811).

    Too much that nobody asked for and that is too little to send is kept as the customer's credit, after what
    she owes from a door (DR-902); everything else is a refund per payment. The same cause never refunds
    twice, and with what claims gave back never more than was received (DR-821). Emits RefundRequested,
    RefundApproved.
    """
    tx.flush()
    surplus = rules.surplus(standing.books(tx, order), asked_back=standing.asked_back(tx, order.order_id))
    if cause in rules.EXCESS:
        surplus -= _keep(tx, order, surplus, f"{cause}:{cause_id}", late=cause == "late")
    left = max(ZERO, min(surplus, standing.refundable(tx, order.order_id)))
    asked_for = [
        _request(tx, actor, order, payment, amount, cause=cause, cause_id=cause_id)
        for payment, amount in _shares(tx, order, rules.refund_sum(surplus, at_most=left))
    ]
    standing.derive(tx, order)
    return asked_for


def due_fell(tx: Tx, happened: events.DueFell) -> None:
    """Reaction: the order costs less than it did; what was received beyond that goes back."""
    order = order_locks.order(tx, happened.order_id)
    settle(tx, order, cause=happened.cause, cause_id=happened.cause_id, actor=happened.actor)


def claim_upheld(tx: Tx, happened: events.ClaimUpheld) -> None:
    """Reaction: a claim after delivery was found right (O16); by fault it is the farmer's money or ours.

    The customer asked, the admin who upheld it has approved; above the limit a second one must.
    """
    order = order_locks.order(tx, happened.order_id)
    left = standing.refundable(tx, order.order_id)
    amount = rules.refund_sum(happened.refund, at_most=left)
    item = tx.session.get_one(OrderItem, happened.order_item_id)
    at_fault = happened.fault == "farmer"
    for payment, part in _shares(tx, order, amount):
        _request(
            tx,
            happened.actor,
            order,
            payment,
            part,
            cause="claim",
            cause_id=str(happened.claim_id),
            source="farmer" if at_fault else "ours",
            order_item_id=happened.order_item_id,
            commission=commission(part, item.commission_percent) if at_fault else ZERO,
            decided=True,
        )
    standing.derive(tx, order)


def request(
    tx: Tx, actor: Actor, *, order_id: int, amount: Decimal, reason: str, request_key: str
) -> list[Refund]:
    """An admin asks for money to go back to the payer; another one has to approve it (DR-820).

    It comes out of what the order received too much, if that is enough; after the delivery else out of
    goodwill. Before it the money is the order's: cancel, or an item, instead. The same request_key again is
    the same refund. Audited. Raises NotAllowed, NotFound, NothingToRefund (left), RefundTooHigh (sum).
    """
    users.may(tx, actor, "create", "money", own=False)
    order = locks.locked_order(tx, order_id)
    same = Refund.key.startswith(f"{order_id}:asked:{request_key}:", autoescape=True)
    earlier = select(Refund).where(same)
    if found := tx.session.scalars(earlier).all():
        return list(found)
    spare = rules.surplus(standing.books(tx, order), asked_back=standing.asked_back(tx, order_id))
    delivered = order.order_status in ("delivered", "completed")
    left = standing.refundable(tx, order_id) if delivered else spare
    if amount <= ZERO or left < SHILLING:
        raise NothingToRefund(left=left)
    if amount > left:
        raise RefundTooHigh(sum=left)
    made = [
        _request(
            tx,
            actor,
            order,
            payment,
            part,
            cause="asked",
            cause_id=request_key,
            source="held" if amount <= spare else "ours",
            reason=reason,
            by_system=False,
        )
        for payment, part in _shares(tx, order, rules.refund_sum(exact(amount), at_most=left))
    ]
    audit.record(
        tx,
        actor,
        what="refund.request",
        record=f"order:{order_id}",
        changes={"amount": [None, str(amount)], "refunds": [None, [refund.refund_id for refund in made]]},
        reason=reason,
    )
    standing.derive(tx, order)
    return made


def approve(
    tx: Tx,
    actor: Actor,
    *,
    refund_id: int,
    road: str | None = None,
    to_number: str = "",
    amount: Decimal | None = None,
) -> Refund:
    """An admin says yes; above `refund.two_person_over` it takes two, and never who asked for it (DR-820).

    road       b2c (with to_number, +254...), bank or credit, where nobody could tell it (DR-807); where it is
               told, or the first admin has said it, a yes leads nowhere else
    amount     KES: only so much, where the order has no more by now; what was said yes to before is void

    A refund approved already, or the same admin again, changes nothing. Audited. Raises NotAllowed, NotFound,
    WrongState, RefundOwn, RefundNeedsRoad, BadInput; NothingToRefund if its payment was taken back or the
    order has nothing to give, RefundTooHigh (sum) if it has less, or another sum than `amount` (DR-821).
    Emits RefundApproved.
    """
    users.may(tx, actor, "create", "money", own=False)
    refund = locks.refund(tx, refund_id)
    if refund.status in ("approved", "sent", "unknown", "completed", "failed"):
        return refund
    REFUND.step(refund.status, "approve", actor.role)
    returning.refuse_own(tx, actor, refund)
    before = refund.amount
    covering.fit(tx, refund, amount)
    if road is not None:
        said = returning.road_said(refund, road, to_number)
        if refund.road == "decide":
            refund.road, refund.to_number = said
        elif said != (refund.road, refund.to_number):
            raise BadInput(road=road)
    if refund.road == "decide":
        raise RefundNeedsRoad
    if refund.approved_by == actor.user_id:
        return refund
    _say_yes(tx, actor, refund)
    audit.record(
        tx,
        actor,
        what="refund.approve",
        record=f"refund:{refund_id}",
        changes={
            "amount": [str(before), str(refund.amount)],
            "road": refund.road,
            "status": ["requested", refund.status],
        },
    )
    return refund


def reject(tx: Tx, actor: Actor, *, refund_id: int, reason: str) -> Refund:
    """An admin says no; again changes nothing. Audited.

    Raises NotAllowed, NotFound, WrongState, RefundOwn.
    """
    users.may(tx, actor, "create", "money", own=False)
    refund = locks.refund(tx, refund_id)
    if refund.status == "rejected":
        return refund
    REFUND.step(refund.status, "reject", actor.role)
    returning.refuse_own(tx, actor, refund)
    move(tx, actor, refund, "reject")
    refund.settled_at, refund.reason = tx.now, reason[:160]
    audit.record(
        tx, actor, what="refund.reject", record=f"refund:{refund_id}", reason=reason[:255],
        changes={"amount": str(refund.amount)},
    )  # fmt: skip
    returning.tell_order(tx, refund)
    return refund


def of_suspense(
    tx: Tx, actor: Actor, money: SuspensePayment, amount: Decimal, *, asked_by: int | None = None
) -> Refund:
    """KES `amount` of money that found no order, all that is left, goes back to whoever sent it (DR-812).

    asked_by  the admin who asked for it, if that is not the actor; its row is locked
    """
    whole = amount == money.amount
    road, number = rules.road(
        method="c2b",
        payer=money.payer,
        own="",
        amount=amount,
        whole=whole,
        b2c_min=tx.setting("mpesa.b2c_min"),
    )
    if road == "credit":  # nobody is known who could have it, and a part cannot be reversed
        road = "reversal" if whole else "decide"
    earlier = select(func.count()).where(Refund.suspense_id == money.suspense_id)
    before = tx.session.scalar(earlier) or 0
    asked_by = asked_by or actor.user_id
    refund = _add(
        tx,
        actor,
        Refund(
            key=f"suspense:{money.suspense_id}{f':{before + 1}' if before else ''}",
            suspense_id=money.suspense_id,
            cause="unmatched",
            amount=amount,
            road=road,
            to_number=number,
            source="suspense",
            requested_by=asked_by,
            reason=f"unmatched {money.receipt}",
        ),
    )
    _approve_if_small(tx, refund, by_system=asked_by is None)
    return refund


def gave_back(tx: Tx, suspense_id: int) -> bool:
    """Whether money in suspense has gone to its payer by a refund of ours."""
    paid = select(Refund.refund_id).where(Refund.suspense_id == suspense_id, Refund.status == "completed")
    return tx.session.scalar(paid.limit(1)) is not None


def suspense_of(tx: Tx, refund_id: int) -> int | None:
    """The money in suspense that the refund gives back, or None."""
    return tx.session.scalar(select(Refund.suspense_id).where(Refund.refund_id == refund_id))


def _keep(tx: Tx, order: Order, surplus: Decimal, source: str, *, late: bool) -> Decimal:
    """Of money nobody asked for: what she owes, cents, and what is too little to send; returns its sum."""
    owed = ZERO if late else min(surplus, standing.debt(tx, order.customer_id))
    rest = surplus - owed
    small = rest if rest < tx.setting("refund.min_amount") else rest % SHILLING
    postings.kept_as_credit(tx, f"{source}{postings.OWED}", order.order_id, order.customer_id, owed)
    postings.kept_as_credit(tx, source, order.order_id, order.customer_id, small)
    return owed + small


def _shares(tx: Tx, order: Order, amount: Decimal) -> Iterator[tuple[PaymentTransaction | None, Decimal]]:
    """Which payments a sum goes back on, KES each: one that it is the whole of, else the newest first.

    What no payment covers was cash at a door.
    """
    left_of = _left_of_payments(tx, order.order_id)
    whole = [pair for pair in left_of if pair[1] == amount]
    for payment, left in whole[:1] or left_of:
        part = min(left, amount)
        if part > ZERO:
            yield payment, part
            amount -= part
    if amount > ZERO:
        yield None, amount


def _left_of_payments(tx: Tx, order_id: int) -> list[tuple[PaymentTransaction, Decimal]]:
    payments = tx.session.scalars(
        select(PaymentTransaction)
        .where(PaymentTransaction.order_id == order_id, PaymentTransaction.status == "succeeded")
        .order_by(PaymentTransaction.transaction_id.desc())
    ).all()
    sums = (
        select(Refund.transaction_id, func.sum(Refund.amount))
        .where(Refund.order_id == order_id, Refund.status != "rejected")
        .group_by(Refund.transaction_id)
    )
    gone = {row[0]: row[1] for row in tx.session.execute(sums)}
    taken = standing.parts_gone(tx, order_id)
    return [
        (payment, payment.amount - gone.get(key := payment.transaction_id, ZERO) - taken.get(key, ZERO))
        for payment in payments
    ]


def _request(
    tx: Tx,
    actor: Actor,
    order: Order,
    payment: PaymentTransaction | None,
    amount: Decimal,
    *,
    cause: str,
    cause_id: str,
    source: str = "held",
    order_item_id: int | None = None,
    commission: Decimal = ZERO,
    reason: str = "",
    by_system: bool = True,
    decided: bool = False,
) -> Refund:
    payment_id = payment.transaction_id if payment else None
    key = f"{order.order_id}:{cause}:{cause_id}:{payment_id or 'cash'}"
    if (found := tx.session.scalar(select(Refund).where(Refund.key == key))) is not None:
        return found
    road, number = covering.road(tx, order, payment, amount)
    refund = _add(
        tx,
        actor,
        Refund(
            key=key,
            order_id=order.order_id,
            transaction_id=payment_id,
            cause=cause,
            amount=amount,
            road=road,
            to_number=number,
            source=source,
            order_item_id=order_item_id,
            commission=commission,
            requested_by=actor.user_id if actor.role == "admin" and not decided else None,
            approved_by=actor.user_id if decided else None,
            reason=reason[:160],
        ),
    )
    _approve_if_small(tx, refund, by_system=by_system)
    return refund


def _add(tx: Tx, actor: Actor, refund: Refund) -> Refund:
    refund.status = REFUND.step(NEW, "request", actor.role).target
    refund.requested_at = tx.now
    tx.session.add(refund)
    tx.flush()
    tx.note(f"refund:{refund.refund_id}", f"new -> {refund.status}")
    tx.emit(events.RefundRequested(refund.refund_id, actor))
    return refund


def _approve_if_small(tx: Tx, refund: Refund, *, by_system: bool) -> None:
    """DR-820: small ones that the system caused need nobody; nor does what has its yes already."""
    have = sum(yes is not None for yes in (refund.approved_by, refund.seconded_by))
    if refund.road != "decide" and _needed(tx, refund, by_system=by_system) <= have:
        returning.approved(tx, refund)


def _say_yes(tx: Tx, actor: Actor, refund: Refund) -> None:
    if refund.approved_by is None:
        refund.approved_by = actor.user_id
    else:
        refund.seconded_by = actor.user_id
    _approve_if_small(tx, refund, by_system=False)


def _needed(tx: Tx, refund: Refund, *, by_system: bool) -> int:
    return rules.approvals(
        refund.amount,
        auto_max=tx.setting("refund.auto_approve_max"),
        two_over=tx.setting("refund.two_person_over"),
        by_system=by_system,
    )
