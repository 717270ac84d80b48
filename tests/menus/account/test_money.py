"""Where money goes and what has been earned, on the keypad: cool-off, requests, pauses, bad input."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from core.db import Database
from core.payouts.machine import PAYOUT
from core.payouts.models import Payout, PayoutOrder
from core.settings import switches
from core.users.models import PayeeNumber
from menus.account.earnings import PAID, UNDER_WAY
from tests.helpers import CUSTOMER, FARMER, Cast, FixedClock
from tests.menus.happenings.account import choose_pin
from tests.orders.shop import Shop
from tests.payouts.till import earn
from tests.proving import proves
from tests.ussd.phone import UssdPhone

TO_NUMBER = ("9", "3", "3")


def named(db: Database) -> list[PayeeNumber]:
    with db.read() as tx:
        return list(tx.session.scalars(select(PayeeNumber).order_by(PayeeNumber.payee_number_id)))


@pytest.fixture
def phone(client: FlaskClient, cast: Cast, db: Database) -> UssdPhone:
    choose_pin(db, FARMER, "4826")
    phone = UssdPhone(client, FARMER)
    phone.dial()
    return phone


@pytest.mark.parametrize(
    "typed", ["12", "0512345678", "+14155550100", "07123456789", "abc", "0712-34-567", "98"]
)
def test_what_is_no_kenyan_mobile_is_asked_again(typed: str, phone: UssdPhone, db: Database) -> None:
    screen = phone.answer(*TO_NUMBER, "1", typed)
    assert "Write a Kenyan mobile number" in screen
    assert named(db) == []


@proves("DR-108")
@pytest.mark.parametrize(
    "typed", ["0712345678", "+254712345678", "254 712 345 678", "712345678", "(0712) 345-678"]
)
def test_any_spelling_of_a_number_is_read_back_in_full(typed: str, phone: UssdPhone) -> None:
    assert "0712345678 gets your money from Fri 27, 09:30." in phone.answer(*TO_NUMBER, "1", typed)


@proves("DR-208")
def test_a_number_waits_is_not_named_twice_and_is_stopped_without_a_pin(
    phone: UssdPhone, db: Database, clock: FixedClock
) -> None:
    screen = phone.answer(*TO_NUMBER, "1", "0712345678", "1", "4826")
    assert phone.post() == screen, "the hop repeated"
    assert len(named(db)) == 1
    assert "Your money goes to that number already." in phone.answer("2", "0712345678", "1", "4826")
    assert len(named(db)) == 1
    assert "Nothing changes" in phone.answer("1")
    assert "Your payouts go by M-Pesa to 07******01" in phone.screen
    assert named(db)[0].stopped_at is not None
    phone.answer("1", "0712345678", "1", "4826")
    clock.advance(hours=73)
    phone.dial()
    assert "Your payouts go by M-Pesa to 07******78" in phone.answer(*TO_NUMBER)


@proves("DR-208")
def test_a_customer_names_where_refunds_go(client: FlaskClient, cast: Cast, db: Database) -> None:
    choose_pin(db, CUSTOMER, "4826")
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    assert "Money that comes back to you goes to 07******02" in phone.answer(*TO_NUMBER)
    phone.answer("1", "0712345678", "1", "4826")
    assert [one.purpose for one in named(db)] == ["refund"]


@proves("DR-207", "DR-1303")
def test_a_payout_is_asked_for_once(client: FlaskClient, cast: Cast, db: Database, clock: FixedClock) -> None:
    shop = Shop(db, cast)
    choose_pin(db, FARMER, "4826")
    clock.advance(days=4)
    shop.publish()
    earn(shop, clock)
    # What the daily run has made of it meanwhile would stand in the way.
    db.run(lambda tx: tx.session.execute(delete(PayoutOrder)))
    db.run(lambda tx: tx.session.execute(delete(Payout)))
    phone = UssdPhone(client, FARMER)
    phone.dial()
    screen = phone.answer("4", "4", "1", "4826")
    assert "we check your number once" in screen
    assert phone.post() == screen
    with db.read() as tx:
        (payout,) = tx.session.scalars(select(Payout))
    assert (payout.status, payout.created_by) == ("pending", cast.farmer.id)
    assert "4 Pay me today" not in phone.answer("0") + phone.dial() + phone.answer("4")


def test_every_status_of_a_payout_has_its_words() -> None:
    over = {"paid", "cancelled"}
    assert set(UNDER_WAY) == set(PAYOUT.statuses) - over
    assert set(PAID) <= set(PAYOUT.statuses)


@proves("DR-1303")
def test_payouts_that_are_paused_say_so_and_cannot_be_asked_for(
    client: FlaskClient, cast: Cast, db: Database, clock: FixedClock
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    shop.delivered_order()
    clock.advance(hours=24, minutes=5)
    shop.sweep()
    db.run(lambda tx: switches.pause(tx, cast.admin.actor, kind="payouts", reason="bank is down"))
    db.parts.settings.refresh(db.engine, now=True)
    phone = UssdPhone(client, FARMER)
    phone.dial()
    screen = phone.answer("4")
    assert "Payouts wait just now. Your money is safe with us." in screen
    assert "4 Pay me today" not in screen


# --- a phone that is probably not on M-Pesa's network ------------------------------------------------------

AIRTEL = "+254733000505"


@pytest.fixture
def airtel(client: FlaskClient, cast: Cast, db: Database) -> UssdPhone:
    Shop(db, cast).person(AIRTEL, "farmer", "Kangemi")
    choose_pin(db, AIRTEL, "4826")
    phone = UssdPhone(client, AIRTEL)
    phone.dial()
    return phone


@proves("DR-208")
@pytest.mark.parametrize(
    ("keys", "shown"), [(("1",), "07******05"), (("2", "0712345678", "1"), "07******78")]
)
def test_a_farmer_of_another_network_is_asked_which_number_has_m_pesa_and_it_counts_at_once(
    airtel: UssdPhone, db: Database, keys: tuple[str, ...], shown: str
) -> None:
    screen = airtel.answer("4")
    assert "What you earn comes by M-Pesa. Which number gets it?" in screen
    assert "1 This phone has M-Pesa" in screen
    assert f"Your payouts go by M-Pesa to {shown}" in airtel.answer(*keys, "4826")
    (one,) = named(db)
    assert one.starts_at == one.named_at
    airtel.dial()
    assert "Which number gets it?" not in airtel.answer("4"), "asked once"


@proves("DR-208")
def test_where_she_names_her_number_it_is_the_same_question(airtel: UssdPhone, db: Database) -> None:
    assert "Which number gets it?" in airtel.answer(*TO_NUMBER)
    assert "0712345678 gets your money by M-Pesa. Is it right?" in airtel.answer("2", "0712345678")
    assert "0712345679 gets your money by M-Pesa." in airtel.answer("2", "0712345679")
    airtel.answer("1", "4826")
    assert "from" in airtel.answer("1", "0712345678"), "the second is a change, with its day"
