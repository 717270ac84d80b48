"""Name, role, data, switches, questions and messages on the keypad: what changes, and for whom."""

from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import Database
from core.privacy.models import PrivacyRequest
from core.support import messages as core_messages
from core.support.machine import TICKET
from core.support.models import Message, Ticket, TicketEntry
from core.support.rules import KINDS as CORE_KINDS
from core.users.models import Consent, User
from locales.gsm import is_basic, septets
from menus.account.privacy import OPEN, SAME
from menus.account.support import KINDS, LINES
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.menus.happenings.account import choose_pin
from tests.orders.shop import Shop
from tests.proving import proves
from tests.ussd.phone import UssdPhone


def user(db: Database, msisdn: str) -> User | None:
    with db.read() as tx:
        return tx.session.scalar(select(User).where(User.phone_number == msisdn))


def on(client: FlaskClient, msisdn: str) -> UssdPhone:
    phone = UssdPhone(client, msisdn)
    phone.dial()
    return phone


@proves("DR-207")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("njeri", "Njeri"), ("ng'ang'a", "Ng'ang'a"), ("WANGARI", "Wangari"), ("Wanjirũ", "Wanjirũ")],
)
def test_a_name_is_corrected_with_the_pin_and_used_at_once(
    typed: str, kept: str, client: FlaskClient, cast: Cast, db: Database
) -> None:
    choose_pin(db, FARMER, "4826")
    phone = on(client, FARMER)
    phone.answer("9", "3", "1", "1", typed, "4826")
    found = user(db, FARMER)
    assert found is not None
    assert found.first_name == kept


@pytest.mark.parametrize("typed", ["12", "@#", "x9", "-.-", "9" * 40])
def test_what_is_no_name_is_asked_again(typed: str, client: FlaskClient, cast: Cast) -> None:
    assert "Write the name in letters." in on(client, FARMER).answer("9", "3", "1", "1", typed)


def test_the_longest_names_stand_on_the_screen(client: FlaskClient, cast: Cast, db: Database) -> None:
    def lengthen(tx: Any) -> None:
        known = tx.session.get_one(User, cast.farmer.id)
        known.first_name, known.last_name = "W" * 100, "N" * 100

    db.run(lengthen)
    phone = on(client, FARMER)
    for answers in (("9", "3"), ("1",)):
        assert septets(phone.answer(*answers)) <= 160
    assert "1 Correct the first name" in phone.screen


@proves("DR-201")
def test_a_role_is_changed_once_and_its_menu_is_there(client: FlaskClient, cast: Cast, db: Database) -> None:
    phone = on(client, CUSTOMER)
    screen = phone.answer("9", "3", "5", "1")
    assert phone.post() == screen
    assert "2 Sell" in screen
    found = user(db, CUSTOMER)
    assert found is not None
    assert found.user_role == "farmer"
    assert "2 Sell" in phone.dial()


@proves("DR-1902")
def test_erased_is_erased_and_the_number_is_a_strangers(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    choose_pin(db, CUSTOMER, "4826")
    phone = on(client, CUSTOMER)
    phone.answer("9", "3", "6", "3", "1")
    assert "Wrong PIN" in phone.answer("2580")
    assert user(db, CUSTOMER) is not None
    screen = phone.answer("4826")
    assert screen.startswith("END All is deleted")
    assert user(db, CUSTOMER) is None
    assert phone.post() == screen
    assert "Karibu Tunda. Wewe ni:" in phone.dial()


@proves("DR-1902")
def test_a_copy_is_asked_for_with_the_pin_once(client: FlaskClient, cast: Cast, db: Database) -> None:
    choose_pin(db, CUSTOMER, "4826")
    for _twice in range(2):
        assert "within 7 days" in on(client, CUSTOMER).answer("9", "3", "6", "2", "1", "4826")
    with db.read() as tx:
        assert [one.kind for one in tx.session.scalars(select(PrivacyRequest))] == ["export"]


def test_whatever_may_be_open_says_what_to_do_about_it() -> None:
    kinds = {"order", "listing", "delivery", "refund", "suspense", "payout", "ticket", "customer_credit",
             "farmer_due", "rider_due", "rider_cash", "order_funds", "refunds_due"}  # fmt: skip
    assert {SAME.get(kind, kind) for kind in kinds} == set(OPEN)


@proves("DR-1504", "DR-1901")
def test_adverts_are_off_until_somebody_wants_them_and_each_word_is_kept(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    def said() -> list[str]:
        with db.read() as tx:
            query = select(Consent.version).where(Consent.user_id == cast.farmer.id)
            return list(tx.session.scalars(query.order_by(Consent.consent_id)))[1:]

    phone = on(client, FARMER)
    phone.answer("9", "5", "5")
    assert phone.post() == phone.screen
    assert said() == ["marketing on"]
    phone.answer("6")
    found = user(db, FARMER)
    assert found is not None
    assert (found.marketing_notifications, found.weather_alerts, found.price_alerts) == (False, False, False)
    assert said() == ["marketing on", "marketing off"]


def test_every_kind_and_status_of_a_question_has_its_words() -> None:
    assert set(KINDS) == set(CORE_KINDS)
    assert set(LINES) == set(TICKET.statuses)


@proves("DR-1602")
def test_a_question_is_asked_once_however_often_its_hop_comes(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    phone = on(client, FARMER)
    screen = phone.answer("9", "2", "1", "6", "Mvua *imeharibu* njia, boda atafika lini?")
    assert phone.post() == screen
    with db.read() as tx:
        (ticket,) = tx.session.scalars(select(Ticket))
        (entry,) = tx.session.scalars(select(TicketEntry))
    assert (ticket.kind, ticket.user_id) == ("other", cast.farmer.id)
    assert entry.text == "Mvua *imeharibu* njia, boda atafika lini?"


@pytest.mark.parametrize("typed", ["", "1", "?!", "12345", "   "])
def test_nothing_is_sent_without_words(typed: str, client: FlaskClient, cast: Cast, db: Database) -> None:
    on(client, FARMER).answer("9", "2", "1", "6", typed)
    with db.read() as tx:
        assert tx.session.scalars(select(Ticket)).all() == []


@proves("DR-1603")
def test_words_beyond_ten_a_day_are_kept_and_she_is_told_so(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.paid_order()
    how: dict[str, Any] = {"order_ref": order.order_number, "to_user_id": cast.farmer.id}
    for number in range(9):
        db.run(partial(core_messages.send, actor=cast.customer.actor, text=f"at gate {number}", **how))
    phone = on(client, CUSTOMER)
    assert "Sent." in phone.answer("9", "2", "3", "1", "71", "big ones please")
    assert "Kept, not sent by SMS: Wanjiku had many from you today." in phone.answer("71", "and ripe ones")


@proves("DR-1603")
def test_the_longest_talk_is_read_to_its_end(client: FlaskClient, cast: Cast, db: Database) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.paid_order()
    words = ["Nyanya zikae vizuri kwenye kreti. " * 9, "Sawa? " * 50]
    for text in words:
        how: dict[str, Any] = {"order_ref": order.order_number, "to_user_id": cast.customer.id}
        db.run(partial(core_messages.send, actor=cast.farmer.actor, text=text, **how))
    phone = on(client, CUSTOMER)
    seen = [phone.answer("9", "2", "3", "1")]
    while "\n98 " in phone.screen and len(seen) < 40:
        seen.append(phone.answer("98"))
        assert septets(phone.screen) <= 160
        assert is_basic(phone.screen)
        if phone.screen == seen[0]:
            break
    shown = " ".join(" ".join(screen.splitlines()[1:]) for screen in seen)
    assert shown.count("Sawa?") >= 50
    with db.read() as tx:
        assert all(one.read_at is not None for one in tx.session.scalars(select(Message)))
