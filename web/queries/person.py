"""One person as an admin needs her: what she buys, sells, carries, and who works for her."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.db import Tx
from core.deliveries.models import Delivery, RiderDuty, Vehicle
from core.farms.models import Farm
from core.locations.models import Location
from core.orders.models import Order, OrderItem
from core.users.models import FieldAgent, Helper, Pin, User

LATEST = 10


@dataclass(frozen=True)
class Card:
    """A person with her latest doings, newest first.

    pin     how it stands with her PIN, in words
    helper  whoever helps her, or None; agent: she herself as a field agent, or None
    """

    user: User
    pin: str
    places: Sequence[Location]
    bought: Sequence[Order]
    sold: Sequence[Order]
    carried: Sequence[Order]
    farms: Sequence[Farm]
    vehicles: Sequence[Vehicle]
    on_duty: bool
    agent: FieldAgent | None
    helper: User | None


def card(tx: Tx, user_id: int) -> Card | None:
    """Everything of a person on one page; None if there is nobody with this id."""
    session = tx.session
    user = session.get(User, user_id)
    if user is None:
        return None
    newest = select(Order).order_by(Order.order_id.desc()).limit(LATEST)
    sold = select(OrderItem.order_id).where(OrderItem.farmer_id == user_id)
    carried = select(Delivery.order_id).where(Delivery.rider_id == user_id)
    duty = session.get(RiderDuty, user_id)
    helper = session.get(Helper, user_id)
    return Card(
        user=user,
        pin=_pin(tx, user_id),
        places=session.scalars(
            select(Location)
            .where(Location.user_id == user_id, Location.is_active)
            .order_by(Location.location_id)
        ).all(),
        bought=session.scalars(newest.where(Order.customer_id == user_id)).all(),
        sold=session.scalars(newest.where(Order.order_id.in_(sold))).all(),
        carried=session.scalars(newest.where(Order.order_id.in_(carried))).all(),
        farms=session.scalars(select(Farm).where(Farm.farmer_id == user_id).order_by(Farm.farm_id)).all(),
        vehicles=session.scalars(
            select(Vehicle).where(Vehicle.rider_id == user_id).order_by(Vehicle.vehicle_id)
        ).all(),
        on_duty=duty is not None and duty.on_duty,
        agent=session.get(FieldAgent, user_id),
        helper=session.get(User, helper.helper_id) if helper else None,
    )


def names(tx: Tx, user_ids: Sequence[int]) -> dict[int, User]:
    """The people with these ids."""
    found = tx.session.scalars(select(User).where(User.user_id.in_(set(user_ids))))
    return {user.user_id: user for user in found}


def _pin(tx: Tx, user_id: int) -> str:
    pin = tx.session.get(Pin, user_id)
    if pin is None:
        return "none yet"
    if pin.pin_hash is None:
        return "taken away, to be chosen anew"
    if pin.must_reset:
        return "locked until it is taken away"
    return "locked for a while" if pin.locked_until is not None and pin.locked_until > tx.now else "set"
