"""Putting an SMS into the outbox (DR-1505, DR-1506)."""

from datetime import datetime, timedelta
from typing import Any

from core import rows
from core.db import Tx
from core.duties import service as duties
from core.outbox.lanes import LANES, lane_of
from core.outbox.models import OutboxMessage
from core.users.models import User


def send(
    tx: Tx,
    user: User,
    code: str,
    values: dict[str, Any],
    *,
    once_key: str,
    answerable: bool = True,
    at: datetime | None = None,
    life: timedelta | None = None,
    lane: str = "",
    order_id: int | None = None,
    cause: int | None = None,
) -> OutboxMessage | None:
    """Have message `code` texted to `user`, in their language at send time, once per `once_key`.

    values  slots as JSON: strings, amounts as "400.00", dates ISO; a secret as {"secret": "delivery:12"}
    at      not before this moment (quiet hours)
    life    after `at` + `life` it is no longer worth sending; if not given its lane says for how long
    lane    one of core.outbox.lanes, which its code names if it is not given

    Returns None when it was already asked for.
    """
    return send_to(
        tx,
        user.phone_number,
        user.preferred_language,
        code,
        values,
        once_key=once_key,
        user_id=user.user_id,
        answerable=answerable,
        at=at,
        life=life,
        lane=lane,
        order_id=order_id,
        cause=cause,
    )


def send_to(
    tx: Tx,
    msisdn: str,
    language: str,
    code: str,
    values: dict[str, Any],
    *,
    once_key: str,
    user_id: int | None = None,
    answerable: bool = True,
    at: datetime | None = None,
    life: timedelta | None = None,
    lane: str = "",
    order_id: int | None = None,
    cause: int | None = None,
) -> OutboxMessage | None:
    """As `send`, to a number (`+254712000101`) that need not be a person's of ours."""
    due = at or tx.now
    worth = LANES[lane] if lane else lane_of(code)
    message = OutboxMessage(
        user_id=user_id,
        msisdn=msisdn,
        language=language,
        code=code,
        values=values,
        answerable=answerable,
        once_key=once_key,
        cause=tx.cause if cause is None else cause,
        order_id=order_id,
        created_at=tx.now,
        not_before=due,
        expires_at=due + (worth.life if life is None else life),
        lane=worth.name,
    )
    if not rows.add_once(tx, message, OutboxMessage.once_key):
        return None
    if message.cause is None:
        tx.uncaused.append(message)
    duties.want(tx, "send_sms", message.outbox_id, at=due, priority=worth.priority)
    return message
