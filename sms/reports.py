"""Delivery reports and opt-outs, worked on after they were stored (contract, 3.2 and 3.3)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.users import marketing
from core.users import service as users
from inbound import metrics
from inbound.gateway import Gateway
from sms.callback import OPT_OUT, REPORT
from sms.port import Provider, Report, provider_of

# A report may overtake the answer to the sending it is about.
LOOK_AGAIN = timedelta(seconds=10)
PATIENCE = timedelta(minutes=2)
# An unknown sending that a report without a match may settle (contract, rule 12).
UNKNOWN_FOR = timedelta(minutes=10)
REPORTED_WITHIN, NO_REPORT = timedelta(hours=48), "NoReport"


def read_report(gateway: Gateway) -> Handler:
    """The duty read_report: record what became of the message, never backwards from an end."""
    provider = provider_of(gateway.config)

    def handler(db: Database, duty: Taken) -> None:
        db.run(lambda tx: _read(tx, provider, duty))

    return handler


def _read(tx: Tx, provider: Provider, duty: Taken) -> None:
    row = tx.session.get_one(Callback, duty.subject_id)
    told = provider.report(row.request)
    message = _message(tx, told, row.msisdn) if told is not None else None
    if message is None and _sending_now(tx, row.msisdn) and tx.now - row.at < PATIENCE:
        duties.postpone(tx, duty, tx.now + LOOK_AGAIN)
        return
    if duties.finish(tx, duty):
        verdict = "unmatched" if message is None or told is None else _record(tx, provider, message, told)
        order_id = message.order_id if message else None
        traffic.settle(tx, row.callback_id, verdict=verdict, order_id=order_id)
        metrics.callback(REPORT, verdict)


def read_opt_out(tx: Tx, callback_id: int) -> None:
    """The duty read_optout: no marketing and no alerts any more; what is about orders goes on (DR-1504)."""
    row = tx.session.get_one(Callback, callback_id)
    user = users.find(tx, row.msisdn)
    if user is not None and user.is_active:
        marketing.allow(tx, users.actor_for(user, "sms", f"sms:{callback_id}"), on=False)
    verdict = "applied" if user is not None else "unmatched"
    traffic.settle(tx, callback_id, verdict=verdict)
    metrics.callback(OPT_OUT, verdict)


def unreported(tx: Tx, _zero: int) -> None:
    """The hourly duty: of what the provider took two days ago and never reported on nobody knows whether it
    arrived (contract, 7). A report that comes later still counts."""
    tx.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.status == "accepted", OutboxMessage.sent_at <= tx.now - REPORTED_WITHIN)
        .values(status="unknown", error=NO_REPORT)
        .execution_options(synchronize_session=False)
    )


def _message(tx: Tx, told: Report, msisdn: str) -> OutboxMessage | None:
    """The message with the report's id; else that phone's only unknown one of the last ten minutes."""
    if told.provider_id:
        known = tx.session.scalar(
            select(OutboxMessage).where(OutboxMessage.provider_id == told.provider_id).with_for_update()
        )
        if known is not None:
            return known
    unknown: Sequence[OutboxMessage] = tx.session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.msisdn == msisdn,
            OutboxMessage.status == "unknown",
            OutboxMessage.sent_at > tx.now - UNKNOWN_FOR,
        )
        .limit(2)
        .with_for_update()
    ).all()
    return unknown[0] if len(unknown) == 1 else None


def _sending_now(tx: Tx, msisdn: str) -> bool:
    sending = select(OutboxMessage.outbox_id).where(
        OutboxMessage.msisdn == msisdn, OutboxMessage.status == "sending"
    )
    return tx.session.scalar(sending.limit(1)) is not None


def moves(current: str, error: str, state: str, *, soft: frozenset[str]) -> bool:
    """Whether a report may take a message from `current` to `state`: never back from an end, except that a
    phone which was absent may get it after all."""
    if current in ("accepted", "sending", "unknown", "queued"):
        return True
    absent = current == "expired" or error.lower() in soft
    return absent and state == "delivered" and current in ("undelivered", "expired")


def _record(tx: Tx, provider: Provider, message: OutboxMessage, told: Report) -> str:
    if told.state is None or not moves(message.status, message.error, told.state, soft=provider.soft):
        return "duplicate" if told.state else "applied"
    if message.provider_id is None:
        message.provider_id = told.provider_id[:64] or None
    if message.status != told.state:
        tx.note(f"sms:{message.outbox_id}", f"{message.status} -> {told.state}")
    message.status = told.state
    message.reported_at = tx.now
    message.error = ""
    if told.state in ("undelivered", "expired"):
        reason = told.reason or told.status
        message.error = blacklist.REFUSED if told.opted_out else reason[:64]
    return "applied"
