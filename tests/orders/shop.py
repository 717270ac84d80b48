"""A small counter for tests: each step of the story in one line, every step a transaction of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.actor import Actor
from core.db import Database
from core.deliveries import offers
from core.deliveries import service as deliveries
from core.deliveries.models import Delivery, DeliveryOffer
from core.due_work import HANDLERS
from core.duties.models import Duty
from core.duties.sweep import sweep
from core.ledger.models import JournalEntry, LedgerLine
from core.listings import service as listings
from core.listings.models import Listing, StockMovement
from core.locations import service as locations
from core.notifications.models import Notification
from core.orders import quotes
from core.orders import service as orders
from core.orders.models import Order, OrderEvent, OrderItem, Quote
from core.outbox.models import OutboxMessage
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.payments.service import Result
from core.settings.models import SystemSetting
from core.users import service as users
from tests.helpers import Cast, Person, farm_id


@dataclass
class Shop:
    """The database, the cast, and the verbs as their channels would call them."""

    db: Database
    cast: Cast
    tries: Iterator[int] = field(default_factory=lambda: count(1000))

    # --- selling and buying ------------------------------------------------------------------------------
    def product(self, slug: str = "tomatoes") -> int:
        return self.db.parts.products.by_slug(slug).product_id

    def publish(
        self, quantity: str = "50", price: str = "80", unit: str = "kg", slug: str = "tomatoes",
        farmer: Person | None = None,
    ) -> Listing:  # fmt: skip
        seller = farmer or self.cast.farmer
        return self.db.run(
            lambda tx: listings.publish(
                tx,
                seller.actor,
                farm_id=farm_id(tx, seller.actor),
                product_id=self.product(slug),
                unit=unit,
                quantity=Decimal(quantity),
                price=Decimal(price),
                price_confirmed=True,
            )
        )

    def person(self, msisdn: str, role: str, ward: str, name: str = "Njeri") -> Person:
        found = next(w for w in self.db.parts.places.starting_with(ward) if w.ward == ward)
        user = self.db.run(
            lambda tx: users.register(
                tx, msisdn=msisdn, role=role, first_name=name, language="en", channel="ussd",
                ward_code=found.code, consent_version=users.TERMS_VERSION,
            )
        )  # fmt: skip
        return Person(user, users.actor_for(user, "ussd"))

    def quote(self, quantity: str = "5", unit: str | None = "kg", slug: str = "tomatoes") -> Quote:
        return self.quote_lines(quotes.Line(self.product(slug), Decimal(quantity), unit))

    def quote_lines(self, *lines: quotes.Line, customer: Person | None = None) -> Quote:
        buyer = customer or self.cast.customer

        def work(tx: Any) -> Quote:
            place = locations.default_of(tx, buyer.id)
            assert place is not None
            return quotes.quote(tx, buyer.actor, lines=list(lines), location_id=place.location_id)

        return self.db.run(work)

    def accept(
        self, quote: Quote, key: str = "sms-1", actor: Actor | None = None, method: str = "mpesa"
    ) -> Order:
        """Say yes, also to "again?"."""
        who = actor or self.cast.customer.actor
        return self.db.run(
            lambda tx: quotes.accept(
                tx, who, quote_id=quote.quote_id, idempotency_key=key, again=True, method=method
            )
        )

    def order(self, quantity: str = "5", key: str = "sms-1") -> Order:
        return self.accept(self.quote(quantity), key)

    def set_to(self, name: str, value: str) -> None:
        """Change a setting, as an admin would."""
        self.db.run(lambda tx: tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now)))
        self.db.parts.settings.refresh(self.db.engine, now=True)

    # --- paying ------------------------------------------------------------------------------------------
    def attempt(self, order: Order) -> PaymentTransaction:
        """The newest attempt of an order."""
        with self.db.read() as tx:
            query = select(PaymentTransaction).where(PaymentTransaction.order_id == order.order_id)
            newest = query.order_by(PaymentTransaction.transaction_id.desc()).limit(1)
            return tx.session.scalars(newest).one()

    def prompt(self, order: Order, checkout: str = "ws_CO_1") -> PaymentTransaction:
        """The prompt was accepted by the provider (P1)."""
        attempt = self.attempt(order)
        self.db.run(
            lambda tx: payments.accepted(
                tx, attempt.transaction_id, merchant_request_id="m-1", checkout_request_id=checkout
            )
        )
        return attempt

    def refuse_prompt(self, order: Order) -> None:
        """The provider did not take the prompt (P2)."""
        attempt = self.attempt(order)
        self.db.run(lambda tx: payments.refused(tx, attempt.transaction_id, code="1", text="no"))

    def result(self, attempt: PaymentTransaction, result: Result) -> str:
        return self.db.run(
            lambda tx: payments.result(tx, transaction_id=attempt.transaction_id, result=result)
        )

    def pay(self, order: Order, checkout: str = "ws_CO_1", receipt: str = "TFO1AA11AA") -> str:
        attempt = self.prompt(order, checkout)
        return self.result(attempt, paid(attempt, checkout, receipt))

    def paid_order(self, quantity: str = "5", key: str = "sms-1") -> Order:
        order = self.order(quantity, key)
        assert self.pay(order, f"ws_{key}", f"R{order.order_id:09d}") == "applied"
        return order

    # --- preparing and delivering ------------------------------------------------------------------------
    def mark(self, order: Order, event: str) -> None:
        for item in self.items(order):
            self.mark_item(item, event)

    def mark_item(self, item: OrderItem, event: str, actor: Actor | None = None) -> OrderItem:
        who = actor or self.cast.farmer.actor
        return self.db.run(lambda tx: orders.mark(tx, who, order_item_id=item.order_item_id, event=event))

    def sweep(self) -> None:
        while sweep(self.db, HANDLERS):
            pass

    def offer(self) -> DeliveryOffer | None:
        with self.db.read() as tx:
            return tx.session.scalar(select(DeliveryOffer).where(DeliveryOffer.open_delivery.is_not(None)))

    def answer(
        self, offer: DeliveryOffer, *, accept: bool = True, rider: Person | None = None
    ) -> Delivery | None:
        who = (rider or self.cast.rider).actor
        return self.db.run(lambda tx: offers.answer(tx, who, offer_id=offer.offer_id, accept=accept))

    def assigned(self, key: str = "sms-1") -> Order:
        """An order that is ready and that the rider has taken."""
        order = self.paid_order(key=key)
        self.mark(order, "ready")
        self.sweep()
        offer = self.offer()
        assert offer is not None
        self.answer(offer)
        return order

    def pick_up(self, order: Order, rider: Person | None = None) -> Delivery:
        who = (rider or self.cast.rider).actor
        return self.db.run(lambda tx: deliveries.pick_up(tx, who, order_id=order.order_id))

    def deliver(
        self, code: str, order: Order | None = None, once_key: str | None = None
    ) -> deliveries.Delivered:
        ref = order.tail if order else None
        key = once_key or f"sms:{next(self.tries)}"
        return deliveries.deliver(self.db, self.cast.rider.actor, order_ref=ref, code=code, once_key=key)

    def code(self, order: Order) -> str:
        with self.db.read() as tx:
            return deliveries.code_of(tx, self.delivery(order).delivery_id)

    def delivered_order(self, key: str = "sms-1") -> Order:
        order = self.assigned(key)
        return self.bring(order)

    def bring_paid(self, order: Order) -> Order:
        """A placed order is paid, prepared, taken by the rider, and handed over."""
        self.pay(order)
        self.mark(order, "ready")
        self.sweep()
        offer = self.offer()
        assert offer is not None
        self.answer(offer)
        return self.bring(order)

    def bring(self, order: Order) -> Order:
        self.pick_up(order)
        self.deliver(self.code(order), order)
        return order

    # --- looking -----------------------------------------------------------------------------------------
    def fresh(self, order: Order) -> Order:
        with self.db.read() as tx:
            query = select(Order).where(Order.order_id == order.order_id).options(selectinload(Order.items))
            return tx.session.scalars(query).one()

    def items(self, order: Order) -> list[OrderItem]:
        return self.fresh(order).items

    def delivery(self, order: Order) -> Delivery:
        with self.db.read() as tx:
            return tx.session.scalars(select(Delivery).where(Delivery.order_id == order.order_id)).one()

    def statuses(self, order: Order) -> tuple[str, str, str]:
        """Order, first item, payment."""
        found = self.fresh(order)
        return found.order_status, found.items[0].item_status, found.payment_status

    def balances(self) -> dict[str, str]:
        """Every account that is not 0.00, in KES."""
        with self.db.read() as tx:
            sums = select(LedgerLine.account, func.sum(LedgerLine.amount)).group_by(LedgerLine.account)
            return {account: str(total) for account, total in tx.session.execute(sums) if total}

    def entries(self) -> list[str]:
        with self.db.read() as tx:
            return list(tx.session.scalars(select(JournalEntry.kind).order_by(JournalEntry.entry_id)))

    def stock(self, listing: Listing) -> tuple[str, str]:
        """The free quantity, and the sum of its movements."""
        with self.db.read() as tx:
            free = tx.session.get_one(Listing, listing.listing_id).quantity_available
            moved = select(func.sum(StockMovement.delta)).where(
                StockMovement.listing_id == listing.listing_id
            )
            return str(free), str(tx.session.scalar(moved))

    def texts(self, person: Person) -> list[str]:
        """The codes of the SMS for one person, in order."""
        with self.db.read() as tx:
            query = select(OutboxMessage.code).where(OutboxMessage.user_id == person.id)
            return list(tx.session.scalars(query.order_by(OutboxMessage.outbox_id)))

    def copies(self, person: Person) -> list[str]:
        """The codes of everything one person was told in the app, in order."""
        with self.db.read() as tx:
            query = select(Notification.code).where(Notification.user_id == person.id)
            return list(tx.session.scalars(query.order_by(Notification.notification_id)))

    def history(self, order: Order) -> list[str]:
        with self.db.read() as tx:
            query = select(OrderEvent).where(OrderEvent.order_id == order.order_id)
            rows = tx.session.scalars(query.order_by(OrderEvent.event_id)).all()
        return [f"{row.rule} {row.subject.split(':')[0]} {row.from_status}>{row.to_status}" for row in rows]

    def due(self, kind: str) -> list[Duty]:
        with self.db.read() as tx:
            query = select(Duty).where(Duty.kind == kind, Duty.status == "due").order_by(Duty.due_at)
            return list(tx.session.scalars(query))


def paid(attempt: PaymentTransaction, checkout: str = "ws_CO_1", receipt: str = "TFO1AA11AA") -> Result:
    """The callback of a successful prompt."""
    return Result(
        checkout_id=checkout,
        code="0",
        final="paid",
        amount=attempt.amount,
        receipt=receipt,
        payer=attempt.msisdn,
    )


def failed(checkout: str = "ws_CO_1", code: str = "1032") -> Result:
    """The callback of a prompt that was cancelled on the phone."""
    return Result(checkout_id=checkout, code=code, final="failed", text="Request cancelled by user")
