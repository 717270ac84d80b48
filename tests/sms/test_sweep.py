"""Every command, said by everybody, about another's record, an unknown and an own one (DR-211, S3, S8).

What there is to say is taken from the table of commands, so that a new one is swept as soon as it is there.
Readings are handed in as they are: whatever the reader may ever make of a text, no command acts on it for
somebody whose record it is not.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select

from core.db import Base
from core.deliveries import duty
from core.deliveries.models import Delivery
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from core.traffic.models import Callback
from core.users import staff
from sms.commands.table import ANYBODYS, BY_ROLE
from sms.reader import Reader
from sms.reading import Reading
from tests.databases import Store
from tests.deliveries.road import Road
from tests.helpers import ADMIN, CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk

INTENTS = sorted({intent for room in (*BY_ROLE.values(), ANYBODYS) for intent in room})
OTHERS = {
    "customer": "+254712000551",
    "farmer": "+254712000552",
    "rider": "+254712000553",
    "admin": ADMIN,
    "stranger": "+254712000559",
    "suspended": "+254712000554",
}
UNKNOWN = "ZZZ9"
# Who buys something has its farmer told, and pays for it.
BUYING = ("order", "same", "collect", "pay")
LISTED = ("listing_id", "listing_status", "current_price", "unit", "farm_id", "farmer_id", "agent_id")
RECEIPT = "TFO1AA11AA"
# Whose rows they are; a row without any of these is nobody's.
OWNERS = ("user_id", "customer_id", "farmer_id", "rider_id", "asked_by", "agent_id")
# What every text may change: logs, what is to be said and done, and who is looked up.
ANYBODYS_ROWS = {
    "callback_log", "callback_counts", "outbox", "sms_spend", "duties", "questions", "users", "notifications",
    "alarms",
}  # fmt: skip


@dataclass
class World:
    """Orders of the story's customer in every state, and the texts of others about them."""

    desk: Desk
    road: Road
    tails: dict[str, str] = field(default_factory=dict)
    order_ids: set[int] = field(default_factory=set)
    code: str = "0000"
    said: dict[str, Reading] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def say(self, phone: str, reading: Reading) -> str:
        """A text that is read so; what that phone is answered."""
        text = f"sweep {len(self.said)}"
        self.said[text] = reading
        self.desk.sent.clear()
        assert self.desk.receive(phone, text).status_code == 200  # no time passes: nothing else falls due
        self.desk.work()
        self.others |= {m["to"] for m in self.desk.sent} - {phone}
        answer = "\n".join(m["message"] for m in self.desk.sent if m["to"] == phone)
        with self.desk.db.transaction() as tx:  # what was told before keeps nobody from being told again
            tx.session.execute(delete(OutboxMessage).where(OutboxMessage.msisdn == phone))
        return answer

    def slots(self, intent: str, named: str) -> dict[str, Any]:
        """All that a text of this intent could hold, about the order that ends so."""
        receipt = RECEIPT if named != UNKNOWN else "TFO9ZZ99ZZ"
        # "3kg of it" and a sum beside it: whatever a command may look at is there.
        return {
            "order": named,
            "job": named,
            "code": receipt if intent == "mpesa_confirmation" else self.code,
            "product": "tomatoes",
            "items": [{"product": "tomatoes", "qty": Decimal(3), "unit": "kg"}],
            "qty": Decimal(3),
            "price": Decimal(90),
            "minutes": 30,
            "stars": 1,
            "reason": "hayuko",
            "comment": "it was rotten",
            "text": "please call me",
            "language": "en",
            "method": "mpesa",
            "phone": "0712000559",
            "farm": 1,
            "amount": "499.00",
        }


@pytest.fixture
def store(open_store: Callable[[str], Store], request: pytest.FixtureRequest) -> Store:
    """Thousands of texts: on the quicker database; a few of them on the other."""
    opened = open_store(getattr(request, "param", "sqlite"))
    opened.empty()
    return opened


@pytest.fixture
def world(desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    road = Road(desk.db, cast)
    road.publish("200")
    made = World(desk, road)

    def read(_reader: Reader, text: str, **_known: Any) -> Reading:
        return made.said.get(text, Reading("unknown"))

    monkeypatch.setattr(Reader, "read", read)
    delivered = road.delivered_order("sms-1")
    brought = road.on_the_way("sms-2")
    taken = road.assigned("sms-3")
    paid = road.paid_order(key="sms-4")
    orders = {"delivered": delivered, "brought": brought, "taken": taken, "paid": paid}
    made.tails = {name: order.tail for name, order in orders.items()}
    made.order_ids = {order.order_id for order in orders.values()}
    made.code = road.code(brought)
    for role in ("customer", "farmer", "rider"):
        road.person(OTHERS[role], role, "Kinoo", "Njeri")
    road.person(OTHERS["suspended"], "customer", "Kinoo", "Auma")
    gone = desk.user(OTHERS["suspended"])
    assert gone is not None
    road.act(staff.deactivate, cast.admin, user_id=gone.user_id, reason="fraud")
    desk.db.run(lambda tx: duty.set_duty(tx, cast.rider.actor, on=False))
    desk.work()
    return made


def rows(desk: Desk, *, but: int | None) -> dict[tuple[str, Any], tuple[Any, ...]]:
    """Every row that is not anybody's, nor of the person `but`, by table and key."""
    found: dict[tuple[str, Any], tuple[Any, ...]] = {}
    with desk.db.read() as tx:
        for table in Base.metadata.sorted_tables:
            if table.name in ANYBODYS_ROWS:
                continue
            columns = list(table.c)
            if table.name == "product_listings":  # what is bought is reserved, which harms nobody's record
                columns = [table.c[name] for name in LISTED]
            owners = [table.c[name] for name in OWNERS if name in table.c]
            for row in tx.session.execute(select(*columns)):
                values = row._mapping
                if but is None or all(values[owner] != but for owner in owners):
                    key = tuple(values[column] for column in table.primary_key)
                    found[table.name, key] = tuple(row)
    return found


def about_orders(world: World) -> set[str]:
    """Rows that hang on the customer's orders: a new one is an effect as well, even in a log (S8)."""
    found = set()
    with world.desk.db.read() as tx:
        for table in Base.metadata.sorted_tables:
            if "order_id" in table.c and table.name != "orders":
                asked = select(*table.primary_key).where(table.c.order_id.in_(world.order_ids))
                found |= {f"{table.name} {tuple(row)}" for row in tx.session.execute(asked)}
    return found


def masked(reply: str) -> str:
    """A reply without its figures: a second ticket has another number, a longer list another sum."""
    return re.sub(r"\d+", "#", reply)


@proves("DR-211")
@pytest.mark.parametrize("who", OTHERS)
def test_no_command_touches_or_tells_of_another_persons_record(world: World, who: str) -> None:
    swept(world, who, INTENTS)


@pytest.mark.parametrize("store", ["mariadb"], indirect=True)
def test_the_other_database_keeps_them_apart_as_well(world: World) -> None:
    swept(world, "customer", ("cancel", "farmer_ready", "rider_done", "message"))


def swept(world: World, who: str, intents: Sequence[str]) -> None:
    """Each of these commands about every order: nothing changed, nobody told, no order told from none."""
    phone, desk = OTHERS[who], world.desk
    user = desk.user(phone)
    his = user.user_id if user else None
    before, hanging = rows(desk, but=his), about_orders(world)
    faults = []
    for intent in intents:
        world.others.clear()
        asked = [("first", UNKNOWN), *world.tails.items(), ("last", UNKNOWN)]
        replies = {state: ask(world, phone, intent, tail) for state, tail in asked}
        if not set(replies.values()) <= {replies["first"], replies["last"]}:
            faults.append(f"{intent}: the answers tell an order from none: {replies}")
        if (world.others & {CUSTOMER, FARMER, RIDER}) and intent not in BUYING:
            faults.append(f"{intent}: {world.others} were texted")
        after = rows(desk, but=his)
        if changed := {key for key, row in before.items() if after.get(key) != row}:
            faults.append(f"{intent}: changed {changed}")
        if new := about_orders(world) - hanging:
            faults.append(f"{intent}: hangs on a foreign order: {sorted(new)[:3]}")
        before, hanging = after, about_orders(world)
    failed = [row.request for row in desk.look(Callback, kind="sms") if row.verdict == "failed"]
    assert not faults, "\n".join(faults)
    assert failed == []


def ask(world: World, phone: str, intent: str, tail: str) -> str:
    """What is answered to a text about the order that ends so, without its figures; whatever is asked back is
    answered with 1 and with YES."""
    reply = masked(world.say(phone, Reading(intent, world.slots(intent, tail))).replace(tail, "____"))
    for answer in (Reading("choose", {"choice": 1}), Reading("confirm_yes")):
        if world.desk.look(Question, open_for=phone):
            world.say(phone, answer)
    return reply


@proves("DR-211")
@pytest.mark.parametrize("phone", [CUSTOMER, FARMER, RIDER], ids=["customer", "farmer", "rider"])
def test_every_command_about_an_own_record_is_answered(world: World, phone: str) -> None:
    """Done or refused in words; never "something went wrong"."""
    desk = world.desk
    for intent in INTENTS:
        for tail in world.tails.values():
            world.say(phone, Reading(intent, world.slots(intent, tail)))
            world.say(phone, Reading("confirm_no"))
    texts = [row for row in desk.look(Callback, kind="sms") if row.msisdn == phone]
    assert [row.request for row in texts if row.verdict in ("failed", "stored")] == []
    assert {row.verdict for row in texts} >= {"applied", "rejected"}


def test_the_owner_of_the_code_is_not_helped_by_anybody_who_knows_it(world: World) -> None:
    """DR-1206: code and number of a job in foreign hands deliver nothing."""
    for phone in OTHERS.values():
        named = world.tails["brought"]
        world.say(phone, Reading("rider_done", {"job": named, "code": world.code}))
        world.say(phone, Reading("rider_done", {"code": world.code}))
    statuses = {d.order_id: d.delivery_status for d in world.desk.look(Delivery)}
    [order] = [o for o in world.desk.look(Order) if o.order_number.endswith(world.tails["brought"])]
    assert statuses[order.order_id] == "in_transit"
