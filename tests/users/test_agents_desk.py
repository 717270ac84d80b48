"""A field agent's desk: his farms, what waits, what is for sale, one word for all of it (DR-221)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import Database
from core.errors import BadInput, DomainError
from core.farms import agents
from core.listings import for_others as stock
from core.listings import service as listings
from core.orders import for_others, quotes
from core.orders.errors import NothingToMark
from core.orders.models import Order, OrderItem
from core.users import service as users
from tests.helpers import Cast, Person, farm_id
from tests.orders.shop import Shop
from tests.proving import proves
from tests.users.test_agents import STATES, agent, answer, ask, publish, told, trail, trusted
from tests.ussd.counting import counting

__all__ = ["agent", "trusted"]


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    made = Shop(db, cast)
    made.publish("200")
    return made


def order(shop: Shop, n: int, slug: str = "tomatoes") -> Order:
    quote = shop.quote_lines(quotes.Line(shop.product(slug), Decimal(5), "kg"))
    made = shop.accept(quote, f"sms-{n}")
    assert shop.pay(made, f"ws_{n}", f"R{made.order_id:09d}") == "applied"
    return made


def farms(db: Database, who: Person) -> list[for_others.FarmAtHand]:
    with db.read() as tx:
        return for_others.farms_of(tx, who.actor)


def items(db: Database, who: Person, farm_id: int = 0) -> list[for_others.ItemAtHand]:
    with db.read() as tx:
        return for_others.items_of(tx, who.actor, farm_id=farm_id)


def mark_all(db: Database, who: Person, event: str, farm_id: int = 0) -> for_others.MarkedAll:
    return db.run(lambda tx: for_others.mark_all(tx, who.actor, event=event, farm_id=farm_id))


def at_work(db: Database) -> list[str]:
    with db.read() as tx:
        return list(tx.session.scalars(select(OrderItem.item_status).order_by(OrderItem.order_item_id)))


@proves("DR-221")
def test_his_farms_with_what_waits_in_one_look(db: Database, shop: Shop, trusted: Person) -> None:
    order(shop, 1)
    order(shop, 2)
    second = shop.person("+254712000606", "farmer", "Kinoo", "Njeri")
    ask(db, trusted, second)
    with counting(db) as count, db.read() as tx:
        found = for_others.farms_of(tx, trusted.actor)
    assert len(count.sql) == 1
    assert [(one.farmer, one.consent, one.waiting, one.unaccepted) for one in found] == [
        ("Wanjiku", "agreed", 2, 2),
        ("Njeri", "asked", 0, 0),
    ]
    shop.mark(order(shop, 3), "accept")
    assert (farms(db, trusted)[0].waiting, farms(db, trusted)[0].unaccepted) == (3, 2)


@proves("DR-221")
def test_what_waits_is_shown_without_customer_and_money(db: Database, shop: Shop, trusted: Person) -> None:
    made = order(shop, 1)
    with counting(db) as count:
        (item,) = items(db, trusted)
    assert len(count.sql) == 1
    assert (item.tail, item.quantity, item.unit, item.accepted) == (made.tail, Decimal(5), "kg", False)
    assert not {"you_get", "price", "customer", "customer_first_name", "ward"} & set(vars(item))
    assert items(db, trusted, item.farm_id) == [item]
    assert items(db, trusted, item.farm_id + 99) == []


@proves("DR-221")
@pytest.mark.parametrize("state", STATES)
def test_without_her_yes_there_is_nothing_to_see_and_nothing_to_mark(
    db: Database, shop: Shop, cast: Cast, agent: Person, state: str
) -> None:
    order(shop, 1)
    if state != "never asked":
        ask(db, agent, cast.farmer)
    if state in ("withdrawn", "dismissed", "switched off"):
        answer(db, cast.farmer, agent, yes=True)
    if state in ("refused", "withdrawn"):
        answer(db, cast.farmer, agent, yes=False)
    if state == "dismissed":
        db.run(lambda tx: agents.dismiss(tx, cast.admin.actor, user_id=agent.id))
    if state == "switched off":
        db.run(lambda tx: setattr(users.get(tx, agent.id), "is_active", False))
    if state != "switched off":
        assert items(db, agent) == []
        with db.read() as tx:
            assert stock.stock_of(tx, agent.actor, farm_id=farm_id(tx, cast.farmer.actor)) == []
        assert all(one.waiting == 0 for one in farms(db, agent))
        with pytest.raises(NothingToMark):
            mark_all(db, agent, "ready")
    else:
        with pytest.raises(DomainError):
            mark_all(db, agent, "ready")
    assert at_work(db) == ["pending"]


@proves("DR-221")
def test_one_word_for_all_stands_in_the_audit_for_each_and_is_one_sms(
    db: Database, shop: Shop, cast: Cast, trusted: Person
) -> None:
    made = [order(shop, n) for n in range(3)]
    done = mark_all(db, trusted, "accept")
    assert (done.items, done.orders, done.farmers) == (3, 3, 1)
    assert len(trail(db, "agent.marked")) == 3
    assert told(db, cast.farmer).count("agent_marked_all") == 1
    assert "agent_marked" not in told(db, cast.farmer)
    with pytest.raises(NothingToMark):
        mark_all(db, trusted, "accept")
    done = mark_all(db, trusted, "ready")
    assert done.items == 3
    assert at_work(db) == ["ready"] * 3
    assert {shop.fresh(one).order_status for one in made} == {"ready_for_delivery"}
    assert told(db, cast.farmer).count("agent_marked_all") == 2


@proves("DR-221")
def test_one_item_is_told_of_as_one(db: Database, shop: Shop, cast: Cast, trusted: Person) -> None:
    order(shop, 1)
    mark_all(db, trusted, "ready")
    assert told(db, cast.farmer).count("agent_marked") == 1
    assert "agent_marked_all" not in told(db, cast.farmer)


def test_only_accept_and_ready_go_for_all(db: Database, shop: Shop, trusted: Person) -> None:
    for event in ("harvest", "pack", "reject", ""):
        with pytest.raises(BadInput):
            mark_all(db, trusted, event)


@proves("DR-221")
def test_another_agents_farms_are_not_his(db: Database, shop: Shop, cast: Cast, trusted: Person) -> None:
    order(shop, 1)
    other = shop.person("+254712000707", "customer", "Kangemi", "Akinyi")
    db.run(lambda tx: agents.appoint(tx, cast.admin.actor, user_id=other.id, cooperative="Others"))
    assert farms(db, other) == []
    assert items(db, other) == []
    with pytest.raises(NothingToMark):
        mark_all(db, other, "ready")


@proves("DR-221")
def test_what_she_sells_and_how_much_there_is_now(
    db: Database, shop: Shop, cast: Cast, trusted: Person
) -> None:
    publish(db, trusted, cast.farmer)
    with db.read() as tx:
        farm = farm_id(tx, cast.farmer.actor)
    with counting(db) as count, db.read() as tx:
        found = stock.stock_of(tx, trusted.actor, farm_id=farm)
    assert len(count.sql) == 1
    assert [one.free for one in found] == [Decimal(50), Decimal(200)]
    db.run(
        lambda tx: listings.set_quantity(
            tx, trusted.actor, listing_id=found[0].listing_id, quantity=Decimal(0)
        )
    )
    with db.read() as tx:
        assert stock.stock_of(tx, trusted.actor, farm_id=farm)[0].free == 0, "sold out can be filled again"
