"""Differences between our books and the provider's word: found, found again, gone, closed by an admin."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.actor import Actor
from core.alarms import service as alarms
from core.audit import service as audit
from core.books import rules
from core.books.models import Difference
from core.cash import undoing
from core.db import Tx
from core.errors import BadInput, NotFound
from core.ledger import postings
from core.ledger.postings import OwnTill
from core.payments import asking, paybill, receipts, taken_back
from core.payments.errors import SecondAdminNeeded
from core.payments.models import MpesaReceipt, ProviderRequest
from core.users import service as users
from core.words import reason_of

SUBJECT = "difference:"
PAYER = "statement-payer"  # what a payer's number in a difference is sealed for
ALARM = ("ledger_difference", "provider")
PAGE = 50


def found(
    tx: Tx,
    kind: str,
    subject: str,
    *,
    till: str,
    ours: Decimal | None = None,
    theirs: Decimal | None = None,
    details: Mapping[str, Any] | None = None,
) -> Difference | None:
    """A difference has been seen: a new row, or the open one with its present sums.

    ours, theirs  KES; details are ids, codes and moments

    None: an admin has explained the very same sums before. Raises KeyError for a kind nobody knows.
    """
    if kind not in rules.KINDS:
        raise KeyError(kind)
    key = f"{kind}:{subject}"
    row = tx.session.scalar(select(Difference).where(Difference.open_for == key).with_for_update())
    if row is None:
        if _explained_before(tx, kind, subject, ours, theirs):
            return None
        row = Difference(kind=kind, subject=subject, open_for=key, till=till, found_at=tx.now)
        tx.session.add(row)
    if (row.ours, row.theirs) != (ours, theirs):  # what the first of two admins said was of another sum
        row.said_how, row.said_reason, row.said_by, row.said_at = "", "", None, None
    row.ours, row.theirs, row.details, row.seen_at = ours, theirs, dict(details or {}), tx.now
    tx.flush()
    tx.note(f"difference:{row.difference_id}", kind)
    return row


def gone(tx: Tx, kind: str, subject: str) -> None:
    """What differed differs no more."""
    row = tx.session.scalar(select(Difference).where(Difference.open_for == f"{kind}:{subject}"))
    if row is not None:
        end(tx, row, how="gone")


def gone_but(tx: Tx, kinds: Collection[str], seen: Collection[str]) -> None:
    """Close by itself every open row of these kinds whose key ("kind:subject") is not among `seen`."""
    for row in tx.session.scalars(
        select(Difference).where(Difference.kind.in_(kinds), Difference.open_for.is_not(None))
    ):
        if row.open_for not in seen:
            end(tx, row, how="gone")


def end(tx: Tx, row: Difference, *, how: str, by: int | None = None, reason: str = "") -> None:
    """Close an open row; only here that happens."""
    row.open_for, row.closed_at, row.closed_by = None, tx.now, by
    row.how, row.reason = how, reason
    tx.note(f"difference:{row.difference_id}", f"open -> {how}")


def close(tx: Tx, actor: Actor, *, difference_id: int, how: str, reason: str) -> Difference:
    """An admin says what a difference is. Audited.

    how  explained (words alone), or what its sum was, which is posted: charge, to_bank, from_bank, owner_in,
         owner_out (10.2); reversed where M-Pesa took a payment back and does not say so when asked (P6)

    Above `bank.two_person_over`, and of a part or of a rider's deposit that went back whatever the sum, the
    first admin's word is kept, and the difference is closed when another one says the same (DR-813). Closed
    in the same way already: nothing changes. Raises NotAllowed, NotFound,
    BadInput (no reason, or the sum cannot be that), SecondAdminNeeded.
    """
    users.may(tx, actor, "create", "money", own=False)
    row = tx.session.get(Difference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound(record="difference", id=difference_id)
    words = reason_of(reason)
    if row.closed_at is not None and row.how == how:
        return row
    sum_ = rules.unplaced(row.kind, row.ours, row.theirs)
    if row.closed_at is not None or not words or how not in rules.ways(row.kind, sum_):
        raise BadInput(how=how[:16])
    large = abs(sum_) > tx.setting("bank.two_person_over")
    if (large or _is_unconfirmed(tx, row, how)) and not _said_by_two(tx, actor, row, how, words):
        return row
    row.entry_id = _place(tx, row, how, sum_)
    end(tx, row, how=how, by=actor.user_id, reason=words[:160])
    audit.record(
        tx, actor, what="books.difference", record=f"difference:{difference_id}",
        changes={"kind": row.kind, "how": how, "amount": str(sum_)}, reason=words[:255],
    )  # fmt: skip
    alarm(tx)
    return row


def _is_unconfirmed(tx: Tx, row: Difference, how: str) -> bool:
    """Whether that a part of a payment, or a rider's deposit, went back stands on a file alone (P6)."""
    original = receipts.known(tx, rules.receipt_of(row.subject, row.details)) if how == "reversed" else None
    return original is not None and (row.theirs != -original.amount or _is_deposit(original))


def _is_deposit(receipt: MpesaReceipt) -> bool:
    return receipt.record.startswith("deposit:")


def _said_by_two(tx: Tx, actor: Actor, row: Difference, how: str, words: str) -> bool:
    """Whether another admin has said the same of it before; else this word is kept for him to see.

    Raises SecondAdminNeeded where the same admin says the same again.
    """
    if row.said_how == how and row.said_by != actor.user_id:
        return True
    if row.said_how == how:
        raise SecondAdminNeeded
    row.said_how, row.said_reason = how, words[:160]
    row.said_by, row.said_at = actor.user_id, tx.now
    audit.record(
        tx, actor, what="books.difference_said", record=f"difference:{row.difference_id}",
        changes={"kind": row.kind, "how": how}, reason=words[:255],
    )  # fmt: skip
    return False


def ask(tx: Tx, actor: Actor, *, difference_id: int) -> bool:
    """An admin has M-Pesa asked about the receipt of a difference; whether that is asked now. Audited.

    Not twice at a time, and not where no receipt is known. Raises NotAllowed, NotFound.
    """
    users.may(tx, actor, "create", "money", own=False)
    row = tx.session.get(Difference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound(record="difference", id=difference_id)
    asked = ask_provider(tx, row)
    if asked:
        audit.record(tx, actor, what="books.ask", record=f"difference:{difference_id}")
    return asked


def ask_provider(tx: Tx, row: Difference) -> bool:
    """Have M-Pesa asked what it knows of the row's receipt, unless it is being asked."""
    receipt = rules.receipt_of(row.subject, row.details)
    subject = f"{SUBJECT}{row.difference_id}"
    under_way = select(ProviderRequest.request_id).where(
        ProviderRequest.subject == subject, ProviderRequest.status.in_(("wanted", *asking.OPEN))
    )
    if not receipt or row.closed_at is not None or tx.session.scalar(under_way.limit(1)) is not None:
        return False
    asking.question(tx, kind="status", subject=subject, receipt=receipt)
    return True


def receipt_told(tx: Tx, difference_id: int, *, state: str, amount: Decimal) -> None:
    """M-Pesa has said what it knows of a difference's receipt: kept with it; the same as ours closes it, a
    payment that only a statement had shown is booked now, and so is one that was reversed (P6).

    state   M-Pesa's own word; amount KES
    """
    row = tx.session.get(Difference, difference_id, with_for_update=True)
    if row is None or row.closed_at is not None:
        return
    row.details = {**row.details, "told": {"state": state, "amount": str(amount), "at": tx.now.isoformat()}}
    if row.kind == "not_theirs" and state == "Completed" and row.ours is not None and abs(row.ours) == amount:
        end(tx, row, how="confirmed")
        alarm(tx)
    elif rules.is_reversed(state):
        _taken_back(tx, row, amount)
    elif row.kind == "not_ours" and "payer" in row.details and (state, row.theirs) == ("Completed", amount):
        payer = tx.parts.vault.open(PAYER, row.details["payer"])
        receipt, reference = rules.receipt_of(row.subject, row.details), row.details["reference"]
        paybill.c2b_confirm(tx, receipt=receipt, reference=reference, amount=amount, payer=payer)
        end(tx, row, how="booked")
        alarm(tx)


def _taken_back(tx: Tx, row: Difference, amount: Decimal) -> None:
    """The payment of this receipt has gone back without our asking: booked, and its customer told (P6)."""
    if row.kind == "taken_back" and row.theirs != -amount:
        return
    if _went_back(tx, row, amount) in ("applied", "duplicate"):
        end(tx, row, how="booked")
        alarm(tx)


def _went_back(tx: Tx, row: Difference, amount: Decimal, *, by_hand: bool = False) -> str:
    """Book that of the row's receipt KES `amount` went back; the verdict. A part people say."""
    original = receipts.known(tx, rules.receipt_of(row.subject, row.details))
    if original is None or (amount != original.amount and not by_hand):
        return "unmatched"
    reversal = row.details.get("reversal")
    if _is_deposit(original):
        return undoing.reversed_by_provider(tx, receipt=original.receipt, amount=amount, reversal=reversal)
    return taken_back.of_receipt(tx, original, amount=amount, receipt=reversal, by_hand=by_hand)


def _entry_of(tx: Tx, row: Difference) -> int | None:
    """The journal entry by which the row's money went back, as it has just been booked (P6)."""
    original = receipts.known(tx, rules.receipt_of(row.subject, row.details))
    assert original is not None, "what is not ours does not go back"
    return (
        undoing.entry_of(tx, original.receipt) if _is_deposit(original) else taken_back.entry_of(tx, original)
    )


def listed(
    tx: Tx, actor: Actor, *, is_open: bool = True, before: int | None = None, limit: int = PAGE
) -> Sequence[Difference]:
    """Open differences, or closed ones, the newest first. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    closed = Difference.closed_at
    query = select(Difference).where(closed.is_(None) if is_open else closed.is_not(None))
    if before is not None:
        query = query.where(Difference.difference_id < before)
    return tx.session.scalars(query.order_by(Difference.difference_id.desc()).limit(limit)).all()


def how_many(tx: Tx) -> int:
    """How many differences are open."""
    return tx.session.scalar(select(func.count()).where(Difference.closed_at.is_(None))) or 0


def alarm(tx: Tx) -> None:
    """One alarm as long as anything is open, settled when nothing is."""
    first = tx.session.scalar(
        select(Difference).where(Difference.closed_at.is_(None)).order_by(Difference.difference_id).limit(1)
    )
    if first is None:
        alarms.settle(tx, *ALARM)
    else:
        alarms.raise_alarm(tx, *ALARM, why=f"{first.kind} {first.subject}"[:80])


def _place(tx: Tx, row: Difference, how: str, sum_: Decimal) -> int | None:
    """Post what the sum was, out of or into the account that it is missing in, once per difference."""
    if how == "explained":
        return None
    if how == "reversed":
        verdict = _went_back(tx, row, -sum_, by_hand=True)
        if verdict not in ("applied", "duplicate"):
            raise BadInput(how=how)
        return _entry_of(tx, row) if verdict == "applied" else None
    source = f"difference:{row.difference_id}"
    till: OwnTill = "mpesa_payouts" if row.till == "mpesa_payouts" else "mpesa"
    if how == "charge":
        entry = postings.provider_charge(tx, source, -sum_, till=till)
    elif how in ("to_bank", "from_bank"):
        entry = postings.bank_moved(tx, source, -sum_, till=till)
    else:
        entry = postings.owner_money(tx, source, sum_, till=till)
    return None if entry is None else entry.entry_id


def _explained_before(tx: Tx, kind: str, subject: str, ours: Decimal | None, theirs: Decimal | None) -> bool:
    """Whether somebody has explained the last one of it, and the sums differ by no more and no less now."""
    last = tx.session.scalar(
        select(Difference)
        .where(Difference.kind == kind, Difference.subject == subject, Difference.closed_by.is_not(None))
        .order_by(Difference.difference_id.desc())
        .limit(1)
    )
    if last is None or last.how != "explained":
        return False
    if None in (ours, theirs, last.ours, last.theirs):
        return (ours, theirs) == (last.ours, last.theirs)
    assert ours is not None
    assert theirs is not None
    assert last.ours is not None
    assert last.theirs is not None
    return theirs - ours == last.theirs - last.ours
