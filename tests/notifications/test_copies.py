"""Versions, marketing at night, copies by e-mail, and messages that did not arrive (DR-1502 to DR-1507)."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from core.audit.models import AuditRow
from core.clock import nairobi
from core.db import Database, Tx
from core.duties.service import Taken
from core.duties.sweep import sweep
from core.errors import NotAllowed, WrongState
from core.notifications import rules
from core.notifications import service as notifications
from core.notifications.rules import KINDS, Kind
from core.outbox import blacklist, emails, failed
from core.outbox.emails import Result
from core.outbox.errors import MessageUnknown
from core.outbox.models import EmailMessage, OutboxMessage
from core.settings.models import SystemSetting
from core.users.models import User
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves


def tell(shop: Shop, person: Person, code: str, subject: str = "order:1", version: int = 1) -> bool:
    def work(tx: Tx) -> bool:
        user = tx.session.get_one(User, person.id)
        copy = notifications.tell(tx, user, code, {"order": "A3B7"}, subject=subject, version=version)
        return copy is not None

    return shop.db.run(work)


def change(shop: Shop, person: Person, **values: object) -> None:
    shop.db.run(lambda tx: tx.session.execute(update(User).where(User.user_id == person.id).values(**values)))


def copies(shop: Shop) -> list[EmailMessage]:
    with shop.db.read() as tx:
        return list(tx.session.scalars(select(EmailMessage).order_by(EmailMessage.email_id)))


@proves("DR-1505")
def test_another_version_is_told_again_and_each_once(shop: Shop) -> None:
    customer = shop.cast.customer
    assert [tell(shop, customer, "delivered", version=v) for v in (1, 1, 2, 2, 3)] == [
        True, False, True, False, True,
    ]  # fmt: skip


@proves("DR-1502", "DR-1504")
def test_marketing_never_goes_at_night_whatever_the_settings_say(
    shop: Shop, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "delivered", Kind(flag="marketing_notifications", held=True))
    customer = shop.cast.customer
    change(shop, customer, marketing_notifications=True)
    for name, value in (("notify.quiet_start", "23:00"), ("notify.quiet_end", "05:00")):
        shop.db.run(
            lambda tx, n=name, v=value: tx.session.add(  # type: ignore[misc]
                SystemSetting(name=n, value=v, updated_at=tx.now)
            )
        )
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    clock.advance(hours=12, minutes=30)  # 22:00
    tell(shop, customer, "delivered")
    with shop.db.read() as tx:
        [message] = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == customer.id))
    assert nairobi(message.not_before).time() >= time(6)


@proves("DR-1504", "DR-1501")
def test_whoever_has_not_consented_gets_no_marketing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "delivered", Kind(flag="marketing_notifications", held=True))
    tell(shop, shop.cast.customer, "delivered")
    assert shop.texts(shop.cast.customer) == []


@proves("DR-1507")
@pytest.mark.parametrize(
    ("values", "code", "written"),
    [
        ({"email": "a@example.com"}, "paid_confirmed", True),
        ({}, "paid_confirmed", False),
        ({"email": "a@example.com", "email_notifications": False}, "paid_confirmed", False),
        ({"email": "a@example.com"}, "order_ready", False),
    ],
)
def test_a_copy_is_written_for_whoever_wants_it(
    shop: Shop, values: dict[str, object], code: str, written: bool
) -> None:
    if values:
        change(shop, shop.cast.customer, **values)
    tell(shop, shop.cast.customer, code)
    tell(shop, shop.cast.customer, code)
    assert [(c.code, c.status) for c in copies(shop)] == ([(code, "queued")] if written else [])


@proves("DR-1507")
def test_a_secret_never_goes_by_email(shop: Shop) -> None:
    change(shop, shop.cast.customer, email="a@example.com")

    def work(tx: Tx) -> bool:
        user = tx.session.get_one(User, shop.cast.customer.id)
        return emails.write(tx, user, "rider_and_code", {"code": {"secret": "delivery:1"}}, once_key="k")

    assert not shop.db.run(work)


@proves("DR-1507")
def test_delivering_is_best_effort_and_ends(shop: Shop, clock: FixedClock) -> None:
    customer = shop.cast.customer
    change(shop, customer, email="a@example.com")
    for number in range(3):
        tell(shop, customer, "paid_confirmed", f"order:{number}")
    results = iter([Result.SENT, Result.AGAIN, Result.REFUSED, *[Result.AGAIN] * 9])
    letters = []

    def deliver(db: Database, duty: Taken) -> None:
        letter = db.run(lambda tx: emails.claim(tx, duty))
        if letter is not None:
            letters.append(letter)
            db.run(lambda tx: emails.settle(tx, duty, next(results)))

    for _hour in range(12):
        sweep(shop.db, {"send_email": deliver})
        clock.advance(hours=1)
    assert (letters[0].address, letters[0].language) == ("a@example.com", "en")
    assert letters[0].code == "paid_confirmed"
    assert [(c.status, c.attempts) for c in copies(shop)] == [("sent", 1), ("failed", 5), ("failed", 1)]


@proves("DR-1506")
def test_failed_messages_are_shown_to_admins_and_sent_again(shop: Shop, clock: FixedClock) -> None:
    customer, admin = shop.cast.customer, shop.cast.admin.actor
    tell(shop, customer, "delivered")

    def fail(tx: Tx) -> int:
        row = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == customer.id)).one()
        row.status, row.error = "failed", "Rejected"
        return row.outbox_id

    outbox_id = shop.db.run(fail)
    clock.advance(days=2)
    with shop.db.read() as tx:
        assert [row.outbox_id for row in failed.listed(tx, admin)] == [outbox_id]
    for _time in range(2):
        row = shop.db.run(lambda tx: failed.again(tx, admin, outbox_id=outbox_id))
    assert (row.status, row.expires_at - clock.now()) == ("queued", timedelta(hours=24))
    with shop.db.read() as tx:
        assert list(failed.listed(tx, admin)) == []
        audited = tx.session.scalars(select(AuditRow.record).where(AuditRow.what == "message.again")).all()
    assert audited == [f"sms:{outbox_id}"]
    assert len([duty for duty in shop.due("send_sms") if duty.subject_id == outbox_id]) == 2


def test_only_what_failed_and_only_by_admins_is_sent_again(shop: Shop) -> None:
    tell(shop, shop.cast.customer, "delivered")

    def sent(tx: Tx) -> int:
        row = tx.session.scalars(
            select(OutboxMessage).where(OutboxMessage.user_id == shop.cast.customer.id)
        ).one()
        row.status = "delivered"
        return row.outbox_id

    outbox_id = shop.db.run(sent)
    for person, given, error in (
        (shop.cast.admin, outbox_id, WrongState),
        (shop.cast.admin, 999_999, MessageUnknown),
        (shop.cast.customer, outbox_id, NotAllowed),
    ):
        with pytest.raises(error):
            shop.db.run(
                lambda tx, p=person, g=given: failed.again(tx, p.actor, outbox_id=g)  # type: ignore[misc]
            )
    with shop.db.read() as tx, pytest.raises(NotAllowed):
        failed.listed(tx, shop.cast.farmer.actor)


@proves("DR-1504")
def test_admins_see_whom_no_text_reaches(shop: Shop) -> None:
    customer = shop.cast.customer
    for number in range(2):
        tell(shop, customer, "delivered", f"order:{number}")
    shop.db.run(
        lambda tx: tx.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.user_id == customer.id)
            .values(status="failed", error=blacklist.REFUSED)
        )
    )
    with shop.db.read() as tx:
        assert failed.only_by_ussd(tx, shop.cast.admin.actor) == [customer.id]
        assert blacklist.holds(tx, customer.phone)
    shop.db.run(lambda tx: blacklist.lift(tx, customer.phone))
    with shop.db.read() as tx:
        assert failed.only_by_ussd(tx, shop.cast.admin.actor) == []
        assert not blacklist.holds(tx, customer.phone)


def test_the_night_of_marketing_is_the_printed_one() -> None:
    assert (time(21), time(6)) == rules.NO_MARKETING
