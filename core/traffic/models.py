"""The callback log's tables (DR-1802)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime

KINDS = (
    # in
    "ussd",
    "ussd-event",
    "sms",
    "sms-report",
    "sms-optout",
    "stk",
    "c2b-validation",
    "c2b-confirmation",
    "b2c-result",
    "b2c-timeout",
    "reversal-result",
    "reversal-timeout",
    "status-result",
    "status-timeout",
    "balance-result",
    "balance-timeout",
    # out
    "sms-send",
    "stk-push",
    "stk-query",
    "mpesa-token",
    "b2c",
    "reversal",
    "status",
    "balance",
)
VERDICTS_IN = (
    "stored",  # to be worked on
    "applied",  # it changed something
    "shown",  # it changed nothing: somebody was told something
    "duplicate",
    "unmatched",  # nothing of ours is meant
    "mismatched",  # it differs from what it is about, so that a person must look
    "quarantined",  # it cannot be believed or read
    "rejected",  # answered with a refusal
    "late",  # a text fetched from the inbox, too old to be acted on
    "foreign",  # not our number, outside production
)
VERDICTS_OUT = (
    "calling",
    "accepted",
    "refused",
    "unknown",  # it may have been done
)
# failed: what came in we could not work on; what went out was surely not done.
VERDICTS = (*VERDICTS_IN, *VERDICTS_OUT, "failed")

OUTCOMES = (
    "ended",  # we said the last words
    "left",  # it broke off while we waited for an answer
    "failed",  # we could not answer
    "open",  # it goes on, as far as we know
)


class Callback(Base):
    """One inbound request or one outbound call, masked for reading.

    direction     in or out
    kind          one of KINDS
    msisdn        full number, so that search works; shown masked
    session       USSD session id, or "" (groups the screens of one dial)
    provider_id   the vendor's own id of this thing (message id, CheckoutRequestID); unique per (kind,
                  dedupe) through `dedupe_key`
    request       the masked body as a dict; `sealed` holds the true text until it has been worked on, only
                  where it may hold a code or PIN (DR-1205) or what its reader needs unmasked
    came          the request as it came, sealed, so that it can be run again; what may be a code or PIN is
                  starred in it too. None for a hop, whose text carries every answer, and for what went out
    reply         what we answered (or what the vendor answered), masked
    verdict       one of VERDICTS
    changed       what it changed, as [{"record": "order:45", "what": "pending_payment -> confirmed"}]
    cause         the callback this one follows from (an outbound call names the inbound one)
    """

    __tablename__ = "callback_log"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        # Each ends in the moment: a list is read backwards along one, and a span of time is a piece of it.
        Index("ix_callback_log_kind_at", "kind", "at"),
        Index("ix_callback_log_verdict_at", "verdict", "at"),
        Index("ix_callback_log_kind_verdict_at", "kind", "verdict", "at"),
        Index("ix_callback_log_msisdn_at", "msisdn", "at"),
        Index("ix_callback_log_session_callback_id", "session", "callback_id"),
    )

    callback_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    direction: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(24))
    msisdn: Mapped[str] = mapped_column(String(64), default="")
    session: Mapped[str] = mapped_column(String(128), default="")
    provider_id: Mapped[str] = mapped_column(String(128), default="", index=True)
    dedupe_key: Mapped[str | None] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    request: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sealed: Mapped[str | None] = mapped_column(Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"))
    came: Mapped[str | None] = mapped_column(Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"))
    reply: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int | None] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(16), default="stored")
    error: Mapped[str] = mapped_column(String(255), default="")
    duration_ms: Mapped[int] = mapped_column(Integer, default=0)
    repeats: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    cause: Mapped[int | None] = mapped_column(BigId, index=True)
    order_id: Mapped[int | None] = mapped_column(BigId, index=True)


class StrangerCount(Base):
    """Requests with a wrong callback secret: one row per source and minute, no body (DR-1802)."""

    __tablename__ = "stranger_counts"

    source: Mapped[str] = mapped_column(String(45), primary_key=True)
    minute: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=1)


class UssdDial(Base):
    """A dial in one line, made of its hops in the callback log and of the network's end event (DR-1802).

    language, operator  as at the last hop; the operator as the network names it (`63902`)
    hops                screens shown, repeats left out
    last_screen         where it stood at the end
    outcome             one of OUTCOMES
    status              what the network said of its end; "" while it has said nothing
    cost                KES, as the network said; None: it has not said
    """

    __tablename__ = "ussd_dials"
    __table_args__ = (Index("ix_ussd_dials_outcome_last_at", "outcome", "last_at"),)

    session: Mapped[str] = mapped_column(String(128), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(String(8))
    operator: Mapped[str] = mapped_column(String(16))
    hops: Mapped[int] = mapped_column(Integer)
    last_screen: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    cost: Mapped[Decimal | None] = mapped_column(Hundredths)
    network_ms: Mapped[int | None] = mapped_column(Integer)


class UssdStep(Base):
    """How often a dial showed one screen, in one language; `left` if it broke off there.

    refused  answers that could not be used there
    ms       our time for all of them; `longest` the longest body in septets
    """

    __tablename__ = "ussd_steps"
    __table_args__ = (Index("ix_ussd_steps_began_at_screen", "began_at", "screen", "language"),)

    session: Mapped[str] = mapped_column(String(128), primary_key=True)
    screen: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    ms: Mapped[int] = mapped_column(Integer)
    longest: Mapped[int] = mapped_column(Integer)
    left: Mapped[int] = mapped_column(Integer)


class TraceMark(Base):
    """Up to which row of the callback log dials have been traced; `seen` is as far as the last run saw.

    Ids are handed out before they are committed: each run begins where the one before the last one ended.
    """

    __tablename__ = "trace_marks"

    mark_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    traced: Mapped[int] = mapped_column(BigId)
    seen: Mapped[int] = mapped_column(BigId)
