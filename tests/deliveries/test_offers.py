"""Looking for a rider: one offer at a time, to the next after silence or a no (DR-1201 to DR-1204)."""

import threading

import pytest
from sqlalchemy import select

from core.db import Tx
from core.deliveries import duty, errors, offers, vehicles
from core.deliveries.models import DeliveryOffer, RiderDuty
from core.orders.models import Order
from core.questions import service as questions
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop


def new_rider(shop: Shop, msisdn: str, ward: str, plate: str, kind: str = "motorcycle") -> Person:
    rider = shop.person(msisdn, "rider", ward, "Mutua")

    def work(tx: Tx) -> None:
        vehicle = vehicles.register(tx, rider.actor, vehicle_type=kind, plate=plate)
        vehicles.decide(tx, shop.cast.admin.actor, vehicle_id=vehicle.vehicle_id, approve=True)
        duty.set_duty(tx, rider.actor, on=True)

    shop.db.run(work)
    return rider


def ready(shop: Shop, key: str = "sms-1") -> Order:
    order = shop.paid_order(key=key)
    shop.mark(order, "ready")
    shop.sweep()
    return order


def asked(shop: Shop) -> list[tuple[int, str]]:
    """Every offer: rider and status, in order."""
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(DeliveryOffer).order_by(DeliveryOffer.offer_id))
        return [(row.rider_id, row.offer_status) for row in rows]


def test_the_nearest_rider_is_asked_and_told_everything(shop: Shop) -> None:
    new_rider(shop, "+254712000333", "Kangemi", "KMDA 777X")
    shop.publish()
    ready(shop)
    assert asked(shop) == [(shop.cast.rider.id, "open")], "Kamau lives in Kinoo, at the farm"
    offer = shop.offer()
    assert offer is not None
    with shop.db.read() as tx:
        question = questions.open_for(tx, shop.cast.rider.phone)
    assert question is not None
    assert (question.kind, question.about) == ("offer", {"offer_id": offer.offer_id})


def test_silence_asks_the_next_and_three_silences_end_the_duty(shop: Shop, clock: FixedClock) -> None:
    """DR-1203."""
    mutua = new_rider(shop, "+254712000333", "Uthiru", "KMDA 777X")
    shop.publish("200")
    for number in range(3):
        ready(shop, f"sms-{number}")
        clock.advance(minutes=10)
        shop.sweep()
        offer = shop.offer()
        assert offer is not None
        assert offer.rider_id == mutua.id
        shop.answer(offer, rider=mutua)
    with shop.db.read() as tx:
        kamau = tx.session.get_one(RiderDuty, shop.cast.rider.id)
        assert (kamau.on_duty, kamau.timeouts_in_row) == (False, 3)
        assert tx.session.get_one(RiderDuty, mutua.id).timeouts_in_row == 0


def test_a_no_asks_the_next_at_once_and_never_the_same_again(shop: Shop, clock: FixedClock) -> None:
    mutua = new_rider(shop, "+254712000333", "Uthiru", "KMDA 777X")
    shop.publish()
    ready(shop)
    for rider in (shop.cast.rider, mutua):
        offer = shop.offer()
        assert offer is not None
        for _ in range(2):  # the same NO again changes nothing
            assert shop.answer(offer, accept=False, rider=rider) is None
    assert shop.offer() is None
    clock.advance(minutes=15)
    shop.sweep()
    assert asked(shop) == [(shop.cast.rider.id, "declined"), (mutua.id, "declined")]


def test_nobody_there_is_tried_again_every_fifteen_minutes(shop: Shop, clock: FixedClock) -> None:
    """DR-1203."""
    shop.db.run(lambda tx: duty.set_duty(tx, shop.cast.rider.actor, on=False))
    shop.publish()
    ready(shop)
    for _ in range(3):
        assert shop.offer() is None
        clock.advance(minutes=15)
        shop.sweep()
    shop.db.run(lambda tx: duty.set_duty(tx, shop.cast.rider.actor, on=True))
    clock.advance(minutes=15)
    shop.sweep()
    assert shop.offer() is not None


def test_the_only_rider_is_asked_again_in_the_next_round(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    ready(shop)
    clock.advance(minutes=10)
    shop.sweep()
    assert asked(shop) == [(shop.cast.rider.id, "timed_out")]
    clock.advance(minutes=15)
    shop.sweep()
    assert asked(shop)[-1] == (shop.cast.rider.id, "open")


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_that_comes_too_late_is_told_so(shop: Shop, clock: FixedClock, accept: bool) -> None:
    """DR-1204: also in the minute between its expiry and the sweep."""
    shop.publish()
    ready(shop)
    offer = shop.offer()
    assert offer is not None
    clock.advance(minutes=10)
    for _ in range(2):
        with pytest.raises(errors.OfferGone):
            shop.answer(offer, accept=accept)
        shop.sweep()


def test_a_repeated_yes_is_one_assignment(shop: Shop) -> None:
    """INV-10."""
    shop.publish()
    order = ready(shop)
    offer = shop.offer()
    assert offer is not None
    first, again = shop.answer(offer), shop.answer(offer)
    assert first is not None
    assert again is not None
    assert first.delivery_id == again.delivery_id
    assert [line for line in shop.history(order) if line.startswith("D2")] == ["D2 delivery pending>assigned"]


def test_another_riders_offer_does_not_exist(shop: Shop) -> None:
    """DR-211."""
    mutua = new_rider(shop, "+254712000333", "Uthiru", "KMDA 777X")
    shop.publish()
    ready(shop)
    offer = shop.offer()
    assert offer is not None
    with pytest.raises(errors.OfferUnknown):
        shop.answer(offer, rider=mutua)


def test_a_rider_has_one_open_offer_and_three_deliveries_at_most(shop: Shop) -> None:
    """DR-1201, DR-1510: a bare YES must have one meaning."""
    shop.publish("200")
    for number in range(4):
        ready(shop, f"sms-{number}")
    assert [status for _, status in asked(shop)] == ["open"]
    taken = 0
    while (offer := shop.offer()) is not None:
        shop.answer(offer)
        taken += 1
        shop.db.parts.clock.advance(minutes=15)  # type: ignore[attr-defined]
        shop.sweep()
    assert taken == 3


@pytest.mark.parametrize(
    ("kind", "plate", "reaches"), [("bicycle", "", False), ("motorcycle", "KMDA 777X", True)]
)
def test_the_vehicle_must_carry_the_order(shop: Shop, kind: str, plate: str, reaches: bool) -> None:
    shop.db.run(lambda tx: duty.set_duty(tx, shop.cast.rider.actor, on=False))
    mutua = new_rider(shop, "+254712000333", "Kinoo", plate, kind)
    shop.publish()
    order = shop.paid_order("25")
    shop.mark(order, "ready")
    shop.sweep()
    assert asked(shop) == ([(mutua.id, "open")] if reaches else [])


def test_two_riders_who_say_yes_at_once_have_one_winner(shop: Shop, clock: FixedClock) -> None:
    """R18, DR-1204: the late rider's old offer against the new one, from two threads, on real locks."""
    mutua = new_rider(shop, "+254712000333", "Uthiru", "KMDA 777X")
    shop.publish()
    order = ready(shop)
    first = shop.offer()
    assert first is not None
    clock.advance(minutes=10)
    shop.sweep()
    second = shop.offer()
    assert second is not None
    start = threading.Barrier(2)
    outcomes: dict[int, str] = {}

    def say_yes(offer: DeliveryOffer, rider: Person) -> None:
        start.wait()
        try:
            shop.answer(offer, rider=rider)
            outcomes[rider.id] = "has it"
        except errors.OfferGone:
            outcomes[rider.id] = "gone"

    pairs = ((first, shop.cast.rider), (second, mutua))
    threads = [threading.Thread(target=say_yes, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {shop.cast.rider.id: "gone", mutua.id: "has it"}
    assert shop.delivery(order).rider_id == mutua.id


def test_one_rider_saying_yes_twice_at_once_gets_one_delivery(shop: Shop) -> None:
    """R12: the provider repeats the text, two workers read it at the same moment."""
    shop.publish()
    order = ready(shop)
    offer = shop.offer()
    assert offer is not None
    start = threading.Barrier(2)
    codes: list[str] = []

    def say_yes() -> None:
        start.wait()
        shop.answer(offer)
        codes.append(shop.code(order))

    threads = [threading.Thread(target=say_yes) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 2
    assert len(set(codes)) == 1
    assert shop.texts(shop.cast.rider).count("pickup") == 1


def test_a_rider_who_does_not_collect_loses_the_job_and_the_code_stays(shop: Shop, clock: FixedClock) -> None:
    """D3: an hour from the assignment or, if later, the slot's start; DR-1205: the same code."""
    mutua = new_rider(shop, "+254712000333", "Uthiru", "KMDA 777X")
    shop.publish()
    order = ready(shop)
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    code = shop.code(order)
    clock.advance(hours=2)
    shop.sweep()
    assert shop.delivery(order).delivery_status == "assigned", "the slot is tomorrow at 06:00"
    clock.advance(hours=19)  # 06:30 tomorrow
    shop.sweep()
    assert shop.delivery(order).rider_id is None
    offer = shop.offer()
    assert offer is not None
    assert offer.rider_id == mutua.id
    shop.answer(offer, rider=mutua)
    assert shop.code(order) == code
    assert shop.texts(shop.cast.customer).count("rider_and_code") == 2, "another rider, another number"
    with shop.db.read() as tx:
        assert tx.session.get_one(RiderDuty, shop.cast.rider.id).drops == 1


def test_the_latest_offer_is_what_a_late_yes_means(shop: Shop) -> None:
    shop.publish()
    ready(shop)
    with shop.db.read() as tx:
        latest = offers.latest(tx, shop.cast.rider.id)
        assert latest is not None
        assert latest.offer_status == "open"
        assert offers.latest(tx, shop.cast.farmer.id) is None
