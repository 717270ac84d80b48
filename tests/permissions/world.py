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
from core.deliveries.models import DeliveryOffer, Vehicle
from core.farms import agents
from core.listings.models import Listing
from core.locations import service as locations
from core.notifications.models import Notification
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payment_methods import service as methods
from core.reviews import service as reviews
from core.support import service as support
from core.traffic import service as traffic
from tests.helpers import KANGEMI, KINOO, Cast, Person, farm_id
from tests.orders.shop import Shop


@dataclass(frozen=True)
class Circle:
    """A customer, a farmer, a rider and an admin, and the ids of what is theirs.

    places, methods, notices, tickets  by role
    done_*                    of an order that was delivered and rated; the other one is with the rider
    """

    cast: Cast
    places: dict[str, int]
    methods: dict[str, int]
    notices: dict[str, int]
    tickets: dict[str, int]
    farm_id: int
    listing_id: int
    order_id: int
    number: str
    item_id: int
    done_item_id: int
    delivery_id: int
    offer_id: int
    vehicle_id: int
    review_id: int
    cart_item_id: int
    alarm_id: int
    outbox_id: int
    callback_id: int

    def person(self, role: str) -> Person:
        """The one of this role."""
        return getattr(self.cast, role)  # type: ignore[no-any-return]

    def payee(self, role: str) -> int:
        """Whose figures and payouts somebody of this role looks at: her own; an admin, the farmer's."""
        return self.person("farmer" if role == "admin" else role).id

    def other(self, role: str) -> Person:
        """Another party of the order."""
        return self.cast.farmer if role == "customer" else self.cast.customer

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
    first = _orders(db, cast, "a")
    _on_duty(db, cast.rider, on=False)
    other = _second(db, cast)
    second = _orders(db, other, "b")
    _on_duty(db, other.rider, on=False)
    offers = []
    for each, made in ((cast, first), (other, second)):  # who has an open offer is asked about no second one
        _on_duty(db, each.rider, on=True)
        offers.append(_offered(db, each, made[3]))
    mine = _circle(db, cast, "a", first, offers[0], {"admin": cast.admin})
    return World(db, mine, _circle(db, other, "b", second, offers[1], {"admin": other.customer}))


def _second(db: Database, cast: Cast) -> Cast:
    shop = Shop(db, cast)
    other = Cast(
        farmer=shop.person("0722100101", "farmer", KINOO, "Njoki"),
        customer=shop.person("0722100202", "customer", KANGEMI, "Otieno"),
        rider=shop.person("0722100303", "rider", KINOO, "Mwangi"),
        admin=cast.admin,
    )
    vehicle = db.run(
        lambda tx: vehicles.register(tx, other.rider.actor, vehicle_type="motorcycle", plate="KMFB 456D")
    )
    db.run(lambda tx: vehicles.decide(tx, cast.admin.actor, vehicle_id=vehicle.vehicle_id, approve=True))
    _on_duty(db, other.rider, on=True)
    return other


def _on_duty(db: Database, rider: Person, *, on: bool) -> None:
    db.run(lambda tx: duty.set_duty(tx, rider.actor, on=on))


def _orders(db: Database, cast: Cast, key: str) -> tuple[Listing, Order, Order, Order]:
    """What is for sale, an order that is done, one that the rider has taken, one that is only paid."""
    shop = Shop(db, cast)
    listing = shop.publish(price="80" if key == "a" else "60")
    paid = shop.paid_order(key=f"paid-{key}")
    return listing, shop.delivered_order(f"done-{key}"), shop.assigned(f"open-{key}"), paid


def _offered(db: Database, cast: Cast, order: Order) -> int:
    """The paid order is ready, and the rider is asked about it; the offer's id."""
    shop = Shop(db, cast)
    shop.mark(order, "ready")
    shop.sweep()
    with db.read() as tx:
        mine = select(DeliveryOffer.offer_id).where(
            DeliveryOffer.rider_id == cast.rider.id, DeliveryOffer.open_delivery.is_not(None)
        )
        return tx.session.scalars(mine).one()


def _circle(
    db: Database,
    cast: Cast,
    key: str,
    made: tuple[Listing, Order, Order, Order],
    offer_id: int,
    whose: dict[str, Person],
) -> Circle:
    shop = Shop(db, cast)
    listing, done, order, _paid = made
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
        tickets = {
            role: support.open_ticket(tx, actor, text="Help me please").ticket_id
            for role, actor in actors.items()
        }
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
            offer_id=offer_id,
            tickets=tickets,
            vehicle_id=vehicle.vehicle_id,
            review_id=rated.review_id,
            cart_item_id=cart.items[0].cart_item_id,
            alarm_id=_alarm(tx, key),
            outbox_id=_failed(tx, cast.customer),
            callback_id=_text(tx, cast.customer, key),
        )

    return db.run(rest)


def _text(tx: Tx, person: Person, key: str) -> int:
    return traffic.record(
        tx, direction="in", kind="sms", msisdn=person.phone, dedupe_key=f"sms:{key}", verdict="applied"
    ).callback_id


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
