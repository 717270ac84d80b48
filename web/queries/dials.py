"""A USSD session as the person saw it: screen, answer, next screen, with the times between (DR-1802)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.db import Tx
from core.orders.models import Order
from core.traffic.models import Callback

MOST_HOPS = 200
ANSWER_FIELDS = ("answer", "text")


@dataclass(frozen=True)
class Hop:
    """One screen of a session, and what was answered to it after how many seconds; None: no answer came.

    repeats  how often the network asked for the very same screen again
    """

    row: Callback
    answer: str | None
    seconds: float | None
    repeats: int


@dataclass(frozen=True)
class Dial:
    """One session of one number, and how it ended."""

    session: str
    msisdn: str
    hops: Sequence[Hop]
    end: Callback | None
    orders: Sequence[tuple[int, str]]

    @property
    def began(self) -> datetime:
        """When the code was dialled."""
        return self.hops[0].row.at

    @property
    def seconds(self) -> float:
        """From the dial to the last thing known of it."""
        return ((self.end or self.hops[-1].row).at - self.began).total_seconds()


def dials(tx: Tx, session: str) -> list[Dial]:
    """The dials with this session id: one, unless somebody posted it for another number as well (S7)."""
    rows = tx.session.scalars(
        select(Callback)
        .where(Callback.session == session, Callback.kind.in_(("ussd", "ussd-event")))
        .order_by(Callback.at, Callback.callback_id)
        .limit(MOST_HOPS)
    ).all()
    numbers = dict.fromkeys(row.msisdn for row in rows if row.kind == "ussd")
    return [_dial(tx, session, msisdn, [r for r in rows if r.msisdn == msisdn]) for msisdn in numbers]


def _dial(tx: Tx, session: str, msisdn: str, rows: list[Callback]) -> Dial:
    screens: list[list[Callback]] = []
    for row in rows:
        if row.kind == "ussd":
            if row.verdict == "duplicate" and screens:
                screens[-1].append(row)
            else:
                screens.append([row])
    following: list[Callback | None] = [*(rows[0] for rows in screens[1:]), None]
    hops = [
        Hop(
            row,
            answer=_answer(after) if after else None,
            seconds=(after.at - row.at).total_seconds() if after else None,
            repeats=row.repeats + len(again),
        )
        for (row, *again), after in zip(screens, following, strict=True)
    ]
    end = next((row for row in reversed(rows) if row.kind == "ussd-event"), None)
    ids = {row.order_id for row in rows if row.order_id}
    orders = (
        tx.session.execute(select(Order.order_id, Order.order_number).where(Order.order_id.in_(ids))).all()
        if ids
        else []
    )
    return Dial(session, msisdn, hops, end, [(i, number) for i, number in orders])


def _answer(row: Callback) -> str:
    return next((str(row.request[name]) for name in ANSWER_FIELDS if row.request.get(name)), "")
