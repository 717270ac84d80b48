"""A field agent on the keypad: what she is told, how she takes it down, what is never his (DR-221)."""

from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.audit.models import AuditRow
from core.db import Database
from core.farms import agents
from core.listings.models import Listing
from core.orders.models import OrderItem
from core.users import service as users
from core.users.models import AgentConsent
from menus.agent import stock
from menus.talk import Again
from tests.helpers import FARMER, Cast, Person
from tests.menus.rider.test_rider import talk
from tests.orders.kit import asks_to_cancel
from tests.orders.shop import Shop
from tests.proving import proves
from tests.sms.conftest import Desk, desk, provider
from tests.ussd.counting import counting
from tests.ussd.phone import UssdPhone

AGENT = "+254712000505"
# Home, More, My farmers.
WAY = ("9", "7")
__all__ = ["desk", "provider"]


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    return Shop(db, cast)


@pytest.fixture
def agent(shop: Shop, cast: Cast) -> Person:
    """A field agent to whom the farmer of the story has said YES."""
    person = shop.person(AGENT, "customer", "Kangemi", "Otieno")
    shop.db.run(
        lambda tx: agents.appoint(tx, cast.admin.actor, user_id=person.id, cooperative="Kinoo Growers")
    )
    shop.db.run(lambda tx: agents.ask_farmer(tx, person.actor, msisdn=FARMER))
    says(shop.db, cast.farmer, person, yes=True)
    return person


@pytest.fixture
def phone(client: FlaskClient, agent: Person) -> UssdPhone:
    UssdPhone(client, "+254712000998").dial()
    return UssdPhone(client, AGENT)


def says(db: Database, farmer: Person, agent: Person, *, yes: bool) -> None:
    def work(tx: Any) -> None:
        actor = users.actor_for(users.get(tx, farmer.id), "sms")
        agents.answer(tx, actor, agent_id=agent.id, yes=yes)

    db.run(work)


def farms(phone: UssdPhone) -> str:
    """His farms, also where the dial begins with what waits there."""
    phone.dial()
    return phone.answer(*WAY) if "9 " in phone.screen else phone.answer("1")


def listed(db: Database) -> list[tuple[int, int | None, str]]:
    with db.read() as tx:
        rows = tx.session.scalars(select(Listing).order_by(Listing.listing_id))
        return [(row.farmer_id, row.agent_id, row.listing_status) for row in rows]


def statuses(db: Database) -> list[str]:
    with db.read() as tx:
        return list(tx.session.scalars(select(OrderItem.item_status)))


def test_what_he_lists_on_the_keypad_she_takes_down_with_hapana(
    phone: UssdPhone, desk: Desk, cast: Cast, agent: Person
) -> None:
    assert "1 Wanjiku, Kinoo" in farms(phone)
    phone.answer("1", "2", "sukuma", "1", "60", "12")
    assert "60 bunch" in phone.screen
    assert "gets an SMS" in phone.answer("1")
    again = phone.screen
    assert phone.post() == again
    assert listed(desk.db) == [(cast.farmer.id, agent.id, "available")]
    told = [text for text in shown(desk, cast.farmer) if text == "agent_listed"]
    assert told == ["agent_listed"], "one SMS, also when the network repeats the hop"
    desk.text(FARMER, "HAPANA")
    assert listed(desk.db) == [(cast.farmer.id, agent.id, "inactive")]


def shown(desk: Desk, person: Person) -> list[str]:
    return Shop(desk.db, None).texts(person)  # type: ignore[arg-type]


def test_she_gets_one_sms_for_many_orders_and_each_stands_in_the_audit(
    phone: UssdPhone, shop: Shop, cast: Cast
) -> None:
    shop.publish("100")
    for n in range(3):
        shop.paid_order(key=f"sms-{n}")
    assert "3 wait" in farms(phone)
    phone.answer("1", "1", "96", "1")
    assert "Noted for 3" in phone.screen
    screen = phone.screen
    assert phone.post() == screen
    assert statuses(shop.db) == ["ready"] * 3
    assert shop.texts(cast.farmer).count("agent_marked_all") == 1
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(AuditRow.record).where(AuditRow.what == "agent.marked")).all()
    assert len(rows) == 3


def test_home_by_going_back_forgets_what_was_said_as_home_does(phone: UssdPhone, shop: Shop) -> None:
    """He buys too: the farm that he looked at is not the place to which his own basket is brought."""
    shop.publish("100")
    phone.dial()
    assert "In your basket" in phone.answer("1", "tomatoes", "5")
    home = phone.answer("00")
    phone.answer(*WAY)
    assert "Farmer: Wanjiku" in phone.answer("1")
    assert phone.answer("0", "0", "0") == home
    assert "by what does the rider find your door" in phone.answer("2", "70")


@pytest.mark.parametrize("key", ["95", "96"])
def test_his_word_for_all_is_for_what_he_was_shown(phone: UssdPhone, shop: Shop, key: str) -> None:
    shop.publish("100")
    for n in range(2):
        shop.paid_order(key=f"sms-{n}")
    farms(phone)
    assert "2" in phone.answer("1", "1", key)
    shop.paid_order(key="sms-9")
    assert "Noted for 2" in phone.answer("1")
    with shop.db.read() as tx:
        last = tx.session.scalars(select(OrderItem).order_by(OrderItem.order_item_id.desc())).first()
        assert last is not None
        assert (last.item_status, last.accepted_at) == ("pending", None)


def test_nothing_of_money_and_no_customer_stands_on_his_screens(phone: UssdPhone, shop: Shop) -> None:
    shop.publish("100")
    shop.paid_order()
    screens = [farms(phone), phone.answer("1"), phone.answer("1"), phone.answer("1")]
    for screen in screens:
        assert "KSh" not in screen
        assert "Achieng" not in screen
        assert "0712" not in screen


def test_a_yes_taken_back_while_he_looks_stops_him(
    phone: UssdPhone, shop: Shop, cast: Cast, agent: Person
) -> None:
    shop.publish("100")
    shop.paid_order()
    farms(phone)
    phone.answer("1", "1", "1")
    says(shop.db, cast.farmer, agent, yes=False)
    phone.answer("1")
    assert statuses(shop.db) == ["pending"]
    phone.answer("00", *WAY)
    assert "has said NO" in phone.screen


@pytest.mark.parametrize("way", [("2", "sukuma", "1", "60", "12", "1"), ("3", "1", "5")])
def test_nor_can_he_sell_or_restock_after_her_no(
    phone: UssdPhone, shop: Shop, cast: Cast, agent: Person, way: tuple[str, ...]
) -> None:
    listing = shop.publish("100")
    farms(phone)
    phone.answer("1", *way[:-1])
    says(shop.db, cast.farmer, agent, yes=False)
    phone.answer(way[-1])
    assert listed(shop.db) == [(cast.farmer.id, None, "available")]
    with shop.db.read() as tx:
        assert tx.session.get_one(Listing, listing.listing_id).quantity_available == 100


def test_somebody_who_is_no_agent_finds_no_way_there(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    screen = phone.answer(*WAY)
    assert "Your farms" not in screen


def test_a_farmer_is_asked_once_a_hop(phone: UssdPhone, shop: Shop) -> None:
    shop.person("+254712000606", "farmer", "Kinoo", "Njeri")
    farms(phone)
    phone.answer("97", "0712000606")
    screen = phone.screen
    assert phone.post() == screen
    with shop.db.read() as tx:
        assert len(tx.session.scalars(select(AgentConsent)).all()) == 2


@pytest.mark.parametrize("number", ["", "12345", "abc", "+44 7700 900123", "0712 000 9999", "*"])
def test_a_number_that_is_none_is_asked_again(phone: UssdPhone, number: str) -> None:
    farms(phone)
    phone.answer("97")
    assert "phone number" in phone.answer(number)


@pytest.mark.parametrize("number", ["0712 000 606", "+254712000606", "254712000606", "712000606"])
def test_a_number_in_any_spelling_is_understood(phone: UssdPhone, shop: Shop, number: str) -> None:
    shop.person("+254712000606", "farmer", "Kinoo", "Njeri")
    farms(phone)
    phone.answer("97")
    assert "asked by SMS" in phone.answer(number)


@pytest.mark.parametrize(("answer", "value"), [("0", "0"), ("0.0", "0"), ("25", "25"), ("2,5", "2.5")])
def test_stock_from_nothing_upwards(answer: str, value: str) -> None:
    assert stock.free(talk(listing={"unit": "kg"}), answer) == value


@pytest.mark.parametrize("answer", ["-1", "some", "1.234", "999999", "1,000"])
def test_stock_that_cannot_be(answer: str) -> None:
    with pytest.raises(Again):
        stock.free(talk(listing={"unit": "kg"}), answer)


def test_thirty_farms_are_one_look(phone: UssdPhone, shop: Shop, agent: Person) -> None:
    for n in range(30):
        farmer = shop.person(f"+2547130001{n:02d}", "farmer", "Kinoo", f"Farmer {chr(65 + n % 26)}")
        shop.db.run(partial(agents.ask_farmer, actor=agent.actor, msisdn=farmer.phone))
        says(shop.db, farmer, agent, yes=True)
    phone.dial()
    phone.answer(*WAY[:-1])
    with counting(shop.db) as count:
        phone.answer(WAY[-1])
    assert len(count.sql) <= 2
    assert "98 " in phone.screen


def test_his_word_for_one_is_for_the_amount_that_he_was_shown(
    phone: UssdPhone, shop: Shop, cast: Cast
) -> None:
    """The farmer says meanwhile that she has less: his Ready is not said for a sum that he has not seen."""
    shop.publish("100")
    order = shop.paid_order()
    farms(phone)
    assert "5kg" in phone.answer("1", "1", "1")
    item = shop.items(order)[0]
    shop.db.run(
        lambda tx: tx.session.execute(
            update(OrderItem)
            .where(OrderItem.order_item_id == item.order_item_id)
            .values(fulfilled_quantity=4)
        )
    )
    assert "This has changed meanwhile" in phone.answer("1")
    assert "4kg" in phone.screen
    assert statuses(shop.db) == ["pending"]
    phone.answer("1", "1")
    assert statuses(shop.db) == ["ready"]


@proves("O10")
def test_before_he_says_ready_he_is_told_that_the_customer_asks_to_cancel(
    phone: UssdPhone, shop: Shop
) -> None:
    shop.publish("100")
    asked = asks_to_cancel(shop, "sms-1")
    shop.paid_order(key="sms-2")
    farms(phone)
    assert f"{asked.tail}, 5kg tomatoes: the customer asks to cancel." in phone.answer("1", "1", "1")
    assert statuses(shop.db) == ["harvested", "pending"]
    assert "1 Ready" in phone.answer("1")
    assert "Customers who ask to cancel: 1" in phone.answer("0", "0", "96")
    assert "ask to cancel" not in phone.answer("0", "95"), "nothing asked to cancel lacks a first word"
