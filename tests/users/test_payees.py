"""Where money goes: a change waits 72 hours, the old number is told and can stop it (DR-208, S24)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Database
from core.errors import BadInput, DomainError, NotFound
from core.msisdn import NotKenyanMobile
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from core.users import hearing, payees
from core.users import service as users
from core.users.errors import PayeeNumberGone, PayeeNumberSame, PinMissing, PinWrong, UnknownField
from core.users.models import PayeeNumber
from tests.helpers import Cast, FixedClock, Person
from tests.proving import proves
from tests.users.people import PIN, register, with_pin

NEW, NEWER = "+254733000001", "+254733000002"


@pytest.fixture
def njeri(db: Database) -> Person:
    """A farmer with a PIN."""
    return with_pin(db, register(db, role="farmer"))


def name(
    db: Database, person: Person, number: str = NEW, *, purpose: str = "payout", pin: str = PIN
) -> PayeeNumber:
    return payees.name_number(
        db, person.actor, purpose=purpose, msisdn=number, pin=pin, once_key=f"hop-{number}-{pin}"
    )


def goes_to(db: Database, person: Person, purpose: str = "payout") -> str | None:
    with db.read() as tx:
        found = payees.destination(tx, person.id, purpose)
    return found.msisdn if found else None


def test_who_has_named_none_is_paid_on_her_own_number(db: Database, njeri: Person) -> None:
    assert goes_to(db, njeri) == njeri.phone
    assert goes_to(db, njeri, "refund") == njeri.phone


@proves("DR-208")
@pytest.mark.parametrize("purpose", payees.PURPOSES)
def test_a_new_number_takes_effect_after_seventy_two_hours(
    db: Database, njeri: Person, clock: FixedClock, purpose: str
) -> None:
    name(db, njeri, "0733 000 001", purpose=purpose)
    clock.advance(hours=71, minutes=59)
    assert goes_to(db, njeri, purpose) == njeri.phone
    clock.advance(minutes=1)
    assert goes_to(db, njeri, purpose) == NEW
    other = next(one for one in payees.PURPOSES if one != purpose)
    assert goes_to(db, njeri, other) == njeri.phone


@proves("DR-208")
def test_the_old_number_is_told_at_once_and_asked(db: Database, njeri: Person, clock: FixedClock) -> None:
    named = name(db, njeri)
    with db.read() as tx:
        told = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.msisdn == njeri.phone)).one()
        asked = tx.session.scalars(select(Question).where(Question.open_for == njeri.phone)).one()
    assert (told.code, told.not_before) == ("payout_number_change", clock.now())
    assert told.values["phone"] == "07******01"
    assert (asked.kind, asked.about) == ("number_change", {"payee_number_id": named.payee_number_id})
    assert asked.expires_at - clock.now() == timedelta(hours=72)


@proves("DR-208")
def test_a_number_in_effect_is_the_one_that_is_told_of_the_next(
    db: Database, njeri: Person, clock: FixedClock
) -> None:
    name(db, njeri)
    clock.advance(hours=73)
    name(db, njeri, NEWER)
    with db.read() as tx:
        last = tx.session.scalars(select(OutboxMessage).order_by(OutboxMessage.outbox_id.desc())).first()
    assert last is not None
    assert (last.msisdn, last.code, last.user_id) == (NEW, "payout_number_change", None)
    assert goes_to(db, njeri) == NEW


@proves("DR-208")
def test_one_reply_of_the_old_number_stops_it(db: Database, njeri: Person, clock: FixedClock) -> None:
    named = name(db, njeri)

    def stop(who: str) -> None:
        db.run(
            lambda tx: payees.stop_by_reply(
                tx, payee_number_id=named.payee_number_id, msisdn=who, request_id="sms:1"
            )
        )

    for stranger in (NEW, "+254799999999"):
        with pytest.raises(NotFound):
            stop(stranger)
    stop(njeri.phone)
    stop(njeri.phone)  # a repeat changes nothing
    clock.advance(hours=80)
    assert goes_to(db, njeri) == njeri.phone
    with db.read() as tx:
        whats = tx.session.scalars(select(AuditRow.what).where(AuditRow.record.like("payee_number:%"))).all()
    assert sorted(whats) == ["payee_number.name", "payee_number.stop"]


def test_what_is_in_effect_can_no_longer_be_stopped(db: Database, njeri: Person, clock: FixedClock) -> None:
    named = name(db, njeri)
    clock.advance(hours=72)
    with pytest.raises(PayeeNumberGone), db.transaction() as tx:
        payees.stop(tx, njeri.actor, payee_number_id=named.payee_number_id)


def test_she_may_take_it_back_herself_and_nobody_else(db: Database, cast: Cast, njeri: Person) -> None:
    named = name(db, njeri)
    with pytest.raises(NotFound), db.transaction() as tx:
        payees.stop(tx, cast.farmer.actor, payee_number_id=named.payee_number_id)
    with pytest.raises(NotFound), db.transaction() as tx:
        payees.stop(tx, njeri.actor, payee_number_id=404404)
    db.run(lambda tx: payees.stop(tx, njeri.actor, payee_number_id=named.payee_number_id))
    with db.read() as tx:
        seen = payees.mine(tx, njeri.actor, purpose="payout")
    assert seen.next_number is None


def test_a_later_word_replaces_the_change_that_waits(db: Database, njeri: Person, clock: FixedClock) -> None:
    name(db, njeri)
    clock.advance(hours=50)
    name(db, njeri, NEWER)
    clock.advance(hours=30)
    assert goes_to(db, njeri) == njeri.phone
    clock.advance(hours=42)
    assert goes_to(db, njeri) == NEWER


@proves("DR-207")
def test_it_needs_the_pin(db: Database, njeri: Person) -> None:
    with pytest.raises(PinWrong):
        name(db, njeri, pin="9314")
    nobody = register(db)
    with pytest.raises(PinMissing):
        name(db, nobody)
    with db.read() as tx:
        assert tx.session.scalars(select(PayeeNumber)).all() == []


@pytest.mark.parametrize(
    ("number", "purpose", "refusal"),
    [
        ("", "payout", NotKenyanMobile),
        ("020 2222222", "payout", NotKenyanMobile),
        ("+255712000101", "refund", NotKenyanMobile),
        (NEW, "salary", UnknownField),
        (NEW, "", UnknownField),
    ],
)
def test_bad_input_is_refused(
    db: Database, njeri: Person, number: str, purpose: str, refusal: type[DomainError]
) -> None:
    assert issubclass(refusal, BadInput)
    with pytest.raises(refusal):
        name(db, njeri, number, purpose=purpose)
    with pytest.raises(UnknownField), db.read() as tx:
        payees.mine(tx, njeri.actor, purpose="salary")


def test_the_number_that_counts_or_will_is_no_change(db: Database, njeri: Person) -> None:
    with pytest.raises(PayeeNumberSame):
        name(db, njeri, njeri.phone)
    name(db, njeri)
    with pytest.raises(PayeeNumberSame):
        name(db, njeri)


@proves("DR-208")
def test_the_number_stands_sealed_in_the_table_and_masked_everywhere_else(
    db: Database, njeri: Person
) -> None:
    """S24: whoever reads the tables learns no payout number."""
    named = name(db, njeri)
    with db.read() as tx:
        kept = tx.session.get_one(PayeeNumber, named.payee_number_id)
        texts = [
            json.dumps(row.values) for row in (*tx.session.scalars(select(OutboxMessage)),
                                               *tx.session.scalars(select(Notification)))
        ]  # fmt: skip
        trail = [json.dumps(row.changes) for row in tx.session.scalars(select(AuditRow))]
        abouts = [json.dumps(row.about) for row in tx.session.scalars(select(Question))]
        seen = payees.mine(tx, njeri.actor, purpose="payout")
    assert db.parts.vault.open("payee", kept.sealed) == NEW
    everything = " ".join([kept.sealed, kept.digest, kept.old_digest, *texts, *trail, *abouts, str(seen)])
    assert "733000001" not in everything
    assert (seen.number[:2], seen.next_number) == ("07", "07******01")


def test_a_digest_tells_whether_a_number_was_paid_before(
    db: Database, njeri: Person, clock: FixedClock
) -> None:
    other = with_pin(db, register(db))
    name(db, njeri)
    name(db, other)
    clock.advance(hours=72)
    with db.read() as tx:
        one, two = (payees.destination(tx, person.id, "payout") for person in (njeri, other))
    assert one is not None
    assert two is not None
    assert one.digest == two.digest == db.parts.vault.digest("payee", NEW)


def test_a_silent_number_gets_no_money_until_she_has_shown_who_she_is(
    db: Database, cast: Cast, njeri: Person, clock: FixedClock
) -> None:
    clock.advance(days=180)
    assert goes_to(db, njeri) == njeri.phone
    clock.advance(seconds=1)
    assert goes_to(db, njeri) is None
    db.run(lambda tx: hearing.vouch(tx, users.get(tx, njeri.id)))
    assert goes_to(db, njeri) is None, "the network's word says whose phone it is, not who she is"
    name(db, njeri)  # with her PIN
    assert goes_to(db, njeri) == njeri.phone
    clock.advance(days=200)
    assert goes_to(db, njeri) is None
    db.run(lambda tx: hearing.confirm(tx, cast.admin.actor, user_id=njeri.id, reason="called her"))
    assert goes_to(db, njeri) == NEW
