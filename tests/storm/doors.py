"""The roads without a prompt of ours: cash at the door, what riders bring in, the bank's transfers, claims.

What really happened to notes and transfers is kept here, outside of the gateway; afterwards the ledger is
laid beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.cash import collecting, deposits
from core.clock import nairobi_date
from core.deliveries import door_prompt, failing
from core.deliveries.service import deliver
from core.errors import DomainError
from core.money import ZERO
from core.orders import claims
from core.orders import service as orders
from core.orders.models import Claim, Order
from core.payments import bank, otherwise, returning
from core.payments.models import PaymentTransaction, Refund
from tests.storm.people import CASH, Town

MONEY = {
    "bank.account": "Equity 0180 000 000 Tunda Ltd",
    "bank.two_person_over": "1500.00",
    "cod.max_open_orders": "20",
    "cod.open_orders_new_customer": "20",
    "cod.max_refusals": "20",
    "cod.rider_cash_limit": "1000000",
}


@dataclass
class Slip:
    """A transfer that the bank's statement really shows; `counted` once an admin has entered it."""

    order_id: int
    amount: Decimal
    counted: bool = False


@dataclass
class Purse:
    """Where notes and transfers really are, KES.

    pocket    what riders took and did not bring to the office; `by_phone` of it they have sent by M-Pesa
    """

    pocket: Decimal = ZERO
    by_phone: Decimal = ZERO
    box: Decimal = ZERO
    brought_to_bank: Decimal = ZERO
    slips: dict[str, Slip] = field(default_factory=dict)
    sent_by_bank: dict[str, Decimal] = field(default_factory=dict)

    @property
    def bank(self) -> Decimal:
        """What the bank has of ours, as far as an admin has entered it."""
        came = sum((slip.amount for slip in self.slips.values() if slip.counted), ZERO)
        return came + self.brought_to_bank - sum(self.sent_by_bank.values(), ZERO)


@dataclass
class Doors:
    """The verbs; chance and people are the town's."""

    town: Town
    purse: Purse = field(default_factory=Purse)
    number: int = 0

    def opens(self) -> None:
        """Cash and transfers are taken; limits are wide, for a handful of people do all of this."""
        for name, value in MONEY.items():
            self.town.set_to(name, value)

    # --- cash

    def buys_for_the_door(self) -> None:
        """A customer orders and pays when it comes; or one that waits for M-Pesa becomes such an order."""
        town = self.town
        if town.house.random.random() < 0.7:
            town.buys(CASH)
        elif (order := town.some("pending_payment")) is not None:
            actor = town.owner(order).actor
            town.does(otherwise.pay_in_cash, actor, "cash instead", order_id=order.order_id)

    def goes_to_the_door(self, time_passes: Callable[[float], None]) -> None:
        """The rider brings what is not paid, or not all of it; afterwards he has cash, or the goods again."""
        town, random = self.town, self.town.house.random
        order = town.some("confirmed", cash=True)
        if order is None or not town.picks_up(order):
            return
        rider = town.shop.cast.rider
        chance = random.random()
        if chance < 0.12:
            why = random.choice(("refused", "damaged"))
            town.does(failing.fail, rider.actor, f"door: {why}", order_id=order.order_id, reason=why)
            return
        if chance < 0.45:  # she has only some of it in her hand: her phone is asked for the rest
            some = Decimal(random.randint(0, max(0, int(order.amount_asked) - 1)))
            town.does(door_prompt.ring, rider.actor, "door prompt", order_id=order.order_id, cash=some)
            time_passes(random.uniform(5, 40))
        due = self._due(order)
        given = {0: due + random.randint(1, 60), 1: due - random.randint(1, 10)}.get(random.randrange(5), due)
        self._hands_over(order, max(ZERO, Decimal(given)))

    def rider_brings_cash(self) -> None:
        """An admin counts some of what the rider has in his pocket; the form is sent twice now and then."""
        random, rider = self.town.house.random, self.town.shop.cast.rider
        left = int(self.purse.pocket - self.purse.by_phone)
        if left < 1:
            return
        amount = Decimal(random.randint(1, left))
        form = {"rider_id": rider.id, "amount": amount, "once_key": self._name("form")}
        if self._done(deposits.count_in, self._admin, form, "cash counted"):
            self.purse.pocket -= amount
            self.purse.box += amount
        if random.random() < 0.3:
            self._done(deposits.count_in, self._admin, form)

    def rider_pays_by_phone(self) -> None:
        """He brings notes to an agent of M-Pesa's, and pays them to us as a deposit."""
        rider, left = self.town.shop.cast.rider, int(self.purse.pocket - self.purse.by_phone)
        if left > 0:
            amount = self.town.house.random.randint(1, left)
            self.purse.by_phone += amount
            self.town.menu(rider.phone, "R0" + rider.phone[4:], amount)

    def box_goes_to_the_bank(self) -> None:
        """What lies in the office is brought to the bank; the slip is entered twice now and then."""
        random = self.town.house.random
        if self.purse.box < 1:
            return
        amount = Decimal(random.randint(1, int(self.purse.box)))
        slip = {"amount": amount, "bank_reference": self._name("SLIP")}
        if self._done(deposits.bank, self._admin, slip, "cash banked"):
            self.purse.box -= amount
            self.purse.brought_to_bank += amount
        if random.random() < 0.3:
            self._done(deposits.bank, self._admin, slip)

    # --- the bank

    def transfers(self) -> None:
        """A customer chooses the bank, or just sends a transfer: right, too little, too much."""
        town, random = self.town, self.town.house.random
        order = town.some("pending_payment", "confirmed", "cancelled")
        if order is None:
            return
        if order.order_status == "pending_payment":
            actor = town.owner(order).actor
            town.does(otherwise.pay_by_bank, actor, "bank chosen", order_id=order.order_id)
        amount = int(order.amount_asked) + random.choice((0, 0, 0, 0, 150, 20, -25))
        if amount > 0:
            self.purse.slips[self._name("FT")] = Slip(order.order_id, Decimal(amount))

    def enters_transfers(self) -> None:
        """An admin reads the bank's statement: each transfer once, sometimes twice, or for another order too;
        what takes two is approved by the second one, or struck out and entered again."""
        town, random = self.town, self.town.house.random
        for reference, slip in self.purse.slips.items():
            if slip.counted:
                continue
            today = nairobi_date(town.house.world.parts.clock.now())
            told = {"bank_reference": reference, "amount": slip.amount, "paid_on": today}
            own = told | {"order_id": slip.order_id}
            self._done(bank.bank_paid, self._admin, own, "transfer entered")
            if random.random() < 0.3:
                self._done(bank.bank_paid, town.second, own)
            if random.random() < 0.3 and town.placed[-1] != slip.order_id:
                assert not self._done(bank.bank_paid, town.second, told | {"order_id": town.placed[-1]})
            slip.counted = self._counted(reference, strike=random.random() < 0.3)

    def sends_by_bank(self) -> None:
        """Refunds of transfers go out by the bank, by an admin's hand; two of them may do it at once."""
        with self.town.house.db.read() as tx:
            wanted = select(Refund.refund_id, Refund.amount).where(
                Refund.status == "approved", Refund.road == "bank"
            )
            waiting = [(row.refund_id, row.amount) for row in tx.session.execute(wanted)]
        for refund_id, amount in waiting:
            reference = self._name("OUT")
            told = {"refund_id": refund_id, "reference": reference}
            if self._done(returning.paid_by_hand, self._admin, told, "refund by bank"):
                self.purse.sent_by_bank[reference] = amount
            again = {"refund_id": refund_id, "reference": self._name("OUT")}
            assert not self._done(returning.paid_by_hand, self.town.second, again), "refunded twice"

    # --- afterwards

    def claims(self) -> None:
        """A customer finds fault with what came; an admin says whose fault it was, or that it was none."""
        town, random = self.town, self.town.house.random
        order = town.some("delivered", "completed")
        if order is None:
            return
        item = random.choice(town.shop.items(order))
        opened = {"order_item_id": item.order_item_id, "reason": "half of it is rotten"}
        self._done(claims.open_claim, town.owner(order).actor, opened, "claim")
        with town.house.db.read() as tx:
            query = select(Claim.claim_id).where(Claim.open_for == item.order_item_id)
            claim_id = tx.session.scalar(query)
        if claim_id is None:
            return
        if random.random() < 0.25:
            self._done(claims.refuse, self._admin, {"claim_id": claim_id, "reason": "no"}, "claim refused")
            return
        part = Decimal(random.randint(1, max(1, int(item.total_price))))
        fault = random.choice(claims.FAULTS)
        told = {"claim_id": claim_id, "fault": fault, "refund": part, "reason": "seen"}
        for who in (self._admin, town.second):  # the second one comes too late
            self._done(claims.uphold, who, told, "claim upheld")

    def admin_cancels(self) -> None:
        """An admin ends an order for which something is prepared already."""
        order = self.town.some("confirmed", "processing", "ready")
        if order is not None:
            told = {"order_id": order.order_id, "reason": "no rider"}
            self._done(orders.cancel, self._admin, told, "cancelled by an admin")

    def office(self) -> None:
        """What waits at the desk is done."""
        self.enters_transfers()
        self.sends_by_bank()

    def safaricom_changes_its_mind(self) -> None:
        """External validation of payments at the paybill is switched on, or off."""
        knobs = self.town.house.world.parts.knobs
        knobs.change({"c2b_validation": not knobs.c2b_validation})
        self.town.done["validation switched"] += 1

    # --- how

    @property
    def _admin(self) -> Actor:
        return self.town.shop.cast.admin.actor

    def _hands_over(self, order: Order, given: Decimal) -> None:
        """He types her code and what he took, twice now and then, with another sum; then it is too late."""
        town, random = self.town, self.town.house.random
        code, done = town.shop.code(order), None
        for cash in (given, given + 7, self._due(order)):
            try:
                done = deliver(
                    town.house.db, town.shop.cast.rider.actor, order_ref=order.tail, code=code,
                    once_key=f"sms:{self._name('door')}", cash=cash,
                )  # fmt: skip
            except DomainError:
                continue  # too little: he asks again
            if not done.again:
                self.purse.pocket += done.taken
                town.done["delivered"] += 1
                town.done["at the door"] += 1
            if random.random() < 0.8:
                break

    def _due(self, order: Order) -> Decimal:
        with self.town.house.db.read() as tx:
            return collecting.to_collect(tx, tx.session.get_one(Order, order.order_id))

    def _counted(self, reference: str, *, strike: bool) -> bool:
        """Whether the transfer counts; one that takes two is approved by the second, or struck out."""
        with self.town.house.db.read() as tx:
            query = select(PaymentTransaction).where(PaymentTransaction.bank_reference == reference)
            entered = tx.session.scalar(query)
        if entered is None or entered.status == "succeeded":
            return entered is not None
        which = {"transaction_id": entered.transaction_id}
        if strike:
            told = which | {"reason": "typed wrongly"}
            self._done(bank.refuse_bank, self.town.second, told, "transfer struck out")
            return False
        assert not self._done(bank.approve_bank, self._admin, which), "one admin is not two"
        return self._done(bank.approve_bank, self.town.second, which, "transfer approved")

    def _done(
        self, verb: Callable[..., object], actor: Actor, told: Mapping[str, object], name: str = ""
    ) -> bool:
        return self.town.does(verb, actor, name, **told)

    def _name(self, what: str) -> str:
        self.number += 1
        return f"{what}{self.number:06d}"
