"""Row locks of deliveries, offers and riders' duty, in that order; the order's comes before them."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer, RiderDuty, Vehicle


def delivery(tx: Tx, delivery_id: int) -> Delivery | None:
    """The delivery, locked, or None."""
    query = select(Delivery).where(Delivery.delivery_id == delivery_id).with_for_update()
    loaded = query.options(selectinload(Delivery.order))
    return tx.session.scalar(loaded.execution_options(populate_existing=True))


def offer(tx: Tx, offer_id: int) -> DeliveryOffer | None:
    """The offer, locked together with its delivery, the delivery first; None if there is none."""
    delivery_id = tx.session.scalar(
        select(DeliveryOffer.delivery_id).where(DeliveryOffer.offer_id == offer_id)
    )
    if delivery_id is None:
        return None
    delivery(tx, delivery_id)
    query = select(DeliveryOffer).where(DeliveryOffer.offer_id == offer_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def duty(tx: Tx, rider_id: int) -> RiderDuty | None:
    """The rider's duty row, locked, or None."""
    query = select(RiderDuty).where(RiderDuty.rider_id == rider_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def vehicle(tx: Tx, vehicle_id: int) -> Vehicle | None:
    """The vehicle, locked, or None."""
    query = select(Vehicle).where(Vehicle.vehicle_id == vehicle_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))
