"""Payment attempts: a prompt goes out, an answer comes in, by whatever road and in whatever order (8.2)."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import events
from core.actor import Actor
from core.db import Tx
from core.duties import service as duties
from core.machine import NEW
from core.money import ZERO
from core.msisdn import e164
from core.orders import locks as order_locks
from core.orders import service as orders
from core.orders.models import Order
from core.payment_methods import service as payment_methods
from core.payment_methods.models import PaymentMethod
from core.payments import arriving, locks, matching, rules, unpaid
from core.payments.arriving import move
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from core.payments.machine import OPEN, PAYMENT
from core.payments.matching import WITHDRAWN, Result
from core.payments.models import PaymentTransaction
from core.payments.money_of import BEFORE_THE_DOOR
from core.payments.silent import watch
from core.payments.standing import credit, debt, derive, lacks_again, received, refunded, still_due, to_pay
from core.payments.whys import Why
from core.settings import switches

__all__ = [
    "WITHDRAWN",
    "Result",
    "accepted",
    "by_token",
    "credit",
    "deadline",
    "debt",
    "derive",
    "next_query",
    "order_placed",
    "pay",
    "received",
    "refunded",
    "refused",
    "result",
    "start",
    "still_due",
    "to_pay",
    "token_of",
    "unknown",
    "wants_money",
    "withdraw_unsent",
]

PURPOSE = "payment-token"
# After the last status query an attempt holds nothing up any more; a little time for that query's answer.
LAST_ANSWER = timedelta(minutes=1)
LOOK_AGAIN = timedelta(minutes=2)
WAIT_FOR_ADMIN = timedelta(hours=1)
CASH, BANK = "cash_on_delivery", "bank_transfer"


def pay(tx: Tx, actor: Actor, *, order_id: int, msisdn: str) -> PaymentTransaction:
    """A customer (or an admin for her) has a payment request sent to `msisdn`, hers or another's (DR-807).

    Raises NotKenyanMobile, NotAllowed, PaymentUnknown for a foreign order, and what `start` raises.
    """
    number = e164(msisdn)
    order = locks.payable(tx, actor, order_id)
    if _bothers_others(tx, order, number):
        raise TooManyPrompts(limit=tx.setting("mpesa.prompts_to_others"))
    return start(tx, actor, order, msisdn=number, delay_seconds=_delay(tx, actor))


def _bothers_others(tx: Tx, order: Order, number: str) -> bool:
    """Whether `number` is not the customer's own, and she has had enough other phones asked in a day."""
    if number == order.customer.phone_number:
        return False
    asked = (
        select(func.count())
        .select_from(PaymentTransaction)
        .join(Order, Order.order_id == PaymentTransaction.order_id)
        .where(
            Order.customer_id == order.customer_id,
            PaymentTransaction.method == "stk",
            PaymentTransaction.msisdn != order.customer.phone_number,
            PaymentTransaction.created_at > tx.now - timedelta(days=1),
        )
    )
    return bool((tx.session.scalar(asked) or 0) >= tx.setting("mpesa.prompts_to_others"))


def wants_money(tx: Tx, order: Order) -> bool:
    """Whether the order can be paid now: it waits for its payment, is to be paid at the door (DR-902), or has
    had a payment taken back (P6)."""
    if order.order_status == "pending_payment":
        return True
    at_the_door = order.payment_method == CASH and order.order_status in BEFORE_THE_DOOR
    return (at_the_door and still_due(tx, order) > ZERO) or lacks_again(tx, order)


def start(
    tx: Tx,
    actor: Actor,
    order: Order,
    *,
    msisdn: str,
    delay_seconds: int = 0,
    amount: Decimal | None = None,
) -> PaymentTransaction:
    """Open an attempt to have `order` paid from `msisdn`; the prompt is due `delay_seconds` from now.

    It asks for what is still due, and for what the customer owes from a door; or for `amount` KES of it,
    where the rest is cash (DR-902). Raises NotPayable (status), PromptsPaused, TooManyPrompts (limit),
    PromptOpen (seconds, time, until): one prompt per phone.
    """
    switches.refuse_if_paused(tx, "prompts")
    if not wants_money(tx, order):
        raise NotPayable(order=order.order_number, status=order.order_status)
    limit = tx.setting("mpesa.max_prompts")
    if unpaid.tries(tx, order) >= limit:
        raise TooManyPrompts(limit=limit)
    _free_phone(tx, msisdn)
    token = tx.parts.chance.token()
    step = PAYMENT.step(NEW, "start", actor.role)
    attempt = PaymentTransaction(
        order_id=order.order_id,
        msisdn=msisdn,
        amount=to_pay(tx, order) if amount is None else min(amount, to_pay(tx, order)),
        status=step.target,
        token_digest=tx.parts.vault.digest(PURPOSE, token),
        token_sealed=tx.parts.vault.seal(PURPOSE, token),
        open_for=msisdn,
        created_at=tx.now,
    )
    tx.session.add(attempt)
    tx.flush()
    tx.note(f"payment:{attempt.transaction_id}", f"new -> {step.target}")
    due = tx.now + timedelta(seconds=delay_seconds)
    duties.want(tx, "stk_push", attempt.transaction_id, at=due)
    derive(tx, order)
    return attempt


def token_of(tx: Tx, attempt: PaymentTransaction) -> str:
    """The secret token of the attempt's callback address; only until its prompt has been sent."""
    return tx.parts.vault.open(PURPOSE, attempt.token_sealed)


def by_token(tx: Tx, token: str) -> PaymentTransaction | None:
    """The attempt whose callback address carries `token`, or None (S1)."""
    digests = tx.parts.vault.digests(PURPOSE, token)
    query = select(PaymentTransaction).where(PaymentTransaction.token_digest.in_(digests))
    found = tx.session.scalar(query)
    # The database has compared as it likes; what is believed is compared in constant time (contract, 7).
    digest = None if found is None else found.token_digest
    return found if digest and tx.parts.vault.same(digest, PURPOSE, token) else None


def accepted(tx: Tx, transaction_id: int, *, merchant_request_id: str, checkout_request_id: str) -> None:
    """P1: the provider has taken the prompt; that is not payment (DR-803). A query follows if nobody calls.

    A callback may have been here first: then only what is still missing is stored. A request that was taken
    back while it was on its way is on the phone all the same, and is asked about like any other.
    """
    attempt = locks.known(tx, transaction_id)
    attempt.merchant_request_id = merchant_request_id
    if attempt.checkout_request_id is None:
        attempt.checkout_request_id = checkout_request_id
    elif attempt.checkout_request_id != checkout_request_id:
        matching.alarm(tx, attempt, "the callback named another checkout id than the prompt's answer")
    attempt.token_sealed = ""
    attempt.requested_at = attempt.requested_at or tx.now
    if attempt.status == "created":
        move(tx, attempt, "accepted")
        watch(tx, attempt)
        matching.ask_at(tx, attempt, tx.now + timedelta(seconds=tx.setting("mpesa.query_after_seconds")))
    elif attempt.status == "failed" and attempt.result_code == WITHDRAWN:
        for at in rules.query_times(attempt.requested_at, tx.setting("mpesa.query_schedule_minutes")):
            matching.ask_at(tx, attempt, at)


def refused(tx: Tx, transaction_id: int, *, code: str, text: str, why: Why = "ours") -> None:
    """P2: the provider did not take the prompt, so no phone shows it; the attempt has failed.

    why  as she is told it
    """
    attempt = locks.known(tx, transaction_id)
    if attempt.status == "created":
        matching.fail(tx, attempt, "refused", code=code, text=text, why=why)


def unknown(tx: Tx, transaction_id: int, *, why: str) -> None:
    """P2, P5: sent, but nobody knows with what outcome: it may be on the phone (R10). It is asked about."""
    attempt = locks.known(tx, transaction_id)
    if attempt.status not in ("created", "requested"):
        return
    attempt.requested_at = attempt.requested_at or tx.now
    attempt.token_sealed = ""
    attempt.result_text = why[:255]
    move(tx, attempt, "unclear")
    watch(tx, attempt)
    next_query(tx, transaction_id)


def next_query(tx: Tx, transaction_id: int) -> None:
    """P5: no final answer yet; `unknown`, and asked again at 2, 5, 10 and 30 minutes, then left to an admin.

    Calling it twice for the same query asks for the next one once.
    """
    attempt = locks.known(tx, transaction_id)
    if attempt.status == "requested":
        move(tx, attempt, "unclear")
    if attempt.status != "unknown":
        return
    assert attempt.requested_at is not None, "an attempt is unknown only after it was sent"
    times = rules.query_times(attempt.requested_at, tx.setting("mpesa.query_schedule_minutes"))
    attempt.asked_count = sum(at <= tx.now for at in times)
    if to_come := [at for at in times if at > tx.now]:
        matching.ask_at(tx, attempt, to_come[0])
        return
    attempt.open_for = None
    matching.no_result(tx, attempt)


def result(tx: Tx, *, transaction_id: int, result: Result) -> str:
    """Work on what a callback or a status query says about an attempt (DR-803 to DR-806).

    Any number of results in any order end in the same state (INV-10): success wins over failure, never the
    other way round, and one receipt moves money once. Returns the verdict: applied, duplicate, mismatched
    (stored, nothing moved, to be settled by a query) or unmatched (no such attempt).
    """
    attempt = locks.attempt(tx, transaction_id)
    if attempt is None:
        return "unmatched"
    if result.final == "unknown":
        next_query(tx, transaction_id)
        return "applied" if attempt.status == "unknown" else "duplicate"
    return matching.match(tx, attempt, result)


def deadline(tx: Tx, order_id: int) -> None:
    """The duty payment_deadline: O4, unless the money may still come; then a little later.

    A part payment gives once some time more (DR-808). An attempt holds the deadline up only until its last
    status query has had time for an answer (P5), a transfer until the second admin has looked at it.
    """
    order = order_locks.order(tx, order_id)
    if order.order_status != "pending_payment":
        return
    until = order.created_at + _window(tx, order)
    if until > tx.now:
        _look_again(tx, order_id, until)
        return
    attempts = tx.session.scalars(
        select(PaymentTransaction).where(
            PaymentTransaction.order_id == order_id, PaymentTransaction.status.in_(OPEN)
        )
    ).all()
    schedule = tx.setting("mpesa.query_schedule_minutes")
    patience = max(
        (
            tx.now + WAIT_FOR_ADMIN
            if a.method == "bank"
            else rules.query_times(a.requested_at or a.created_at, schedule)[-1] + LAST_ANSWER
            for a in attempts
        ),
        default=tx.now,
    )
    if patience > tx.now:
        held_by_bank = all(a.method == "bank" for a in attempts)
        _look_again(tx, order_id, min(patience, tx.now + (WAIT_FOR_ADMIN if held_by_bank else LOOK_AGAIN)))
        return
    orders.cancel_unpaid(tx, order_id)


def order_placed(tx: Tx, happened: events.OrderPlaced) -> None:
    """Reaction: credit is used first, then the order has a deadline (DR-808), and an order paid by M-Pesa has
    its prompt sent: to the number she chose among her ways to pay, else to her phone."""
    order = order_locks.order(tx, happened.order_id)
    arriving.use_credit(tx, order)
    if order.order_status != "pending_payment":
        return
    duties.want(tx, "payment_deadline", order.order_id, at=tx.now + _window(tx, order))
    if order.payment_method != "mpesa" or switches.is_paused(tx, "prompts"):
        return  # while prompts are paused she can pay at the paybill, or ask for one later
    start(tx, happened.actor, order, msisdn=_payer(tx, order), delay_seconds=_delay(tx, happened.actor))


def order_confirmed(tx: Tx, happened: events.OrderConfirmed) -> None:
    """Reaction: credit pays for an order with cash on delivery too, so that the rider collects less."""
    order = order_locks.order(tx, happened.order_id)
    if order.payment_method == CASH:
        arriving.use_credit(tx, order)


def order_paid(tx: Tx, happened: events.OrderPaid) -> None:
    """Reaction: the deadline is met, the order is confirmed (O3)."""
    duties.drop(tx, "payment_deadline", happened.order_id)
    orders.confirm(tx, happened.order_id, happened.actor)


def order_cancelled(tx: Tx, happened: events.OrderCancelled) -> None:
    """Reaction: a prompt not yet sent stays unsent; one on the phone is left to die (O5)."""
    duties.drop(tx, "payment_deadline", happened.order_id)
    withdraw_unsent(tx, happened.order_id, why="order cancelled before the prompt was sent")


def withdraw_unsent(tx: Tx, order_id: int, *, why: str) -> None:
    """Requests of an order that have not been sent stay unsent; one on a phone is left to die."""
    created = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.order_id == order_id,
        PaymentTransaction.status == "created",
        PaymentTransaction.method == "stk",
    )
    for transaction_id in tx.session.scalars(created).all():
        duties.drop(tx, "stk_push", transaction_id)
        refused(tx, transaction_id, code=WITHDRAWN, text=why)


def _payer(tx: Tx, order: Order) -> str:
    """The number that is asked for the money: of the customer's own way to pay, else her phone (DR-807); her
    phone too, once she has had enough others asked."""
    own = order.customer.phone_number
    if order.payment_method_id is None:
        return own
    chosen = tx.session.get_one(PaymentMethod, order.payment_method_id)
    number = payment_methods.phone_of(tx, chosen) or own
    return own if _bothers_others(tx, order, number) else number


def _delay(tx: Tx, actor: Actor) -> int:
    """A prompt cannot show over an open USSD session: there it waits some seconds."""
    return int(tx.setting("mpesa.prompt_delay_seconds")) if actor.channel == "ussd" else 0


def _window(tx: Tx, order: Order) -> timedelta:
    """How long after it was placed the order waits for its money; a part of it makes that longer (DR-808)."""
    if order.payment_method == BANK:
        window = timedelta(hours=tx.setting("payment.bank_window_hours"))
    else:
        window = timedelta(minutes=tx.setting("payment.mpesa_window_minutes"))
    if received(tx, order.order_id) > ZERO:
        window += timedelta(minutes=tx.setting("payment.partial_extension_minutes"))
    return window


def _look_again(tx: Tx, order_id: int, at: datetime) -> None:
    key = f"payment_deadline:{order_id}:{int(at.timestamp())}"
    duties.want(tx, "payment_deadline", order_id, at=at, key=key)


def _free_phone(tx: Tx, msisdn: str) -> None:
    """Let go of a prompt that can no longer be on the phone; raises PromptOpen if one may be."""
    held = tx.session.scalar(select(PaymentTransaction).where(PaymentTransaction.open_for == msisdn))
    if held is None:
        return
    sent_at = held.requested_at or held.created_at
    free_at = sent_at + rules.PROMPT_LIFE
    if free_at > tx.now:
        left = int((free_at - tx.now).total_seconds()) + 1
        raise PromptOpen(seconds=left, time=sent_at.isoformat(), until=free_at.isoformat())
    held.open_for = None
    tx.flush()  # the unique key must be free before the next attempt is written
