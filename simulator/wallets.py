"""Where the money is: a double-entry book of every wallet, till and fee of the simulated M-Pesa.

Each movement takes an amount from one account and gives it to another, so the sum over all accounts is always
0.00; what people have at the start, and what agents and banks pay in, comes from `outside`. Nothing is ever
changed: a reversal is a movement of its own that names the first.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

OUTSIDE = "outside"
FEES = "fees"
UTILITY, WORKING, CHARGES = "Utility Account", "Working Account", "Charges Paid Account"
POCKETS = (WORKING, UTILITY, CHARGES)
CENT = Decimal("0.01")


def purse(msisdn: str) -> str:
    """The account of a person's wallet."""
    return f"phone:{msisdn}"


def pocket(shortcode: str, name: str) -> str:
    """One of the accounts of a till or paybill."""
    return f"till:{shortcode}:{name}"


@dataclass(frozen=True)
class Movement:
    """One amount (KES) from one account to another; a fee is one of its own with the payment's receipt.

    kind       opening, cash (agent or bank), stk, c2b, b2c, reversal, fee
    reference  what the payer wrote (BillRefNumber, AccountReference) or the initiator remarked
    """

    id: int
    receipt: str
    kind: str
    amount: Decimal
    source: str
    target: str
    at: datetime
    reference: str = ""
    originator: str = ""
    conversation: str = ""
    reverses: str = ""

    def view(self) -> dict[str, object]:
        """As GET /control/books shows it."""
        return {
            "id": self.id,
            "at": self.at.isoformat(timespec="seconds"),
            "receipt": self.receipt,
            "kind": self.kind,
            "amount": f"{self.amount:.2f}",
            "from": self.source,
            "to": self.target,
            "reference": self.reference,
            "originator": self.originator,
            "conversation": self.conversation,
            "reverses": self.reverses,
        }


class Books:
    """All movements since the start, and the balances they make. Call with the world's lock held."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """A new day of creation."""
        self._ids = itertools.count(1)
        self._movements: list[Movement] = []
        self._balances: dict[str, Decimal] = defaultdict(Decimal)
        self._by_receipt: dict[str, Movement] = {}
        self._reversals: dict[str, Decimal] = defaultdict(Decimal)
        self._fees: dict[str, Decimal] = defaultdict(Decimal)
        self._days: dict[tuple[str, date], Decimal] = defaultdict(Decimal)

    def move(
        self,
        kind: str,
        amount: Decimal | int,
        source: str,
        target: str,
        *,
        at: datetime,
        receipt: str = "",
        reference: str = "",
        originator: str = "",
        conversation: str = "",
        reverses: str = "",
    ) -> Movement:
        """Write one movement; whether the source has so much is the caller's rule."""
        movement = Movement(
            next(self._ids),
            receipt,
            kind,
            Decimal(amount).quantize(CENT),
            source,
            target,
            at,
            reference,
            originator,
            conversation,
            reverses,
        )
        self._movements.append(movement)
        self._balances[source] -= movement.amount
        self._balances[target] += movement.amount
        if kind == "fee":
            self._fees[receipt] += movement.amount
        elif receipt:
            self._by_receipt[receipt] = movement
            for account in (source, target):
                self._days[account, at.date()] += movement.amount
        if reverses:
            self._reversals[reverses] += movement.amount
        return movement

    def balance(self, account: str) -> Decimal:
        """What is in an account now; an unknown one is empty."""
        return self._balances.get(account, Decimal(0)).quantize(CENT)

    def find(self, receipt: str) -> Movement | None:
        """The movement with this receipt, its fee aside."""
        return self._by_receipt.get(receipt)

    def fee_of(self, receipt: str) -> Decimal:
        """What M-Pesa took for it."""
        return self._fees.get(receipt, Decimal(0))

    def reversed(self, receipt: str) -> Decimal:
        """How much of it has been reversed."""
        return self._reversals.get(receipt, Decimal(0))

    def moved_on(self, account: str, at: datetime) -> Decimal:
        """What went into and out of a wallet on the day of `at`, as M-Pesa's daily limit counts."""
        return self._days.get((account, at.date()), Decimal(0))

    def movements(self, since: int = 0) -> list[Movement]:
        """Those after the movement `since`, oldest first."""
        return self._movements[since:]

    def accounts(self) -> dict[str, str]:
        """Every account that was ever touched, with its balance."""
        return {name: f"{self.balance(name):.2f}" for name in sorted(self._balances)}

    def till(self, shortcode: str) -> dict[str, Decimal]:
        """The accounts of a till or paybill, in the order M-Pesa tells them."""
        return {name: self.balance(pocket(shortcode, name)) for name in POCKETS}
