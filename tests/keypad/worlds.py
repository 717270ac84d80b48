"""The worlds in which every key is tried: a small one, and one in which everything is as long and as many
as it gets.

Both hold the same people in the same situations; whoever compares what an act costs in the two sees
whether it grows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select, update

from core.carts import service as carts
from core.db import Database, Tx
from core.deliveries import duty, vehicles
from core.farms import agents, keeping
from core.farms import service as farms
from core.following import service as following
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.orders.models import Order
from core.payment_methods import service as methods
from core.support import messages
from core.support import service as support
from core.users import login, pins, staff
from core.users import service as users
from core.users.models import Pin, User
from tests.deliveries.road import CASH, Road
from tests.helpers import ADMIN, CUSTOMER, FARMER, RIDER, Cast, Person

STRANGER = "+254712000900"
AGENT = "+254712000505"
SECOND_RIDER = "+254712000606"
SECOND_FARMER = "+254712000707"
OFF = "+254712000808"
PLACELESS = "+254712000818"
NO_PIN, LOCKED, CLOSED = "+254712000828", "+254712000838", "+254712000848"
PIN = "4829"
LANGUAGES = ("en", "sw", "kikuyu")


@dataclass(frozen=True)
class Size:
    """How long and how many: names as people have them, or the longest that the house lets in."""

    farmer: str
    customer: str
    rider: str
    farm: str
    landmark: str
    farm_ward: str
    home_ward: str
    listings: int
    orders: int
    farms: int
    cart: int
    agents_farms: int
    quantity: str
    ticket: str
    follows: int


SHORT = Size(
    farmer="Ann", customer="Ben", rider="Kim", farm="Ann", landmark="near the church", farm_ward="Kinoo",
    home_ward="Kangemi", listings=1, orders=1, farms=1, cart=1, agents_farms=1, quantity="2",
    ticket="My phone is lost", follows=1,
)  # fmt: skip
LONG = Size(
    farmer="Wanjikũ-Nyambura Wa Kĩmanĩ M'Njo", customer="Nyangweso-Achieng Atieno Odhia",
    rider="Kĩmanthi-Mũtua Ng'ang'a Mburũ", farm="Nyambura Nursery & Horticultural Produce Growers Thogoto",
    landmark="behind the Total petrol station opposite the P.C.E.A. church, third green gate on the left",
    farm_ward="Limuru Central", home_ward="Woodley/Kenyatta Golf Course",
    listings=40, orders=10, farms=5, cart=20, agents_farms=12, quantity="8",
    ticket="Supercalifragilisticexpialidocious-Mkataba-wa-usafirishaji-wa-mazao " * 2, follows=10,
)  # fmt: skip
SIZES: Mapping[str, Size] = {"short": SHORT, "long": LONG}


class World(Road):
    """The road with people in the middle of everything; `agent` works for the farmer's neighbours."""

    agent: Person
    other_rider: Person
    orders: Mapping[str, Order]


def build(db: Database, size: Size, language: str) -> World:
    """People, produce and orders in every state, in a database that was empty."""
    world = World(db, _cast(db, size, language))
    _farm(world, size)
    world.agent = _agent(world, size, language)
    _orders(world, size)
    _extras(world, size)
    _placeless(world)
    _pins(world, size)
    off = world.person(OFF, "farmer", "Kinoo", "Gone")
    world.act(staff.deactivate, world.cast.admin, user_id=off.id, reason="asked")
    speak(db, language)
    for person in (*vars(world.cast).values(), world.agent, world.other_rider):
        if person.user.user_role != "admin":
            world.act(pins.choose, person, pin=PIN, again=PIN)
    return world


def speak(db: Database, language: str) -> None:
    """Everybody speaks `language` from here on."""
    db.run(lambda tx: tx.session.execute(update(User).values(preferred_language=language)))


def _cast(db: Database, size: Size, language: str) -> Cast:
    def person(tx: Tx, msisdn: str, role: str, name: str, ward: str, channel: str = "ussd") -> Person:
        user = users.register(
            tx, msisdn=msisdn, role=role, first_name=name, language=language, channel=channel,
            ward_code=next(w.code for w in db.parts.places.starting_with(ward) if w.ward == ward),
            landmark=size.landmark, consent_version=users.TERMS_VERSION,
        )  # fmt: skip
        return Person(user, users.actor_for(user, channel))

    def work(tx: Tx) -> Cast:
        farmer = person(tx, FARMER, "farmer", size.farmer, size.farm_ward)
        customer = person(tx, CUSTOMER, "customer", size.customer, size.home_ward)
        rider = person(tx, RIDER, "rider", size.rider, size.farm_ward)
        boss = login.create_admin(
            tx, msisdn=ADMIN, email="admin@example.com", password="correct horse", one_time=False
        )
        tx.flush()
        admin = Person(boss, users.actor_for(boss, "web"))
        vehicle = vehicles.register(tx, rider.actor, vehicle_type="pickup", plate="KMFB 123C")
        tx.flush()
        vehicles.decide(tx, admin.actor, vehicle_id=vehicle.vehicle_id, approve=True)
        duty.set_duty(tx, rider.actor, on=True)
        return Cast(farmer, customer, rider, admin)

    return db.run(work)


def _farm(world: World, size: Size) -> None:
    """Farms, and produce of as many kinds as there are listings."""
    farmer = world.cast.farmer
    (first,) = world.act(keeping.mine, farmer)
    world.act(keeping.change, farmer, farm_id=first.farm_id, name=size.farm, takes_cash=True)
    place = world.db.run(lambda tx: locations.default_of(tx, farmer.id))
    assert place is not None
    for number in range(2, size.farms + 1):
        world.act(farms.open_farm, farmer, name=f"{number} {size.farm}"[:60], location_id=place.location_id)
    publish(world, farmer, first.farm_id, size.listings)


def publish(world: World, farmer: Person, farm_id: int, many: int) -> None:
    """Tomatoes first, then what has the longest names."""
    products = world.db.parts.products
    entries = [
        entry
        for kind in products.categories()
        for entry in products.in_category(kind)
        if entry.active and entry.slug != "tomatoes" and "kg" in entry.units
    ]
    entries.sort(key=lambda e: -max(len(products.name(e.product_id, one)) for one in LANGUAGES))
    chosen = [products.by_slug("tomatoes"), *entries][:many]
    for number, entry in enumerate(chosen):
        world.act(
            listings.publish, farmer, farm_id=farm_id, product_id=entry.product_id, unit="kg",
            quantity=Decimal("5000"), price=Decimal("80" if number == 0 else "199.95"), price_confirmed=True,
        )  # fmt: skip


def _agent(world: World, size: Size, language: str) -> Person:
    """A field agent whom the neighbours have said YES to (DR-221)."""
    agent = world.person(AGENT, "farmer", size.farm_ward, "Agnes")
    world.act(
        agents.appoint, world.cast.admin, user_id=agent.id, cooperative="Limuru Dairy & Vegetable Growers"
    )
    for number in range(size.agents_farms):
        msisdn = SECOND_FARMER[:-2] + f"{10 + number}"
        neighbour = world.person(msisdn, "farmer", size.farm_ward, f"{size.farmer[:20]} {chr(65 + number)}")
        world.act(agents.ask_farmer, agent, msisdn=msisdn)
        yes = users.actor_for(neighbour.user, "sms")
        world.db.run(lambda tx, yes=yes: agents.answer(tx, yes, agent_id=agent.id, yes=True))  # type: ignore[misc]
        farm = world.db.run(lambda tx, one=neighbour: farms.first_of(tx, one.actor))  # type: ignore[misc]
        assert farm is not None
        publish(world, neighbour, farm.farm_id, 1)
    speak(world.db, language)
    return agent


def _placeless(world: World) -> None:
    """A farmer who has registered by text and not said where she is."""
    world.db.run(
        lambda tx: users.register(
            tx, msisdn=PLACELESS, role="farmer", first_name="Mary", language="en", channel="sms",
            consent_version=users.TERMS_VERSION,
        )
    )  # fmt: skip


def _pins(world: World, size: Size) -> None:
    """Farmers whose PIN is missing, locked for half an hour, and closed until our people have made sure."""
    for msisdn in (NO_PIN, LOCKED, CLOSED):
        person = world.person(msisdn, "farmer", size.farm_ward, "Rose")
        if msisdn == NO_PIN:
            continue
        world.act(pins.choose, person, pin=PIN, again=PIN)

        def spoil(tx: Tx, person: Person = person, msisdn: str = msisdn) -> None:
            kept = tx.session.get_one(Pin, person.id)
            kept.attempts, kept.must_reset = 3, msisdn == CLOSED
            kept.locked_until = tx.now + timedelta(minutes=30)

        world.db.run(spoil)


def _orders(world: World, size: Size) -> None:
    """One order in every state, and as many as the size says that wait for the farmer."""
    made: dict[str, Order] = {}
    buy = _buyer(world, size)
    made["completed"] = world.bring(_taken(world, buy()))
    world.later(hours=72)
    made["delivered"] = world.bring(_taken(world, buy()))
    cash = buy(method=CASH, key="cash")
    made["cash"] = world.bring(_taken(world, cash))
    made["at the door"] = _taken(world, buy())
    world.pick_up(made["at the door"])
    for _ in range(size.orders):
        made["waiting"] = buy()
    world.other_rider = world.rider(SECOND_RIDER, size.farm_ward, "KMGC 456D", "pickup")
    made["offered"] = buy()
    world.act(duty.set_duty, world.cast.rider, on=False)
    world.ready(made["offered"])
    world.act(duty.set_duty, world.cast.rider, on=True)
    made["unpaid"] = buy(pay=False)  # last: a prompt lies on the phone, and no other may
    world.orders = made


def _taken(world: World, order: Order) -> Order:
    return world.taken(order)


def _buyer(world: World, size: Size) -> Callable[..., Order]:
    keys = iter(range(1000, 9999))

    def buy(*, pay: bool = True, method: str = "mpesa", key: str = "") -> Order:
        name = f"{key or 'order'}-{next(keys)}"
        order = world.accept(world.quote(size.quantity), name, method=method)
        if pay and method == "mpesa":
            assert world.pay(order, f"ws_{name}", f"R{order.order_id:09d}") == "applied"
        return order

    return buy


def _extras(world: World, size: Size) -> None:
    """Cart, second place, ways to pay, tickets, messages, follows."""
    customer, products = world.cast.customer, world.db.parts.products
    with world.db.read() as tx:
        found = list(tx.session.scalars(select(Listing.listing_id).order_by(Listing.listing_id)))
    for listing_id in found[: size.cart]:
        world.act(carts.add, customer, listing_id=listing_id, quantity=Decimal(3))
    ward = next(w for w in world.db.parts.places.starting_with("Kang") if w.ward == "Kangemi")
    world.act(
        locations.add, customer, ward_code=ward.code, landmark=size.landmark, label="Shop", default=False
    )
    world.act(methods.add, customer, method_type="mpesa", phone=None)
    world.act(methods.add, customer, method_type=CASH, default=False)
    for person in (world.cast.farmer, customer, world.cast.rider):
        world.act(support.ask, person, text=size.ticket)
    admin = world.cast.admin
    for ticket in world.act(support.listed, admin):
        world.act(support.write, admin, ticket_id=ticket.ticket_id, text=size.ticket)
    order = world.orders["waiting"]
    world.act(
        messages.send,
        customer,
        order_ref=order.order_number,
        to_user_id=world.cast.farmer.id,
        text=size.landmark,
    )
    slugs = [entry.slug for kind in products.categories() for entry in products.in_category(kind)]
    for slug in ["avocado", *(s for s in slugs if s != "avocado")][: size.follows]:
        for person in (world.cast.farmer, customer):
            world.act(following.follow, person, product_id=products.by_slug(slug).product_id)
    world.sweep()


def special(world: World) -> tuple[str, ...]:
    """Whoever meets other screens at the same keys: no place, or a PIN that is missing, locked, closed."""
    return PLACELESS, NO_PIN, LOCKED, CLOSED


def people(world: World) -> dict[str, str]:
    """Who is walked as, by role; the stranger last, since what is behind registering lies behind an act."""
    return {
        "farmer": FARMER,
        "customer": CUSTOMER,
        "rider": RIDER,
        "offered": SECOND_RIDER,
        "agent": AGENT,
        "admin": ADMIN,
        "switched off": OFF,
        "stranger": STRANGER,
    }
