"""A number's whole history as one conversation: dials, texts both ways, prompts and payments (DR-1802).

Read backwards, a piece at a time; a piece ends at a moment, so that the next one begins there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from core.db import Tx
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments.models import PaymentTransaction
from core.traffic.models import Callback
from core.users import service as users
from core.users.models import User
from web.gist import gist
from web.queries.dials import ANSWER_FIELDS

SAID = ("sms", "sms-optout", "c2b-confirmation")
HOP = "ussd"
# So many rows are read of each kind of thing for one piece, and so many turns are shown of them.
MOST_HOPS, MOST_OTHERS = 300, 60
TURNS = 60
LONGEST_PATH = 12


@dataclass(frozen=True)
class Call:
    """A dial: what was answered, screen by screen, what stood there at last, and what it changed."""

    session: str
    answers: Sequence[str]
    more: int
    screens: int
    last: str
    seconds: float
    changed: Sequence[Mapping[str, str]]
    ended: bool


@dataclass(frozen=True)
class Turn:
    """One turn of the conversation. what: call, said (by the person), told (by us) or prompt."""

    at: datetime
    what: Literal["call", "said", "told", "prompt"]
    row: Call | Callback | OutboxMessage | PaymentTransaction
    number: int
    words: str = ""
    order_number: str = ""
    order_id: int | None = None


@dataclass(frozen=True)
class Thread:
    """A piece of a number's conversation, the oldest turn first; `earlier`: there is more before it."""

    msisdn: str
    person: User | None
    turns: Sequence[Turn]
    earlier: datetime | None


def thread(tx: Tx, msisdn: str, *, before: datetime | None = None) -> Thread:
    """The newest turns of a number, or those before a moment."""
    ends: list[datetime] = []
    turns = [
        *_calls(tx, msisdn, before, ends),
        *_said(tx, msisdn, before, ends),
        *_told(tx, msisdn, before, ends),
        *_prompts(tx, msisdn, before, ends),
    ]
    whole = sorted(turns, key=lambda turn: (turn.at, turn.number))
    # Up to the moment to which one kind was read, the others alone would not be the conversation.
    floor = max(ends, default=None)
    sure = [turn for turn in whole if floor is None or turn.at > floor] or whole
    # What happened at one moment stays together, since the next piece ends before it.
    first = next((turn.at for turn in sure[-TURNS:]), None)
    shown = [turn for turn in sure if first is not None and turn.at >= first]
    cut = floor is not None or len(sure) > len(shown)
    numbers = _orders(tx, {turn.order_id for turn in shown if turn.order_id})
    return Thread(
        msisdn,
        users.find(tx, msisdn),
        [_named(turn, numbers) for turn in shown],
        shown[0].at if cut and shown else None,
    )


def _named(turn: Turn, numbers: Mapping[int, str]) -> Turn:
    number = numbers.get(turn.order_id or 0, "")
    return Turn(turn.at, turn.what, turn.row, turn.number, turn.words, number, turn.order_id)


def _calls(tx: Tx, msisdn: str, before: datetime | None, ends: list[datetime]) -> Iterable[Turn]:
    asked = (
        select(Callback.session, Callback.at)
        .where(Callback.msisdn == msisdn, Callback.kind == HOP, Callback.session != "")
        .order_by(Callback.at.desc(), Callback.callback_id.desc())
        .limit(MOST_HOPS)
    )
    if before is not None:
        asked = asked.where(Callback.at < before)
    found = tx.session.execute(asked).all()
    if len(found) == MOST_HOPS:
        ends.append(found[-1].at)
    by_session: dict[str, list[Callback]] = {row.session: [] for row in found}
    if not by_session:
        return
    rows = tx.session.scalars(
        select(Callback)
        .where(
            Callback.session.in_(by_session),
            Callback.msisdn == msisdn,
            Callback.kind.in_((HOP, "ussd-event")),
            Callback.verdict != "duplicate",
        )
        .order_by(Callback.at, Callback.callback_id)
    )
    for row in rows:
        by_session.setdefault(row.session, []).append(row)
    for session, hops in by_session.items():
        turn = _call(session, hops)
        # A dial that began on the piece before stands there.
        if turn is not None and (before is None or turn.at < before):
            yield turn


def _call(session: str, rows: Sequence[Callback]) -> Turn | None:
    hops = [row for row in rows if row.kind == HOP]
    if not hops:
        return None
    answers = [answer for row in hops[1:] if (answer := _answer(row))]
    orders = {row.order_id for row in hops if row.order_id}
    last = hops[-1].reply
    call = Call(
        session=session,
        answers=answers[:LONGEST_PATH],
        more=max(len(answers) - LONGEST_PATH, 0),
        screens=len(hops),
        last=last,
        seconds=(rows[-1].at - hops[0].at).total_seconds(),
        changed=[change for row in hops for change in row.changed],
        ended=last.startswith("END"),
    )
    order_id = orders.pop() if len(orders) == 1 else None
    return Turn(hops[0].at, "call", call, hops[0].callback_id, order_id=order_id)


def _answer(row: Callback) -> str:
    return next((str(row.request[name]) for name in ANSWER_FIELDS if row.request.get(name)), "")


def _said(tx: Tx, msisdn: str, before: datetime | None, ends: list[datetime]) -> Iterable[Turn]:
    asked = (
        select(Callback)
        .where(Callback.msisdn == msisdn, Callback.kind.in_(SAID))
        .order_by(Callback.at.desc(), Callback.callback_id.desc())
        .limit(MOST_OTHERS)
    )
    if before is not None:
        asked = asked.where(Callback.at < before)
    rows = tx.session.scalars(asked).all()
    if len(rows) == MOST_OTHERS:
        ends.append(rows[-1].at)
    for row in rows:
        words = gist(row.kind, row.request, row.reply, "")
        yield Turn(row.at, "said", row, row.callback_id, words, order_id=row.order_id)


def _told(tx: Tx, msisdn: str, before: datetime | None, ends: list[datetime]) -> Iterable[Turn]:
    asked = (
        select(OutboxMessage)
        .where(OutboxMessage.msisdn == msisdn)
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.outbox_id.desc())
        .limit(MOST_OTHERS)
    )
    if before is not None:
        asked = asked.where(OutboxMessage.created_at < before)
    rows = tx.session.scalars(asked).all()
    if len(rows) == MOST_OTHERS:
        ends.append(rows[-1].created_at)
    for row in rows:
        yield Turn(row.created_at, "told", row, row.outbox_id, order_id=row.order_id)


def _prompts(tx: Tx, msisdn: str, before: datetime | None, ends: list[datetime]) -> Iterable[Turn]:
    asked = (
        select(PaymentTransaction)
        .where(PaymentTransaction.msisdn == msisdn, PaymentTransaction.method == "stk")
        .order_by(PaymentTransaction.created_at.desc(), PaymentTransaction.transaction_id.desc())
        .limit(MOST_OTHERS)
    )
    if before is not None:
        asked = asked.where(PaymentTransaction.created_at < before)
    rows = tx.session.scalars(asked).all()
    if len(rows) == MOST_OTHERS:
        ends.append(rows[-1].created_at)
    for row in rows:
        yield Turn(row.created_at, "prompt", row, row.transaction_id, order_id=row.order_id)


def _orders(tx: Tx, ids: Iterable[int]) -> Mapping[int, str]:
    wanted = list(ids)
    if not wanted:
        return {}
    asked = select(Order.order_id, Order.order_number).where(Order.order_id.in_(wanted))
    return dict(tx.session.execute(asked).all())
