"""What happens to a customer's orders while her phone is down."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import update

from core.clock import nairobi_date
from core.deliveries import assignment, failing, received, tracking
from core.deliveries import service as deliveries
from core.deliveries.models import Delivery
from core.deliveries.purchases import MOST
from core.listings import service as listings
from core.orders import rules as order_rules
from core.orders import service as orders
from core.orders.models import Order
from core.orders.quotes import Line
from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.payments.models import Refund
from core.payments.paybill import c2b_confirm
from core.ways.models import CollectionPoint
from tests.helpers import Person, farm_id
from tests.menus.happenings import account
from tests.menus.stage import Stage
from tests.orders.shop import failed, paid

MWANGI = "+254712000111"


def paid_order(stage: Stage, quantity: str = "5") -> None:
    """She has paid for tomatoes."""
    stage.shop.publish()
    stage.things["order"] = stage.shop.paid_order(quantity, _key(stage))


def unpaid_order(stage: Stage, quantity: str = "5") -> None:
    """She has ordered tomatoes, and the M-Pesa request is on her phone."""
    stage.shop.publish()
    stage.things["order"] = stage.shop.order(quantity, _key(stage))
    stage.shop.prompt(order_of(stage), f"ws_{order_of(stage).order_id}")


def request_fails(stage: Stage) -> None:
    """She has waved the M-Pesa request away."""
    attempt = stage.shop.attempt(order_of(stage))
    stage.shop.result(attempt, replace(failed(attempt.checkout_request_id or ""), why="lapsed"))


def request_is_paid(stage: Stage) -> None:
    """The newest request is paid, on whichever phone it was."""
    attempt = stage.shop.attempt(order_of(stage))
    checkout = attempt.checkout_request_id or "ws_paid"
    if attempt.checkout_request_id is None:
        stage.shop.prompt(order_of(stage), checkout)
    stage.shop.result(attempt, paid(attempt, checkout, "TFO1AA22BB"))


def paybill(stage: Stage, shillings: str) -> None:
    """She pays so much at the paybill, under her order's account."""
    receipt = f"TFO{len(stage.things):02d}PB{shillings:>03}"
    stage.things[receipt] = shillings
    reference = order_rules.reference(order_of(stage).order_number)
    stage.db.run(
        lambda tx: c2b_confirm(
            tx,
            receipt=receipt,
            reference=reference,
            amount=Decimal(shillings),
            payer=stage.cast.customer.phone,
        )
    )


def cash_order(stage: Stage) -> None:
    """She has ordered tomatoes and pays at the door."""
    stage.shop.publish()
    quote = stage.shop.quote("5")
    stage.things["order"] = stage.shop.accept(quote, "sms-cash", method="cash_on_delivery")


def bank_order(stage: Stage) -> None:
    """She has ordered tomatoes and pays by bank."""
    stage.shop.publish()
    quote = stage.shop.quote("5")
    stage.things["order"] = stage.shop.accept(quote, "sms-bank", method="bank_transfer")


def two_farms(stage: Stage) -> None:
    """Tomatoes of Wanjiku's and onions of Mwangi's, in one order, paid."""
    mwangi(stage)
    shop = stage.shop
    shop.publish("50", "80")
    shop.publish("50", "60", slug="onions", farmer=stage.things["mwangi"])
    lines = (Line(shop.product(), Decimal(5), "kg"), Line(shop.product("onions"), Decimal(5), "kg"))
    stage.things["order"] = shop.accept(shop.quote_lines(*lines), _key(stage))
    shop.pay(order_of(stage))


def mwangi(stage: Stage) -> Person:
    """Another farmer, near by."""
    if "mwangi" not in stage.things:
        assert stage.cast
        stage.things["mwangi"] = stage.shop.person(MWANGI, "farmer", "Kabete", "Mwangi")
    found: Person = stage.things["mwangi"]
    return found


def farmer_marks(stage: Stage, event: str) -> None:
    """The first farmer says how far her first line is."""
    stage.shop.mark_item(stage.shop.items(order_of(stage))[0], event)


def all_ready(stage: Stage) -> None:
    """Everything is ready, and a rider has been found."""
    for item in stage.shop.items(order_of(stage)):
        owner = stage.cast.farmer if item.farmer_id == stage.cast.farmer.id else stage.things["mwangi"]
        stage.shop.mark_item(item, "ready", owner.actor)
    stage.shop.sweep()
    offer = stage.shop.offer()
    assert offer is not None
    stage.shop.answer(offer)


def picked_up(stage: Stage) -> None:
    """The rider has it."""
    stage.shop.pick_up(order_of(stage))


def handed_over(stage: Stage) -> None:
    """It is delivered, against her code."""
    stage.shop.deliver(stage.shop.code(order_of(stage)), order_of(stage))


def handed_over_for_cash(stage: Stage) -> None:
    """It is delivered, against her code and the money."""
    order = order_of(stage)
    deliveries.deliver(
        stage.db,
        stage.cast.rider.actor,
        order_ref=order.tail,
        code=stage.shop.code(order),
        once_key="sms:cash",
        cash=order.amount_asked,
    )


def delivered_order(stage: Stage) -> None:
    """An order has gone all its way."""
    stage.shop.publish()
    stage.things["order"] = stage.shop.delivered_order(_key(stage))


def rider_asks(stage: Stage) -> None:
    """Without her code the rider has her phone asked."""
    order = order_of(stage)
    stage.db.run(lambda tx: received.ask(tx, stage.cast.rider.actor, order_id=order.order_id))


def farmer_rejects(stage: Stage) -> None:
    """Hail: the farmer has none, but Mwangi has."""
    stage.shop.publish("50", "78", farmer=mwangi(stage))
    item = stage.shop.items(order_of(stage))[0]
    stage.db.run(
        lambda tx: orders.reject(tx, stage.cast.farmer.actor, order_item_id=item.order_item_id, reason="hail")
    )


def farmer_shortens(stage: Stage, quantity: str) -> None:
    """The farmer has less than was ordered."""
    item = stage.shop.items(order_of(stage))[0]
    seller = stage.cast.farmer if item.farmer_id == stage.cast.farmer.id else mwangi(stage)
    stage.db.run(
        lambda tx: orders.short(
            tx, seller.actor, order_item_id=item.order_item_id, quantity=Decimal(quantity)
        )
    )


def no_rider(stage: Stage) -> None:
    """It is ready, nobody brings it in time, and she is asked."""
    for item in stage.shop.items(order_of(stage)):
        stage.shop.mark_item(item, "ready")
    with stage.db.transaction() as tx:
        tx.session.execute(
            update(Delivery)
            .where(Delivery.order_id == order_of(stage).order_id)
            .values(choice_asked_at=tx.now)
        )


def rider_arrives(stage: Stage) -> None:
    """The rider says that he stands before her door."""
    order = order_of(stage)
    stage.db.run(
        lambda tx: tracking.report(tx, stage.cast.rider.actor, order_id=order.order_id, checkpoint="arrived")
    )


def rider_sets_out(stage: Stage) -> None:
    """The rider leaves with it once more."""
    order = order_of(stage)
    stage.db.run(
        lambda tx: tracking.report(
            tx, stage.cast.rider.actor, order_id=order.order_id, checkpoint="on_the_way"
        )
    )


def attempt_fails(stage: Stage, reason: str) -> None:
    """The rider could not hand it over."""
    order = order_of(stage)
    stage.db.run(
        lambda tx: failing.fail(
            tx, stage.cast.rider.actor, order_id=order.order_id, reason=reason, called=True
        )
    )


def asked_to_choose(stage: Stage) -> None:
    """Nobody brings it in time, and the farmer has not begun either."""
    with stage.db.transaction() as tx:
        order_id = order_of(stage).order_id
        tx.session.execute(
            update(Delivery).where(Delivery.order_id == order_id).values(choice_asked_at=tx.now)
        )


def goes_by_run(stage: Stage) -> None:
    """It travels with a run to a collection point."""
    with stage.db.transaction() as tx:
        point = CollectionPoint(
            name="Kangemi market",
            ward_code=1,
            keeper_id=stage.cast.admin.id,
            from_wards=[],
            created_at=tx.now,
        )
        tx.session.add(point)
        tx.flush()
        order_id = order_of(stage).order_id
        to_point = {"way": "run", "collection_point_id": point.collection_point_id}
        tx.session.execute(update(Order).where(Order.order_id == order_id).values(**to_point))
        tx.session.execute(update(Delivery).where(Delivery.order_id == order_id).values(way="run"))


def ordered_ahead(stage: Stage) -> None:
    """Onions that still grow, sold in advance."""
    shop = stage.shop
    stage.db.run(
        lambda tx: listings.publish(
            tx,
            stage.cast.farmer.actor,
            farm_id=farm_id(tx, stage.cast.farmer.actor),
            product_id=shop.product("onions"),
            unit="kg",
            quantity=Decimal(50),
            price=Decimal(60),
            expected_harvest_date=nairobi_date(tx.now) + timedelta(days=2),
            price_confirmed=True,
        )
    )
    quote = shop.quote_lines(Line(shop.product("onions"), Decimal(5), "kg"))
    stage.things["order"] = shop.accept(quote, _key(stage))
    shop.pay(order_of(stage), "ws_ahead", "TFO1AA33CC")


def code_is_lost(stage: Stage) -> None:
    """The SMS with the code was reported undelivered."""
    _carried(stage, status="undelivered", error="")


def blacklisted(stage: Stage) -> None:
    """She has opted out at the network: nothing is texted to her any more."""
    _carried(stage, status="failed", error="UserInBlacklist")


def starts_again(stage: Stage) -> None:
    """She has texted START: texts reach her again."""
    stage.db.run(lambda tx: blacklist.lift(tx, stage.cast.customer.phone))


def refund_is_paid(stage: Stage) -> None:
    """What was to come back is back."""
    with stage.db.transaction() as tx:
        tx.session.execute(
            update(Refund).where(Refund.order_id == order_of(stage).order_id).values(status="completed")
        )


def time_is_up(stage: Stage) -> None:
    """The time to pay is over; what is due has not been done yet."""
    stage.clock.advance(hours=3)


def pin_shut(stage: Stage, times: str) -> None:
    """She had a PIN; wrong ones were typed until it locked, so many times today."""
    if times == "1":
        account.pin_of(stage, stage.cast.customer.phone, "4826")
    else:
        stage.clock.advance(minutes=31)
    account.pin_shut(stage, stage.cast.customer.phone, times)


def rider_drops_out(stage: Stage) -> None:
    """The rider gives the order back."""
    order_id = order_of(stage).order_id
    stage.db.run(
        lambda tx: assignment.drop_out(tx, stage.cast.rider.actor, order_id=order_id, reason="vehicle")
    )


def as_many_as_a_list_holds(stage: Stage) -> None:
    """She has bought as often as a list has numbers."""
    first = order_of(stage)
    own = ("order_id", "order_number", "idempotency_key")
    kept = {c.name: getattr(first, c.name) for c in Order.__table__.columns if c.name not in own}
    with stage.db.transaction() as tx:
        for number in range(MOST):
            tx.session.add(
                Order(**kept, order_number=f"TUN250624Z{number:03d}", idempotency_key=f"z{number}")
            )


def last_four(stage: Stage) -> str:
    """The end of the order's number, as she types it."""
    return order_of(stage).tail


def she_fetched_it(stage: Stage) -> None:
    """There was no rider: she fetched it at the farm."""
    with stage.db.transaction() as tx:
        of_it = Delivery.order_id == order_of(stage).order_id
        tx.session.execute(update(Delivery).where(of_it).values(rider_id=None, way="collect"))


def order_of(stage: Stage) -> Order:
    """The order that the script is about."""
    found: Order = stage.things["order"]
    return found


def _key(stage: Stage) -> str:
    """Another text for each order."""
    stage.things["texts"] = stage.things.get("texts", 0) + 1
    return f"sms-{stage.things['texts']}"


def _carried(stage: Stage, *, status: str, error: str) -> None:
    with stage.db.transaction() as tx:
        tx.session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.order_id == order_of(stage).order_id,
                OutboxMessage.user_id == stage.cast.customer.id,
            )
            .values(status=status, error=error)
        )
