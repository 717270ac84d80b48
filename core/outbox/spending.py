"""What texts cost: reckoned before they go, compared with what the provider took, and kept below a ceiling.

A day is Nairobi's. Each kind has its ceiling, all together have one, and its last part is for codes alone.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update

from core.actor import Actor
from core.alarms import service as alarms
from core.clock import nairobi_date
from core.db import Tx
from core.money import ZERO, round2
from core.outbox.lanes import CODES, LANES
from core.outbox.models import OutboxMessage, Spend
from core.users import service as users

# An admin may raise a ceiling: what waits for that is looked at again so often.
LOOK_AGAIN = timedelta(minutes=15)
ALARM = "sms_spend"
CEILINGS = {
    "codes": "sms.spend_codes",
    "answers": "sms.spend_answers",
    "receipts": "sms.spend_receipts",
    "work": "sms.spend_work",
    "alerts": "sms.spend_alerts",
    "marketing": "sms.spend_marketing",
}


class Purse:
    """What may be spent today, for one transaction that holds the lock of the gate."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._rows: dict[str, Spend] = {}  # looked at by whoever gets so far as to spend something

    def reserve(self, message: OutboxMessage, *, segments: int) -> datetime | None:
        """Count what `message` will cost; None if there is money for it today, else when to ask again.

        Raises an alarm near a ceiling and at it, by kind ("marketing", "all").
        """
        tx = self._tx
        if not self._rows:
            self._rows = _rows(tx, nairobi_date(tx.now))
        cost = round2(tx.setting("sms.price_segment") * segments)
        mine = self._rows.get(message.lane)
        whole = sum((row.counted for row in self._rows.values()), ZERO)
        kept = ZERO if message.lane == CODES else tx.setting("sms.spend_reserve")
        ceilings = {
            message.lane: (mine.counted if mine else ZERO, tx.setting(CEILINGS[message.lane])),
            "all": (whole, tx.setting("sms.spend_all") - kept),
        }
        for name, (spent, most) in ceilings.items():
            # Codes go past their own ceiling while the day's whole lasts: its last part is theirs.
            if spent + cost > most and not (message.lane == CODES and name == CODES):
                alarms.raise_alarm(tx, ALARM, name, spent=str(spent), ceiling=str(most))
                return tx.now + LOOK_AGAIN
        for name, (spent, most) in ceilings.items():
            near = round2(most * tx.setting("sms.spend_warn_percent") / 100)
            if spent < near <= spent + cost:
                alarms.raise_alarm(tx, ALARM, name, spent=str(spent + cost), ceiling=str(most))
        if mine is None:
            mine = self._rows[message.lane] = _begun(tx, message.lane)
        mine.counted += cost
        mine.messages += 1
        mine.segments += segments
        message.counted = cost
        return None


@dataclass
class _Change:
    """By how much the sums of a kind and day change."""

    counted: Decimal = ZERO
    charged: Decimal = ZERO
    messages: int = 0
    segments: int = 0
    differing: int = 0


class Bill:
    """What messages cost after all: gathered, then written in one statement for each kind and day."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._changes: dict[tuple[date, str], _Change] = defaultdict(_Change)

    def give_back(self, message: OutboxMessage) -> None:
        """The message did not go after all: it costs nothing."""
        if message.counted is None:
            return
        change = self._change(message)
        change.counted -= message.counted
        change.messages -= 1
        change.segments -= message.segments
        message.counted = None

    def charge(self, message: OutboxMessage, charged: Decimal) -> Decimal:
        """The provider took `charged` KES for it; returns how much more that is than was reckoned."""
        message.charged = charged
        more = charged - (message.counted or ZERO)
        change = self._change(message)
        change.charged += charged
        change.differing += 1 if more else 0
        return more

    def write(self) -> None:
        """In the order of the keys, so that two workers do not wait for each other."""
        for day, lane in sorted(self._changes):
            changed = {name: by for name, by in vars(self._changes[day, lane]).items() if by}
            if not changed:
                continue
            self._tx.session.connection().execute(
                update(Spend)
                .where(Spend.day == day, Spend.lane == lane)
                .values({name: getattr(Spend, name) + by for name, by in changed.items()})
            )

    def _change(self, message: OutboxMessage) -> _Change:
        return self._changes[nairobi_date(message.sent_at or self._tx.now), message.lane]


@dataclass(frozen=True)
class DaySpend:
    """What a kind of messages has cost today; amounts are KES."""

    lane: str
    messages: int
    segments: int
    counted: Decimal
    charged: Decimal
    differing: int
    ceiling: Decimal


def today(tx: Tx, actor: Actor) -> list[DaySpend]:
    """Today's texts by kind, the most urgent first. Raises NotAllowed."""
    users.may(tx, actor, "read", "due_work", own=False)
    return figures(tx)


def figures(tx: Tx) -> list[DaySpend]:
    """As `today`, for /metrics: sums only, nothing personal."""
    rows = _rows(tx, nairobi_date(tx.now))
    none = Spend(messages=0, segments=0, counted=ZERO, charged=ZERO, differing=0)
    return [
        DaySpend(
            lane=lane,
            messages=row.messages,
            segments=row.segments,
            counted=row.counted,
            charged=row.charged,
            differing=row.differing,
            ceiling=tx.setting(CEILINGS[lane]),
        )
        for lane in LANES
        for row in (rows.get(lane, none),)
    ]


def _rows(tx: Tx, day: date) -> dict[str, Spend]:
    return {row.lane: row for row in tx.session.scalars(select(Spend).where(Spend.day == day))}


def _begun(tx: Tx, lane: str) -> Spend:
    row = Spend(
        day=nairobi_date(tx.now), lane=lane, messages=0, segments=0, counted=ZERO, charged=ZERO, differing=0
    )
    tx.session.add(row)
    return row
