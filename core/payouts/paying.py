"""A payout on its way: started in the ledger, sent by a channel, and what became of it (DR-1303).

Nothing here calls a provider. A channel asks `to_send`, says `sending` before it calls and `result`
afterwards. What was sent once and whose outcome nobody knows is never sent under another name; under its own
only where M-Pesa, asked, does not find it (outgoing.not_found).
"""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from core import events
from core.actor import Actor, system
from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.ledger import postings
from core.ledger import service as ledger
from core.money import ZERO
from core.payments import receipts
from core.payments.verdicts import Outcome, Verdict, doubt
from core.payouts import locks, rules
from core.payouts.machine import OVER, PAYOUT
from core.payouts.models import Payout, PayoutOrder
from core.settings import switches
from core.users import payees

SYSTEM = system("pay")
SEALED_FOR = "payout"
# So many in one transaction.
AT_ONCE = 200
TRIES_ALONE = 5


def process_eligible(tx: Tx, after: int) -> None:
    """The duty payout_process: what is eligible starts, unless payouts are paused; the next ones in a moment.

    after  the payout_id that the ones before ended with: what cannot start stands in nobody's way
    """
    eligible = select(Payout.payout_id).where(Payout.status == "eligible", Payout.payout_id > after)
    found = tx.session.scalars(eligible.order_by(Payout.payout_id).limit(AT_ONCE)).all()
    for payout_id in found:
        go_on(tx, SYSTEM, locks.payout(tx, payout_id))
    if len(found) == AT_ONCE:
        key = f"payout_process:{found[-1]}:{tx.now.isoformat()}"
        duties.want(tx, "payout_process", found[-1], key=key)


def go_on(tx: Tx, actor: Actor, payout: Payout) -> bool:
    """Start an eligible payout: the money leaves the payee's balance (10.2); returns whether it did.

    Not while payouts are paused (DR-1703) or the payee's number is silent. A number that was changed
    meanwhile, or a balance that no longer covers the sum, lets it go: the next run makes another.
    """
    if payout.status != "eligible" or switches.is_paused(tx, "payouts"):
        return False
    to = payees.destination(tx, payout.payee_id, "payout")
    if to is None:
        return False
    if -ledger.balance(tx, payout.account) < payout.amount:
        cancel(tx, SYSTEM, payout, reason="the balance no longer covers it")
        return False
    if to.digest != payout.number_digest:
        payout.number_sealed = tx.parts.vault.seal(SEALED_FOR, to.msisdn)
        payout.number_digest = to.digest
        payout.first_payout = never_paid(tx, payout.payee_id, to.digest)
        if payout.first_payout:
            cancel(tx, SYSTEM, payout, reason="the number was changed")
            return False
    move(tx, actor, payout, "process")
    payout.tries += 1
    payout.sent_key, payout.started_at = None, tx.now
    postings.payout_started(tx, payout.payout_id, payout.tries, payout.account, payout.amount)
    want_sent(tx, payout)
    return True


def want_sent(tx: Tx, payout: Payout, *, again: str = "") -> None:
    """Have the channel send what has started (duty payout_send), once for each try.

    again  what makes this asking another one than before
    """
    key = f"payout_send:{payout.payout_id}:{payout.tries}{again}"
    duties.want(tx, "payout_send", payout.payout_id, key=key)


def to_send(tx: Tx, *, limit: int = 20) -> list[Payout]:
    """What a channel should send now, oldest first; nothing while payouts are paused (DR-1703)."""
    if switches.is_paused(tx, "payouts"):
        return []
    query = select(Payout).where(Payout.status == "processing", Payout.sent_key.is_(None))
    return list(tx.session.scalars(query.order_by(Payout.payout_id).limit(limit)))


def number_of(tx: Tx, payout: Payout) -> str:
    """The number that the payout goes to, +254..., for the channel that sends it."""
    return tx.parts.vault.open(SEALED_FOR, payout.number_sealed)


def hers_still(tx: Tx, payout: Payout) -> bool:
    """Whether the number it would go to is still the payee's, before it is sent: while payouts were paused
    she may have named another, since her phone was stolen (DR-208).

    If not, it has failed: she is owed as before, and the next run asks an admin about her new number.
    """
    if is_hers(tx, payout):
        return True
    to = payees.destination(tx, payout.payee_id, "payout")
    _failed(tx, payout, "the number was changed" if to else "the number is silent")
    return False


def is_hers(tx: Tx, payout: Payout) -> bool:
    """Whether it would go to the number that is the payee's now."""
    to = payees.destination(tx, payout.payee_id, "payout")
    return to is not None and to.digest == payout.number_digest


def sending(tx: Tx, payout_id: int, *, sent_key: str) -> bool:
    """A channel is about to send it under the name `sent_key`; False if it was sent before, or is over."""
    payout = locks.payout(tx, payout_id)
    if payout.status != "processing" or payout.sent_key is not None:
        return False
    payout.sent_key = sent_key
    tx.note(f"payout:{payout_id}", "sending")
    tx.flush()
    return True


def result(
    tx: Tx,
    *,
    sent_key: str,
    outcome: Outcome,
    receipt: str | None = None,
    fee: Decimal = ZERO,
    why: str = "",
    again: timedelta | None = None,
) -> Verdict:
    """What became of a sending, by callback or status query; repeats and any order end alike (INV-10).

    receipt  the provider's, of what was paid; `fee` KES that it took
    again    it has failed for now only, and is tried again by itself after so long, TRIES_ALONE times at most

    What had been reported as failed and is paid all the same is paid: a late success wins, while the balance
    still covers it. Returns the verdict: applied, duplicate, unmatched, or mismatched (a person is called).
    Emits PayoutPaid, PayoutFailed.
    """
    payout_id = tx.session.scalar(select(Payout.payout_id).where(Payout.sent_key == sent_key))
    if payout_id is None:
        return "unmatched"
    payout = locks.payout(tx, payout_id)
    record = f"payout:{payout_id}"
    after_all = outcome == "paid" and payout.status == "failed"
    if after_all and -ledger.balance(tx, payout.account) >= payout.amount:
        payout.tries += 1  # what the failure gave back leaves the payee's balance again
        postings.payout_started(tx, payout.payout_id, payout.tries, payout.account, payout.amount)
    elif payout.status not in ("processing", "unknown"):
        if (payout.status == "paid") == (outcome == "paid") or outcome == "unknown":
            return "duplicate"
        return doubt(tx, record, f"{outcome} after {payout.status}")
    if outcome == "unknown":
        if payout.status == "unknown":
            return "duplicate"
        move(tx, SYSTEM, payout, "unclear")
        alarms.raise_alarm(tx, "payout_stuck", record, why=why[:80])
        return "applied"
    if outcome == "paid":
        if receipt is not None and not receipts.claim(tx, receipt, payout.amount, record):
            alarms.raise_alarm(tx, "receipt_mismatch", record, why="receipt was used before")
            return "mismatched"
        _paid(tx, payout, receipt, fee)
    else:
        _failed(tx, payout, why)
        if again is not None and payout.tries < TRIES_ALONE:
            key = f"payout_again:{payout_id}:{payout.tries}"
            duties.want(tx, "payout_again", payout_id, at=tx.now + again, key=key)
    return "applied"


def again(tx: Tx, payout_id: int) -> None:
    """The duty payout_again: what failed for now only is tried again, unless an admin was here before."""
    payout = locks.payout(tx, payout_id)
    if payout.status == "failed":
        move(tx, SYSTEM, payout, "retry")
        alarms.settle(tx, "payout_stuck", f"payout:{payout_id}")
        go_on(tx, SYSTEM, payout)


def cancel(tx: Tx, actor: Actor, payout: Payout, *, reason: str) -> None:
    """Let a payout go that has not started; its orders are free for the next one."""
    move(tx, actor, payout, "cancel")
    payout.reason, payout.settled_at = reason[:160], tx.now
    for covered in tx.session.scalars(select(PayoutOrder).where(PayoutOrder.payout_id == payout.payout_id)):
        covered.covered = None
    tx.flush()


def must_be_looked_at(tx: Tx, payout: Payout) -> bool:
    """Whether an admin has to approve it, and none has (DR-1302)."""
    two_over = tx.setting("payout.two_person_over")
    needed = rules.needs_admin(payout.amount, first=payout.first_payout, two_over=two_over)
    return needed and payout.approved_by is None


def never_paid(tx: Tx, payee_id: int, digest: str) -> bool:
    """Whether nothing was ever paid to that payee's number (DR-1302)."""
    before = select(Payout.payout_id).where(
        Payout.number_digest == digest, Payout.payee_id == payee_id, Payout.status == "paid"
    )
    return tx.session.scalar(before.limit(1)) is None


def move(tx: Tx, actor: Actor, payout: Payout, event: str) -> None:
    """Take the payout's step for `event`; only here its status changes."""
    step = PAYOUT.step(payout.status, event, actor.role)
    payout.status = step.target
    if payout.status in OVER:
        payout.open_for = None
    tx.note(f"payout:{payout.payout_id}", f"{step.source} -> {step.target}")


def _paid(tx: Tx, payout: Payout, receipt: str | None, fee: Decimal) -> None:
    move(tx, SYSTEM, payout, "paid")
    payout.receipt, payout.fee, payout.settled_at = receipt, fee, tx.now
    postings.payout_paid(tx, payout.payout_id, payout.amount, fee)
    alarms.settle(tx, "payout_stuck", f"payout:{payout.payout_id}")
    tx.flush()
    tx.emit(events.PayoutPaid(payout.payout_id, SYSTEM))


def _failed(tx: Tx, payout: Payout, why: str) -> None:
    """The payee is owed as before; an admin decides what next."""
    move(tx, SYSTEM, payout, "fail")
    payout.reason = why[:160]
    postings.payout_failed(tx, payout.payout_id, payout.tries, payout.account, payout.amount)
    alarms.raise_alarm(tx, "payout_stuck", f"payout:{payout.payout_id}", why=why[:80])
    tx.flush()
    tx.emit(events.PayoutFailed(payout.payout_id, SYSTEM))
