"""What the callback log is narrowed by (DR-1802): exact words along an index, and words within a text.

Every list goes backwards in time along one of the indexes that end in the moment; a span of time is a piece
of it. Only a text within bodies is searched by reading, some thousand rows at a time and a week at most.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, or_, select, type_coerce

from core.clock import NAIROBI
from core.db import Tx
from core.payments.models import PaymentTransaction, ProviderRequest, Refund
from core.payouts.models import Payout
from core.traffic.models import VERDICTS_IN, VERDICTS_OUT, Callback

# How far back words within a text are looked for, how many rows at a time, and from how many letters on.
TEXT_DAYS = 7
TEXT_ROWS = 20_000
SHORTEST_TEXT = 3
# So many days a page that begins in the past is looked for in, one after the other.
STRETCHES = (1, 10)
ONLY = {"in": VERDICTS_IN, "out": VERDICTS_OUT}


@dataclass(frozen=True)
class Filters:
    """What to show; empty means everything.

    order_ids     the orders that are meant; None: any order or none
    provider_ids  what the vendor calls the things that are meant; None: any
    since, until  not before the one, and before the other
    text          what stands in the request, the reply or the error
    """

    kind: str = ""
    direction: str = ""
    verdict: str = ""
    msisdn: str = ""
    session: str = ""
    provider_id: str = ""
    order_ids: tuple[int, ...] | None = None
    provider_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""

    @property
    def words(self) -> str:
        """The text, if it is long enough to be looked for."""
        return self.text if len(self.text) >= SHORTEST_TEXT else ""

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) not in ("", None) for one in fields(self))


Asked = Select[*tuple[Any, ...]]


def narrow(asked: Asked, filters: Filters) -> Asked:
    """`asked` with all filters but the text."""
    for name in ("kind", "verdict", "msisdn", "session", "provider_id"):
        if value := getattr(filters, name):
            asked = asked.where(getattr(Callback, name) == value)
    if filters.direction:
        asked = asked.where(_direction(filters))
    if filters.order_ids is not None:
        asked = asked.where(Callback.order_id.in_(filters.order_ids))
    if filters.provider_ids is not None:
        asked = asked.where(Callback.provider_id.in_(filters.provider_ids))
    if filters.since is not None:
        asked = asked.where(Callback.at >= filters.since)
    if filters.until is not None:
        asked = asked.where(Callback.at < filters.until)
    return asked


def newest_first(asked: Asked) -> Asked:
    """By their moments; hops that only showed something get their ids a little later (DR-1802)."""
    return asked.order_by(Callback.at.desc(), Callback.callback_id.desc())


def moment(tx: Tx, callback_id: int) -> datetime | None:
    """When row `callback_id` happened; None if there is no such row."""
    return tx.session.scalar(select(Callback.at).where(Callback.callback_id == callback_id))


def below(at: datetime, callback_id: int) -> ColumnElement[bool]:
    """What stands below that row on a list of the newest first."""
    return and_(Callback.at <= at, or_(Callback.at < at, Callback.callback_id < callback_id))


def stretches(filters: Filters, top: datetime | None) -> Iterator[ColumnElement[bool] | None]:
    """Where a page that begins in the past is looked for: a short stretch first, at last (None) anywhere.

    Of a kind that is common, MariaDB would else read all that is newer and throw it away: the moment where a
    page begins alone does not make it begin there.
    """
    tops = [at for at in (top, filters.until) if at is not None]
    if tops:
        for days in STRETCHES:
            since = min(tops) - timedelta(days=days)
            if filters.since is None or since > filters.since:
                yield Callback.at >= since
    yield None


def not_before(at: datetime, callback_id: int) -> ColumnElement[bool]:
    """That row and what stands above it on a list of the newest first."""
    return and_(Callback.at >= at, or_(Callback.at > at, Callback.callback_id >= callback_id))


def holds(text: str) -> ColumnElement[bool]:
    """Rows in which `text` stands, small or capital; a stored request spells other letters than ours out."""
    spelt = json.dumps(text)[1:-1]
    return or_(
        type_coerce(Callback.request, Text).icontains(spelt, autoescape=True),
        Callback.reply.icontains(text, autoescape=True),
        Callback.error.icontains(text, autoescape=True),
    )


def week_before(now: datetime) -> datetime:
    """So far back words are looked for."""
    return now - timedelta(days=TEXT_DAYS)


def of_receipt(tx: Tx, receipt: str) -> tuple[str, ...]:
    """What M-Pesa calls everything that receipt `receipt` (in any spelling) is about: the payment itself, the
    prompt that led to it, the sending; an unknown one is looked for as it is."""
    code = "".join(receipt.split()).upper()[:16]
    session = tx.session
    names: set[str | None] = {code}
    names.update(
        session.scalars(
            select(PaymentTransaction.checkout_request_id).where(PaymentTransaction.receipt == code)
        )
    )
    keys = [
        *session.scalars(select(Payout.sent_key).where(Payout.receipt == code)),
        *session.scalars(select(Refund.sent_key).where(Refund.reference == code)),
    ]
    names.update(keys)
    if keys:
        names.update(
            session.scalars(select(ProviderRequest.conversation_id).where(ProviderRequest.name.in_(keys)))
        )
    return tuple(sorted(name for name in names if name))


def moment_of(text: str) -> datetime | None:
    """The moment that a field for day and time holds, Nairobi's; None where it holds none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=NAIROBI) if 2000 <= found.year < 2100 and found.tzinfo is None else None


def _direction(filters: Filters) -> ColumnElement[bool]:
    """Nothing at once where no row of that direction has that verdict: no index tells it."""
    other = ONLY["out" if filters.direction == "in" else "in"]
    if filters.verdict in other:
        return Callback.callback_id < 0
    return Callback.direction == filters.direction
