"""A call that falls in the middle of something: offered again, told of once, never across a PIN."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select

from app import duties
from core.db import Database
from core.duties.sweep import sweep
from core.listings import service as listings
from core.listings.models import Listing
from core.outbox.models import OutboxMessage
from core.privacy import service as privacy
from core.settings.models import SystemSetting
from core.traffic.models import Callback
from inbound.gateway import Gateway
from tests.helpers import FARMER, Cast, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves
from tests.ussd.phone import PATH, UssdPhone

SELLING = ("2", "nyanya", "1", "50")


@pytest.fixture
def phone(client: FlaskClient, cast: Cast) -> UssdPhone:
    """The farmer's, in the middle of selling."""
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer(*SELLING)
    assert "bei" in phone.screen
    return phone


def drop(phone: UssdPhone, status: str = "Incomplete") -> None:
    fields = {"sessionId": phone.session, "phoneNumber": phone.msisdn, "serviceCode": phone.code,
              "status": status, "input": phone.text, "lastAppResponse": phone.screen}  # fmt: skip
    assert phone.client.post(f"{PATH}-events", data=fields).status_code == 200


def reminders(gateway: Gateway) -> list[OutboxMessage]:
    """The texts about lost calls, when all that is due has been done."""
    work = {"remind_lost_call": duties(gateway)["remind_lost_call"]}
    while sweep(gateway.db, work):
        pass
    with gateway.db.read() as tx:
        return list(tx.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "call_lost")))


def change(gateway: Gateway, name: str, value: str) -> None:
    gateway.db.run(lambda tx: tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now)))
    gateway.parts.settings.refresh(gateway.db.engine, now=True)


def test_a_lost_call_is_offered_for_ten_minutes_and_goes_on_where_it_stood(
    phone: UssdPhone, clock: FixedClock
) -> None:
    lost = phone.screen
    clock.advance(minutes=9, seconds=59)
    assert phone.dial().splitlines()[1].startswith("1 Endelea")
    assert phone.answer("1") == lost
    clock.advance(minutes=10, seconds=1)
    assert "Endelea" not in phone.dial()


def test_how_long_it_is_offered_is_a_setting(phone: UssdPhone, clock: FixedClock, gateway: Gateway) -> None:
    change(gateway, "ussd.resume_minutes", "30")
    phone.answer("80")
    clock.advance(minutes=29)
    assert "Endelea" in phone.dial()


def test_who_was_cut_off_is_texted_once_after_a_minute_and_may_go_on_for_two_hours(
    phone: UssdPhone, clock: FixedClock, gateway: Gateway, db: Database
) -> None:
    drop(phone)
    drop(phone)
    assert reminders(gateway) == []
    clock.advance(seconds=61)
    (text,) = reminders(gateway)
    assert (text.msisdn, text.values) == (FARMER, {"dial": "*384*88632#"})
    assert text.expires_at - text.created_at == timedelta(minutes=120)
    clock.advance(minutes=115)
    assert "Endelea" in phone.dial()
    with db.read() as tx:
        (event,) = tx.session.scalars(select(Callback).where(Callback.kind == "ussd-event"))
    assert event.repeats == 1


def test_who_has_dialled_again_within_the_minute_is_not_texted(
    phone: UssdPhone, clock: FixedClock, gateway: Gateway
) -> None:
    drop(phone)
    clock.advance(seconds=20)
    phone.dial()
    clock.advance(seconds=60)
    assert reminders(gateway) == []
    assert phone.answer("1").startswith("CON "), "and it is still offered"


def test_one_text_a_day_though_the_line_falls_often(
    phone: UssdPhone, clock: FixedClock, gateway: Gateway
) -> None:
    for _fall in range(3):
        drop(phone)
        clock.advance(minutes=3)
        assert len(reminders(gateway)) == 1
        phone.dial()
        phone.answer("1", "abc")
    clock.advance(days=1)
    phone.dial()
    phone.answer(*SELLING)
    drop(phone)
    clock.advance(minutes=3)
    assert len(reminders(gateway)) == 2


@pytest.mark.parametrize("answers", [(), ("1",), ("2",)])
def test_nobody_is_texted_about_a_menu_or_a_conversation_without_answers(
    answers: tuple[str, ...], client: FlaskClient, cast: Cast, clock: FixedClock, gateway: Gateway
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer(*answers)
    drop(phone)
    clock.advance(minutes=2)
    assert reminders(gateway) == []


def test_nobody_is_texted_who_finished_who_is_no_member_or_who_wants_no_sms(
    client: FlaskClient, cast: Cast, clock: FixedClock, gateway: Gateway, db: Database
) -> None:
    stranger = UssdPhone(client, "+254712000555")
    stranger.dial()
    stranger.answer("1", "kinoo", "1", "Njeri")
    drop(stranger)
    finished = UssdPhone(client, FARMER)
    finished.dial()
    finished.answer(*SELLING, "80", "nyuma ya kanisa", "1")
    drop(finished, "Success")
    drop(finished)
    db.run(
        lambda tx: setattr(
            tx.session.get_one(type(cast.farmer.user), cast.farmer.id), "sms_notifications", False
        )
    )
    quiet = UssdPhone(client, FARMER)
    quiet.dial()
    quiet.answer(*SELLING)
    drop(quiet)
    clock.advance(minutes=2)
    assert reminders(gateway) == []


def test_no_text_is_a_setting_of_its_own(phone: UssdPhone, clock: FixedClock, gateway: Gateway) -> None:
    change(gateway, "ussd.reminders_per_day", "0")
    drop(phone)
    clock.advance(minutes=2)
    assert reminders(gateway) == []


def test_an_event_of_a_session_that_is_not_ones_own_changes_nothing(
    phone: UssdPhone, clock: FixedClock, gateway: Gateway
) -> None:
    drop(UssdPhone(phone.client, FARMER, session="ATUid_forged"))
    drop(UssdPhone(phone.client, "+254712000777", session=phone.session))
    clock.advance(minutes=2)
    assert reminders(gateway) == []


def test_an_event_is_kept_though_redis_is_gone(
    phone: UssdPhone, redis: "Redis", db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis.exceptions import ConnectionError as Lost

    def lost(*args: object, **kwargs: object) -> None:
        raise Lost

    monkeypatch.setattr("ussd.sessions.Sessions.unfinished", lost)
    drop(phone)
    with db.read() as tx:
        assert tx.session.scalar(select(Callback.kind).where(Callback.kind == "ussd-event"))


def test_what_was_done_though_redis_was_not_told_is_not_offered_again(
    phone: UssdPhone, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2: whoever says yes, and whose process dies before it can say so, is not asked for another yes."""
    phone.answer("80", "nyuma ya kanisa")
    with monkeypatch.context() as dying:
        dying.setattr("ussd.sessions.Sessions.save", lambda *a, **k: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            phone.answer("1")
    with db.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Listing)) == 1
    again = UssdPhone(phone.client, FARMER)
    assert "Endelea" not in again.dial()
    assert "Endelea" not in again.answer("00")
    assert "Endelea" not in again.dial()


def test_nobody_comes_back_behind_a_pin(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("9", "3", "3", "1", "0712345678")
    asked = phone.answer("1")
    assert "PIN" in asked
    assert "PIN" not in phone.dial()
    assert "Endelea" in phone.screen
    assert phone.answer("1") == asked, "the first question for it, which nobody has answered"
    assert "tena" in phone.answer("8264"), "a first PIN is typed twice"
    phone.dial()
    assert phone.answer("1") == asked, "never the second one"


@proves("DR-1902")
def test_whoever_is_erased_has_left_nothing_half_way(
    phone: UssdPhone, cast: Cast, db: Database, gateway: Gateway, redis: Redis
) -> None:
    assert len(list(redis.scan_iter("tunda:ussd:u:*"))) == 1
    db.run(lambda tx: privacy.erase(tx, cast.admin.actor, user_id=cast.farmer.id, reason="she asked"))
    work = {"forget_dial": duties(gateway)["forget_dial"]}
    while sweep(gateway.db, work):
        pass
    assert list(redis.scan_iter("tunda:ussd:u:*")) == []


def test_what_is_gone_on_with_is_looked_up_anew(phone: UssdPhone, cast: Cast, db: Database) -> None:
    """The screen that was lost is ten minutes old: it is shown as things are now."""
    phone.answer("00", "3")
    listing = Shop(db, cast).publish("40")
    phone.answer("00")
    assert "40kg" in phone.answer("3", "1")
    phone.dial()
    db.run(lambda tx: listings.set_quantity(
        tx, cast.farmer.actor, listing_id=listing.listing_id, quantity=Decimal(33)
    ))  # fmt: skip
    assert "33kg" in phone.answer("1")
