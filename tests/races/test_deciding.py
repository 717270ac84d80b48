"""Two who want the same thing: one has it, the other is told so."""

from functools import partial

from sqlalchemy import select

from core.deliveries import duty, offers, vehicles
from core.deliveries import service as deliveries
from core.deliveries.models import DeliveryOffer
from core.locations import service as locations
from core.orders import rejecting
from core.payments import refunds
from core.payments.models import Refund
from core.users import login
from core.users import service as users
from tests.helpers import FixedClock, Person
from tests.invariants.checks import judge
from tests.orders.shop import Shop
from tests.proving import proves
from tests.races.starting import at_once


def second_rider(shop: Shop) -> Person:
    """Another rider of Kinoo, on duty with an approved motorcycle."""
    rider = shop.person("+254712000909", "rider", "Kinoo", "Otieno")
    vehicle = shop.db.run(
        lambda tx: vehicles.register(tx, rider.actor, vehicle_type="motorcycle", plate="KMFC 456D")
    )
    admin = shop.cast.admin.actor
    shop.db.run(lambda tx: vehicles.decide(tx, admin, vehicle_id=vehicle.vehicle_id, approve=True))
    shop.db.run(lambda tx: duty.set_duty(tx, rider.actor, on=True))
    return rider


def second_admin(shop: Shop) -> Person:
    """Another admin of full scope."""
    user = shop.db.run(
        lambda tx: login.create_admin(
            tx, msisdn="+254712000808", email=None, password="correct horse", one_time=False
        )
    )
    return Person(user, users.actor_for(user, "web"))


@proves("DR-1203", "DR-1204", "INV-7")
def test_the_rider_who_was_late_and_the_next_one_accept_and_one_has_the_job(
    shop: Shop, clock: FixedClock, rounds: range
) -> None:
    """R18: the first offer has timed out and the second is open, when both say yes."""
    riders = {shop.cast.rider.id: shop.cast.rider}
    other = second_rider(shop)
    riders[other.id] = other
    for number in rounds:
        for rider in riders.values():  # nobody stays off duty after three time-outs (DR-1203)
            for on in (False, True):
                shop.db.run(partial(duty.set_duty, actor=rider.actor, on=on))
        shop.publish("50")
        order = shop.paid_order(key=f"round-{number}")
        shop.mark(order, "ready")
        shop.sweep()
        clock.advance(minutes=11)
        shop.sweep()
        with shop.db.read() as tx:
            made = tx.session.scalars(
                select(DeliveryOffer)
                .where(DeliveryOffer.delivery_id == shop.delivery(order).delivery_id)
                .order_by(DeliveryOffer.offer_id)
            ).all()
        assert [offer.offer_status for offer in made] == ["timed_out", "open"]
        answers = [
            partial(offers.answer, actor=riders[offer.rider_id].actor, offer_id=offer.offer_id, accept=True)
            for offer in made
        ]
        outcomes = at_once([partial(shop.db.run, answer) for answer in answers])
        assert outcomes == {"ok": 1, "deliveries.offer_gone": 1}
        delivery = shop.delivery(order)
        assert delivery.rider_id == made[1].rider_id
        shop.pick_up(order, riders[made[1].rider_id])
        deliveries.deliver(
            shop.db,
            riders[made[1].rider_id].actor,
            order_ref=order.tail,
            code=shop.code(order),
            once_key=f"done-{number}",
        )
    with shop.db.read() as tx:
        judge(tx)


@proves("DR-820", "DR-821", "INV-5")
def test_two_admins_approve_one_refund_and_it_is_approved_once(shop: Shop, rounds: range) -> None:
    other = second_admin(shop)
    for number in rounds:
        shop.publish("50", "600")
        order = shop.paid_order("5", f"round-{number}")
        [item] = shop.items(order)
        turn_down = partial(
            rejecting.reject, actor=shop.cast.farmer.actor, order_item_id=item.order_item_id, reason="hail"
        )
        shop.db.run(turn_down)
        with shop.db.read() as tx:
            refund = tx.session.scalars(select(Refund).where(Refund.order_id == order.order_id)).one()
        assert refund.status == "requested"
        yes = [
            partial(refunds.approve, actor=admin.actor, refund_id=refund.refund_id)
            for admin in (shop.cast.admin, other)
        ]
        at_once([partial(shop.db.run, approve) for approve in yes])
        with shop.db.read() as tx:
            assert tx.session.get_one(Refund, refund.refund_id).status == "approved"
            judge(tx)


@proves("DR-301", "INV-6")
def test_two_places_set_as_default_at_once_leave_one(shop: Shop, rounds: range) -> None:
    who = shop.cast.customer.actor
    ward = shop.db.parts.places.starting_with("Kangemi")[0].code
    places = [
        shop.db.run(partial(locations.add, actor=who, ward_code=ward, landmark=f"house {number}"))
        for number in range(2)
    ]
    for _ in rounds:
        wishes = [
            partial(locations.set_default, actor=who, location_id=place.location_id) for place in places
        ]
        assert at_once([partial(shop.db.run, wish) for wish in wishes]) == {"ok": 2}
        with shop.db.read() as tx:
            judge(tx)
