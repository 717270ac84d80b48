"""What the customer's tests have in common: farms, paid and delivered orders, what a phone was told."""

from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.listings import service as listings
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.questions.models import Question
from core.settings.models import SystemSetting
from core.users import service as users
from tests.helpers import CUSTOMER, RIDER, Cast, farm_id
from tests.sms.conftest import Desk

OTHER = "+254712000707"  # another customer, in Kangemi too
STRANGER = "+254712000909"
SECOND_FARMER = "+254712000808"
RECEIPT = "TFO1AA11AA"
TOMATOES = (
    "5kg tomatoes, Wanjiku: KSh 400 + delivery KSh 99 = KSh 499, Wed 25. "
    "YES by 10:00: M-Pesa asks this phone. Terms: TERMS"
)


def set_to(desk: Desk, name: str, value: str) -> None:
    """Change a setting, as an admin would."""
    with desk.db.transaction() as tx:
        tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now))
    desk.gateway.parts.settings.refresh(desk.db.engine, now=True)


def person(desk: Desk, phone: str, role: str, name: str, ward: str) -> Actor:
    """Somebody more of a role, in a ward."""

    def work(tx: Tx) -> Actor:
        user = users.register(
            tx,
            msisdn=phone,
            role=role,
            first_name=name,
            language="en",
            channel="ussd",
            ward_code=next(w.code for w in tx.parts.places.starting_with(ward) if w.ward == ward),
            landmark="",
            consent_version=users.TERMS_VERSION,
        )
        return users.actor_for(user, "ussd")

    return desk.db.run(work)


def offer(
    desk: Desk, farmer: Actor, slug: str, quantity: str, price: str, unit: str = "kg", least: str = "1"
) -> int:
    """A farmer offers something; the listing's id."""

    def work(tx: Tx) -> int:
        return listings.publish(
            tx,
            farmer,
            farm_id=farm_id(tx, farmer),
            product_id=tx.parts.products.by_slug(slug).product_id,
            unit=unit,
            quantity=Decimal(quantity),
            price=Decimal(price),
            min_order_quantity=Decimal(least),
            price_confirmed=True,
        ).listing_id

    return desk.db.run(work)


def asked(desk: Desk, phone: str = CUSTOMER) -> str:
    """The kind of question that is open to a phone, or ""."""
    found = desk.look(Question, open_for=phone)
    return str(found[0].kind) if found else ""


def newest(desk: Desk) -> Order:
    """The newest order there is."""
    found: Order = desk.look(Order)[-1]
    return found


def pay(desk: Desk, order: Order, receipt: str = RECEIPT) -> None:
    """The prompt was answered with the PIN."""

    def work(tx: Tx) -> None:
        attempt = tx.session.scalars(
            select(PaymentTransaction)
            .filter_by(order_id=order.order_id)
            .order_by(PaymentTransaction.transaction_id.desc())
        ).first()
        assert attempt is not None
        key = f"ws_{attempt.transaction_id}"
        payments.accepted(tx, attempt.transaction_id, merchant_request_id=key, checkout_request_id=key)
        paid = payments.Result(
            checkout_id=key, code="0", final="paid", text="", amount=attempt.amount,
            receipt=receipt, payer=attempt.msisdn, via="callback",
        )  # fmt: skip
        payments.result(tx, transaction_id=attempt.transaction_id, result=paid)

    desk.db.run(work)
    desk.work()


def ordered(desk: Desk, text: str = "5kg tomatoes", phone: str = CUSTOMER) -> Order:
    """An order that waits for its money."""
    desk.text(phone, text)
    desk.text(phone, "YES")
    return newest(desk)


def paid(desk: Desk, text: str = "5kg tomatoes", phone: str = CUSTOMER, receipt: str = RECEIPT) -> Order:
    """A paid order."""
    order = ordered(desk, text, phone)
    pay(desk, order, receipt)
    return newest(desk)


def ready(desk: Desk, cast: Cast, order: Order, event: str = "ready") -> None:
    """The farmer has gone so far with all of it."""

    def work(tx: Tx) -> None:
        for item in tx.session.scalars(select(OrderItem).filter_by(order_id=order.order_id)).all():
            actor = users.actor_for(users.get(tx, item.farmer_id), "ussd")
            orders.mark(tx, actor, order_item_id=item.order_item_id, event=event)

    desk.db.run(work)
    desk.work()


def on_the_way(desk: Desk, cast: Cast, order: Order) -> None:
    """A rider has it."""
    ready(desk, cast, order)
    assert desk.look(DeliveryOffer), "somebody was asked"
    desk.text(RIDER, "YES")


def delivered(desk: Desk, cast: Cast, order: Order) -> None:
    """It came to her door."""
    on_the_way(desk, cast, order)
    desk.text(RIDER, "PICKED")
    with desk.db.read() as tx:
        delivery = tx.session.scalars(select(Delivery).filter_by(order_id=order.order_id)).one()
        assert delivery.code_sealed is not None
        code = tx.parts.vault.open("delivery-code", delivery.code_sealed)
    desk.text(RIDER, f"DONE {order.tail} {code}")
