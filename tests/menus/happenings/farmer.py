"""What happens to a farmer's orders while her phone is down."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.deliveries import choices, duty
from core.deliveries import service as deliveries
from core.listings import service as listings
from core.listings.models import Listing
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.orders.quotes import Line
from core.reviews import service as reviews
from tests.helpers import Person
from tests.menus.stage import Stage


def _act(stage: Stage, who: Person, verb: Any, **said: Any) -> Any:
    return stage.db.run(lambda tx: verb(tx, who.actor, **said))


def _placed(stage: Stage, quantity: str, slug: str = "tomatoes", unit: str = "kg") -> Order:
    made = stage.things.setdefault("orders", [])
    line = Line(stage.shop.product(slug), Decimal(quantity), unit)
    order = stage.shop.accept(stage.shop.quote_lines(line), f"order-{len(made)}")
    assert stage.shop.pay(order, f"ws_{order.order_id}", f"R{order.order_id:09d}") == "applied"
    made.append(order)
    return order


def paid_orders(stage: Stage, count: str = "9", quantity: str = "5", slug: str = "tomatoes") -> None:
    """So many orders of one product for one day are paid."""
    stage.shop.publish("500", "80", slug=slug)
    for _ in range(int(count)):
        _placed(stage, quantity, slug)


def one_more(stage: Stage, quantity: str = "5", slug: str = "tomatoes") -> None:
    """Another order of the same is paid while she reads."""
    _placed(stage, quantity, slug)


def due_later(stage: Stage, slug: str = "onions", quantity: str = "3", days: str = "2") -> None:
    """An order of something else, wanted some days after the others."""
    stage.shop.publish("50", "60", slug=slug)
    order = _placed(stage, quantity, slug)
    day = order.estimated_delivery_date + timedelta(days=int(days))
    stage.db.run(lambda tx: _set(tx, Order, order.order_id, estimated_delivery_date=day))


def _set(tx: Any, kind: Any, key: int, **values: Any) -> None:
    found = tx.session.get_one(kind, key)
    for name, value in values.items():
        setattr(found, name, value)


def still_growing(stage: Stage) -> None:
    """What was ordered is not harvested yet."""
    item = stage.shop.items(stage.things["orders"][0])[0]
    expected = date(2025, 7, 1)
    stage.db.run(
        lambda tx: _set(tx, Listing, item.listing_id, harvest_date=None, expected_harvest_date=expected)
    )


def customer_cancels(stage: Stage, which: str = "0") -> None:
    """The customer cancels one of them, or asks to."""
    order = stage.shop.fresh(stage.things["orders"][int(which)])
    if order.order_status == "confirmed":
        _act(stage, stage.cast.customer, orders.cancel, order_id=order.order_id)
    else:
        _act(stage, stage.cast.customer, orders.request_cancel, order_id=order.order_id)


def harvested(stage: Stage, which: str = "0") -> None:
    """One of them is harvested already."""
    stage.shop.mark(stage.things["orders"][int(which)], "harvest")


def rider_counts(stage: Stage, quantity: str = "4") -> None:
    """The order is ready, the rider has come, and holds less than it says."""
    order = stage.things["orders"][0]
    stage.shop.mark(order, "ready")
    rider_takes_it(stage)
    item = stage.shop.items(order)[0]
    counted = {item.order_item_id: Decimal(quantity)}
    _act(stage, stage.cast.rider, orders.collected, order_id=order.order_id, counted=counted)


def rider_takes_it(stage: Stage) -> None:
    """The rider accepts what is offered."""
    stage.shop.sweep()
    offer = stage.shop.offer()
    assert offer is not None
    stage.shop.answer(offer)


def silent(stage: Stage) -> None:
    """She did not answer: all that she sells pauses."""
    stage.db.run(lambda tx: listings.pause_farmer(tx, stage.cast.farmer.id))


def two_listings(stage: Stage) -> None:
    """She sells tomatoes and onions."""
    stage.shop.publish("50", "80")
    stage.shop.publish("20", "60", slug="onions")


def nobody_rides(stage: Stage) -> None:
    """No rider is on duty."""
    _act(stage, stage.cast.rider, duty.set_duty, on=False)


def she_collects(stage: Stage) -> None:
    """The customer chooses to fetch the order at the farm."""
    order = stage.things["orders"][0]
    _act(stage, stage.cast.customer, choices.choose, order_id=order.order_id, choice="collect")


def cash_order(stage: Stage, quantity: str = "5") -> None:
    """An order to be paid at the door, with a wish."""
    stage.shop.publish("500", "80")
    line = Line(stage.shop.product(), Decimal(quantity), "kg")
    order = stage.shop.accept(stage.shop.quote_lines(line), "cash", method="cash_on_delivery")
    wish = "small ones, please"
    stage.db.run(lambda tx: _set(tx, Order, order.order_id, special_instructions=wish))
    stage.things["orders"] = [order]


def the_code(stage: Stage) -> str:
    """The code that the customer has."""
    return stage.shop.code(stage.things["orders"][0])


def handed_by_text(stage: Stage) -> None:
    """The order is handed over by a text from the same phone."""
    order = stage.things["orders"][0]
    deliveries.deliver(
        stage.db,
        stage.cast.farmer.actor,
        order_ref=order.tail,
        code=stage.shop.code(order),
        once_key="sms:done",
        cash=order.amount_asked,
    )


def rated(stage: Stage, stars: str = "4", *words: str) -> None:
    """The customer rates what came."""
    item: OrderItem = stage.shop.items(stage.things["order"])[0]
    said = {"order_item_id": item.order_item_id, "stars": int(stars), "text": " ".join(words)}
    _act(stage, stage.cast.customer, reviews.review_item, **said)
    delivery = stage.shop.delivery(stage.things["order"])
    rider = {"delivery_id": delivery.delivery_id, "stars": int(stars)}
    _act(stage, stage.cast.customer, reviews.review_delivery, **rider)
