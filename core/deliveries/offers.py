"""Looking for a rider: one open offer per delivery, to one rider after the other (DR-1201 to DR-1204)."""

import logging
from datetime import timedelta

from sqlalchemy import select

from core import events
from core.actor import Actor, system
from core.alarms import service as alarms
from core.cash.collecting import COD
from core.db import Tx
from core.deliveries import assignment, duty, locks, rules
from core.deliveries.errors import OfferGone, OfferUnknown
from core.deliveries.history import move
from core.deliveries.machine import DELIVERY, OFFER
from core.deliveries.models import Delivery, DeliveryDrop, DeliveryOffer, RiderDuty
from core.deliveries.stops import pickups
from core.duties import service as duties
from core.machine import NEW
from core.orders import locks as order_locks
from core.orders import service as orders
from core.users import service as users

log = logging.getLogger("tunda.deliveries")
SYSTEM = system("job")


def find_rider(tx: Tx, delivery_id: int) -> None:
    """The duty find_rider: offer the delivery to the best rider there is, or look again in 15 minutes.

    Does nothing while an offer is open or somebody has the delivery. Emits OfferMade.
    """
    delivery = locks.delivery(tx, delivery_id)
    if delivery is None or delivery.delivery_status != "pending" or _open_offer(tx, delivery_id) is not None:
        return
    if delivery.way != "rider":
        return
    if delivery.offers_made >= tx.setting("rider.max_offers"):
        _look_again(tx, delivery, "nobody took it")
        return
    first = pickups(tx, delivery.order)[0]
    cash_order = delivery.order.payment_method == COD
    chosen = rules.best(
        duty.free_near(
            tx,
            pickup=first.point,
            subcounty=(first.location.county, first.location.subcounty),
            kg=delivery.kg,
            customer_id=delivery.order.customer_id,
            cash_order=cash_order,
            but=_not_again(tx, delivery),
        )
    )
    if chosen is None:
        _look_again(tx, delivery, "no rider is eligible")
        return
    _offer(tx, delivery, chosen)


def search(tx: Tx, delivery_id: int, *, minutes: int = 0, cause: str = "") -> None:
    """Have a rider looked for `minutes` from now; asked twice in a minute for one cause, it is done once."""
    at = tx.now + timedelta(minutes=minutes)
    duties.want(tx, "find_rider", delivery_id, at=at, key=f"find_rider:{delivery_id}:{at:%Y%m%d%H%M}{cause}")


def answer(tx: Tx, actor: Actor, *, offer_id: int, accept: bool) -> Delivery | None:
    """The rider's YES or NO; a YES makes the delivery his and its code (D2), a NO asks the next rider.

    The same answer again changes nothing. Returns the delivery after a YES, None after a NO. Raises
    OfferUnknown (not his), OfferGone (expired, or given to another; DR-1204). Emits DeliveryAssigned.
    """
    rider_id = users.acting(tx, actor, "rider").user_id
    users.may(tx, actor, "create", "deliveries", own=True)
    offer = locks.offer(tx, offer_id)
    if offer is None or offer.rider_id != rider_id:
        raise OfferUnknown(offer_id=offer_id)
    delivery = locks.delivery(tx, offer.delivery_id)
    assert delivery is not None, "an offer has its delivery"
    if offer.offer_status == "declined" and not accept:
        return None
    if offer.offer_status == "accepted" and accept and delivery.rider_id == rider_id:
        return delivery
    in_time = offer.offer_status == "open" and offer.expires_at > tx.now
    if not in_time or delivery.delivery_status != "pending":
        raise OfferGone(order=delivery.order.order_number)
    _close(tx, actor, offer, "accept" if accept else "decline")
    _duty_row(tx, rider_id).timeouts_in_row = 0
    if accept:
        assignment.assign(tx, actor, delivery, rider_id=rider_id, earning=offer.earning)
        return delivery
    find_rider(tx, delivery.delivery_id)
    return None


def latest(tx: Tx, rider_id: int) -> DeliveryOffer | None:
    """The newest offer made to a rider, open or not: what a late YES means."""
    query = select(DeliveryOffer).where(DeliveryOffer.rider_id == rider_id)
    return tx.session.scalar(query.order_by(DeliveryOffer.offer_id.desc()).limit(1))


def timed_out(tx: Tx, offer_id: int) -> None:
    """The duty offer_timeout: the rider stayed silent; the third time in a row puts him off duty. Next.

    Emits RiderPutOff.
    """
    offer = locks.offer(tx, offer_id)
    if offer is None or offer.offer_status != "open":
        return
    _close(tx, SYSTEM, offer, "time_out")
    row = _duty_row(tx, offer.rider_id)
    row.timeouts_in_row += 1
    if row.on_duty and row.timeouts_in_row >= tx.setting("rider.offline_after_timeouts"):
        row.on_duty, row.since = False, tx.now
        tx.note(f"rider:{offer.rider_id}", "off duty")
        tx.emit(events.RiderPutOff(rider_id=offer.rider_id, why="silence", actor=SYSTEM))
    find_rider(tx, offer.delivery_id)


def withdraw(tx: Tx, delivery_id: int) -> None:
    """Take back the delivery's open offer, if there is one (D10)."""
    offer_id = _open_offer(tx, delivery_id)
    offer = locks.offer(tx, offer_id) if offer_id is not None else None
    if offer is not None and offer.offer_status == "open":
        _close(tx, SYSTEM, offer, "withdraw")


def _offer(tx: Tx, delivery: Delivery, chosen: rules.Candidate) -> None:
    step = OFFER.step(NEW, "make", SYSTEM.role)
    offer = DeliveryOffer(
        delivery_id=delivery.delivery_id,
        open_delivery=delivery.delivery_id,
        rider_id=chosen.rider_id,
        offer_status=step.target,
        earning=duty.earning(tx, delivery.order, chosen.pickup_km),
        pickup_km=chosen.pickup_km,
        offered_at=tx.now,
        expires_at=tx.now + timedelta(minutes=tx.setting("rider.offer_timeout_minutes")),
    )
    tx.session.add(offer)
    delivery.offers_made += 1
    tx.flush()
    tx.note(f"offer:{offer.offer_id}", f"new -> {step.target}")
    duties.want(tx, "offer_timeout", offer.offer_id, at=offer.expires_at)
    tx.emit(events.OfferMade(offer_id=offer.offer_id, actor=SYSTEM))


def _close(tx: Tx, actor: Actor, offer: DeliveryOffer, event: str) -> None:
    step = OFFER.step(offer.offer_status, event, actor.role)
    offer.offer_status = step.target
    offer.open_delivery = None
    offer.answered_at = tx.now
    duties.drop(tx, "offer_timeout", offer.offer_id)
    tx.flush()  # the unique key must be free before the next offer is written
    tx.note(f"offer:{offer.offer_id}", f"{step.source} -> {step.target}")
    tx.emit(events.OfferClosed(offer_id=offer.offer_id, outcome=step.target, actor=actor))


def _look_again(tx: Tx, delivery: Delivery, why: str) -> None:
    """Nobody now: the admins are alarmed, and a new round begins in 15 minutes (DR-1203)."""
    log.warning("no rider for a delivery", extra={"delivery_id": delivery.delivery_id, "why": why})
    delivery.offers_made = 0
    tx.emit(events.NoRiderFound(delivery_id=delivery.delivery_id, actor=SYSTEM))
    search(tx, delivery.delivery_id, minutes=tx.setting("rider.retry_minutes"))


def _not_again(tx: Tx, delivery: Delivery) -> set[int]:
    """Riders who said no or gave it back, and in this round those who stayed silent."""
    round_began = tx.now - timedelta(minutes=tx.setting("rider.retry_minutes"))
    offers = tx.session.scalars(
        select(DeliveryOffer).where(DeliveryOffer.delivery_id == delivery.delivery_id)
    )
    dropped = tx.session.scalars(
        select(DeliveryDrop.rider_id).where(DeliveryDrop.delivery_id == delivery.delivery_id)
    )
    return set(dropped) | {
        offer.rider_id
        for offer in offers
        if offer.offer_status in ("declined", "accepted")
        or (offer.offer_status == "timed_out" and offer.answered_at and offer.answered_at > round_began)
    }


def _open_offer(tx: Tx, delivery_id: int) -> int | None:
    query = select(DeliveryOffer.offer_id).where(DeliveryOffer.open_delivery == delivery_id)
    return tx.session.scalar(query)


def _duty_row(tx: Tx, rider_id: int) -> RiderDuty:
    row = locks.duty(tx, rider_id)
    assert row is not None, "only riders who were on duty get offers"
    return row


def order_ready(tx: Tx, happened: events.OrderReady) -> None:
    """Reaction: the goods wait, so a rider is looked for now (O7)."""
    if (delivery := assignment.of_order(tx, happened.order_id)) is not None:
        search(tx, delivery.delivery_id)


def order_accepted(tx: Tx, happened: events.OrderAccepted) -> None:
    """Reaction: every farmer has agreed, so the search begins 12 hours before the slot at the latest (O7)."""
    delivery = assignment.of_order(tx, happened.order_id)
    if delivery is None:
        return
    order = order_locks.held(tx, happened.order_id)
    slot = orders.slot_start(tx, order)
    at = max(tx.now, slot - timedelta(hours=tx.setting("delivery.offer_lead_hours")))
    duties.want(
        tx, "find_rider", delivery.delivery_id, at=at, key=f"find_rider:{delivery.delivery_id}:accepted"
    )


def rider_chosen(tx: Tx, happened: events.RiderChosen) -> None:
    """Reaction: an admin gives it to somebody by hand, so nobody else is asked any more (D2)."""
    withdraw(tx, happened.delivery_id)


def no_rider_found(tx: Tx, happened: events.NoRiderFound) -> None:
    """Reaction: admins are alarmed, one row per delivery however often (DR-1203)."""
    alarms.raise_alarm(tx, "no_rider", f"delivery:{happened.delivery_id}")


def found(tx: Tx, happened: events.DeliveryAssigned) -> None:
    """Reaction: somebody has it, so an alarm that nobody would is over."""
    alarms.settle(tx, "no_rider", f"delivery:{happened.delivery_id}")


def rider_lost(tx: Tx, happened: events.RiderLost) -> None:
    """Reaction: after a drop-out it is offered again, to somebody else (D3)."""
    search(tx, happened.delivery_id, cause=f":{happened.rider_id}:{tx.now:%S%f}")


def order_cancelled(tx: Tx, happened: events.OrderCancelled) -> None:
    """Reaction: nothing is to be carried any more (D10); the rider is told by notifications."""
    delivery = assignment.of_order(tx, happened.order_id)
    if delivery is None or not DELIVERY.may(delivery.delivery_status, "cancel"):
        return
    withdraw(tx, delivery.delivery_id)
    move(tx, SYSTEM, delivery, "cancel", reason=happened.reason)
    alarms.settle(tx, "no_rider", f"delivery:{delivery.delivery_id}")
    for kind in ("find_rider", "start_timeout", "no_rider_late"):
        duties.drop(tx, kind, delivery.delivery_id)
