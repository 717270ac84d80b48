"""Delivery reports and opt-outs, worked on after they were stored (contract, 3.2 and 3.3)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import Taken
from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.users import marketing
from core.users import service as users
from inbound import metrics
from sms import africastalking as vendor
from sms.callback import OPT_OUT, REPORT

# A report may overtake the answer to the sending it is about.
LOOK_AGAIN = timedelta(seconds=10)
PATIENCE = timedelta(minutes=2)
# An unknown sending that a report without a match may settle (contract, rule 12).
UNKNOWN_FOR = timedelta(minutes=10)


def read_report(db: Database, duty: Taken) -> None:
    """The duty read_report: record what became of the message, never backwards from an end."""

    def unit(tx: Tx) -> None:
        row = tx.session.get_one(Callback, duty.subject_id)
        told = _report(row)
        message = _message(tx, told, row.msisdn)
        if message is None and _sending_now(tx, row.msisdn) and tx.now - row.at < PATIENCE:
            duties.postpone(tx, duty, tx.now + LOOK_AGAIN)
            return
        if duties.finish(tx, duty):
            verdict = "unmatched" if message is None else _record(tx, message, told)
            order_id = message.order_id if message else None
            traffic.settle(tx, row.callback_id, verdict=verdict, order_id=order_id)
            metrics.callback(REPORT, verdict)

    db.run(unit)


def read_opt_out(tx: Tx, callback_id: int) -> None:
    """The duty read_optout: no marketing and no alerts any more; what is about orders goes on (DR-1504)."""
    row = tx.session.get_one(Callback, callback_id)
    user = users.find(tx, row.msisdn)
    if user is not None and user.is_active:
        marketing.allow(tx, users.actor_for(user, "sms", f"sms:{callback_id}"), on=False)
    verdict = "applied" if user is not None else "unmatched"
    traffic.settle(tx, callback_id, verdict=verdict)
    metrics.callback(OPT_OUT, verdict)


def _report(row: Callback) -> vendor.Report:
    told = vendor.report(row.request)
    return vendor.Report(told.provider_id, row.msisdn, told.status, told.reason, told.state)


def _message(tx: Tx, told: vendor.Report, msisdn: str) -> OutboxMessage | None:
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


def _record(tx: Tx, message: OutboxMessage, told: vendor.Report) -> str:
    if told.state is None or not vendor.moves(message.status, message.error, told.state):
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
        message.error = blacklist.REFUSED if vendor.is_blacklisted(reason) else reason[:64]
    return "applied"
