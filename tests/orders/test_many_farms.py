"""An agent's one word for all of her farms is a short answer; each farmer hears once (DR-221; issue 4)."""

from collections.abc import Sequence

import pytest
from sqlalchemy import inspect, select, update

from core.db import Database, Tx
from core.farms import agents
from core.notifications.models import Notification
from core.orders import for_others, many
from core.orders.errors import NothingToMark
from core.orders.models import OrderItem
from core.users.models import AgentConsent, FieldAgent
from tests.helpers import Cast, Person
from tests.orders.shop import Shop
from tests.orders.statements import counted
from tests.proving import proves

FEW = many.AT_ONCE["all_acc"]
# Statements of the word itself, for any number of items and farms: measured, with a little air.
MOST = {"accept": 60, "ready": 102}


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    made = Shop(db, cast)
    made.publish("500")
    return made


@pytest.fixture
def agent(shop: Shop) -> Person:
    person = shop.person("+254712000801", "customer", "Kabete", "Kariuki")
    shop.db.run(
        lambda tx: tx.session.add(FieldAgent(user_id=person.id, cooperative="Kikuyu", since=tx.now)),
    )
    return person


def waiting(shop: Shop, agent: Person, *, items: int, farms: int, lines: int) -> list[Person]:
    """`items` paid lines of `farms` farmers in turn who have all said YES, `lines` of them in an order."""
    farmers = [shop.cast.farmer]
    for number in range(1, farms):
        farmers.append(shop.person(f"+2547120009{number:02}", "farmer", "Kabete", f"Mwangi {number}"))
    listings = [shop.publish("500", farmer=one) if n else None for n, one in enumerate(farmers)]
    orders = [shop.paid_order("5", f"sms-{number}") for number in range(-(-items // lines))]

    def work(tx: Tx) -> None:
        for one in farmers:
            tx.session.add(
                AgentConsent(
                    farmer_id=one.id, agent_id=agent.id, consent_status="agreed", asked_at=tx.now,
                    answered_at=tx.now,
                )
            )  # fmt: skip
        columns = set(inspect(OrderItem).column_attrs.keys())
        firsts = list(tx.session.scalars(select(OrderItem).order_by(OrderItem.order_item_id)))
        first_listing = firsts[0].listing_id
        for number in range(items):
            base = firsts[number % len(orders)]
            listing = listings[number % farms]
            whose = {
                "farmer_id": farmers[number % farms].id,
                "listing_id": listing.listing_id if listing else first_listing,
            }
            if number < len(orders):
                tx.session.execute(
                    update(OrderItem).where(OrderItem.order_item_id == base.order_item_id).values(whose)
                )
                continue
            values = {key: getattr(base, key) for key in columns}
            tx.session.add(OrderItem(**{**values, **whose, "order_item_id": None}))

    shop.db.run(work)
    return farmers


def say(shop: Shop, agent: Person, event: str) -> for_others.MarkedAll:
    return shop.db.run(lambda tx: for_others.mark_all(tx, agent.actor, event=event))


def told(shop: Shop, farmers: Sequence[Person]) -> list[list[int]]:
    """Of how many orders each farmer was told, message by message."""
    with shop.db.read() as tx:
        query = select(Notification).where(Notification.code.like("agent_marked%"))
        rows = list(tx.session.scalars(query))
        return [[int(row.values.get("count", 1)) for row in rows if row.user_id == one.id] for one in farmers]


def accepted(shop: Shop, farmer: Person) -> int:
    with shop.db.read() as tx:
        query = select(OrderItem.accepted_at).where(OrderItem.farmer_id == farmer.id)
        return sum(at is not None for at in tx.session.scalars(query))


def at_hand(shop: Shop, agent: Person) -> int:
    """How many items the agent sees waiting for a first word."""
    with shop.db.read() as tx:
        listed = [one for one in for_others.items_of(tx, agent.actor) if not one.accepted]
        counts = sum(one.unaccepted for one in for_others.farms_of(tx, agent.actor))
    assert len(listed) == counts
    return counts


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # the same statements on both
@pytest.mark.parametrize(
    ("items", "farms", "lines"),
    [(1, 1, 1), (20, 1, 20), (20, 1, 1), (20, 5, 4), (100, 49, 20)],
)
@pytest.mark.parametrize("event", MOST)
@proves("DR-221")
def test_one_word_costs_the_same_for_one_item_and_for_a_hundred_of_forty_nine_farms(
    shop: Shop, agent: Person, event: str, items: int, farms: int, lines: int
) -> None:
    waiting(shop, agent, items=items, farms=farms, lines=lines)
    cost = counted(shop.db, lambda: say(shop, agent, event))
    print(f"{event}, {items} items of {farms} farms, {lines} an order: {cost} statements")
    assert cost <= MOST[event]


@proves("DR-221")
def test_each_farmer_is_told_once_of_all_of_hers_when_the_last_is_done(shop: Shop, agent: Person) -> None:
    farmers = waiting(shop, agent, items=17, farms=3, lines=2)
    done = say(shop, agent, "accept")
    assert (done.items, done.farmers) == (17, 3)
    assert [accepted(shop, one) for one in farmers] == [FEW, 0, 0], "farmer by farmer"
    assert told(shop, farmers) == [[], [], []], "none is done with"
    assert at_hand(shop, agent) == 0, "the rest is on its way, and not asked about again"
    with pytest.raises(NothingToMark):
        say(shop, agent, "accept")
    shop.sweep()
    hers = [accepted(shop, one) for one in farmers]
    assert sum(hers) == 17
    assert told(shop, farmers) == [[orders_of(shop, one)] for one in farmers]
    say(shop, agent, "ready")
    shop.sweep()
    assert [len(counts) for counts in told(shop, farmers)] == [2, 2, 2]


@proves("DR-221")
def test_what_she_takes_back_meanwhile_stays_undone_and_the_others_are_told(
    shop: Shop, agent: Person
) -> None:
    farmers = waiting(shop, agent, items=16, farms=2, lines=1)
    say(shop, agent, "accept")
    shop.db.run(lambda tx: agents.answer(tx, farmers[0].actor, agent_id=agent.id, yes=False))
    shop.sweep()
    assert [accepted(shop, one) for one in farmers] == [FEW, 8]
    assert told(shop, farmers) == [[FEW], [8]], "and she is told of what was done"
    with shop.db.read() as tx:
        assert set(tx.session.scalars(select(OrderItem.marked_until))) == {None}


def orders_of(shop: Shop, farmer: Person) -> int:
    with shop.db.read() as tx:
        return len(
            set(tx.session.scalars(select(OrderItem.order_id).where(OrderItem.farmer_id == farmer.id)))
        )
