"""One-time codes by SMS: to show that a number is one's own, to replace a forgotten password (DR-203).

Only a keyed digest of a code is kept. The code itself is drawn while its SMS is being made (sms/claiming.py)
and is in no table, log or queue.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, update

from core import events
from core.actor import Actor
from core.db import Database, Tx
from core.msisdn import e164
from core.users import hearing, passwords, rules, tries
from core.users import service as users
from core.users.errors import OtpGone, OtpTooMany, OtpTooSoon, OtpWrong
from core.users.models import OneTimeCode, User

T = TypeVar("T")
VERIFY, PASSWORD = "verify", "password"
DIGITS = 6
DAY = timedelta(hours=24)


def ask(tx: Tx, *, msisdn: str, purpose: str) -> None:
    """Have a code texted to `msisdn`; an earlier one is worth nothing from now on (DR-203).

    purpose  VERIFY for a number not yet confirmed, PASSWORD for a new password

    A number we do not know, or that needs no code, gets none, and nobody can tell (S13). Raises
    NotKenyanMobile, OtpTooSoon (count: seconds), OtpTooMany. Emits OneTimeCodeAsked.
    """
    number = e164(msisdn)
    _check_pace(tx, number)
    counts = f"{number} {purpose}"
    tx.session.execute(update(OneTimeCode).where(OneTimeCode.valid_for == counts).values(valid_for=None))
    minutes = int(tx.setting("auth.otp_ttl_minutes"))
    code = OneTimeCode(
        msisdn=number,
        purpose=purpose,
        valid_for=counts,
        attempts=0,
        asked_at=tx.now,
        expires_at=tx.now + timedelta(minutes=minutes),
    )
    tx.session.add(code)
    tx.flush()
    user = users.find(tx, number)
    if user is not None and user.is_active and (purpose != VERIFY or not user.is_verified):
        tx.emit(events.OneTimeCodeAsked(otp_id=code.otp_id, user_id=user.user_id, life_minutes=minutes))


def code_for(tx: Tx, otp_id: int) -> str:
    """Draw the code of `otp_id`, now that its SMS is being made, and keep its digest; returns it in clear.

    Only for the text that is made in memory when it is sent.
    """
    row = tx.session.get_one(OneTimeCode, otp_id)
    code = tx.parts.chance.digits(DIGITS)
    row.digest = tx.parts.vault.digest("otp", f"{otp_id}\0{code}")
    return code


def verify_number(db: Database, actor: Actor, *, code: str, once_key: str) -> None:
    """The actor shows that the number is hers; from now on she may order, list and deliver (DR-203, DR-204).

    Who is verified already succeeds without a code. Raises OtpWrong (left), OtpGone, and what users.may
    raises.
    """
    with db.read() as tx:
        user = users.may(tx, actor, "update", "profile", own=True, verified=False)
    if user.is_verified:
        return

    def verified(tx: Tx, known: User) -> None:
        known.is_verified = True
        known.updated_at = tx.now
        hearing.heard_again(tx, known)
        tx.note(f"user:{known.user_id}", "verified by a code")

    redeem(db, msisdn=user.phone_number, purpose=VERIFY, code=code, once_key=once_key, then=verified)


def reset_password(db: Database, *, msisdn: str, code: str, new: str, once_key: str) -> None:
    """A new password against a code, for who has forgotten hers or never had one; all sessions end (DR-205).

    Raises NotKenyanMobile, PasswordTooShort, PasswordTooLong, OtpWrong (left), OtpGone.
    """
    rules.check_password(new)
    hashed = db.parts.vault.hash_password(new)

    def replaced(tx: Tx, user: User) -> None:
        passwords.set_password(tx, users.actor_for(user, "web", once_key), user, hashed)

    redeem(db, msisdn=e164(msisdn), purpose=PASSWORD, code=code, once_key=once_key, then=replaced)


def redeem(
    db: Database, *, msisdn: str, purpose: str, code: str, once_key: str, then: Callable[[Tx, User], T]
) -> T:
    """Do `then` for the person behind `msisdn` if `code` is right; it is used up with it.

    The try is counted and committed before it is compared (DR-214). Raises OtpWrong (left), OtpGone, and
    what `then` raises.
    """
    counted = db.run(lambda tx: _count(tx, msisdn, purpose, code, once_key))
    return db.run(lambda tx: _use(tx, counted, msisdn, code, then))


def _check_pace(tx: Tx, number: str) -> None:
    asked = select(OneTimeCode.asked_at).where(
        OneTimeCode.msisdn == number, OneTimeCode.asked_at > tx.now - DAY
    )
    times = tx.session.scalars(asked.order_by(OneTimeCode.asked_at.desc())).all()
    if len(times) >= int(tx.setting("auth.otp_max_per_day")):
        raise OtpTooMany
    pause = timedelta(seconds=tx.setting("auth.otp_resend_seconds"))
    if times and tx.now - times[0] < pause:
        raise OtpTooSoon(count=max(1, round((times[0] + pause - tx.now).total_seconds())))


def _count(tx: Tx, number: str, purpose: str, code: str, once_key: str) -> int:
    """Put this try on the count, unless it is on it. A try too many is refused and not remembered: else its
    repeat would be taken for one that was counted, and be compared."""
    row = _valid(tx, number, purpose)
    if row is None:
        raise OtpGone
    if tries.is_new(tx, "otp", str(row.otp_id), once_key, code):
        if row.attempts >= int(tx.setting("auth.otp_max_attempts")):
            raise OtpGone
        row.attempts += 1
    return row.otp_id


def _use(tx: Tx, otp_id: int, number: str, code: str, then: Callable[[Tx, User], T]) -> T:
    query = select(OneTimeCode).where(OneTimeCode.otp_id == otp_id).with_for_update()
    row = tx.session.scalars(query.execution_options(populate_existing=True)).one()
    if row.valid_for is None:
        raise OtpGone  # used, or replaced, between the two transactions
    if not tx.parts.vault.same(row.digest, "otp", f"{otp_id}\0{code.strip()}"):
        left = int(tx.setting("auth.otp_max_attempts")) - row.attempts
        raise OtpWrong(left=left) if left > 0 else OtpGone
    user = users.find(tx, number)
    if user is None or not user.is_active:
        raise OtpGone
    row.valid_for = None
    return then(tx, user)


def _valid(tx: Tx, number: str, purpose: str) -> OneTimeCode | None:
    """The one code that counts, its row locked; None if there is none or it is over."""
    query = select(OneTimeCode).where(OneTimeCode.valid_for == f"{number} {purpose}").with_for_update()
    row = tx.session.scalar(query.execution_options(populate_existing=True))
    return row if row is not None and row.expires_at > tx.now else None
