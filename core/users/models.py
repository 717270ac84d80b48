"""People and their consents (section 2)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class User(Base):
    """A person; the phone number identifies them, `user_role` says what they may do (DR-201).

    staff_scope  of an admin: full, support (no money) or auditor (reads only) (DR-222)
    heard_at     when the mobile network last brought something from this number; it stays behind once the
                 silence was too long, until somebody proves to be the same person (core/users/hearing.py)
    """

    __tablename__ = "users"

    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_number: Mapped[str] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(255), unique=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    user_role: Mapped[str] = mapped_column(String(8))
    staff_scope: Mapped[str] = mapped_column(String(8), default="full", server_default="full")
    profile_photo_url: Mapped[str | None] = mapped_column(String(255))
    preferred_language: Mapped[str] = mapped_column(String(8), default="sw")
    sms_notifications: Mapped[bool] = mapped_column(default=True)
    email_notifications: Mapped[bool] = mapped_column(default=True)
    marketing_notifications: Mapped[bool] = mapped_column(default=False)
    order_updates: Mapped[bool] = mapped_column(default=True)
    weather_alerts: Mapped[bool] = mapped_column(default=True)
    price_alerts: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_verified: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """A person's yes to a version of the terms: when, on which channel, in which language (DR-1901)."""

    __tablename__ = "consents"

    consent_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    version: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginAttempt(Base):
    """A failed console log-in, counted in a transaction of its own (DR-214, DR-210)."""

    __tablename__ = "login_attempts"

    attempt_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebSession(Base):
    """A signed-in admin's browser: only a digest of the cookie's token is stored (S15)."""

    __tablename__ = "web_sessions"

    session_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    csrf: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requests: Mapped[int] = mapped_column(Integer, default=0)


class Try(Base):
    """A wrong PIN or code that was counted: one hop with one answer counts once (DR-214).

    try_key  keyed digest of what was tried, whose, in which message, with which answer
    """

    __tablename__ = "tries"

    try_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OneTimeCode(Base):
    """A code asked for by a number; only its keyed digest is kept, and that from when it is texted (DR-203).

    purpose    verify: this number is mine; password: let me choose a new one
    digest     empty until the SMS is made, in memory
    valid_for  "msisdn purpose" while this is the one code that counts, None afterwards; unique
    """

    __tablename__ = "one_time_codes"
    __table_args__ = (
        UniqueConstraint("valid_for"),
        Index("ix_one_time_codes_msisdn_asked_at", "msisdn", "asked_at"),
    )

    otp_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    msisdn: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64), default="")
    valid_for: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RefreshToken(Base):
    """A refresh token, as a keyed digest; all that came from one log-in share a family (DR-206).

    used_at     when it was exchanged for its successor; who brings it again is a thief, or was robbed
    revoked_at  of the whole family: log-out, password change, reuse, deactivation
    """

    __tablename__ = "refresh_tokens"
    __table_args__ = (UniqueConstraint("digest"), Index("ix_refresh_tokens_family", "family"))

    token_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    family: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Pin(Base):
    """A person's PIN, hashed and peppered, and the wrong ones in a row (DR-207).

    pin_hash    None after an admin's reset, until a new one is chosen
    first_at    when the first PIN (or the first after a reset) was chosen: DR-208's cool-off runs from there
    must_reset  locked three times in a day: only an admin's reset helps
    """

    __tablename__ = "pins"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True, autoincrement=False)
    pin_hash: Mapped[str | None] = mapped_column(String(255))
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    must_reset: Mapped[bool] = mapped_column(default=False)


class PinLock(Base):
    """A PIN that was locked after too many wrong ones (DR-207)."""

    __tablename__ = "pin_locks"
    __table_args__ = (Index("ix_pin_locks_user_id_at", "user_id", "at"),)

    lock_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PayeeNumber(Base):
    """Where a person wants money sent, other than the number we know her by (DR-208, S24).

    purpose     payout or refund
    sealed      the number, under DATA_KEYS; `digest` recognises it
    old_digest  of the number that was in effect when this one was named, which may stop it
    starts_at   from when on it counts, 72 h after it was named
    stopped_at  the old number said no, or she took it back
    """

    __tablename__ = "payee_numbers"
    __table_args__ = (Index("ix_payee_numbers_user_id_purpose", "user_id", "purpose"),)

    payee_number_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    purpose: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    old_digest: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FieldAgent(Base):
    """A person whom an admin has marked as agent of a co-operative (DR-221)."""

    __tablename__ = "field_agents"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True, autoincrement=False)
    cooperative: Mapped[str] = mapped_column(String(60))
    is_active: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class AgentConsent(Base):
    """Whether a farmer lets an agent work for her (DR-221).

    consent_status  asked, agreed, refused, or withdrawn
    """

    __tablename__ = "agent_consents"
    __table_args__ = (UniqueConstraint("farmer_id", "agent_id"),)

    consent_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    consent_status: Mapped[str] = mapped_column(String(9))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Helper(Base):
    """The one person who accepts and marks ready for a farmer, and never sees money (DR-815)."""

    __tablename__ = "helpers"

    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True, autoincrement=False)
    helper_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
