"""Two circles of people who never met, each with a whole order: own in one is foreign in the other."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.alarms import service as alarms
from core.alarms.models import Alarm
from core.carts import service as carts
from core.db import Database, Tx
from core.deliveries import duty, vehicles
from core.deliveries.models import Vehicle
from core.farms import agents
from core.locations import service as locations
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.payment_methods import service as methods
from core.reviews import service as reviews
from tests.helpers import KANGEMI, KINOO, Cast, Person, farm_id
from tests.orders.shop import Shop


@dataclass(frozen=True)
class Circle:
    """A customer, a farmer, a rider and an admin, and the ids of what is theirs.

    places, methods, notices  by role
    done_*                    of an order that was delivered and rated; the other one is with the rider
    """

    cast: Cast
    places: dict[str, int]
    methods: dict[str, int]
    notices: dict[str, int]
    farm_id: int
    listing_id: int
    order_id: int
    number: str
    item_id: int
    done_item_id: int
    delivery_id: int
    vehicle_id: int
    review_id: int
    cart_item_id: int
    alarm_id: int
    outbox_id: int

    def person(self, role: str) -> Person:
        """The one of this role."""
        return getattr(self.cast, role)  # type: ignore[no-any-return]

    def actor(self, role: str) -> Actor:
        """The actor of this role."""
        return self.person(role).actor


@dataclass(frozen=True)
class World:
    """Mine is the circle of whoever acts; theirs is the other one."""

    db: Database
    mine: Circle
    theirs: Circle

    def of(self, own: bool) -> Circle:
        """The circle in which the record stands."""
        return self.mine if own else self.theirs


def build(db: Database, cast: Cast) -> World:
    """Both circles; one admin looks at both, and has nothing of his own in the other."""
    mine = _circle(db, cast, "a", {"admin": cast.admin})
    shop = Shop(db, cast)
    other = Cast(
        farmer=shop.person("0722100101", "farmer", KINOO, "Njoki"),
        customer=shop.person("0722100202", "customer", KANGEMI, "Otieno"),
        rider=shop.person("0722100303", "rider", KINOO, "Mwangi"),
        admin=cast.admin,
    )
    db.run(lambda tx: duty.set_duty(tx, cast.rider.actor, on=False))
    vehicle = db.run(
        lambda tx: vehicles.register(tx, other.rider.actor, vehicle_type="motorcycle", plate="KMFB 456D")
    )
    db.run(lambda tx: vehicles.decide(tx, cast.admin.actor, vehicle_id=vehicle.vehicle_id, approve=True))
    db.run(lambda tx: duty.set_duty(tx, other.rider.actor, on=True))
    return World(db, mine, _circle(db, other, "b", {"admin": other.customer}))


def _circle(db: Database, cast: Cast, key: str, whose: dict[str, Person]) -> Circle:
    shop = Shop(db, cast)
    listing = shop.publish(price="80" if key == "a" else "60")
    done = shop.delivered_order(f"done-{key}")
    order = shop.assigned(f"open-{key}")
    done_item, item = shop.items(done)[0], shop.items(order)[0]

    def rest(tx: Tx) -> Circle:
        people = {role: getattr(cast, role) for role in ("customer", "farmer", "rider")} | whose
        actors = {role: person.actor for role, person in people.items()}
        agents.appoint(tx, cast.admin.actor, user_id=cast.rider.id, cooperative="Kikuyu Farmers")
        places = {}
        ways = {}
        for role, actor in actors.items():
            home = locations.add(tx, actor, ward_code=600, label=f"second of {key}", default=False)
            places[role] = home.location_id
            method = methods.add(tx, actor, method_type="mpesa", phone="0722999888")
            ways[role] = method.payment_method_id
        rated = reviews.review_item(tx, actors["customer"], order_item_id=done_item.order_item_id, stars=5)
        carts.add(tx, actors["customer"], listing_id=listing.listing_id, quantity=Decimal(2))
        cart = carts.view(tx, actors["customer"])
        vehicle = tx.session.scalars(select(Vehicle).where(Vehicle.rider_id == cast.rider.id)).one()
        return Circle(
            cast=cast,
            places=places,
            methods=ways,
            notices={role: _notice(tx, person) for role, person in people.items()},
            farm_id=farm_id(tx, actors["farmer"]),
            listing_id=listing.listing_id,
            order_id=order.order_id,
            number=order.order_number,
            item_id=item.order_item_id,
            done_item_id=done_item.order_item_id,
            delivery_id=shop.delivery(order).delivery_id,
            vehicle_id=vehicle.vehicle_id,
            review_id=rated.review_id,
            cart_item_id=cart.items[0].cart_item_id,
            alarm_id=_alarm(tx, key),
            outbox_id=_failed(tx, cast.customer),
        )

    return db.run(rest)


def _alarm(tx: Tx, key: str) -> int:
    alarms.raise_alarm(tx, "unknown_money", f"payment:{key}")
    return tx.session.scalars(select(Alarm.alarm_id).order_by(Alarm.alarm_id.desc()).limit(1)).one()


def _failed(tx: Tx, person: Person) -> int:
    query = select(OutboxMessage).where(OutboxMessage.msisdn == person.phone).limit(1)
    message = tx.session.scalars(query).one()
    message.status = "failed"
    return message.outbox_id


def _notice(tx: Tx, person: Person) -> int:
    found = tx.session.scalar(
        select(Notification.notification_id).where(Notification.user_id == person.id).limit(1)
    )
    if found is None:
        row = Notification(
            user_id=person.id, code="listed", values={}, once_key=f"test:{person.id}", created_at=tx.now
        )
        tx.session.add(row)
        tx.flush()
        return row.notification_id
    return found
