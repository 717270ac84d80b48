"""Hops that come twice, at once, to a dead Redis, or meet our own faults (R2, R5, R6, R25, S5, S7)."""

import threading
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select

from core.db import Database, Tx
from core.listings import service as listings
from core.listings.models import Listing
from core.traffic.models import Callback
from core.users.models import User
from inbound.gateway import Gateway
from menus.talk import Session
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast, register_cast
from tests.orders.shop import Shop
from tests.ussd.phone import UssdPhone, in_redis, tells
from ussd import hoplog
from ussd.sessions import Sessions


def count(db: Database, table: Any) -> int:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(table)) or 0


def at_the_last_question(client: FlaskClient) -> UssdPhone:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("2", "nyanya", "1", "50", "80", "nyuma ya kanisa")
    assert phone.screen.startswith("CON 50kg")
    return phone


def test_r25_the_same_hop_twice_is_one_listing_and_the_same_bytes(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    phone = at_the_last_question(client)
    first = phone.answer("1")
    assert [phone.post() for _ in range(3)] == [first] * 3
    assert count(db, Listing) == 1


def test_r25_the_same_hop_many_times_at_once_is_one_listing_and_the_same_bytes(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    phone = at_the_last_question(client)
    phone.text += "*1"
    ready, replies = threading.Barrier(6), []

    def post() -> None:
        twin = UssdPhone(client.application.test_client(), FARMER, session=phone.session, text=phone.text)
        ready.wait()
        replies.append(twin.post())

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(replies)) == 1
    assert replies[0].startswith("END 50kg nyanya")
    assert count(db, Listing) == 1


def test_a_hop_that_meets_another_at_work_waits_and_then_says_so(
    client: FlaskClient, cast: Cast, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ussd.sessions.BUSY_SECONDS", 0.2)
    phone = UssdPhone(client, FARMER)
    phone.dial()
    sessions = Sessions(gateway.redis, gateway.parts.vault)
    keys = sessions.keys(phone.session, FARMER, phone.code)
    sessions.load(keys, "elsewhere", "another process")
    assert phone.answer("2").startswith("END Bado tunashughulikia")
    sessions.release(keys, "another process")
    assert phone.post().startswith("CON Unauza nini?")


def test_r2_a_hop_whose_process_died_after_the_commit_is_answered_and_not_done_again(
    client: FlaskClient, cast: Cast, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = at_the_last_question(client)
    with monkeypatch.context() as dying:
        dying.setattr(Sessions, "save", lambda *args, **kwargs: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            phone.answer("1")
    monkeypatch.setattr("ussd.sessions.BUSY_SECONDS", 0.0)
    assert count(db, Listing) == 1
    drop_locks(client, phone)
    assert phone.post().startswith("END 50kg nyanya")
    assert count(db, Listing) == 1


def drop_locks(client: FlaskClient, phone: UssdPhone) -> None:
    """The dead process's lock runs out."""
    redis = _redis_of(client)
    for key in redis.scan_iter("tunda:ussd:l:*"):
        redis.delete(key)


def _redis_of(client: FlaskClient) -> "Redis":
    return client.application.extensions["test-redis"]  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _known_redis(client: FlaskClient, redis: "Redis") -> None:
    client.application.extensions["test-redis"] = redis


def test_r25_a_session_id_from_another_phone_is_another_session(client: FlaskClient, cast: Cast) -> None:
    """S7: the farmer's session is neither seen nor moved by whoever knows its id."""
    phone = at_the_last_question(client)
    shown = phone.screen
    stranger = UssdPhone(client, "+254712000777", session=phone.session, text=phone.text)
    assert stranger.post().startswith("CON Karibu Tunda. Wewe ni:")
    other = UssdPhone(client, CUSTOMER, session=phone.session, text=phone.text + "*1")
    assert other.post().startswith("CON Tunda. Fresh from the farm")
    assert phone.post() == shown


def test_r25_a_text_that_skips_ahead_is_no_answer(client: FlaskClient, cast: Cast, db: Database) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("2")
    assert phone.post(text="2*nyanya*1*50*80").startswith("CON Jibu moja tu")
    assert count(db, Listing) == 0


def test_our_own_fault_is_one_calm_sentence_nothing_saved_and_the_same_screen_on_redial(
    client: FlaskClient, cast: Cast, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = at_the_last_question(client)
    publish = listings.publish

    def fails(tx: Tx, *args: Any, **kwargs: Any) -> None:
        publish(tx, *args, **kwargs)
        raise RuntimeError("in the middle of it")

    with monkeypatch.context() as broken:
        broken.setattr(listings, "publish", fails)
        assert phone.answer("1") == (
            "END Samahani, kuna hitilafu kwetu. Hakuna kilichopotea. Tafadhali piga tena."
        )
    assert count(db, Listing) == 0
    assert phone.dial().startswith("CON Karibu tena.")
    assert phone.answer("1").startswith("CON 50kg nyanya kwa KSh 80.")
    assert phone.answer("1").startswith("END ")
    assert count(db, Listing) == 1


def test_r6_a_dead_redis_is_a_calm_sentence_in_the_phones_language(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis.exceptions import ConnectionError as Lost

    def lost(*args: Any, **kwargs: Any) -> None:
        raise Lost

    monkeypatch.setattr(Sessions, "_run", lost)
    assert UssdPhone(client, FARMER).dial().startswith("END Samahani")
    assert UssdPhone(client, CUSTOMER).dial().startswith("END Sorry")
    unknown = UssdPhone(client, "+254712000888").dial()
    assert "Samahani" in unknown
    assert "Sorry" in unknown


def test_r6_a_frozen_redis_is_given_up_in_time(gateway: Gateway, cast: Cast) -> None:
    """A socket that accepts and never answers stands for a stopped process."""
    import socket
    from dataclasses import replace

    from flask import Flask

    from ussd import callback

    with socket.create_server(("127.0.0.1", 0)) as frozen:
        port = frozen.getsockname()[1]
        app = Flask("frozen")
        silent = replace(gateway, redis=Redis(port=port))
        app.register_blueprint(callback.blueprint(silent), url_prefix="/cb/<secret>")
        started = time.monotonic()
        assert UssdPhone(app.test_client(), FARMER).dial().startswith("END Samahani")
        assert time.monotonic() - started < 3


def test_a_database_that_is_gone_is_a_calm_sentence(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: Database) -> None:
        raise OSError("gone")

    phone = UssdPhone(client, FARMER)
    phone.dial()
    monkeypatch.setattr(Database, "read", gone)
    assert phone.answer("1").startswith("END Samahani")
    assert "Sorry" in UssdPhone(client, CUSTOMER).dial()


def test_r5_a_save_that_fails_after_a_change_says_that_it_is_saved(
    client: FlaskClient, cast: Cast, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis.exceptions import TimeoutError as Late

    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("99")

    def late(*args: Any, **kwargs: Any) -> None:
        raise Late

    monkeypatch.setattr(Sessions, "save", late)
    assert phone.answer("8") == "END That is saved. Please dial again to go on."
    with db.read() as tx:
        assert tx.session.get_one(User, cast.farmer.id).preferred_language == "en"


def test_s5_the_customers_code_is_in_no_key_of_redis_and_no_row_of_the_log(
    client: FlaskClient, db: Database, cast: Cast, gateway: Gateway, redis: "Redis"
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.assigned()
    code = shop.code(order)
    phone = UssdPhone(client, RIDER)
    phone.dial()
    phone.answer("1", "1", "1", "1")
    wrong = "1111" if code != "1111" else "2222"
    assert "4" in phone.answer(wrong)
    assert not tells(in_redis(redis), wrong)
    phone.answer(code)
    assert phone.screen.startswith("END ")
    assert not tells(in_redis(redis), code)
    hoplog.drain(gateway)
    with db.read() as tx:
        rows = list(tx.session.scalars(select(Callback)))
    asked = [row for row in rows if row.request.get("screen") == "door.code"]
    assert sorted((row.request["answer"], row.verdict) for row in asked) == [
        ("****", "applied"),
        ("****", "rejected"),
    ]
    assert not any(tells(f"{row.request} {row.reply} {row.changed}", code) for row in rows)
    assert shop.statuses(order)[0] == "delivered"


def test_s5_a_number_stands_in_no_key_of_redis(client: FlaskClient, cast: Cast, redis: "Redis") -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("2", "nyanya")
    keys = b" ".join(redis.scan_iter("tunda:ussd:*"))
    assert b"712000101" not in keys
    assert phone.session.encode() not in keys


def test_r4_a_redis_that_forgot_our_scripts_is_told_them_again(
    client: FlaskClient, cast: Cast, redis: "Redis"
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    redis.script_flush()
    assert phone.answer("2").startswith("CON Unauza nini?")


def test_r24_a_position_of_another_version_starts_over(
    client: FlaskClient, cast: Cast, gateway: Gateway
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    sessions = Sessions(gateway.redis, gateway.parts.vault)
    keys = sessions.keys(phone.session, FARMER, phone.code)
    sessions.load(keys, "x", "deploy")
    sessions.save(keys, "deploy", text="9", reply="CON Of yesterday", session=Session("market.stalls"))
    phone.text = "9"
    assert phone.answer("1").startswith("CON Tunda\n1 Oda")


def test_a_wrong_key_on_the_offer_to_go_on_does_not_forget_it(client: FlaskClient, cast: Cast) -> None:
    at_the_last_question(client)
    phone = UssdPhone(client, FARMER)
    phone.dial()
    assert phone.answer("7").startswith("CON Chagua namba")
    assert phone.answer("1").startswith("CON 50kg nyanya")


def test_what_a_stranger_left_unfinished_is_not_offered_to_the_member_she_became(
    client: FlaskClient, db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("1", "kinoo", "1", "Wanjiku")
    register_cast(db)  # by another channel, meanwhile
    assert phone.dial().startswith("CON Tunda\n1 Oda")
