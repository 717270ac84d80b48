"""Africa's Talking's session callback, as its contract has it (section 1, acceptance checks 1 to 6)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import Database
from core.listings.models import Listing
from core.users.models import User
from tests.helpers import FARMER, Cast
from tests.ussd.phone import PATH, UssdPhone

NEW = "+254712000999"
WELCOME = "CON Karibu Tunda. Wewe ni:"
HOME = "CON Tunda\n1 Oda\n2 Uza"


def users_in(db: Database) -> int:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(User)) or 0


def listings_in(db: Database) -> int:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(Listing)) or 0


def test_the_reply_is_plain_text_with_its_prefix_at_byte_0(client: FlaskClient) -> None:
    form = {"sessionId": "ATUid_1", "phoneNumber": NEW, "serviceCode": "*384*88632#", "text": ""}
    response = client.post(PATH, data=form)
    assert response.status_code == 200
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.data.startswith(b"CON Karibu")


def test_fields_in_any_order_a_missing_text_and_unknown_extras_are_fine(client: FlaskClient) -> None:
    form = {"extra": "x", "networkCode": "00000", "serviceCode": "*384*88632#", "phoneNumber": NEW,
            "sessionId": "ATUid_2"}  # fmt: skip
    response = client.post(PATH, data=form, content_type="application/x-www-form-urlencoded")
    assert response.get_data(as_text=True).startswith(WELCOME)


def test_a_get_is_405_and_a_body_of_more_than_64_kib_is_413(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 405
    big = {"sessionId": "ATUid_3", "phoneNumber": NEW, "text": "x" * 70_000}
    assert client.post(PATH, data=big).status_code == 413
    assert client.post(PATH, data=b"x" * 1024 * 1024).status_code == 413


def test_a_wrong_secret_is_404(client: FlaskClient) -> None:
    wrong = PATH.replace("0123", "9123")
    assert client.post(wrong, data={"sessionId": "a", "phoneNumber": NEW}).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe=1", b"phoneNumber=%2B254712000999", b"sessionId=&phoneNumber=1", b"{}"]
)
def test_what_cannot_be_read_is_answered_politely_with_200(client: FlaskClient, body: bytes) -> None:
    response = client.post(PATH, data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert response.get_data(as_text=True).startswith("END Samahani")


def test_a_plus_that_arrived_as_one_space_is_repaired(client: FlaskClient, cast: Cast) -> None:
    body = f"sessionId=ATUid_4&phoneNumber=+{FARMER[1:]}&serviceCode=%2A384%2A88632%23&text="
    response = client.post(PATH, data=body, content_type="application/x-www-form-urlencoded")
    assert response.get_data(as_text=True).startswith(HOME)


@pytest.mark.parametrize("number", ["  254712000101", " 25471200010", "0712000101", "+447700900123", "x", ""])
def test_what_is_no_kenyan_mobile_is_refused_with_an_end(client: FlaskClient, number: str) -> None:
    phone = UssdPhone(client, number)
    assert phone.dial().startswith("END ")


def test_a_foreign_service_code_is_served_outside_production(client: FlaskClient) -> None:
    assert UssdPhone(client, NEW, code="*483*1#").dial().startswith(WELCOME)


def test_an_empty_answer_to_the_first_screen_shows_it_again(client: FlaskClient) -> None:
    phone = UssdPhone(client, NEW)
    assert phone.dial() == phone.post()


def test_the_same_choice_twice_is_two_answers_and_not_a_repeat(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    orders = phone.answer("1")
    assert orders.startswith("CON Hakuna oda")
    phone.answer("0")
    assert phone.answer("1") == orders


def test_empty_answers_stand_in_the_text_and_do_not_crash(client: FlaskClient) -> None:
    phone = UssdPhone(client, NEW)
    phone.dial()
    phone.answer("1")
    assert phone.answer("").startswith("CON Hujaandika kitu")  # 1*
    assert phone.answer("kinoo").startswith("CON Chagua wadi yako")  # 1**kinoo


def test_a_typed_star_belongs_to_a_free_text_and_is_refused_in_a_choice(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    assert phone.answer("2*5").startswith("CON Jibu moja tu")
    phone.answer("2", "nyanya", "1", "50", "80")
    assert phone.answer("duka #4 * soko").startswith("CON 50kg nyanya")
    phone.answer("1")
    assert phone.screen.startswith("END 50kg nyanya")
    with db.read() as tx:
        from core.locations.models import Location

        landmarks = set(
            tx.session.scalars(select(Location.landmark).where(Location.user_id == cast.farmer.id))
        )
    assert landmarks == {"duka #4 * soko"}


def test_an_inverted_exclamation_mark_is_an_at_sign_where_one_may_stand(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("2", "nyanya", "1", "50", "80", "duka ¡ stage", "1")
    with db.read() as tx:
        from core.locations.models import Location

        assert "duka @ stage" in set(tx.session.scalars(select(Location.landmark)))


def test_five_hundred_characters_are_told_to_be_shorter(client: FlaskClient) -> None:
    phone = UssdPhone(client, NEW)
    phone.dial()
    phone.answer("1")
    assert phone.answer("k" * 500).startswith("CON Ni ndefu mno")
    assert phone.answer("kinoo").startswith("CON Chagua wadi")


def test_a_suffix_is_followed_as_far_as_it_changes_nothing(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    assert phone.dial("99").startswith("CON Chagua lugha")
    home = phone.dial()
    assert phone.dial("99*8") == home, "a suffix must not change the language"
    assert phone.dial("77") == home
    assert phone.dial("*".join(["3", "0"] * 13)) == home, "nobody dials so much"
    # The talk goes on from there as from any other.
    phone.dial("2")
    assert phone.answer("nyanya").startswith("CON Nyanya")


def test_a_lost_session_does_nothing_and_goes_on_where_nothing_is_changed(
    client: FlaskClient, cast: Cast, db: Database, redis: "object"
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("2", "nyanya", "1", "50", "80", "nyuma ya kanisa")
    redis.flushdb()  # type: ignore[attr-defined]
    assert phone.answer("1").startswith(HOME)
    assert listings_in(db) == 0
    phone.dial()
    phone.answer("2", "nyanya")
    redis.flushdb()  # type: ignore[attr-defined]
    assert phone.answer("1").startswith("CON Nyanya: una kg ngapi?")


def test_a_text_that_does_not_continue_the_last_one_gets_the_last_screen_again(
    client: FlaskClient, cast: Cast
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    shown = phone.answer("2")
    for text in ("", "3", "22", "1*2", "2x"):
        assert phone.post(text=text) == shown
    assert phone.answer("nyanya").startswith("CON Nyanya")


def test_after_the_end_only_the_end_is_repeated(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    last = phone.answer("2", "nyanya", "1", "50", "80", "nyuma ya kanisa", "1")
    assert last.startswith("END ")
    assert phone.post() == last
    assert phone.answer("1") == last


def test_the_end_event_is_kept_once_and_without_what_was_typed(client: FlaskClient, db: Database) -> None:
    from core.traffic.models import Callback

    event = {
        "sessionId": "ATUid_e", "phoneNumber": FARMER, "status": "Incomplete", "durationInMillis": "30877",
        "hopsCount": "2", "input": "1*4821", "lastAppResponse": "CON secret", "errorMessage": "",
        "cost": "0.00", "date": "2025-06-24 06:30:00",
    }  # fmt: skip
    for _again in range(2):
        assert client.post(f"{PATH}-events", data=event).status_code == 200
    with db.read() as tx:
        (row,) = tx.session.scalars(select(Callback).where(Callback.kind == "ussd-event"))
    assert (row.session, row.msisdn, row.repeats) == ("ATUid_e", FARMER, 1)
    assert row.request["status"] == "Incomplete"
    assert "4821" not in str(row.request) + row.reply
    assert "secret" not in str(row.request) + row.reply
