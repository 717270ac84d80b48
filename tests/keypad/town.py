"""A town for the fuzzer: eight phones in the middle of business, each person with marks of her own."""

from decimal import Decimal

from core.db import Tx
from core.deliveries import duty
from core.farms import agents, keeping
from core.farms import service as farms
from core.listings import service as listings
from core.locations import service as locations
from core.orders.models import Order
from core.users import pins
from core.users import service as users
from tests.deliveries.road import Road
from tests.helpers import CUSTOMER, FARMER, RIDER, Person, register_cast
from tests.keypad.house import House
from tests.keypad.marks import Marked, Marks
from tests.keypad.worlds import AGENT, PIN, SECOND_FARMER, SECOND_RIDER, STRANGER

SECOND_CUSTOMER = "+254712000808"
SECOND_STRANGER = "+254712000909"
PHONES = (
    FARMER, CUSTOMER, RIDER, AGENT, SECOND_FARMER, SECOND_CUSTOMER, SECOND_RIDER, STRANGER, SECOND_STRANGER
)  # fmt: skip
NAMES = ("Quetzal", "Xerxes", "Zebulon", "Wexford", "Yggdra", "Vauxhall", "Jocasta")
DOORS = ("zinnia", "quokka", "xylem", "fjord", "gnu", "vortex", "klaxon")


def settle(house: House) -> Marks:
    """Register everybody, put produce on sale, and have orders in every state."""
    road = Road(house.db, register_cast(house.db))
    cast = road.cast
    other_farmer = road.person(SECOND_FARMER, "farmer", "Kinoo", "Mwangi")
    other_customer = road.person(SECOND_CUSTOMER, "customer", "Kangemi", "Otieno")
    agent = road.person(AGENT, "farmer", "Kinoo", "Agnes")
    other_rider = road.rider(SECOND_RIDER, "Kinoo", "KMGC 456D", on=False)
    everybody = (cast.farmer, cast.customer, cast.rider, other_farmer, other_customer, other_rider, agent)
    marked = [_mark(road, *one) for one in zip(everybody, NAMES, DOORS, strict=True)]
    _sell(road, cast.farmer, "tomatoes", "avocado", "cabbage")
    _sell(road, other_farmer, "tomatoes", "avocado")
    road.act(agents.appoint, cast.admin, user_id=agent.id, cooperative="Kinoo Growers")
    road.act(agents.ask_farmer, agent, msisdn=SECOND_FARMER)
    yes = users.actor_for(other_farmer.user, "sms")
    road.db.run(lambda tx: agents.answer(tx, yes, agent_id=agent.id, yes=True))
    _business(road, other_rider)
    road.act(duty.set_duty, cast.rider, on=True)
    return Marks(house.db, marked)


def _mark(road: Road, person: Person, name: str, door: str) -> Marked:
    """Give a person her name, her landmark and the PIN that the machines know."""

    def work(tx: Tx) -> None:
        user = users.get(tx, person.id)
        user.first_name = name
        place = locations.default_of(tx, person.id)
        assert place is not None
        locations.set_landmark(
            tx, person.actor, location_id=place.location_id, landmark=f"by the {door} gate"
        )
        for farm in keeping.mine(tx, person.actor) if user.user_role == "farmer" else ():
            keeping.change(tx, person.actor, farm_id=farm.farm_id, name="Hill farm", takes_cash=True)

    road.db.run(work)
    road.act(pins.choose, person, pin=PIN, again=PIN)
    names = () if person.user.user_role == "farmer" else (name,)  # a farmer's name is on her farm
    return Marked(person.id, person.phone, (*names, door, "0" + person.phone[4:]))


def _sell(road: Road, farmer: Person, *slugs: str) -> None:
    farm = road.db.run(lambda tx: farms.first_of(tx, farmer.actor))
    assert farm is not None
    for slug in slugs:
        road.act(
            listings.publish, farmer, farm_id=farm.farm_id, product_id=road.product(slug), unit="kg",
            quantity=Decimal(500), price=Decimal(80), price_confirmed=True,
        )  # fmt: skip


def _business(road: Road, other_rider: Person) -> None:
    """Orders at every stage, of both kinds of payment."""
    road.bring(road.taken(_paid(road, "a")))
    road.later(hours=70)
    road.bring(road.taken(_paid(road, "b")))
    road.bring(road.taken(road.cash_order(key="c")))
    road.pick_up(road.taken(_paid(road, "d")))
    _paid(road, "e")
    _paid(road, "f")
    ready = _paid(road, "g")
    road.act(duty.set_duty, road.cast.rider, on=False)
    road.act(duty.set_duty, other_rider, on=True)
    road.ready(ready)
    road.order("4", "h")


def _paid(road: Road, key: str) -> Order:
    return road.paid_order(key=key)
