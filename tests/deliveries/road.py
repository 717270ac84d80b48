"""The counter of tests/orders with what only the road needs: cash orders, admins' hands, failing doors."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from core.audit.models import AuditRow
from core.deliveries import codes, duty, failing, received, vehicles
from core.deliveries import service as deliveries
from core.deliveries.models import Delivery, DeliveryOffer, DeliveryStop
from core.orders import quotes
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.questions import service as questions
from core.questions.models import Question
from core.settings import service as house
from tests.helpers import Person
from tests.orders.shop import Shop

T = TypeVar("T")
CASH = "cash_on_delivery"


class Road(Shop):
    """The shop, as riders and admins see it."""

    def act(self, verb: Callable[..., T], who: Person, **what: Any) -> T:
        """One verb in a transaction of its own."""
        return self.db.run(lambda tx: verb(tx, who.actor, **what))

    def later(self, **amount: float) -> None:
        """Time passes, and what was due is done."""
        self.db.parts.clock.advance(**amount)  # type: ignore[attr-defined]
        self.sweep()

    def rider(
        self, msisdn: str, ward: str, plate: str, kind: str = "motorcycle", *, on: bool = True
    ) -> Person:
        """Another rider with an approved vehicle."""
        rider = self.person(msisdn, "rider", ward, "Mutua")
        vehicle = self.act(vehicles.register, rider, vehicle_type=kind, plate=plate)
        self.act(vehicles.decide, self.cast.admin, vehicle_id=vehicle.vehicle_id, approve=True)
        if on:
            self.act(duty.set_duty, rider, on=True)
        return rider

    def cash_order(self, quantity: str = "5", key: str = "cash-1") -> Order:
        """An order to be paid at the door (O2)."""
        quote = self.quote(quantity)
        return self.act(
            quotes.accept,
            self.cast.customer,
            quote_id=quote.quote_id,
            idempotency_key=key,
            method=CASH,
            again=True,
        )

    def ready(self, order: Order) -> Order:
        """The farmer has packed it, and a rider is looked for."""
        self.mark(order, "ready")
        self.sweep()
        return order

    def taken(self, order: Order, rider: Person | None = None) -> Order:
        """Ready, and the rider who is asked has said yes."""
        self.ready(order)
        offer = self.offer()
        assert offer is not None
        self.answer(offer, rider=rider)
        return order

    def on_the_way(self, key: str = "sms-1") -> Order:
        """Paid, taken, picked up: at the door."""
        order = self.assigned(key)
        self.pick_up(order)
        return order

    def cash_at_the_door(self, quantity: str = "5", key: str = "cash-1") -> Order:
        order = self.taken(self.cash_order(quantity, key))
        self.pick_up(order)
        return order

    def hand_over(
        self, order: Order, *, cash: str | None = None, who: Person | None = None, code: str | None = None
    ) -> deliveries.Delivered:
        """The rider texts the code, and what he took."""
        return deliveries.deliver(
            self.db,
            (who or self.cast.rider).actor,
            order_ref=order.tail,
            code=code if code is not None else self.code(order),
            once_key=f"sms:{next(self.tries)}",
            cash=Decimal(cash) if cash is not None else None,
        )

    def fail(self, order: Order, reason: str = "absent", *, called: bool = True) -> Delivery:
        return self.act(failing.fail, self.cast.rider, order_id=order.order_id, reason=reason, called=called)

    def ask_receipt(self, order: Order) -> Delivery:
        return self.act(received.ask, self.cast.rider, order_id=order.order_id)

    def resend(self, order: Order) -> int:
        return self.act(codes.resend, self.cast.customer, order_id=order.order_id)

    # --- looking -----------------------------------------------------------------------------------------
    def offers(self) -> list[tuple[int, str]]:
        """Every offer: rider and status, in order."""
        with self.db.read() as tx:
            rows = tx.session.scalars(select(DeliveryOffer).order_by(DeliveryOffer.offer_id))
            return [(row.rider_id, row.offer_status) for row in rows]

    def stops(self, order: Order) -> list[tuple[str, bool]]:
        """Kind of each stop, and whether it is done."""
        with self.db.read() as tx:
            query = (
                select(DeliveryStop)
                .join(Delivery, Delivery.delivery_id == DeliveryStop.delivery_id)
                .where(Delivery.order_id == order.order_id)
                .order_by(DeliveryStop.position)
            )
            return [(row.kind, row.done_at is not None) for row in tx.session.scalars(query)]

    def question(self, person: Person) -> Question | None:
        with self.db.read() as tx:
            return questions.open_for(tx, person.phone)

    def audited(self) -> list[str]:
        with self.db.read() as tx:
            return list(tx.session.scalars(select(AuditRow.what).order_by(AuditRow.audit_id)))

    def balance(self, account: str) -> str:
        return self.balances().get(account, "0.00")

    def report_sms(self, order: Order, code: str, status: str) -> None:
        """The provider's word about the message with this code."""

        def work(tx: Any) -> None:
            query = select(OutboxMessage).where(
                OutboxMessage.order_id == order.order_id, OutboxMessage.code == code
            )
            for message in tx.session.scalars(query):
                message.status = status

        self.db.run(work)

    def set(self, settings: Mapping[str, str]) -> None:
        """Settings of the house, as an admin changes them."""
        for name, value in settings.items():
            self.act(house.change, self.cast.admin, name=name, value=value)
        self.db.parts.settings.refresh(self.db.engine, now=True)
