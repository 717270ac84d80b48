"""One order, and all that may be heard of its money."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core.alarms.models import Alarm
from core.orders.models import Order
from core.payments import bank
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.payments.service import Result
from tests.arrival.orders_of import Table
from tests.orders.shop import Shop, failed, paid
from tests.payments import till

CHECKOUT, RECEIPT, OTHER = "ws_CO_1", "TFO1AA11AA", "TFO2BB22BB"
MONEY = ("mpesa", "bank", "rider_cash:")
End = tuple[str, str, str, str]


@dataclass
class OneOrder:
    """An order of 5 kg whose prompt is being sent, and all that may be heard of its money."""

    shop: Shop
    table: Table
    order: Order

    @property
    def attempt(self) -> PaymentTransaction:
        """Its first prompt."""
        with self.shop.db.read() as tx:
            first = select(PaymentTransaction).where(PaymentTransaction.order_id == self.order.order_id)
            return tx.session.scalars(first.order_by(PaymentTransaction.transaction_id).limit(1)).one()

    def answer(self) -> None:
        number = self.attempt.transaction_id
        self.shop.db.run(
            lambda tx: payments.accepted(tx, number, merchant_request_id="m-1", checkout_request_id=CHECKOUT)
        )

    def no_answer(self) -> None:
        """The line went dead after the prompt was sent (P2)."""
        number = self.attempt.transaction_id
        self.shop.db.run(lambda tx: payments.unknown(tx, number, why="no answer"))

    def callback(self) -> None:
        self.shop.result(self.attempt, paid(self.attempt, CHECKOUT, RECEIPT))

    def failure(self) -> None:
        self.shop.result(self.attempt, failed(CHECKOUT))

    def query(self) -> None:
        self._asked("0", "paid")

    def pending(self) -> None:
        self._asked("4999", "unknown")

    def _asked(self, code: str, final: Literal["paid", "failed", "unknown"]) -> None:
        self.shop.result(self.attempt, Result(checkout_id=CHECKOUT, code=code, final=final, via="query"))

    def twin(self) -> None:
        """The prompt's payment as the paybill confirms it: the same receipt, the number masked."""
        self._typed(RECEIPT)

    def by_hand(self) -> None:
        """She also typed it at the paybill: money of its own."""
        self._typed(OTHER)

    def by_another(self) -> None:
        """Her sister typed it at the paybill."""
        self._typed(OTHER, payer="254733000999")

    def part(self) -> None:
        """KSh 100 of it, typed at the paybill."""
        self._typed(OTHER, amount="100")

    def rest(self) -> None:
        self._typed("TFO3CC33CC", amount=str(self.attempt.amount - 100))

    def entered(self) -> None:
        """An admin has found the transfer on the bank's statement."""
        till.transferred(self.shop, self.order, str(self.order.amount_asked), "FT25175ABC")

    def second_transfer(self) -> None:
        till.transferred(self.shop, self.order, str(self.order.amount_asked), "FT25175XYZ")

    def approved(self) -> None:
        """Another admin has seen the first transfer too."""
        number, other = self._first_transfer(), till.second_admin(self.shop)
        self.shop.db.run(lambda tx: bank.approve_bank(tx, other, transaction_id=number))

    def struck(self) -> None:
        """Another admin cannot find the first transfer."""
        number, other = self._first_transfer(), till.second_admin(self.shop)
        self.shop.db.run(lambda tx: bank.refuse_bank(tx, other, transaction_id=number, reason="not there"))

    def _first_transfer(self) -> int:
        with self.shop.db.read() as tx:
            entered = select(PaymentTransaction.transaction_id).where(PaymentTransaction.method == "bank")
            return tx.session.scalars(entered.order_by(PaymentTransaction.transaction_id).limit(1)).one()

    def under_its_receipt(self) -> None:
        """An admin takes what she typed at the paybill for a transfer, and enters it under M-Pesa's code."""
        till.transferred(self.shop, self.order, str(self.order.amount_asked), OTHER)

    def handed_over(self) -> None:
        """The rider has brought it and taken what was still due in cash."""
        self.shop.deliver(self.shop.code(self.order), self.order)

    def _typed(self, receipt: str, *, amount: str = "", payer: str = "2547*****202") -> None:
        sum_ = amount or str(self.attempt.amount)
        till.typed(self.shop, till.reference(self.order), sum_, receipt, payer)

    def cancel(self) -> None:
        till.cancelled(self.shop, self.order)

    def deadline(self) -> None:
        """Its half hour is over, and so is the time in which M-Pesa is asked."""
        self._later(minutes=31)
        self._later(minutes=5)

    def deadline_of_bank(self) -> None:
        """Its day is over."""
        self._later(hours=24, minutes=1)

    def _later(self, **time: float) -> None:
        self.table.clock.advance(**time)
        self.shop.sweep()

    def sound(self) -> None:
        till.sound(self.shop, self.order)

    def end(self) -> End:
        """The order, all money there, what goes back, and what is wrong enough to call somebody."""
        balances = self.shop.balances().items()
        came = sum((Decimal(sum_) for account, sum_ in balances if account.startswith(MONEY)), Decimal(0))
        back = sum((refund.amount for refund in till.refunds(self.shop)), Decimal(0))
        asked = Decimal(self.order.amount_asked)
        return (
            self.shop.statuses(self.order)[0],
            _times(came, asked),
            _times(back, asked),
            alarms_of(self.shop),
        )


def _times(amount: Decimal, asked: Decimal) -> str:
    """The sum in words: how many times what was asked."""
    return {Decimal(0): "nothing", Decimal(1): "once", Decimal(2): "twice"}.get(
        amount / asked, f"{amount / asked:.0%}"
    )


def alarms_of(shop: Shop) -> str:
    with shop.db.read() as tx:
        kinds = tx.session.scalars(select(Alarm.kind).where(Alarm.open_for.is_not(None)))
        return " ".join(sorted(set(kinds)))
