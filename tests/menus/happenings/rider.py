"""What happens on the road while the rider's phone is down."""

from decimal import Decimal
from functools import partial

from core.actor import system
from core.db import Tx
from core.deliveries import assignment, offers, received
from core.events import DepositArrived
from core.locations import service as locations
from core.orders import quotes
from core.ways import service as ways
from tests.deliveries.road import Road
from tests.deliveries.test_ways import goes
from tests.helpers import Person
from tests.menus.stage import Stage
from tests.payments.till import reference, typed


def road(stage: Stage) -> Road:
    """The shop as riders and admins see it; one for a play."""
    if "road" not in stage.things:
        stage.things["road"] = Road(stage.db, stage.cast)
    found: Road = stage.things["road"]
    return found


def cash_order_offered(stage: Stage) -> None:
    """An order to be paid at the door is ready, and the rider is asked."""
    road(stage).publish()
    stage.things["order"] = road(stage).ready(road(stage).cash_order())


def landmarks(stage: Stage) -> None:
    """The farmer and the customer have said by what they are found."""
    for who, words in ((stage.cast.farmer, "behind the PCEA church"), (stage.cast.customer, "blue gate")):
        stage.db.run(partial(_found_by, who=who, words=words))


def _found_by(tx: Tx, who: Person, words: str) -> None:
    place = locations.default_of(tx, who.id)
    assert place is not None
    locations.set_landmark(tx, who.actor, location_id=place.location_id, landmark=words)


def assigned(stage: Stage) -> None:
    """The rider has taken an order that is paid and packed."""
    road(stage).publish("200")
    stage.things["order"] = road(stage).assigned()


def picked_up(stage: Stage) -> None:
    """The rider is on the way with an order that is paid."""
    road(stage).publish("200")
    stage.things["order"] = road(stage).on_the_way()


def two_jobs(stage: Stage) -> None:
    """The rider has taken two orders."""
    road(stage).publish("200")
    stage.things["order"] = road(stage).assigned("sms-1")
    stage.things["second"] = road(stage).taken(road(stage).cash_order(key="cash-2"))


def second_code(stage: Stage) -> str:
    """The rider types the code of the second order."""
    return road(stage).code(stage.things["second"])


def two_products_taken(stage: Stage) -> None:
    """The rider has taken an order of two products."""
    shop = road(stage)
    shop.publish("200")
    shop.publish("200", "40", slug="kale")
    lines = [quotes.Line(shop.product(slug), Decimal(7), "kg") for slug in ("tomatoes", "kale")]
    order = shop.accept(shop.quote_lines(*lines), "sms-1")
    assert shop.pay(order) == "applied"
    stage.things["order"] = shop.taken(order)


def offer_timed_out(stage: Stage) -> None:
    """Ten minutes pass without an answer."""
    stage.clock.advance(minutes=11)
    road(stage).sweep()


def assigned_again(stage: Stage) -> None:
    """The admin gives the order to the rider by hand."""
    shop, order = road(stage), stage.things["order"]
    rider_id = stage.cast.rider.id
    shop.act(assignment.assign_by_hand, stage.cast.admin, order_id=order.order_id, rider_id=rider_id)


def admin_takes_it_away(stage: Stage) -> None:
    """An admin takes the job away from him."""
    order = stage.things["order"]
    road(stage).act(assignment.drop_out, stage.cast.admin, order_id=order.order_id, reason="sick")


def three_silences(stage: Stage) -> None:
    """Three offers in a row have no answer from him."""
    shop = road(stage)
    shop.publish("200")
    for n in range(3):
        order = shop.ready(shop.paid_order(key=f"sms-{n}"))
        offer = shop.offer()
        assert offer is not None
        shop.db.run(partial(offers.timed_out, offer_id=offer.offer_id))
        stage.things["order"] = order


def too_much_cash(stage: Stage) -> None:
    """He takes more cash at a door than he may carry."""
    shop = road(stage)
    shop.set({"cod.rider_cash_limit": "100.00", "cod.hard_limit_percent": "500"})
    stage.things["cash"] = shop.cash_at_the_door()
    shop.hand_over(stage.things["cash"])


def delivered_for_cash(stage: Stage) -> None:
    """He has delivered one order paid at the door."""
    road(stage).publish("200")
    stage.things["cash"] = road(stage).cash_at_the_door()
    road(stage).hand_over(stage.things["cash"])


def brought_in(stage: Stage) -> None:
    """Part of his cash has come to the paybill."""
    happened = DepositArrived(stage.cast.rider.phone, Decimal(300), "TFO1AA11AA", 1, system("pay"))
    stage.db.run(lambda tx: tx.emit(happened))


def she_says_yes(stage: Stage) -> None:
    """The customer answers YES on her phone."""
    order = stage.things["order"]
    road(stage).act(received.answer, stage.cast.customer, order_id=order.order_id, yes=True)


def rest_by_mpesa(stage: Stage, amount: str) -> None:
    """The customer pays a part at the paybill while the rider waits."""
    order = stage.things["order"]
    assert typed(road(stage), reference(order), amount) == "applied"


def point_kept(stage: Stage) -> None:
    """Another rider's run has brought an order to the point that he keeps."""
    shop = road(stage)
    shop.publish("200")
    mutua = shop.rider("+254712000333", "Uthiru", "KMDA 777X", on=False)
    wards = stage.db.parts.places
    point = shop.act(
        ways.save_point,
        stage.cast.admin,
        name="Kangemi market",
        ward_code=wards.starting_with("Kangemi")[0].code,
        keeper_id=stage.cast.rider.id,
    )
    trip = shop.act(
        ways.save_run,
        stage.cast.admin,
        name="Kinoo to town",
        start_wards=[wards.starting_with("Kinoo")[0].code],
        stops=[point.collection_point_id],
        weekday=2,
        departs="06:00",
        cutoff_hours=12,
        capacity_kg=Decimal(1000),
        fee_per_kg=Decimal(3),
        driver_id=mutua.id,
    )
    order = shop.paid_order()
    goes(shop, order, "run", run_id=trip.run_id, collection_point_id=point.collection_point_id)
    shop.pick_up(order, rider=mutua)
    stage.things["order"] = order


def hands_full(stage: Stage) -> None:
    """The rider has as many jobs as he may have."""
    road(stage).publish("200")
    road(stage).set({"rider.max_open": "2"})
    stage.things["order"] = road(stage).assigned("sms-1")
    road(stage).assigned("sms-2")


def far_too_much_cash(stage: Stage) -> None:
    """He delivers one for cash, far above what he may carry."""
    shop = road(stage)
    shop.set({"rider.max_open": "3", "cod.rider_cash_limit": "100.00"})
    order = shop.cash_at_the_door()
    shop.hand_over(order)
