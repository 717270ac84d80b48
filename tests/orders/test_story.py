"""One order, all the way, through the core's verbs alone: the story that the channels tell."""

from decimal import Decimal

from core.orders import service as orders
from tests.helpers import FixedClock
from tests.orders.shop import Shop


def test_one_order_from_listing_to_completion(shop: Shop, clock: FixedClock) -> None:
    listing = shop.publish("50", "80")
    quote = shop.quote("5")
    assert (quote.subtotal, quote.total_amount - quote.delivery_fee) == (Decimal("400.00"), Decimal("400.00"))

    order = shop.accept(quote)
    assert shop.statuses(order) == ("pending_payment", "pending", "pending")
    assert shop.stock(listing) == ("45.00", "45.00")

    assert shop.pay(order) == "applied"
    assert shop.statuses(order) == ("confirmed", "pending", "paid")

    with shop.db.read() as tx:
        (waiting,) = orders.waiting_for_farmer(tx, shop.cast.farmer.actor)
    assert (waiting.tail, waiting.kg, waiting.you_get) == (order.tail, Decimal("5.00"), Decimal("360.00"))

    shop.mark(order, "harvest")
    assert shop.statuses(order)[:2] == ("processing", "harvested")
    shop.mark(order, "ready")
    assert shop.statuses(order)[:2] == ("ready_for_delivery", "ready")

    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    shop.pick_up(order)
    assert shop.statuses(order)[:2] == ("out_for_delivery", "picked_up")
    done = shop.deliver(shop.code(order))
    assert done.order_number == order.order_number
    assert shop.statuses(order) == ("delivered", "delivered", "paid")

    fee, earning = quote.delivery_fee, done.earning
    assert shop.balances() == {
        "mpesa": str(quote.total_amount),
        f"farmer_due:{shop.cast.farmer.id}": "-360.00",
        "commission": "-40.00",
        "delivery_fees": str(-fee),
        "rider_cost": str(earning),
        f"rider_due:{shop.cast.rider.id}": str(-earning),
    }

    clock.advance(hours=25)
    shop.sweep()
    assert shop.statuses(order)[0] == "completed"
    assert shop.history(order) == [
        "O1 order >pending_payment",
        "O3 order pending_payment>confirmed",
        "D1 delivery >pending",
        "I2 item pending>harvested",
        "O6 order confirmed>processing",
        "I4 item harvested>ready",
        "O7 order processing>ready_for_delivery",
        "D2 delivery pending>assigned",
        "I8 item ready>picked_up",
        "D4 delivery assigned>picked_up",
        "D5 delivery picked_up>in_transit",
        "O11 order ready_for_delivery>out_for_delivery",
        "D6 delivery in_transit>delivered",
        "I9 item picked_up>delivered",
        "O14 order out_for_delivery>delivered",
        "O15 order delivered>completed",
    ]


def test_exactly_the_texts_of_dr_1509_are_sent(shop: Shop) -> None:
    shop.publish()
    shop.delivered_order()
    cast = shop.cast
    # The quote and the payout are texted by others: the sms channel, and a later payout.
    assert shop.texts(cast.customer) == ["paid_confirmed", "rider_and_code", "delivered"]
    assert shop.texts(cast.farmer) == ["listed", "new_order"]
    assert shop.texts(cast.rider) == ["vehicle_approved", "offer", "pickup", "bring", "done"]
    assert [code for code in shop.copies(cast.customer) if code not in shop.texts(cast.customer)] == [
        "order_received",
        "order_ready",
    ]
    assert "delivered_farmer" in shop.copies(cast.farmer)
