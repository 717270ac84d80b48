"""Who is out in the storm, and what they do: customers, farmers, a rider, two admins."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Protocol

from sqlalchemy import select

from core.actor import Actor
from core.books import importing
from core.db import Database, Tx
from core.errors import DomainError
from core.orders import quotes
from core.orders import service as orders
from core.orders.models import Order
from core.payments import refunds, returning, suspense
from core.payments import service as payments
from core.payments.models import Refund, SuspensePayment
from core.payouts import paying
from core.payouts import service as payouts
from core.payouts.models import Payout
from core.settings.models import SystemSetting
from core.users import login
from core.users import service as users
from inbound.gateway import Gateway
from simulator.errors import ControlError
from simulator.statement import statement
from simulator.world import World
from tests.helpers import KANGEMI, KINOO, Person, register_cast
from tests.orders.shop import Shop

CUSTOMERS = 16
SLUGS = ("tomatoes", "rice", "onions", "carrots", "garlic", "beetroot")  # each farmer sells her own
PAYBILL = "174379"
CASH = "cash_on_delivery"


class Place(Protocol):
    """Where the people live: a house of the storm, or the real programs."""

    @property
    def random(self) -> Random:
        """All chance there is."""

    @property
    def world(self) -> World:
        """The outside world."""

    @property
    def gateway(self) -> Gateway:
        """The gateway's parts."""

    @property
    def db(self) -> Database:
        """Its database."""

    def work(self, *, dangerous: bool = True) -> int:
        """What is due is done."""


@dataclass
class Town:
    """Everybody, and the verbs they use; `done` counts what they did, `refused` what they were not let do."""

    house: Place
    shop: Shop
    customers: list[Person]
    farmers: list[Person]
    second: Actor
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    placed: list[int] = field(default_factory=list)
    keys: int = 0
    seconds: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """How many CPU seconds a phase takes."""
        began = time.process_time()
        yield
        self.seconds[phase] = round(time.process_time() - began)

    # --- buying and paying

    def buys(self, method: str = "mpesa") -> None:
        """A customer orders; a prompt comes by itself, unless she pays at her door."""
        random = self.house.random
        customer = random.choice(self.customers)
        quantity = Decimal(random.choice((1, 1, 2, 3)))
        line = self._line(quantity)
        self.keys += 1
        try:
            quote = self.shop.quote_lines(line, customer=customer)
            order = self.shop.accept(quote, f"storm-{self.keys}", customer.actor, method)
        except DomainError:
            return  # her phone still shows another prompt
        self.placed.append(order.order_id)
        self.done["order"] += 1

    def asks_again(self) -> None:
        """PAY: a new prompt for an order that still waits."""
        order = self.some("pending_payment")
        if order is None:
            return
        customer = self.owner(order)
        number = {"order_id": order.order_id, "msisdn": customer.phone}
        self.does(payments.pay, customer.actor, "asked again", **number)

    def pays_at_the_menu(self) -> None:
        """Lipa na M-PESA for an order: right, twice, too much, too little, in any spelling."""
        random = self.house.random
        order = self.some("pending_payment", "confirmed", "cancelled", "processing")
        if order is None:
            return
        reference = order.order_number.removeprefix("TUN")
        spelling = random.choice(
            (
                reference,
                reference.lower(),
                f" {reference} ",
                order.order_number,
                f"{reference[:4]} {reference[4:]}",
            )
        )
        amount = int(order.amount_asked) or int(order.subtotal)
        wrong = random.choice((0, 0, 0, 0, 5, 40, -30))
        self.menu(self.owner(order).phone, spelling[:20], max(1, amount + wrong))

    def pays_for_nothing_known(self) -> None:
        """Money with a reference that is nobody's."""
        random = self.house.random
        word = random.choice(("SCHOOL FEES", "mboga", "RENT 4", "0712", "TUN", "ZZZZ", "nyanya kg 5"))
        self.menu(random.choice(self.customers).phone, word, random.randint(10, 900))

    def rider_pays_in(self) -> None:
        """A rider's deposit, of any sum."""
        rider = self.shop.cast.rider
        self.menu(rider.phone, "R0" + rider.phone[4:], self.house.random.randint(1, 400))

    def answers_prompts(self) -> None:
        """Whoever has a prompt before her types, waits, cancels or mistypes."""
        mpesa, random = self.house.world.mpesa, self.house.random
        for phone in self.house.world.parts.phones.all():
            if phone.prompt is None or random.random() < 0.3:
                continue
            does = random.random()
            with suppress(ControlError):
                if does < 0.78:
                    mpesa.approve(phone.msisdn, "1234")
                elif does < 0.86:
                    mpesa.cancel(phone.msisdn)
                elif does < 0.92:
                    mpesa.approve(phone.msisdn, "0000")
                else:
                    continue  # she looks at it until it lapses
                self.done["prompt answered"] += 1

    def cancels(self) -> None:
        """A customer takes her order back, paid or not."""
        order = self.some("pending_payment", "confirmed")
        if order is None:
            return
        actor = self.owner(order).actor
        self.does(orders.cancel, actor, "cancel", order_id=order.order_id, reason="changed my mind")

    # --- earning

    def delivers(self) -> None:
        """A paid order reaches its customer."""
        order = self.some("confirmed", cash=False)
        if order is None or not self.picks_up(order):
            return
        with suppress(DomainError):
            self.shop.deliver(self.shop.code(order), order)
            self.done["delivered"] += 1

    def picks_up(self, order: Order) -> bool:
        """Its farmers pack it, the rider takes it and fetches it; False where somebody may not any more."""
        shop = self.shop
        try:
            for item in shop.items(order):
                actor = next(one.actor for one in self.farmers if one.id == item.farmer_id)
                shop.mark_item(item, "ready", actor)
            self.house.work(dangerous=False)
            offer = shop.offer()
            if offer is None:
                return False
            shop.answer(offer)
            shop.pick_up(order)
        except DomainError:
            return False
        return True

    # --- the office

    def office(self) -> None:
        """An admin looks at what waits for a person, and a second one at what takes two."""
        admin = self.shop.cast.admin.actor
        with self.house.db.read() as tx:
            wanted = select(Refund.refund_id, Refund.road, Refund.status).where(
                Refund.status.in_(("requested", "failed"))
            )
            waiting = [tuple(row) for row in tx.session.execute(wanted)]
            failed = list(tx.session.scalars(select(Payout.payout_id).where(Payout.status == "failed")))
        for refund_id, road, status in waiting:
            if status == "failed":
                self.does(returning.retry, admin, refund_id=refund_id)
                continue
            told = {"road": "credit"} if road == "decide" else {}
            for who in (admin, self.second):
                self.does(refunds.approve, who, refund_id=refund_id, **told)
        for payout_id in failed:
            self.does(payouts.retry, admin, payout_id=payout_id)
        self.house.db.run(self._approve_first)

    def gives_back(self) -> None:
        """An admin sends back money that nobody knows, or finds its order."""
        admin, random = self.shop.cast.admin.actor, self.house.random
        with self.house.db.read() as tx:
            open_ = select(SuspensePayment.suspense_id).where(SuspensePayment.status == "open")
            ids = list(tx.session.scalars(open_.order_by(SuspensePayment.suspense_id).limit(8)))
        for suspense_id in ids:
            order = self.some("pending_payment") if random.random() < 0.1 else None
            if order is None:
                self.does(suspense.give_back, admin, "given back", suspense_id=suspense_id)
            else:
                self.does(suspense.match, admin, suspense_id=suspense_id, order_number=order.order_number)

    def brings_the_statement(self) -> None:
        """An admin fetches the statement from M-Pesa's portal and brings it in."""
        parts = self.house.world.parts
        text = statement(parts, PAYBILL)
        importing.take(self.house.db, self.shop.cast.admin.actor, till="both", text=text)

    def pays_out(self) -> None:
        """An admin pays everybody what may go to her now; nothing is created where one is under way."""
        admin = self.shop.cast.admin.actor
        for payee in (*self.farmers, self.shop.cast.rider):
            self.does(payouts.create, admin, "payout", payee_id=payee.id)
        self.house.db.run(lambda tx: paying.process_eligible(tx, 0))

    def nobody_keeps_redis(self) -> None:
        """Redis comes back empty."""
        self.house.gateway.redis.flushdb()
        self.done["Redis wiped"] += 1

    # --- how

    def set_to(self, name: str, value: str) -> None:
        """An admin changes a setting."""
        self.house.db.run(
            lambda tx: tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now)) and None
        )
        self.house.db.parts.settings.refresh(self.house.db.engine, now=True)

    def menu(self, number: str, account: str, amount: int) -> None:
        """Somebody pays our paybill in M-Pesa's own menu."""
        paybill = self.house.world.paybill
        with suppress(ControlError):
            paybill.pay(number, account=account, amount=amount, pin="1234", shortcode=PAYBILL)
            self.done["menu payment"] += 1

    def does(self, verb: Callable[..., object], actor: Actor, name: str = "", **named: object) -> bool:
        """What a person asks for may be refused; then she leaves it. Whether it was done."""
        try:
            self.house.db.run(lambda tx: verb(tx, actor, **named) and None)
        except DomainError as refusal:
            self.refused[refusal.code] += 1
            return False
        if name:
            self.done[name] += 1
        return True

    def _approve_first(self, tx: Tx) -> None:
        admin = self.second  # who made them does not say yes to them
        there = payouts.first_payouts(tx, admin)
        if there.payouts:
            ids = [payout.payout_id for payout in there.payouts]
            payouts.approve_first(tx, admin, payout_ids=ids, total=there.total)

    def _line(self, quantity: Decimal) -> quotes.Line:
        slug = self.house.random.choice(SLUGS)
        return quotes.Line(self.shop.product(slug), quantity, "kg")

    def some(self, *statuses: str, cash: bool | None = None) -> Order | None:
        """One of the last orders that stand so; of those that are paid at the door, or of the others."""
        recent = self.placed[-30:]
        with self.house.db.read() as tx:
            query = select(Order).where(Order.order_id.in_(recent), Order.order_status.in_(statuses))
            if cash is not None:
                query = query.where((Order.payment_method == CASH) if cash else Order.payment_method != CASH)
            found = tx.session.scalars(query.order_by(Order.order_id)).all()
        return self.house.random.choice(found) if found else None

    def owner(self, order: Order) -> Person:
        return next(one for one in self.customers if one.id == order.customer_id)


def settle(house: Place) -> Town:
    """Register everybody, list what the farmers have, register our C2B addresses."""
    cast = register_cast(house.db)
    shop = Shop(house.db, cast)
    customers = [cast.customer] + [
        shop.person(f"+2547130{number:05d}", "customer", KANGEMI) for number in range(1, CUSTOMERS)
    ]
    farmers = [cast.farmer] + [
        shop.person(f"+2547140{number:05d}", "farmer", KINOO) for number in range(1, len(SLUGS))
    ]

    def boss(tx: Tx) -> Actor:
        user = login.create_admin(
            tx, msisdn="+254712000405", email="second@example.com", password="correct horse", one_time=False
        )
        tx.flush()
        return users.actor_for(user, "web")

    town = Town(house, shop, customers, farmers, house.db.run(boss))
    town.set_to("mpesa.max_prompts", "20")
    for farmer, slug in zip(farmers, SLUGS, strict=True):
        shop.publish(quantity="900", price="900", slug=slug, farmer=farmer)
    return town
