"""The riders' cash as an admin sees it: the day, what differs, what lies in the office (DR-904, DR-907)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.cash import day_close
from core.cash.day_close import RiderDayView
from core.cash.models import CashDeposit
from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import ZERO
from core.users.models import User

LATEST = 20


@dataclass(frozen=True)
class CashDesk:
    """A day of the riders' cash, KES.

    earned   by rider: what we owe him, from which a debt may be set off
    differs  deposits whose sum was not the debt, and that nobody has cleared yet
    latest   the last deposits of all, with whose they are
    office   what lies in the office and is not at the bank yet
    """

    riders: Sequence[RiderDayView]
    earned: dict[int, Decimal]
    differs: Sequence[tuple[CashDeposit, User]]
    latest: Sequence[tuple[CashDeposit, User]]
    office: Decimal

    @property
    def collected(self) -> Decimal:
        """Taken at doors on that day."""
        return sum((rider.collected for rider in self.riders), ZERO)

    @property
    def brought_in(self) -> Decimal:
        """Brought in on that day."""
        return sum((rider.brought_in for rider in self.riders), ZERO)

    @property
    def expected(self) -> Decimal:
        """Still with the riders now."""
        return sum((rider.expected for rider in self.riders), ZERO)


def look(tx: Tx, actor: Actor, *, day: date) -> CashDesk:
    """The day's cash and what waits for a decision. Raises NotAllowed."""
    riders = day_close.report(tx, actor, day=day)
    with_debt = [rider.rider_id for rider in riders if rider.expected]
    return CashDesk(
        riders=riders,
        earned={
            rider_id: max(ZERO, -ledger.balance(tx, accounts.rider_due(rider_id))) for rider_id in with_debt
        },
        differs=_deposits(tx, open_only=True),
        latest=_deposits(tx, open_only=False),
        office=ledger.balance(tx, accounts.OFFICE_CASH),
    )


def _deposits(tx: Tx, *, open_only: bool) -> list[tuple[CashDeposit, User]]:
    asked = select(CashDeposit, User).join(User, User.user_id == CashDeposit.rider_id)
    if open_only:
        asked = asked.where(CashDeposit.deposit_status.in_(("differs", "issue")))
    rows = tx.session.execute(asked.order_by(CashDeposit.deposit_id.desc()).limit(LATEST))
    return [(deposit, user) for deposit, user in rows]
