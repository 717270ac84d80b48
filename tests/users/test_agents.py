"""Field agents and helpers: who acts in a farmer's place, what she is told, how she refuses (DR-221, 815)."""

import json
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditRow
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.farms import agents
from core.farms.errors import (
    AgentRefused,
    AskedEnough,
    CooperativeMissing,
    HelperUnknown,
    NotAnAgent,
    SayYesBySms,
)
from core.listings import service as listings
from core.listings import takedown
from core.listings.errors import TooLateToTakeDown
from core.listings.models import Listing
from core.msisdn import NotKenyanMobile
from core.notifications.models import Notification
from core.orders import marking
from core.orders.errors import ItemUnknown
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from core.users import payees, pins, profile
from core.users import service as users
from core.users.errors import Inactive
from core.users.models import AgentConsent, Helper
from tests.helpers import Cast, FixedClock, Person, farm_id
from tests.orders.shop import Shop
from tests.proving import proves
from tests.users.people import on, register, with_pin


@pytest.fixture
def agent(db: Database, cast: Cast) -> Person:
    """Somebody whom an admin has marked as agent of a co-operative."""
    person = register(db, first_name="Kariuki")
    db.run(lambda tx: agents.appoint(tx, cast.admin.actor, user_id=person.id, cooperative="Kikuyu Farmers"))
    return person


@pytest.fixture
def trusted(db: Database, cast: Cast, agent: Person) -> Person:
    """The agent, to whom the farmer of the story has said YES."""
    ask(db, agent, cast.farmer)
    answer(db, cast.farmer, agent, yes=True)
    return agent


def ask(db: Database, agent: Person, farmer: Person) -> AgentConsent:
    return db.run(lambda tx: agents.ask_farmer(tx, agent.actor, msisdn=farmer.phone))


def answer(db: Database, farmer: Person, agent: Person, *, yes: bool, channel: str = "sms") -> None:
    db.run(lambda tx: agents.answer(tx, on(farmer, channel), agent_id=agent.id, yes=yes))


STATES = ["never asked", "asked", "refused", "withdrawn", "dismissed", "switched off"]


def publish(db: Database, actor: Person, farmer: Person) -> Listing:
    def work(tx: Tx) -> Listing:
        return listings.publish(
            tx,
            actor.actor,
            farm_id=farm_id(tx, farmer.actor),
            product_id=db.parts.products.by_slug("tomatoes").product_id,
            unit="kg",
            quantity=Decimal(50),
            price=Decimal(80),
            price_confirmed=True,
        )

    return db.run(work)


def told(db: Database, person: Person) -> list[str]:
    with db.read() as tx:
        query = select(Notification.code).where(Notification.user_id == person.id)
        return list(tx.session.scalars(query.order_by(Notification.notification_id)))


def trail(db: Database, what: str) -> list[AuditRow]:
    with db.read() as tx:
        return list(tx.session.scalars(select(AuditRow).where(AuditRow.what == what)))


@proves("DR-221")
def test_an_agent_lists_for_a_farmer_who_has_said_yes_and_both_are_named(
    db: Database, cast: Cast, trusted: Person
) -> None:
    listing = publish(db, trusted, cast.farmer)
    assert (listing.farmer_id, listing.agent_id) == (cast.farmer.id, trusted.id)
    row = trail(db, "agent.listed")[0]
    assert (row.user_id, row.record) == (trusted.id, f"listing:{listing.listing_id}")
    assert row.changes == {"agent": [None, trusted.id], "farmer": [None, cast.farmer.id]}
    assert told(db, cast.farmer)[-1] == "agent_listed"
    assert "listed" not in told(db, cast.farmer), "one SMS each time, not two"


@proves("DR-221")
@pytest.mark.parametrize(
    "state", ["never asked", "asked", "refused", "withdrawn", "dismissed", "switched off"]
)
def test_without_her_yes_there_is_nothing_of_hers_for_him(
    db: Database, cast: Cast, agent: Person, state: str
) -> None:
    listing = publish(db, cast.farmer, cast.farmer)
    if state != "never asked":
        ask(db, agent, cast.farmer)
    if state in ("withdrawn", "dismissed", "switched off"):
        answer(db, cast.farmer, agent, yes=True)
    if state in ("refused", "withdrawn"):
        answer(db, cast.farmer, agent, yes=False, channel="ussd")
    if state == "dismissed":
        db.run(lambda tx: agents.dismiss(tx, cast.admin.actor, user_id=agent.id))
    if state == "switched off":
        db.run(lambda tx: setattr(users.get(tx, agent.id), "is_active", False))
    with pytest.raises((NotFound, NotAllowed, Inactive)):
        publish(db, agent, cast.farmer)
    with pytest.raises((NotFound, NotAllowed, Inactive)), db.transaction() as tx:
        listings.restock(tx, agent.actor, listing_id=listing.listing_id, quantity=Decimal(5))


@proves("DR-221")
def test_she_says_yes_by_sms_only_and_no_anywhere(db: Database, cast: Cast, agent: Person) -> None:
    ask(db, agent, cast.farmer)
    for channel in ("ussd", "web", "api"):
        with pytest.raises(SayYesBySms):
            answer(db, cast.farmer, agent, yes=True, channel=channel)
    answer(db, cast.farmer, agent, yes=True)
    answer(db, cast.farmer, agent, yes=True)  # a repeat changes nothing
    answer(db, cast.farmer, agent, yes=False, channel="web")
    answer(db, cast.farmer, agent, yes=False, channel="web")
    changes = [row.changes["consent_status"] for row in trail(db, "agent.consent")]
    assert changes == [["asked", "agreed"], ["agreed", "withdrawn"]]


@proves("DR-221")
def test_stock_is_the_agents_affair_price_and_the_rest_are_not(
    db: Database, cast: Cast, trusted: Person
) -> None:
    listing = publish(db, cast.farmer, cast.farmer).listing_id
    db.run(lambda tx: listings.restock(tx, trusted.actor, listing_id=listing, quantity=Decimal(10)))
    db.run(lambda tx: listings.set_quantity(tx, trusted.actor, listing_id=listing, quantity=Decimal(20)))
    assert told(db, cast.farmer)[-1] == "agent_restocked"
    assert len(trail(db, "agent.restocked")) == 2
    forbidden = (
        partial(listings.change_price, listing_id=listing, price=Decimal(1), price_confirmed=True),
        partial(listings.change, listing_id=listing, notes="mine now"),
        partial(listings.deactivate, listing_id=listing),
        partial(listings.activate, listing_id=listing),
    )
    for act in forbidden:
        with pytest.raises(NotAllowed), db.transaction() as tx:
            act(tx, trusted.actor)


@proves("DR-221")
def test_an_agent_marks_items_and_the_farmer_hears_of_it(db: Database, cast: Cast, trusted: Person) -> None:
    shop = Shop(db, cast)
    shop.publish()
    item = shop.items(shop.paid_order())[0]
    shop.mark_item(item, "accept", trusted.actor)
    shop.mark_item(item, "ready", trusted.actor)
    shop.mark_item(item, "ready", trusted.actor)  # a repeat is no second act
    assert told(db, cast.farmer).count("agent_marked") == 2
    assert [row.record for row in trail(db, "agent.marked")] == [f"order_item:{item.order_item_id}"] * 2


@proves("DR-221")
def test_an_agent_never_comes_near_pin_payout_money_or_profile(
    db: Database, cast: Cast, trusted: Person
) -> None:
    with_pin(db, cast.farmer)
    with pytest.raises(NotFound), db.read() as tx:
        profile.view(tx, trusted.actor, user_id=cast.farmer.id)
    with pytest.raises(NotFound), db.transaction() as tx:
        pins.reset(tx, trusted.actor, user_id=cast.farmer.id, reason="")
    with_pin(db, trusted, "2580")
    payees.name_number(db, trusted.actor, purpose="payout", msisdn="0733000001", pin="2580", once_key="a")
    with db.read() as tx:
        seen = payees.mine(tx, cast.farmer.actor, purpose="payout")
    assert seen.next_number is None, "his own number it was, not hers"


@proves("DR-221")
def test_hapana_takes_down_what_he_listed_within_a_day(
    db: Database, cast: Cast, trusted: Person, clock: FixedClock
) -> None:
    def refuse(who: Person, listing: Listing) -> str:
        try:
            down = db.run(lambda tx: takedown.refuse(tx, who.actor, listing_id=listing.listing_id))
        except DomainError as error:
            return error.code
        return down.listing_status

    one, two = publish(db, trusted, cast.farmer), publish(db, trusted, cast.farmer)
    assert refuse(register(db, role="farmer"), one) == "not_found"
    assert refuse(trusted, one) == "not_allowed"
    clock.advance(hours=23, minutes=59)
    assert refuse(cast.farmer, one) == "inactive"
    assert refuse(cast.farmer, one) == "inactive", "down is down"
    clock.advance(minutes=1)
    assert refuse(cast.farmer, two) == "listings.too_late_to_take_down"
    own = publish(db, cast.farmer, cast.farmer)
    assert refuse(cast.farmer, own) == "listings.too_late_to_take_down", "it was no agent's"


@proves("DR-221")
def test_what_is_sold_stays_until_it_comes_back(db: Database, cast: Cast, trusted: Person) -> None:
    listing = publish(db, trusted, cast.farmer)
    shop = Shop(db, cast)
    order = shop.order()
    item = shop.items(order)[0]
    with pytest.raises(TooLateToTakeDown), db.transaction() as tx:
        takedown.refuse(tx, cast.farmer.actor, listing_id=listing.listing_id)
    db.run(
        lambda tx: listings.give_back(
            tx, cast.farmer.actor, order_item_id=item.order_item_id, reason="expire"
        )
    )
    down = db.run(lambda tx: takedown.refuse(tx, cast.farmer.actor, listing_id=listing.listing_id))
    assert down.listing_status == "inactive"


def test_she_is_asked_and_the_newest_act_is_what_no_refers_to(
    db: Database, cast: Cast, trusted: Person
) -> None:
    listing = publish(db, trusted, cast.farmer)
    with db.read() as tx:
        asked = tx.session.scalars(select(Question).where(Question.open_for == cast.farmer.phone)).one()
    assert (asked.kind, asked.about["listing_id"]) == ("agent_listing", listing.listing_id)
    assert (asked.expires_at - asked.asked_at).total_seconds() == 24 * 3600


def test_farmer_and_admins_see_who_the_agents_are(db: Database, cast: Cast, trusted: Person) -> None:
    with db.read() as tx:
        hers = agents.of_farmer(tx, cast.farmer.actor)
        alls = agents.listed(tx, cast.admin.actor)
        assert agents.listed(tx, cast.admin.actor, page=2) == []
    assert [(one.first_name, one.cooperative, one.consent_status, one.is_active) for one in hers] == [
        ("Kariuki", "Kikuyu Farmers", "agreed", True)
    ]
    assert [(one.agent_id, one.consent_status) for one in alls] == [(trusted.id, "")]
    with pytest.raises(NotAllowed), db.read() as tx:
        agents.of_farmer(tx, cast.customer.actor)
    with pytest.raises(NotFound), db.read() as tx:
        agents.listed(tx, cast.farmer.actor)


def test_only_admins_appoint_and_dismiss(db: Database, cast: Cast) -> None:
    someone = register(db)
    for person in (cast.customer, cast.farmer, cast.rider):
        with pytest.raises((NotAllowed, NotFound)), db.transaction() as tx:
            agents.appoint(tx, person.actor, user_id=someone.id, cooperative="Mine")
        with pytest.raises((NotAllowed, NotFound)), db.transaction() as tx:
            agents.dismiss(tx, person.actor, user_id=someone.id)
    for who, name, refusal in (
        (someone.id, " ", CooperativeMissing), (404404, "Kikuyu", NotFound)
    ):  # fmt: skip
        with pytest.raises(refusal), db.transaction() as tx:
            agents.appoint(tx, cast.admin.actor, user_id=who, cooperative=name)
    with pytest.raises(NotFound), db.transaction() as tx:
        agents.dismiss(tx, cast.admin.actor, user_id=someone.id)


def test_asking_is_for_agents_of_farmers_and_no_is_no(db: Database, cast: Cast, agent: Person) -> None:
    with pytest.raises(NotAnAgent):
        ask(db, cast.customer, cast.farmer)
    for number, refusal in (
        (cast.customer.phone, NotFound), ("+254799999999", NotFound), ("12", NotKenyanMobile)
    ):  # fmt: skip
        with pytest.raises(refusal), db.transaction() as tx:
            agents.ask_farmer(tx, agent.actor, msisdn=number)
    ask(db, agent, cast.farmer)
    ask(db, agent, cast.farmer)
    answer(db, cast.farmer, agent, yes=False)
    with pytest.raises(AgentRefused):
        ask(db, agent, cast.farmer)
    answer(db, cast.farmer, agent, yes=True)
    assert ask(db, agent, cast.farmer).consent_status == "agreed"
    with pytest.raises(NotFound):
        answer(db, register(db, role="farmer"), agent, yes=True)
    with pytest.raises(NotAllowed):
        answer(db, cast.customer, agent, yes=True)


@proves("DR-221")
def test_a_farmer_is_asked_once_while_the_question_is_open_and_by_few_agents_a_day(
    db: Database, cast: Cast, agent: Person, clock: FixedClock
) -> None:
    def texts() -> int:
        query = select(func.count()).where(OutboxMessage.code == "agent_asks")
        with db.read() as tx:
            return tx.session.scalar(query) or 0

    ask(db, agent, cast.farmer)
    clock.advance(minutes=2)
    assert ask(db, agent, cast.farmer).consent_status == "asked"
    assert texts() == 1
    others = [register(db, first_name=name) for name in ("Kioko", "Onyango", "Mutua")]
    for other in others:
        db.run(partial(agents.appoint, actor=cast.admin.actor, user_id=other.id, cooperative="Another"))
    for other in others[:2]:
        ask(db, other, cast.farmer)
    with pytest.raises(AskedEnough):
        ask(db, others[2], cast.farmer)
    assert texts() == 3
    clock.advance(hours=24)
    ask(db, others[2], cast.farmer)
    ask(db, agent, cast.farmer)
    assert texts() == 5


# --- the helper of DR-815 --------------------------------------------------------------------------------
@pytest.fixture
def helper(db: Database, cast: Cast) -> Person:
    """The one whom the farmer of the story has named."""
    person = register(db, first_name="Wairimu")
    db.run(lambda tx: agents.name_helper(tx, cast.farmer.actor, msisdn="0" + person.phone[4:]))
    return person


@proves("DR-815")
def test_a_helper_accepts_and_marks_ready_and_nothing_else(db: Database, cast: Cast, helper: Person) -> None:
    shop = Shop(db, cast)
    listing = shop.publish()
    item = shop.items(shop.paid_order())[0]
    for event in ("harvest", "pack"):
        with pytest.raises((NotAllowed, ItemUnknown)):
            shop.mark_item(item, event, helper.actor)
    assert shop.mark_item(item, "accept", helper.actor).accepted_at is not None
    assert shop.mark_item(item, "ready", helper.actor).item_status == "ready"
    with pytest.raises((NotAllowed, NotFound)), db.transaction() as tx:
        listings.restock(tx, helper.actor, listing_id=listing.listing_id, quantity=Decimal(5))
    assert "agent_marked" not in told(db, cast.farmer)


@proves("DR-815")
def test_there_is_one_helper_at_a_time_and_none_when_she_says_so(
    db: Database, cast: Cast, helper: Person
) -> None:
    def may(who: Person) -> bool:
        with db.read() as tx:
            return agents.may_mark(tx, who.actor, cast.farmer.id)

    second = register(db)
    assert (may(helper), may(second)) == (True, False)
    db.run(lambda tx: agents.name_helper(tx, cast.farmer.actor, msisdn=second.phone))
    db.run(lambda tx: agents.name_helper(tx, cast.farmer.actor, msisdn=second.phone))
    assert (may(helper), may(second)) == (False, True)
    with db.read() as tx:
        assert len(tx.session.scalars(select(Helper)).all()) == 1
    db.run(lambda tx: agents.drop_helper(tx, cast.farmer.actor))
    db.run(lambda tx: agents.drop_helper(tx, cast.farmer.actor))
    assert not may(second)


@pytest.mark.parametrize(
    ("number", "refusal"),
    [("+254799999999", HelperUnknown), ("+254712000101", HelperUnknown), ("12", NotKenyanMobile)],
)
def test_a_helper_is_somebody_else_who_is_with_us(
    db: Database, cast: Cast, number: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal), db.transaction() as tx:
        agents.name_helper(tx, cast.farmer.actor, msisdn=number)
    with pytest.raises(NotAllowed), db.transaction() as tx:
        agents.name_helper(tx, cast.customer.actor, msisdn=cast.rider.phone)


def test_an_admins_word_on_agents_holds_no_name(db: Database, cast: Cast, agent: Person) -> None:
    assert "Kikuyu" not in json.dumps([row.changes for row in trail(db, "agent.appoint")])
    with pytest.raises(ItemUnknown), db.transaction() as tx:
        marking.mark(tx, agent.actor, order_item_id=404404, event="accept")
