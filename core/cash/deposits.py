"""Cash comes in: by paybill, counted by an admin, set off, written off; oldest debts first (DR-904)."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from core import events
from core.actor import Actor
from core.alarms import service as alarms
from core.audit import service as audit
from core.cash import locks, rules
from core.cash.collecting import sum_of
from core.cash.errors import (
    CashInvalid,
    MoreThanOwed,
    ReasonMissing,
    ReferenceUsed,
    RiderUnknown,
    SlipIsTransfer,
)
from core.cash.models import CashBanking, CashCollection, CashDeposit
from core.db import Tx
from core.duties import service as duties
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.money import ZERO
from core.orders.models import Order
from core.payments import slips
from core.payments.errors import ReferenceUsed as SlipUsed
from core.users import service as users
from core.words import reason_of, reference_of

REASON_LENGTH = 160
REFERENCE_LENGTH = 40


def deposit_arrived(tx: Tx, happened: events.DepositArrived) -> None:
    """Reaction: money with a rider's reference has reached the paybill; a receipt counts once."""
    rider = users.find(tx, happened.msisdn)
    if rider is None:
        raise RiderUnknown
    _take_in(
        tx, happened.actor, rider_id=rider.user_id, how="paybill", amount=happened.amount,
        once_key=f"receipt:{happened.receipt}",
    )  # fmt: skip


def count_in(tx: Tx, actor: Actor, *, rider_id: int, amount: Decimal, once_key: str) -> CashDeposit:
    """An admin has counted what a rider brought; audited. The same key again changes nothing.

    amount  whole KES, above nothing

    Raises RiderUnknown, CashInvalid, ReferenceUsed (the key came with another sum), NotAllowed. Emits
    CashBroughtIn.
    """
    users.may(tx, actor, "create", "money", own=True)
    counted = _some(tx, amount)
    deposit = _take_in(
        tx, actor, rider_id=rider_id, how="counted", amount=counted, once_key=f"counted:{once_key}"
    )
    audit.record(tx, actor, what="cash.counted", record=f"deposit:{deposit.deposit_id}")
    return deposit


def set_off(
    tx: Tx, actor: Actor, *, rider_id: int, amount: Decimal, reason: str, once_key: str
) -> CashDeposit:
    """A debt that stayed is taken from what we owe the rider, with a written reason; audited (DR-904).

    Raises MoreThanOwed (maximum: the smaller of his debt and his earnings), ReasonMissing, RiderUnknown,
    CashInvalid, ReferenceUsed, NotAllowed. Emits CashBroughtIn.
    """
    users.may(tx, actor, "create", "money", own=True)
    locks.carrier(tx, rider_id)  # a payout of the same earnings takes its turn
    due = max(ZERO, -ledger.balance(tx, accounts.rider_due(rider_id)))
    return _forgive(
        tx, actor, rider_id=rider_id, how="set_off", amount=amount, most=due, reason=reason, once_key=once_key
    )


def write_off(
    tx: Tx, actor: Actor, *, rider_id: int, amount: Decimal, reason: str, once_key: str
) -> CashDeposit:
    """A debt is given up, with a written reason; audited (10.2).

    Raises MoreThanOwed (maximum: his debt), ReasonMissing, RiderUnknown, CashInvalid, ReferenceUsed,
    NotAllowed. Emits CashBroughtIn.
    """
    users.may(tx, actor, "create", "money", own=True)
    return _forgive(
        tx, actor, rider_id=rider_id, how="write_off", amount=amount, most=None, reason=reason,
        once_key=once_key,
    )  # fmt: skip


def bank(tx: Tx, actor: Actor, *, amount: Decimal, bank_reference: str) -> CashBanking:
    """Counted cash was brought to the bank; audited. The same reference and sum again changes nothing.

    Raises MoreThanOwed (maximum: what lies in the office), ReferenceUsed, SlipIsTransfer (sum, order),
    SlipUsed (a refund was paid under it), CashInvalid, NotAllowed.
    """
    admin = users.may(tx, actor, "create", "money", own=True)
    banked, reference = _some(tx, amount), reference_of(bank_reference)[:REFERENCE_LENGTH]
    if not reference:
        raise ReasonMissing
    locks.box(tx)  # before it is looked into, else two at once would bank the same cash
    before = tx.session.scalar(select(CashBanking).where(CashBanking.bank_reference == reference))
    if before is not None:
        if before.amount != banked:
            raise ReferenceUsed(reference=reference)
        return before
    if slips.is_refund(tx, reference):
        raise SlipUsed(reference=reference)
    transfer = slips.transfer_of(tx, reference)
    if transfer is not None:  # one slip is one sum of money: the customer's, or the office's
        order = tx.session.get_one(Order, transfer.order_id)
        raise SlipIsTransfer(sum=transfer.amount, order=order.tail)
    held = ledger.balance(tx, accounts.OFFICE_CASH)
    if banked > held:
        raise MoreThanOwed(maximum=held)
    banking = CashBanking(amount=banked, bank_reference=reference, entered_by=admin.user_id, at=tx.now)
    tx.session.add(banking)
    tx.flush()
    postings.cash_banked(tx, banking.banking_id, banked)
    audit.record(
        tx, actor, what="cash.banked", record=f"banking:{banking.banking_id}",
        changes={"amount": str(banked), "reference": reference},
    )  # fmt: skip
    return banking


def slip_sought(tx: Tx, sought: events.SlipSought) -> None:
    """Reaction: whether a slip stands as cash brought to the bank; nobody banks any meanwhile."""
    locks.box(tx)
    query = select(CashBanking).where(CashBanking.bank_reference == sought.reference).with_for_update()
    sought.banked.extend((row.amount, row.at) for row in tx.session.scalars(query))


def deposit_issue(tx: Tx, deposit_id: int) -> None:
    """The duty deposit_issue: a difference that nobody has cleared in 48 h is an admin's matter (DR-904)."""
    deposit = locks.deposit(tx, deposit_id)
    if deposit is None or deposit.deposit_status != "differs":
        return
    if _cleared(tx, deposit):
        deposit.deposit_status, deposit.closed_at = "resolved", tx.now
        return
    deposit.deposit_status = "issue"
    tx.note(f"deposit:{deposit_id}", "differs -> issue")
    alarms.raise_alarm(tx, "cash_late", f"deposit:{deposit_id}", amount=str(deposit.difference))


def _forgive(
    tx: Tx, actor: Actor, *, rider_id: int, how: str, amount: Decimal, most: Decimal | None, reason: str,
    once_key: str,
) -> CashDeposit:  # fmt: skip
    """A debt goes without money coming: never more of it than there is (and than `most`)."""
    why = reason_of(reason, REASON_LENGTH)
    if not why:
        raise ReasonMissing
    given = _some(tx, amount)
    locks.carrier(tx, rider_id)  # before his debt is read, else two at once would forgive it twice
    if (before := _before(tx, f"{how}:{once_key}", given)) is not None:
        return before
    owed = max(ZERO, ledger.balance(tx, accounts.rider_cash(rider_id)))
    maximum = owed if most is None else min(owed, most)
    if given > maximum:
        raise MoreThanOwed(maximum=maximum)
    deposit = _take_in(
        tx, actor, rider_id=rider_id, how=how, amount=given, once_key=f"{how}:{once_key}", reason=why
    )
    audit.record(tx, actor, what=f"cash.{how}", record=f"deposit:{deposit.deposit_id}", reason=why)
    return deposit


def _take_in(
    tx: Tx, actor: Actor, *, rider_id: int, how: str, amount: Decimal, once_key: str, reason: str = ""
) -> CashDeposit:
    """The deposit's row, its posting, the collections it settles; differences are looked at again in 48 h."""
    if locks.carrier(tx, rider_id) is None:
        raise RiderUnknown(rider_id=rider_id)
    if (before := _before(tx, once_key, amount)) is not None:
        return before
    expected = ledger.balance(tx, accounts.rider_cash(rider_id))
    real = how in ("paybill", "counted")
    difference = amount - expected if real else ZERO
    deposit = CashDeposit(
        rider_id=rider_id,
        how=how,
        amount=amount,
        expected=expected,
        difference=difference,
        deposit_status="differs" if difference else "settled",
        once_key=once_key,
        entered_by=actor.user_id,
        reason=reason,
        made_at=tx.now,
    )
    tx.session.add(deposit)
    tx.flush()
    _post(tx, deposit)
    _settle(tx, rider_id, amount)
    tx.note(f"deposit:{deposit.deposit_id}", f"new -> {deposit.deposit_status}")
    if difference:
        again = tx.now + timedelta(hours=tx.setting("cod.deposit_issue_hours"))
        duties.want(tx, "deposit_issue", deposit.deposit_id, at=again)
    tx.emit(events.CashBroughtIn(deposit_id=deposit.deposit_id, actor=actor))
    return deposit


def _post(tx: Tx, deposit: CashDeposit) -> None:
    """What takes over the rider's debt (10.2)."""
    source, rider_id, amount = deposit.deposit_id, deposit.rider_id, deposit.amount
    match deposit.how:
        case "paybill":
            postings.rider_deposit(tx, source, rider_id, amount, till="mpesa")
        case "counted":
            postings.cash_counted(tx, source, rider_id, amount)
        case "set_off":
            postings.cash_set_off(tx, source, rider_id, amount)
        case _:
            postings.write_off(tx, f"deposit:{source}", accounts.rider_cash(rider_id), amount)


def _settle(tx: Tx, rider_id: int, amount: Decimal) -> None:
    """Oldest collections first (DR-904)."""
    open_ones = locks.open_collections(tx, rider_id)
    owed = [collection.amount - collection.settled for collection in open_ones]
    for collection, part in zip(open_ones, rules.oldest_first(owed, amount), strict=True):
        collection.settled += part
        if collection.settled == collection.amount:
            collection.open_for = None
            duties.drop(tx, "cash_due", collection.collection_id)
    tx.flush()


def _cleared(tx: Tx, deposit: CashDeposit) -> bool:
    """Whether what was missing has come since, or what was too much has been used up."""
    if deposit.difference > ZERO:
        return ledger.balance(tx, accounts.rider_cash(deposit.rider_id)) >= ZERO
    still = select(CashCollection.collection_id).where(
        CashCollection.open_for == deposit.rider_id, CashCollection.collected_at <= deposit.made_at
    )
    return tx.session.scalar(still.limit(1)) is None


def _before(tx: Tx, once_key: str, amount: Decimal) -> CashDeposit | None:
    found = tx.session.scalar(select(CashDeposit).where(CashDeposit.once_key == once_key))
    if found is not None and found.amount != amount:
        raise ReferenceUsed(reference=once_key.partition(":")[2])
    return found


def _some(tx: Tx, value: Decimal) -> Decimal:
    """A sum that is counted or given up: whole KES above nothing."""
    amount = sum_of(tx, value)
    if amount == ZERO:
        raise CashInvalid(maximum=tx.setting("order.max_total"))
    return amount
