"""The callback log: what came in, what went out, what it changed (DR-1802).

An SMS, a report and a payment callback are recorded and answered first and worked on later, by
`callback_id`; `settle` then says what became of them. A hop and an outbound call are recorded in the
transaction that did their work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from core import rows
from core.db import Tx
from core.traffic.masks import mask_digits, mask_json, mask_phones
from core.traffic.models import Callback, StrangerCount

__all__ = [
    "Call", "Repeated", "mask_digits", "mask_json", "mask_phones", "record", "record_calls", "settle",
    "stranger",
]  # fmt: skip


class Repeated(Exception):
    """This very thing is in the log already, and its repeat has been counted; `callback_id` is the first one.

    Catch it inside the transaction: if it escapes, the rollback forgets the count.
    """

    def __init__(self, callback_id: int) -> None:
        self.callback_id = callback_id
        super().__init__(callback_id)


def record(
    tx: Tx,
    *,
    direction: str,
    kind: str,
    msisdn: str = "",
    session: str = "",
    provider_id: str = "",
    dedupe_key: str | None = None,
    source: str = "",
    request_id: str = "",
    request: dict[str, Any] | None = None,
    sealed: str | None = None,
    came: str | None = None,
    reply: str = "",
    status: int | None = None,
    verdict: str = "stored",
    error: str = "",
    duration_ms: int = 0,
    changed: Sequence[dict[str, str]] | None = None,
    cause: int | None = None,
    order_id: int | None = None,
) -> Callback:
    """Write one row of the callback log; its id exists on return.

    request, reply  already masked by the channel, which knows its fields; `sealed` is the true body, made
                    unreadable with the vault, for work that is still to come
    came            the request as it came, made unreadable too, for whoever has it run again
    dedupe_key      the vendor's own id of this thing, prefixed with the kind; None where there is none
    changed         what it changed; by default all that was noted in this transaction so far (`tx.note`)
    order_id        by default the order it changed, if that was one and no more

    Raises Repeated when `dedupe_key` is known. But a transaction that has changed something already (a hop)
    is undone by the key's refusal: `Database.run` runs it again, and it looks before it acts.
    """
    changes = list(tx.changed if changed is None else changed)
    row = Callback(
        at=tx.now,
        direction=direction,
        kind=kind,
        msisdn=msisdn[:64],
        session=session[:128],
        provider_id=provider_id[:128],
        dedupe_key=dedupe_key,
        source=source[:45],
        request_id=request_id[:64],
        request=request or {},
        sealed=sealed,
        came=came,
        reply=reply,
        status=status,
        verdict=verdict,
        error=error[:255],
        duration_ms=duration_ms,
        changed=changes,
        cause=cause,
        order_id=_only_order(changes) if order_id is None else order_id,
    )
    if tx.changed or dedupe_key is None:
        rows.add(tx, row)
    elif not rows.add_once(tx, row, Callback.dedupe_key):
        raise Repeated(_count_repeat(tx, dedupe_key))
    if direction == "in":
        tx.follows_from(row.callback_id)
    return row


@dataclass(frozen=True)
class Call:
    """A call of ours that came back; its fields are those of `record`."""

    kind: str
    msisdn: str
    provider_id: str
    request: dict[str, Any]
    reply: str
    status: int | None
    verdict: str
    error: str
    duration_ms: int
    changed: Sequence[dict[str, str]]
    cause: int | None
    order_id: int | None


def record_calls(tx: Tx, calls: Sequence[Call]) -> None:
    """A row of the callback log for each call, all in one statement; nothing can follow from them."""
    empty = {"session": "", "dedupe_key": None, "source": "", "request_id": "", "sealed": None, "came": None}
    rows.add_all(
        tx,
        [
            Callback(
                at=tx.now,
                direction="out",
                **vars(call)
                | empty
                | {
                    "provider_id": call.provider_id[:128],
                    "error": call.error[:255],
                    "changed": list(call.changed),
                    "order_id": _only_order(call.changed) if call.order_id is None else call.order_id,
                },
            )
            for call in calls
        ],
    )


def settle(
    tx: Tx,
    callback_id: int,
    *,
    verdict: str,
    order_id: int | None = None,
    request: dict[str, Any] | None = None,
    reply: str | None = None,
    error: str = "",
    status: int | None = None,
    duration_ms: int | None = None,
    provider_id: str | None = None,
) -> None:
    """Say what became of a stored row, and what it changed: all that was noted in this transaction so far.

    What is None stays as it was. The true body is forgotten, since it has been worked on (DR-1205).

    order_id  by default the order it changed, if that was one and no more
    """
    changes = list(tx.changed)
    values: dict[str, Any] = {"verdict": verdict, "changed": changes, "error": error[:255], "sealed": None}
    given = {
        "order_id": _only_order(changes) if order_id is None else order_id,
        "request": request,
        "reply": reply,
        "status": status,
        "duration_ms": duration_ms,
        "provider_id": None if provider_id is None else provider_id[:128],
    }
    values |= {name: value for name, value in given.items() if value is not None}
    tx.follows_from(callback_id)
    tx.session.execute(update(Callback).where(Callback.callback_id == callback_id).values(**values))


def stranger(tx: Tx, source: str) -> None:
    """Count a request with a wrong callback secret: one row per source and minute, no body."""
    key = {"source": source[:45], "minute": tx.now.replace(second=0, microsecond=0)}
    counted = tx.session.connection().execute(
        update(StrangerCount).filter_by(**key).values(count=StrangerCount.count + 1)
    )
    if counted.rowcount == 0:
        tx.session.add(StrangerCount(**key, count=1))


def _count_repeat(tx: Tx, dedupe_key: str) -> int:
    first = tx.session.execute(
        select(Callback.callback_id).where(Callback.dedupe_key == dedupe_key)
    ).scalar_one()
    tx.session.execute(
        update(Callback).where(Callback.callback_id == first).values(repeats=Callback.repeats + 1)
    )
    return first


def _only_order(changes: Sequence[dict[str, str]]) -> int | None:
    orders = {change["record"] for change in changes if change["record"].startswith("order:")}
    return int(orders.pop().removeprefix("order:")) if len(orders) == 1 else None
