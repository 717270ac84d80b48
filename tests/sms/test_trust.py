"""Transcripts about an account: codes, a payout number that changes, an agent who asks."""

import json
import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import Tx
from core.farms import agents
from core.listings import service as listings
from core.listings.models import Listing
from core.msisdn import national
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from core.users import otp, payees, pins
from core.users import service as users
from core.users.models import OneTimeCode
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast, farm_id
from tests.proving import proves
from tests.sms.conftest import Desk

PIN = "4711"


def last(desk: Desk, phone: str) -> str:
    """The newest text that a phone got."""
    desk.work()
    return [m["message"] for m in desk.sent if m["to"] == phone][-1]


def settle(desk: Desk) -> None:
    desk.work()
    desk.sent.clear()


@pytest.fixture
def changing(desk: Desk, cast: Cast) -> Desk:
    """The farmer has just named another number for her payouts."""
    settle(desk)
    desk.db.run(lambda tx: pins.choose(tx, cast.farmer.actor, pin=PIN, again=PIN))
    payees.name_number(
        desk.db, cast.farmer.actor, purpose="payout", msisdn="0733000001", pin=PIN, once_key="hop-1"
    )
    return desk


def goes_to(desk: Desk, cast: Cast) -> str:
    with desk.db.read() as tx:
        found = payees.destination(tx, cast.farmer.id, "payout")
    assert found is not None
    return found.msisdn


@proves("DR-208")
def test_the_farmer_is_told_of_the_change_and_one_no_stops_it(changing: Desk, cast: Cast) -> None:
    told = last(changing, FARMER)
    assert "07******01" in told
    assert "733000001" not in told
    assert changing.text(FARMER, "HAPANA").startswith("Imezuiwa")
    changing.clock.advance(hours=80)
    assert goes_to(changing, cast) == FARMER


def test_a_yes_lets_it_go_on(changing: Desk, cast: Cast) -> None:
    last(changing, FARMER)
    assert changing.text(FARMER, "NDIYO").startswith("Sawa")
    changing.clock.advance(hours=72)
    assert goes_to(changing, cast) == "+254733000001"


@proves("DR-208")
def test_an_old_number_that_is_nobody_s_here_can_stop_it_as_well(changing: Desk, cast: Cast) -> None:
    """The payouts go to 0733000001, which has no account; from there one NO stops the next change."""
    changing.clock.advance(hours=73)
    payees.name_number(
        changing.db, cast.farmer.actor, purpose="payout", msisdn="0733000002", pin=PIN, once_key="hop-2"
    )
    assert "07******02" in last(changing, "+254733000001")
    assert changing.text("+254733000001", "NO") != ""
    changing.clock.advance(hours=80)
    assert goes_to(changing, cast) == "+254733000001"


@proves("DR-203")
def test_a_code_is_drawn_when_its_sms_is_made_and_shown_nowhere_else(desk: Desk, cast: Cast) -> None:
    settle(desk)
    person = desk.db.run(
        lambda tx: users.register(
            tx, msisdn="0722555666", role="customer", first_name="Njeri", language="en", channel="web",
            consent_version=None, password="correct horse",
        )
    )  # fmt: skip
    desk.db.run(lambda tx: otp.ask(tx, msisdn=person.phone_number, purpose=otp.VERIFY))
    text = last(desk, person.phone_number)
    code = re.match(r"(\d{6}) is your Tunda code, for 10 minutes", text)
    assert code is not None
    logged = [json.dumps(row.request) for row in desk.look(Callback, kind="sms-send")]
    stored = [json.dumps(row.values) for row in desk.look(OutboxMessage)]
    assert not [one for one in (*logged, *stored) if code[1] in one]
    otp.verify_number(desk.db, users.actor_for(person, "web"), code=code[1], once_key="req-1")
    with desk.db.read() as tx:
        assert users.get(tx, person.user_id).is_verified
        assert code[1] not in str(tx.session.scalars(select(OneTimeCode.digest)).all())


@proves("DR-203")
def test_a_text_from_the_phone_verifies_its_number(desk: Desk, cast: Cast) -> None:
    settle(desk)
    person = desk.db.run(
        lambda tx: users.register(
            tx, msisdn="0722555666", role="customer", first_name="Njeri", language="en", channel="web",
            consent_version=None, password="somebody else's",
        )
    )  # fmt: skip
    desk.text(person.phone_number, "STATUS")
    found = desk.user(person.phone_number)
    assert found is not None
    assert (found.is_verified, found.password_hash) == (True, None)


@pytest.fixture
def asked(desk: Desk, cast: Cast) -> Desk:
    """The rider of the story is a field agent as well, and has asked the farmer."""
    settle(desk)

    def work(tx: Tx) -> None:
        agents.appoint(tx, cast.admin.actor, user_id=cast.rider.id, cooperative="Kikuyu Farmers")
        agents.ask_farmer(tx, cast.rider.actor, msisdn=FARMER)

    desk.db.run(work)
    return desk


def list_for_her(desk: Desk, cast: Cast) -> Listing:
    return desk.db.run(
        lambda tx: listings.publish(
            tx,
            cast.rider.actor,
            farm_id=farm_id(tx, cast.farmer.actor),
            product_id=desk.db.parts.products.by_slug("tomatoes").product_id,
            unit="kg",
            quantity=Decimal(50),
            price=Decimal(80),
            price_confirmed=True,
        )
    )


@proves("DR-221")
def test_she_says_yes_once_then_hears_of_each_act_and_hapana_takes_it_down(asked: Desk, cast: Cast) -> None:
    question = last(asked, FARMER)
    assert "Kamau" in question
    assert "Kikuyu Farmers" in question
    assert national(RIDER) in question
    assert asked.text(FARMER, "NDIYO").startswith("Sawa, Kamau")
    listing = list_for_her(asked, cast)
    told = last(asked, FARMER)
    assert told.startswith("Kamau amekuuzia 50kg")
    assert asked.text(FARMER, "HAPANA").startswith("Tayari")
    (kept,) = asked.look(Listing, listing_id=listing.listing_id)
    assert kept.listing_status == "inactive"


@proves("DR-221")
def test_after_a_day_hapana_comes_too_late(asked: Desk, cast: Cast) -> None:
    last(asked, FARMER)
    asked.text(FARMER, "NDIYO")
    listing = list_for_her(asked, cast)
    last(asked, FARMER)
    asked.clock.advance(hours=25)
    asked.text(FARMER, "HAPANA")
    (kept,) = asked.look(Listing, listing_id=listing.listing_id)
    assert kept.listing_status == "available"


def test_her_no_is_kept_and_anything_else_is_no_answer(asked: Desk, cast: Cast) -> None:
    last(asked, FARMER)
    assert asked.text(FARMER, "labda kesho kutwa") != ""
    assert asked.text(FARMER, "HAPANA").startswith("Sawa, Kamau")
    with asked.db.read() as tx:
        assert not agents.may_list(tx, cast.rider.actor, cast.farmer.id)


@proves("DR-221")
def test_content_she_says_yes_and_it_stays(asked: Desk, cast: Cast) -> None:
    last(asked, FARMER)
    asked.text(FARMER, "NDIYO")
    listing = list_for_her(asked, cast)
    last(asked, FARMER)
    assert asked.text(FARMER, "NDIYO").startswith("Sawa")
    (kept,) = asked.look(Listing, listing_id=listing.listing_id)
    assert kept.listing_status == "available"


def test_a_strangers_no_is_no_answer_to_her_question(changing: Desk, cast: Cast) -> None:
    last(changing, FARMER)
    changing.text(CUSTOMER, "NO")
    changing.clock.advance(hours=72)
    assert goes_to(changing, cast) == "+254733000001"
