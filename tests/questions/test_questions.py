"""One open question per number: what a bare answer meets, and when it meets nothing (DR-1510)."""

from datetime import timedelta

import pytest

from core.db import Database, Tx
from core.questions import service as questions
from core.questions.models import Question
from core.questions.service import STAMP
from core.users.models import User
from tests.helpers import Cast, FixedClock
from tests.proving import proves


def ask(db: Database, cast: Cast, kind: str, minutes: int = 30) -> Question | None:
    def work(tx: Tx) -> Question | None:
        user = tx.session.get_one(User, cast.customer.id)
        until = tx.now + timedelta(minutes=minutes)
        return questions.ask(
            tx, user, kind, about={"about": kind}, expires_at=until, choices=[{"value": 1, "label": "Kinoo"}]
        )

    return db.run(work)


def now_open(db: Database, cast: Cast, **how: object) -> str | None:
    def work(tx: Tx) -> str | None:
        question = questions.open_for(tx, cast.customer.phone, **how)  # type: ignore[arg-type]
        return question.kind if question else None

    return db.run(work)


def outcome(db: Database, asked: Question | None) -> str:
    assert asked is not None
    with db.read() as tx:
        return tx.session.get_one(Question, asked.question_id).outcome


@proves("DR-1510")
@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("quote", "place", "place"),  # among equals the newer one
        ("place", "quote", "quote"),
        ("quote", "offer", "offer"),  # an urgent one takes its place
        ("offer", "quote", "offer"),  # and keeps it
        ("quote", "rating", "quote"),  # a rating waits for nobody
        ("rating", "quote", "quote"),
    ],
)
def test_there_is_one_open_question_and_the_urgent_one_has_the_bare_answer(
    db: Database, cast: Cast, first: str, second: str, left: str
) -> None:
    asked = ask(db, cast, first)
    later = ask(db, cast, second)
    assert now_open(db, cast) == left
    assert (later is None) == (left == first)
    if left == second:
        assert outcome(db, asked) == "replaced"


@proves("DR-1510")
def test_past_its_time_it_meets_no_answer(db: Database, cast: Cast, clock: FixedClock) -> None:
    asked = ask(db, cast, "quote", minutes=30)
    clock.advance(minutes=29, seconds=59)
    assert now_open(db, cast) == "quote"
    clock.advance(seconds=1)
    assert now_open(db, cast) is None
    assert outcome(db, asked) == "expired"
    assert ask(db, cast, "rating") is not None, "its place is free"


@proves("DR-1510")
def test_what_was_written_before_the_question_does_not_answer_it(
    db: Database, cast: Cast, clock: FixedClock
) -> None:
    ask(db, cast, "quote")
    asked_at = clock.now()
    assert now_open(db, cast, said_at=asked_at - timedelta(seconds=2)) is None
    assert now_open(db, cast, said_at=asked_at - STAMP) == "quote", "the stamp has whole seconds"
    assert now_open(db, cast, said_at=asked_at + timedelta(minutes=1)) == "quote"


@proves("DR-1510")
def test_it_knows_its_subject_and_choices_and_closes_once(db: Database, cast: Cast) -> None:
    asked = ask(db, cast, "quote")
    assert asked is not None
    assert (asked.about, asked.choices) == ({"about": "quote"}, [{"value": 1, "label": "Kinoo"}])
    db.run(lambda tx: questions.close(tx, tx.session.get_one(Question, asked.question_id), "yes"))
    assert now_open(db, cast) is None
    assert outcome(db, asked) == "yes"
