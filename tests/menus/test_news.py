"""The in-app copies on the keypad: whole, in three languages, and never with a secret."""

import logging
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from core.db import Database, Tx
from core.notifications import service as notifications
from core.notifications.models import Notification
from core.notifications.rules import KINDS
from core.users.models import User
from locales import notice
from locales.catalogue import LANGUAGES
from locales.gsm import septets
from locales.messages import MESSAGES
from locales.slots import SLOTS
from locales.voice import Voice, slots_of
from menus.common import news
from menus.flow import LONGEST_LINE
from menus.talk import Caller, Session, Talk
from tests.helpers import CUSTOMER, Cast, Person
from tests.orders.shop import Shop
from tests.ussd.phone import UssdPhone
from ussd.screen import LIMIT

SECRET = {"secret": "delivery:12"}
# A value for each slot, at its longest where people name things.
VALUES: dict[str, Any] = {
    **{name: slot.widest for name, slot in SLOTS.items()},
    **{name: "99999.99" for name, slot in SLOTS.items() if slot.widest.startswith("KSh")},
    "month": "2025-06-01",
    "warning": dict.fromkeys(("en", "sw", "kikuyu"), "frost in the highlands, cover your seedlings tonight"),
    "why": "lapsed",
    "back": "coming",
    "pay": "400.00",
    "product": 1,
    "amount_of": {"qty": "12", "unit": "crate 64kg", "kg": "1280"},
    "unit": "crate 64kg",
    "day": "2025-06-25",
    "time": "2025-06-25T07:00:00+00:00",
    "phone": "+254712345678",
    "km": "123.4",
    "kg": "5000.25",
    "code": SECRET,
}


class Names:
    def name(self, product_id: int, language: str) -> str:
        return "Mahindi mabichi"


VOICE = Voice(Names())


def values_of(code: str) -> dict[str, Any]:
    lines = {"lines": [{"label": "5kg"}]} if MESSAGES[code].listing == "before" else {}
    return {name: VALUES[name] for name in slots_of(MESSAGES[code].text)} | lines


def tell(
    db: Database, person: Person, code: str, values: dict[str, Any] | None = None, subject: str = "order:1"
) -> None:
    def work(tx: Tx) -> None:
        user = tx.session.get_one(User, person.id)
        notifications.tell(tx, user, code, values or values_of(code), subject=subject)

    db.run(work)


def pages(phone: UssdPhone, *answers: str) -> list[str]:
    """Every page of the notice that `answers` open, without heading and ways out."""
    screen = phone.answer(*answers)
    read = []
    while True:
        assert septets(screen) <= LIMIT
        body = screen.splitlines()[1:]
        read.append(" ".join(line for line in body if line.split()[0] not in ("0", "00", "98")))
        if not any(line.startswith("98 ") for line in body) or len(read) > 1:
            return read
        screen = phone.answer("98")


def test_every_kind_of_notice_has_its_line() -> None:
    assert news.TITLES.keys() == KINDS.keys()
    for code, title in news.TITLES.items():
        assert set(slots_of(title)) <= {"day", *slots_of(MESSAGES[code].text)}, code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", KINDS)
def test_dr_1501_every_notice_can_be_read_to_its_end(
    code: str, language: str, client: FlaskClient, db: Database, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    customer = cast.customer
    product = db.parts.products.by_slug("tomatoes").product_id
    values = {name: product if name == "product" else value for name, value in values_of(code).items()}
    tell(db, customer, code, values)
    db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == customer.id).values(preferred_language=language)
        )
    )
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    with caplog.at_level(logging.ERROR, "tunda.ussd"):
        read = " ".join(pages(phone, "8", "1"))
    assert not caplog.records, "every page fits"
    voice = Voice(db.parts.products)
    if notice.has_secret(values):
        assert "SMS" in read
        assert "delivery:12" not in read
    else:
        assert read == notice.words(voice.say, language, code, values, secret=str)


def test_dr_1205_what_is_sealed_is_named_by_no_screen_and_kept_in_no_session(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.assigned()
    code = shop.code(order)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    seen = phone.answer("8") + phone.answer("1")
    assert "Your code came by SMS only." in seen.replace("\n", " ")
    assert code not in seen.replace("0712000303", "")
    talk = told_talk("en")
    sealed = Notification(code="new_kind", values={"order": "A3B7", "code": SECRET})
    assert news.words(talk, sealed) == "This came by SMS only. Look among your messages."


def told_talk(language: str) -> Talk:
    nothing = cast(Any, None)
    session = Session(caller=Caller(1, "customer", language, "Achieng"))
    return Talk(session, CUSTOMER, nothing, VOICE, nothing, nothing)


@pytest.mark.parametrize(("code", "values"), [("gone", {}), ("done", {}), ("done", {"order": "A3B7"})])
def test_a_notice_of_another_version_keeps_its_line_and_says_what_became_of_its_words(
    code: str, values: dict[str, str], clock: Any
) -> None:
    told = Notification(code=code, values=values, created_at=clock.now())
    assert news.title(told_talk("en"), told) == "Tue 24 a notice"
    assert news.words(told_talk("en"), told) == "The words of this notice are not kept any more."


def test_a_number_means_the_line_it_stood_at_though_something_new_came_meanwhile(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    tell(db, cast.customer, "order_ready")
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    phone.answer("8")
    tell(db, cast.customer, "delivered")
    assert "is ready" in phone.answer("1")
    assert phone.answer("0").splitlines()[:3] == [
        "CON News. Not read: 1",
        "1 Tue 24 A3B7 delivered",
        "2 Tue 24 A3B7 ready",
    ]


def test_a_notice_is_read_when_it_was_opened_and_the_home_screen_counts(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    for code in ("order_ready", "delivered"):
        tell(db, cast.customer, code)
    phone = UssdPhone(client, CUSTOMER)
    assert "8 News (2)" in phone.dial()
    phone.answer("8")
    assert "8 News (2)" in phone.answer("0"), "a line is not its words"
    phone.answer("8", "2")
    assert "8 News (1)" in phone.answer("0", "0")
    assert "8 News (1)" in phone.dial()


def test_twenty_notices_are_paged_and_the_last_can_be_opened(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    for number in range(25):
        tell(db, cast.customer, "order_ready", {"order": f"N{number:03d}"}, f"order:{number}")
    phone = UssdPhone(client, CUSTOMER)
    assert "8 News (25)" in phone.dial()
    seen = phone.answer("8")
    while "\n20 " not in phone.screen:
        seen += phone.answer("98")
    assert [f"N{number:03d}" in seen for number in range(25)] == [False] * 5 + [True] * 20
    assert "Order N005 is ready" in phone.answer("20")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_of_the_list_is_not_cut(language: str) -> None:
    for title in news.TITLES.values():
        assert septets(VOICE.full(language, title)) <= LONGEST_LINE


def test_all_of_it_is_read_with_one_key_and_only_while_something_is_not(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    for code in ("order_ready", "delivered"):
        tell(db, cast.customer, code)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    assert "\n71 " in phone.answer("8")
    screen = phone.answer("71")
    assert phone.post() == screen
    assert "\n71 " not in screen
    assert "8 News\n" in phone.answer("0")
    with db.read() as tx:
        assert notifications.count_unread(tx, cast.customer.actor) == 0
