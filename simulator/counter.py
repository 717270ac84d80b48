"""Money that enters and leaves M-Pesa by hand: at an agent's, at a bank, between our own accounts."""

from decimal import Decimal

from simulator.errors import Nonsense
from simulator.parts import Parts
from simulator.wallets import OUTSIDE


class Counter:
    """Every movement here is of the kind `cash` and has no receipt."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def make(self, account: str, balance: Decimal) -> None:
        """Bring or take away what makes it so much; hold the lock."""
        missing = balance - self._parts.books.balance(account)
        if missing:
            self.bring(account, missing)

    def bring(self, account: str, amount: Decimal) -> None:
        """Pay in from the world outside; below zero, take away."""
        if amount < 0:
            self.move(account, OUTSIDE, -amount)
        else:
            self.move(OUTSIDE, account, amount)

    def move(self, source: str, target: str, amount: Decimal) -> None:
        """From one account to another; Nonsense if it is not there."""
        parts = self._parts
        with parts.state.lock:
            if amount <= 0:
                raise Nonsense("an amount is above 0")
            if source != OUTSIDE and parts.books.balance(source) < amount:
                raise Nonsense(f"there is less than KSh {amount} in {source}")
            parts.books.move("cash", amount, source, target, at=parts.clock.local())
            parts.state.changed()
