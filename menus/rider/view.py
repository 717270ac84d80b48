"""What waits for a rider, in one statement: an open offer, else the delivery in hand."""

from typing import Any

from sqlalchemy import null, select, union_all
from sqlalchemy.orm import aliased

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations.models import Location
from core.msisdn import national
from core.orders.models import Order, OrderItem
from core.users.models import User

IN_HAND = ("assigned", "picked_up", "in_transit")


def waiting_for_rider(tx: Tx, rider_id: int) -> dict[str, Any] | None:
    """The rider's open offer, else his oldest open delivery, as JSON values by slot name; None if neither.

    `offer` is the offer's id or None, `status` the delivery's; pickup and drop each have a person, phone,
    landmark and ward. Of an order from several farms the first pickup is shown.
    """
    offers = select(
        DeliveryOffer.delivery_id.label("delivery_id"),
        DeliveryOffer.offer_id.label("offer_id"),
        DeliveryOffer.earning.label("earning"),
    ).where(
        DeliveryOffer.rider_id == rider_id,
        DeliveryOffer.open_delivery.is_not(None),
        DeliveryOffer.expires_at > tx.now,
    )
    jobs = select(Delivery.delivery_id, null(), Delivery.rider_earning).where(
        Delivery.rider_id == rider_id, Delivery.delivery_status.in_(IN_HAND)
    )
    due = union_all(offers, jobs).subquery("due")
    farmer, customer = aliased(User), aliased(User)
    row = (
        tx.session.connection()
        .execute(
            select(
                due.c.offer_id,
                due.c.earning,
                Delivery.delivery_id,
                Delivery.delivery_status,
                Delivery.km,
                Delivery.kg,
                Order.order_id,
                Order.order_number,
                Order.drop,
                Location.ward,
                Location.landmark,
                farmer.first_name.label("farmer"),
                farmer.phone_number.label("farmer_phone"),
                customer.first_name.label("customer"),
                customer.phone_number.label("customer_phone"),
            )
            .join(Delivery, Delivery.delivery_id == due.c.delivery_id)
            .join(Order, Order.order_id == Delivery.order_id)
            .join(customer, customer.user_id == Order.customer_id)
            .join(OrderItem, OrderItem.order_id == Order.order_id)
            .join(Listing, Listing.listing_id == OrderItem.listing_id)
            .join(Farm, Farm.farm_id == Listing.farm_id)
            .join(Location, Location.location_id == Farm.location_id)
            .join(farmer, farmer.user_id == Farm.farmer_id)
            .order_by(due.c.offer_id.is_(None), Delivery.delivery_id, OrderItem.order_item_id)
            .limit(1)
        )
        .first()
    )
    if row is None:
        return None
    return {
        "offer": row.offer_id,
        "delivery": row.delivery_id,
        "status": row.delivery_status,
        "order_id": row.order_id,
        "order": row.order_number[-4:],
        "earning": str(row.earning),
        "km": str(row.km),
        "kg": str(row.kg),
        "pickup": _stop(row.farmer, row.farmer_phone, row.landmark, row.ward),
        "drop": _stop(
            row.customer, row.customer_phone, row.drop.get("landmark", ""), row.drop.get("ward", "")
        ),
    }


def _stop(name: str, phone: str, landmark: str, ward: str) -> dict[str, str]:
    return {"person": name or national(phone), "phone": phone, "landmark": landmark, "place": ward}
