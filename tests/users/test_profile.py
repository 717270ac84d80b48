"""One's own profile: what it shows, what may be changed, and with which key (2.1, DR-107, DR-108, DR-207)."""

from dataclasses import asdict

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Database
from core.errors import DomainError, NotAllowed, NotFound
from core.users import profile
from core.users import service as users
from core.users.errors import (
    EmailTaken,
    EmailWrong,
    PhotoWrong,
    PinMissing,
    PinWrong,
    UnknownField,
    UnknownLanguage,
)
from core.users.models import Consent
from tests.helpers import CUSTOMER, Cast, Person
from tests.proving import proves
from tests.users.people import PIN, on, register, with_pin


@pytest.fixture
def njeri(db: Database) -> Person:
    """Somebody on the web."""
    return register(db, channel="web", last_name="Doe", email="john@example.com")


@proves("DR-108")
def test_the_profile_shows_what_the_platform_document_shows(db: Database, cast: Cast) -> None:
    with db.read() as tx:
        seen = profile.view(tx, cast.customer.actor)
    assert list(asdict(seen)) == [
        "user_id", "phone_number", "email", "first_name", "last_name", "user_role", "profile_photo_url",
        "preferred_language", "sms_notifications", "email_notifications", "marketing_notifications",
        "order_updates", "weather_alerts", "price_alerts", "is_active", "is_verified", "created_at",
        "updated_at",
    ]  # fmt: skip
    assert (seen.phone_number, CUSTOMER) == ("0712000202", "+254712000202")
    assert (seen.marketing_notifications, seen.sms_notifications, seen.is_verified) == (False, True, True)


CHANGES = {
    "first_name": (" Wan\u202ejiku ", "Wanjiku"),
    "last_name": ("x" * 200, "x" * 100),
    "email": ("New@Example.com", "new@example.com"),
    "profile_photo_url": ("https://img.example.com/me.jpg", "https://img.example.com/me.jpg"),
    "preferred_language": ("kikuyu", "kikuyu"),
    "sms_notifications": (False, False),
    "email_notifications": (False, False),
    "marketing_notifications": (True, True),
    "order_updates": (False, False),
    "weather_alerts": (False, False),
    "price_alerts": (False, False),
}


@pytest.mark.parametrize("field", CHANGES)
def test_each_field_of_hers_can_be_changed_on_the_web(db: Database, njeri: Person, field: str) -> None:
    given, kept = CHANGES[field]
    seen = profile.update(db, njeri.actor, changes={field: given})
    assert getattr(seen, field) == kept
    with db.read() as tx:
        assert profile.view(tx, njeri.actor) == seen


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"user_role": "admin"}, UnknownField),
        ({"is_verified": True}, UnknownField),
        ({"is_active": True}, UnknownField),
        ({"staff_scope": "full"}, UnknownField),
        ({"phone_number": "0712000101"}, UnknownField),
        ({"password_hash": "x"}, UnknownField),
        ({"": "x"}, UnknownField),
        ({"first_name": None}, UnknownField),
        ({"first_name": 5}, UnknownField),
        ({"sms_notifications": "yes"}, UnknownField),
        ({"sms_notifications": 1}, UnknownField),
        ({"preferred_language": "fr"}, UnknownLanguage),
        ({"preferred_language": None}, UnknownField),
        ({"email": "nobody"}, EmailWrong),
        ({"email": "ADMIN@example.com"}, EmailTaken),
        ({"email": ["a@b.com"]}, UnknownField),
        ({"profile_photo_url": "javascript:alert(1)"}, PhotoWrong),
    ],
)
def test_what_cannot_be_changed_is_refused_and_nothing_with_it(
    db: Database, cast: Cast, njeri: Person, changes: dict[str, object], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        profile.update(db, njeri.actor, changes={"last_name": "Other", **changes})
    with db.read() as tx:
        assert profile.view(tx, njeri.actor).last_name == "Doe"


def test_address_and_photo_can_be_taken_away_and_ones_own_address_is_free(
    db: Database, njeri: Person
) -> None:
    assert profile.update(db, njeri.actor, changes={"email": "JOHN@example.com"}).email == "john@example.com"
    assert profile.update(db, njeri.actor, changes={"email": None, "profile_photo_url": ""}).email is None
    before = profile.update(db, njeri.actor, changes={})
    assert before.email is None


@proves("DR-207")
@pytest.mark.parametrize("channel", ["ussd", "sms"])
@pytest.mark.parametrize("field", profile.GUARDED)
def test_where_the_phone_alone_would_do_the_pin_is_asked(db: Database, channel: str, field: str) -> None:
    person = with_pin(db, register(db))
    changes = {field: CHANGES[field][0]}
    with pytest.raises(PinMissing):
        profile.update(db, on(person, channel), changes=changes)
    with pytest.raises(PinWrong):
        profile.update(db, on(person, channel), changes=changes, pin="9314", once_key="a")
    seen = profile.update(db, on(person, channel), changes=changes, pin=PIN, once_key="b")
    assert getattr(seen, field) == CHANGES[field][1]


@proves("DR-207")
@pytest.mark.parametrize("field", ["preferred_language", *profile.SWITCHES])
def test_language_and_switches_need_no_pin(db: Database, field: str) -> None:
    person = register(db)
    seen = profile.update(db, on(person, "ussd"), changes={field: CHANGES[field][0]})
    assert getattr(seen, field) == CHANGES[field][1]


def test_the_marketing_switch_is_a_consent_with_its_time_and_channel(db: Database, njeri: Person) -> None:
    for wanted in (True, True, False):
        profile.update(db, njeri.actor, changes={"marketing_notifications": wanted})
    with db.read() as tx:
        kept = tx.session.scalars(select(Consent).where(Consent.version.like("marketing%"))).all()
    assert [(one.version, one.channel) for one in kept] == [("marketing on", "web"), ("marketing off", "web")]


@proves("DR-211")
def test_another_ones_profile_is_not_found_and_an_admins_look_is_audited(db: Database, cast: Cast) -> None:
    for person in (cast.customer, cast.rider):
        with pytest.raises(NotFound), db.read() as tx:
            profile.view(tx, person.actor, user_id=cast.farmer.id)
        with pytest.raises(NotFound), db.transaction() as tx:
            profile.look_at(tx, person.actor, user_id=cast.farmer.id)
    seen = db.run(lambda tx: profile.look_at(tx, cast.admin.actor, user_id=cast.farmer.id, reason="a call"))
    db.run(lambda tx: profile.look_at(tx, cast.admin.actor, user_id=cast.admin.id))
    assert seen.phone_number == "0712000101"
    with db.read() as tx:
        looks = tx.session.scalars(select(AuditRow).where(AuditRow.what == "user.view")).all()
    assert [(row.record, row.reason) for row in looks] == [(f"user:{cast.farmer.id}", "a call")]
    with pytest.raises(NotFound), db.read() as tx:
        profile.view(tx, cast.admin.actor, user_id=404404)


def test_an_admin_corrects_a_profile_and_no_personal_value_is_in_the_trail(db: Database, cast: Cast) -> None:
    changes = {"first_name": "Wanjikũ", "email": "w@example.com"}
    seen = db.run(
        lambda tx: profile.correct(
            tx, cast.admin.actor, user_id=cast.farmer.id, changes=changes, reason="misspelt"
        )
    )
    assert (seen.first_name, seen.email) == ("Wanjikũ", "w@example.com")
    with db.read() as tx:
        row = tx.session.scalars(select(AuditRow).where(AuditRow.what == "user.correct")).one()
    assert (row.changes, row.reason) == ({"fields": ["email", "first_name"]}, "misspelt")
    with pytest.raises(NotFound), db.transaction() as tx:
        profile.correct(tx, cast.rider.actor, user_id=cast.farmer.id, changes=changes, reason="")
    db.run(lambda tx: setattr(users.get(tx, cast.admin.id), "staff_scope", "auditor"))
    with pytest.raises(NotAllowed), db.transaction() as tx:
        profile.correct(tx, cast.admin.actor, user_id=cast.farmer.id, changes=changes, reason="")
