"""Open questions: ask, find, answer, let lapse (DR-1510)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.db import Tx
from core.questions.models import Question
from core.users.models import User

# The network's stamp has whole seconds.
STAMP = timedelta(seconds=1)
# An urgent question takes the place of one that is not; among equals the newer one wins. A new order waits
# for what the farmer is being asked: its text names the order, and YES with its number is always heard.
URGENCY = {"cash_taken": 3, "route": 0, "offer": 2, "received": 2, "rating": 0, "item_available": 0}


def ask(
    tx: Tx,
    user: User,
    kind: str,
    *,
    about: dict[str, Any],
    expires_at: datetime,
    choices: Sequence[dict[str, Any]] = (),
) -> Question | None:
    """Open a question for `user`; None if a more urgent one is open, which then keeps the bare answer.

    The number's earlier open question is closed with outcome "replaced".
    """
    now_open = open_for(tx, user.phone_number)
    if now_open is not None:
        if URGENCY.get(now_open.kind, 1) > URGENCY.get(kind, 1):
            return None
        close(tx, now_open, "replaced")
        tx.flush()
    question = Question(
        user_id=user.user_id,
        msisdn=user.phone_number,
        kind=kind,
        about=about,
        choices=list(choices),
        open_for=user.phone_number,
        asked_at=tx.now,
        expires_at=expires_at,
    )
    tx.session.add(question)
    tx.flush()
    return question


def open_for(tx: Tx, msisdn: str, *, lock: bool = False, said_at: datetime | None = None) -> Question | None:
    """The question a bare answer from `msisdn` meets now; one past its time is closed and not returned.

    said_at  when the answer was written, as the network stamped it: what was written before the question was
             asked does not answer it
    """
    query = select(Question).where(Question.open_for == msisdn)
    question = tx.session.scalar(query.with_for_update() if lock else query)
    if question is not None and question.expires_at <= tx.now:
        close(tx, question, "expired")
        return None
    if question is not None and said_at is not None and said_at + STAMP < question.asked_at:
        return None
    return question


def close(tx: Tx, question: Question, outcome: str) -> None:
    """The question was answered, replaced, withdrawn or has expired; it no longer meets an answer."""
    question.open_for = None
    question.outcome = outcome
    question.closed_at = tx.now


def settled(tx: Tx, msisdn: str, kind: str, outcome: str, **about: Any) -> None:
    """Answered on another channel: the number's open question, if it is this one, meets no answer now."""
    question = open_for(tx, msisdn, lock=True)
    if question is None or question.kind != kind:
        return
    if all(question.about.get(name) == value for name, value in about.items()):
        close(tx, question, outcome)
