"""Whether payouts stay within what was earned (INV-8, DR-1303)."""

from sqlalchemy import func, select

from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import ZERO
from core.payouts.models import Payout

EARNED = ("delivered_item", "prepared_charged", "rider_earning", "failed_attempt", "refused_share")
PAID_OUT = ("payout_started", "payout_failed")


def faults(tx: Tx) -> list[str]:
    """Payouts above what was accrued, and clearing accounts that hold anything but what is under way."""
    found = []
    for account in tx.session.scalars(select(Payout.account).distinct()):
        earned = -ledger.moved(tx, account, kinds=EARNED)
        gone = ledger.moved(tx, account, kinds=PAID_OUT)
        if gone > earned:
            found.append(f"{account}: {gone} paid out of {earned} earned (INV-8)")
    for payout in tx.session.scalars(select(Payout)):
        clearing = -ledger.balance(tx, accounts.payout_clearing(payout.payout_id))
        under_way = payout.amount if payout.status in ("processing", "unknown") else ZERO
        if clearing != under_way:
            found.append(f"payout {payout.payout_id} {payout.status}: {clearing} in clearing")
    return found + _twice(tx)


def _twice(tx: Tx) -> list[str]:
    """Keys used twice (INV-5); the tables refuse them, so this finds a table without its keys."""
    key = (Payout.payee_id, Payout.run_date, Payout.sequence)
    twice = select(*key).group_by(*key).having(func.count() > 1)
    return [f"payout key {tuple(row)}" for row in tx.session.execute(twice)]
