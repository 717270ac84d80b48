"""Making payouts: the daily run, by an admin's hand, on the payee's request (DR-1302, DR-1303).

`make` writes one payout of what is payable from an account, if there is enough and no other is under way.
"""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import events
from core.actor import Actor, system
from core.alarms import service as alarms
from core.clock import nairobi_date
from core.db import Tx
from core.duties import service as duties
from core.ledger import accounts
from core.ledger import service as ledger
from core.machine import NEW
from core.money import ZERO
from core.payouts import due, locks, naming, paying, rules
from core.payouts.errors import NothingToPay, NumberNeeded, NumberSilent, PayoutOpen
from core.payouts.machine import PAYOUT
from core.payouts.models import Payout, PayoutOrder
from core.payouts.paying import move
from core.users import payees

SYSTEM = system("job")


def run(tx: Tx, _subject: int) -> None:
    """The duty payout_run, daily at `payout.run_local`: everybody whom we owe something gets her own duty."""
    today = nairobi_date(tx.now)
    owed = (*ledger.owners(tx, "farmer_due"), *ledger.owners(tx, "rider_due"))
    for payee_id in sorted(set(owed)):
        duties.want(tx, "pay_out", payee_id, key=f"pay_out:{payee_id}:{today}")
    _watch_float(tx)


def pay_out(tx: Tx, payee_id: int) -> None:
    """The duty pay_out: one payout from each of the payee's accounts with enough in it (DR-1302).

    Emits PayoutWaits where she has to name an M-Pesa number first.
    """
    for account in due.accounts_of(payee_id):
        try:
            payout = make(tx, SYSTEM, payee_id=payee_id, account=account)
        except (NothingToPay, PayoutOpen, NumberSilent):
            continue  # it stays in the balance for another day
        except NumberNeeded as waits:
            if not naming.standing(tx, payee_id).coming:  # else she has said it, and is not asked again
                tx.emit(events.PayoutWaits(payee_id, Decimal(waits.values["sum"]), SYSTEM))
            continue
        paying.go_on(tx, SYSTEM, payout)


def _watch_float(tx: Tx) -> None:
    """Money for payouts is below `mpesa.float_min`: an admin has to move some (DR-1803)."""
    there = ledger.balance(tx, accounts.MPESA_PAYOUTS)
    if there < tx.setting("mpesa.float_min"):
        alarms.raise_alarm(tx, "float_low", accounts.MPESA_PAYOUTS, sum=str(there))
    else:
        alarms.settle(tx, "float_low", accounts.MPESA_PAYOUTS)


def make(tx: Tx, actor: Actor, *, payee_id: int, account: str) -> Payout:
    """Write a payout of what is payable from `account` now; `pending` until it is looked at or let go.

    Raises PayoutUnknown, PayoutOpen (one is under way, DR-1303), NumberSilent, NumberNeeded (sum),
    NothingToPay (sum).
    """
    locks.payee(tx, payee_id)
    if tx.session.scalar(select(Payout.payout_id).where(Payout.open_for == account)) is not None:
        raise PayoutOpen
    there = due.of_account(tx, account)
    amount = rules.payout_sum(there.payable, _limits(tx), waited=_waited(tx, there))
    if amount == ZERO:
        raise NothingToPay(sum=str(max(ZERO, there.payable)))
    to = payees.destination(tx, payee_id, "payout")
    if to is None:
        raise NumberSilent
    if naming.must_name(tx, payee_id):
        raise NumberNeeded(sum=str(amount))
    today = nairobi_date(tx.now)
    commission = sum((share.commission for share in there.shares), ZERO)
    payout = Payout(
        payee_id=payee_id,
        run_date=today,
        sequence=_next_number(tx, payee_id, today),
        account=account,
        open_for=account,
        amount=amount,
        gross=sum((share.amount for share in there.shares), ZERO) + commission,
        commission=commission,
        status=PAYOUT.step(NEW, "create", actor.role).target,
        number_sealed=tx.parts.vault.seal(paying.SEALED_FOR, to.msisdn),
        number_digest=to.digest,
        first_payout=paying.never_paid(tx, payee_id, to.digest),
        created_by=actor.user_id,
        created_at=tx.now,
    )
    tx.session.add(payout)
    tx.flush()
    tx.session.add_all(
        PayoutOrder(
            payout_id=payout.payout_id,
            order_id=share.order_id,
            covered=account,
            share=share.amount,
            commission=share.commission,
        )
        for share in there.shares
    )
    tx.flush()
    tx.note(f"payout:{payout.payout_id}", f"new -> {payout.status}")
    if not paying.must_be_looked_at(tx, payout):
        move(tx, SYSTEM, payout, "release")
    return payout


def _limits(tx: Tx) -> rules.Limits:
    return rules.Limits(
        minimum=tx.setting("payout.min_amount"),
        most=Decimal(tx.setting("mpesa.max_transaction")),
        least=tx.setting("mpesa.b2c_min"),
    )


def _waited(tx: Tx, there: due.Due) -> bool:
    patience = timedelta(days=tx.setting("payout.small_after_days"))
    return there.since is not None and there.since <= tx.now - patience


def _next_number(tx: Tx, payee_id: int, today: object) -> int:
    used = select(func.max(Payout.sequence)).where(Payout.payee_id == payee_id, Payout.run_date == today)
    return (tx.session.scalar(used) or 0) + 1
