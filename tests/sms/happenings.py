"""What happens while people text: money arrives, admins decide, the run of payouts is paid."""

from decimal import Decimal

from sqlalchemy import select

from core.actor import system
from core.db import Tx
from core.deliveries.models import Delivery
from core.events import DepositArrived
from core.farms import agents
from core.orders import claims
from core.orders import service as orders
from core.orders.models import Claim, Order, OrderItem
from core.payments import returning
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.users import service as users
from core.users.models import User
from tests.helpers import FARMER, RIDER
from tests.menus.stage import Stage

AGENT = "+254712000606"


def codes(tx: Tx) -> list[str]:
    """Every delivery code there is."""
    sealed = tx.session.scalars(select(Delivery.code_sealed).where(Delivery.code_sealed.is_not(None)))
    return [tx.parts.vault.open("delivery-code", str(one)) for one in sealed]


def cast(stage: Stage) -> None:
    """Wanjiku grows, Achieng eats, Kamau rides and is on duty."""
    assert stage.cast


def on_sale(stage: Stage, slug: str, quantity: str, price: str) -> None:
    """Wanjiku sells something."""
    stage.shop.publish(quantity, price, slug=slug)


def second_farm(stage: Stage, slug: str, quantity: str, price: str) -> None:
    """Mwangi of Kabete sells something."""
    farmer = stage.things.get("mwangi") or stage.shop.person("+254712000505", "farmer", "Kabete", "Mwangi")
    stage.things["mwangi"] = farmer
    stage.shop.publish(quantity, price, slug=slug, farmer=farmer)


def paid(stage: Stage) -> None:
    """The PIN was entered at the prompt of the newest order."""

    def work(tx: Tx) -> None:
        newest = select(PaymentTransaction).order_by(PaymentTransaction.transaction_id.desc()).limit(1)
        attempt = tx.session.scalars(newest).one()
        key = f"ws_{attempt.transaction_id}"
        payments.accepted(tx, attempt.transaction_id, merchant_request_id=key, checkout_request_id=key)
        result = payments.Result(
            checkout_id=key, code="0", final="paid", text="", amount=attempt.amount,
            receipt=f"UA11KX93Q{attempt.transaction_id}", payer=attempt.msisdn, via="callback",
        )  # fmt: skip
        payments.result(tx, transaction_id=attempt.transaction_id, result=result)

    stage.db.run(work)


def deposited(stage: Stage, amount: str) -> None:
    """Kamau's cash comes to the paybill."""
    happened = DepositArrived(RIDER, Decimal(amount), "TFO1AA11AA", 1, system("pay"))
    stage.db.run(lambda tx: tx.emit(happened))


def appointed(stage: Stage) -> None:
    """Njeri is a field agent of the co-operative, and asks Wanjiku whether she may list for her."""
    person = stage.things["agent"] = stage.shop.person(AGENT, "customer", "Kinoo", "Njeri")
    office = stage.cast.admin.actor
    stage.db.run(lambda tx: agents.appoint(tx, office, user_id=person.id, cooperative="Kinoo Growers"))
    stage.db.run(lambda tx: agents.ask_farmer(tx, person.actor, msisdn=FARMER))


def upheld(stage: Stage, amount: str) -> None:
    """The office finds the newest complaint right: so much goes back, at the farmer's cost."""
    office = stage.cast.admin.actor

    def work(tx: Tx) -> None:
        claim = tx.session.scalars(select(Claim).order_by(Claim.claim_id.desc()).limit(1)).one()
        claims.uphold(
            tx, office, claim_id=claim.claim_id, fault="farmer", refund=Decimal(amount), reason="photo seen"
        )

    stage.db.run(work)


def refunded(stage: Stage) -> None:
    """M-Pesa has paid back what was approved."""

    def work(tx: Tx) -> None:
        for refund in returning.to_send(tx):
            key = f"refund-{refund.refund_id}"
            returning.sending(tx, refund.refund_id, sent_key=key)
            returning.result(tx, sent_key=key, outcome="paid", receipt=f"UB22KX93Q{refund.refund_id}")

    stage.db.run(work)


def packed(stage: Stage) -> None:
    """The farmers have packed the newest order, and a rider is asked."""
    with stage.db.read() as tx:
        order = tx.session.scalars(select(Order).order_by(Order.order_id.desc()).limit(1)).one()
        items = tx.session.scalars(select(OrderItem).where(OrderItem.order_id == order.order_id)).all()
    for item in items:
        with stage.db.transaction() as tx:
            farmer = tx.session.get_one(User, item.farmer_id)
            actor = users.actor_for(farmer, "sms")
            orders.mark(tx, actor, order_item_id=item.order_item_id, event="ready")
