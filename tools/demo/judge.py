"""The verdict: what the database must hold when the story has been told, and what it must not hold."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import JSON, String, Text, func, select

from core.db import Tx
from core.deliveries.models import Delivery
from core.duties.models import Duty
from core.ledger.models import JournalEntry, LedgerLine
from core.listings.models import Listing, StockMovement
from core.notifications.models import Notification
from core.orders.models import Order, OrderItem
from core.outbox.models import OutboxMessage
from core.schema import METADATA
from core.traffic.models import Callback
from core.users.models import User
from tools.demo.reading import Wrong

# What people are texted about one order, and what they only find in the app (DR-1509; the quote comes before
# the order exists and is looked for by its reader).
TEXTED = {
    "customer": ("paid_confirmed", "rider_and_code", "delivered"),
    "farmer": ("new_order",),
    "rider": ("offer", "pickup", "bring", "done"),
}
IN_APP_ONLY = {
    "customer": ("order_received", "order_processing", "order_ready"),
    "farmer": ("delivered_farmer",),
    "rider": (),
}
COMMISSION = Decimal("0.10")
T = TypeVar("T")
BAD_VERDICTS = ("failed", "unmatched", "mismatched", "refused", "unknown")


@dataclass(frozen=True)
class Before:
    """How far the tables and logs had come when the story began."""

    callback_id: int
    log_sizes: dict[Path, int]


def before(tx: Tx, logs: Path) -> Before:
    """To be asked before the first dial."""
    last = tx.session.scalar(select(func.max(Callback.callback_id))) or 0
    return Before(last, {file: file.stat().st_size for file in logs.glob("*.log")})


@dataclass(frozen=True)
class Told:
    """What the phones learnt: who took part, the order's last four, the sums and the code."""

    farmer: str
    customer: str
    rider: str
    tail: str
    goods: Decimal
    fee: Decimal
    earning: Decimal
    code: str


def judge(tx: Tx, told: Told, since: Before, logs: Path, redis: Any) -> Iterator[str]:
    """One sentence for each thing that is right; raises Wrong at the first that is not."""
    order = _only(tx.session.scalars(select(Order).where(Order.order_number.like(f"%{told.tail}"))
                                     .order_by(Order.order_id.desc()).limit(1)), "order")  # fmt: skip
    yield _statuses(tx, order)
    yield _stock(tx, order)
    yield from _told(tx, order, told)
    yield from _ledger(tx, order, told)
    yield _callback_log(tx, since)
    yield _no_parked_work(tx)
    yield _code_nowhere(tx, told.code, since, logs, redis)


def _statuses(tx: Tx, order: Order) -> str:
    items = tx.session.scalars(select(OrderItem).where(OrderItem.order_id == order.order_id)).all()
    delivery = _only(
        tx.session.scalars(select(Delivery).where(Delivery.order_id == order.order_id)), "delivery"
    )
    found = (
        order.order_status,
        order.payment_status,
        delivery.delivery_status,
        *(i.item_status for i in items),
    )
    _same("order, payment, delivery and item", found, ("delivered", "paid", "delivered", "delivered"))
    return f"order {order.order_number} is delivered and paid"


def _stock(tx: Tx, order: Order) -> str:
    item = _only(
        tx.session.scalars(select(OrderItem).where(OrderItem.order_id == order.order_id)), "order item"
    )
    moves = tx.session.scalars(
        select(StockMovement.delta).where(StockMovement.order_item_id == item.order_item_id)
    )
    _same("stock movements of the order", list(moves), [-item.quantity])
    sums = tx.session.execute(
        select(Listing.listing_id, Listing.quantity_available, func.sum(StockMovement.delta))
        .join(StockMovement, StockMovement.listing_id == Listing.listing_id)
        .group_by(Listing.listing_id, Listing.quantity_available)
    ).all()
    for listing_id, free, moved in sums:
        _same(f"free stock of listing {listing_id}", free, moved)
    left = tx.session.get_one(Listing, item.listing_id).quantity_available
    return f"{item.quantity:.0f} kg went out of stock once, {left:.0f} kg are left; every listing agrees"


def _told(tx: Tx, order: Order, told: Told) -> Iterator[str]:
    for role, msisdn in (("customer", told.customer), ("farmer", told.farmer), ("rider", told.rider)):
        user = _only(tx.session.scalars(select(User).where(User.phone_number == msisdn)), role)
        sent = tx.session.execute(
            select(OutboxMessage.code, OutboxMessage.status, OutboxMessage.segments).where(
                OutboxMessage.order_id == order.order_id,
                OutboxMessage.user_id == user.user_id,
                OutboxMessage.code.in_(TEXTED[role] + IN_APP_ONLY[role]),
            )
        ).all()
        _same(f"texts to the {role}", Counter(r.code for r in sent), Counter(TEXTED[role]))
        for code, status, segments in sent:
            if status not in ("accepted", "delivered") or segments != 1:
                raise Wrong(f"the text {code} is {status}, in {segments} segments")
        copies = Counter(
            tx.session.scalars(
                select(Notification.code).where(
                    Notification.order_id == order.order_id, Notification.user_id == user.user_id
                )
            )
        )
        _same(f"in-app copies for the {role}", copies, Counter(TEXTED[role] + IN_APP_ONLY[role]))
        yield f"the {role} was texted {', '.join(TEXTED[role])}: each once, in one segment"


def _ledger(tx: Tx, order: Order, told: Told) -> Iterator[str]:
    total = tx.session.scalar(select(func.sum(LedgerLine.amount)))
    _same("the sum of all ledger lines", total, Decimal("0.00"))
    moved = tx.session.execute(
        select(LedgerLine.account, func.sum(LedgerLine.amount))
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .where(JournalEntry.order_id == order.order_id)
        .group_by(LedgerLine.account)
    )
    farmer, rider = (
        _only(tx.session.scalars(select(User.user_id).where(User.phone_number == msisdn)), "person")
        for msisdn in (told.farmer, told.rider)
    )
    commission = (told.goods * COMMISSION).quantize(Decimal("0.01"))
    expected = {
        "mpesa": told.goods + told.fee,
        f"order_funds:{order.order_id}": Decimal("0.00"),
        f"farmer_due:{farmer}": commission - told.goods,
        "commission": -commission,
        "delivery_fees": -told.fee,
        "rider_cost": told.earning,
        f"rider_due:{rider}": -told.earning,
    }
    _same("the ledger of the order", dict(moved.all()), expected)
    yield (
        f"ledger sum 0.00; farmer is owed {told.goods - commission}, rider {told.earning}, "
        f"commission {commission}, delivery fee {told.fee}"
    )


def _callback_log(tx: Tx, since: Before) -> str:
    rows = tx.session.execute(
        select(Callback.kind, Callback.verdict).where(Callback.callback_id > since.callback_id)
    ).all()
    kinds = Counter(row.kind for row in rows)
    for kind in ("ussd", "sms", "sms-send", "stk", "stk-push"):
        if not kinds[kind]:
            raise Wrong(f"the callback log has no {kind} of this story")
    if bad := [f"{row.kind}: {row.verdict}" for row in rows if row.verdict in BAD_VERDICTS]:
        raise Wrong(f"the callback log shows trouble: {', '.join(bad)}")
    return f"the callback log holds {len(rows)} entries of the story, none of them in trouble"


def _no_parked_work(tx: Tx) -> str:
    parked = tx.session.scalars(select(Duty.kind).where(Duty.status == "parked")).all()
    if parked:
        raise Wrong(f"work was given up on: {', '.join(parked)}")
    return "no work was given up on"


def _code_nowhere(tx: Tx, code: str, since: Before, logs: Path, redis: Any) -> str:
    """The delivery code, standing alone: in a text of a table, a key of Redis, a log line (DR-1205)."""
    alone = re.compile(rf"(?<![\w.:+-]){code}(?![\w:-])")
    for where, text in (*_table_texts(tx, since), *_redis_texts(redis), *_log_texts(since, logs)):
        if alone.search(text):
            raise Wrong(f"the delivery code can be read in {where}: {text[:200]}")
    return "the delivery code can be read in no table, no Redis key and no log"


def _table_texts(tx: Tx, since: Before) -> Iterator[tuple[str, str]]:
    for table in METADATA.sorted_tables:
        columns = [c for c in table.columns if isinstance(c.type, String | Text | JSON)]
        if not columns or table.name in ("market_prices", "products", "packs", "categories"):
            continue
        query = select(*columns)
        if table.name == "callback_log":
            query = query.where(table.c.callback_id > since.callback_id)
        for row in tx.session.execute(query):
            yield table.name, " ".join(json.dumps(v, default=str) for v in row if v not in (None, ""))


def _redis_texts(redis: Any) -> Iterator[tuple[str, str]]:
    readers: dict[bytes, Callable[[bytes], Iterable[bytes | None]]] = {
        b"string": lambda key: [redis.get(key)],
        b"hash": lambda key: redis.hgetall(key).values(),
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"set": lambda key: redis.smembers(key),
        b"zset": lambda key: redis.zrange(key, 0, -1),
        b"none": lambda key: [],  # gone since it was found
    }
    for key in redis.scan_iter(count=500):
        values = readers[redis.type(key)](key)
        yield (
            f"Redis {key.decode(errors='replace')}",
            " ".join(v.decode(errors="replace") for v in values if v),
        )


def _log_texts(since: Before, logs: Path) -> Iterator[tuple[str, str]]:
    for file in logs.glob("*.log"):
        with file.open("rb") as log:
            log.seek(since.log_sizes.get(file, 0))
            for line in log:
                yield file.name, line.decode(errors="replace")


def _only(rows: Iterable[T], what: str) -> T:
    found = list(rows)
    if len(found) != 1:
        raise Wrong(f"there should be one {what} in the database, not {len(found)}")
    return found[0]


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Wrong(f"{what}: found {_shown(found)}, expected {_shown(expected)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(count)}" for key, count in sorted(value.items())) or "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return str(value)
