"""Where a person's money goes: payout and refund numbers, their change and how it is stopped (DR-208, S24).

Who has named no number is paid on the one we know her by. Naming one, the first as well, takes effect after
`payout.number_change_cooloff_hours`; the number in effect until then is told at once and can stop it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.db import Database, Tx
from core.errors import NotFound
from core.msisdn import e164, masked
from core.users import hearing, pins
from core.users import service as users
from core.users.errors import PayeeNumberGone, PayeeNumberSame, UnknownField
from core.users.models import PayeeNumber, User

PURPOSES = ("payout", "refund")
SEALED_FOR = "payee"


@dataclass(frozen=True)
class Destination:
    """A number that gets money: E.164, its keyed digest (for "never paid there before"), since when."""

    msisdn: str
    digest: str
    since: datetime


@dataclass(frozen=True)
class PayeeView:
    """What a person sees of where her money goes: masked numbers, and the change that is on its way."""

    purpose: str
    number: str
    next_number: str | None
    starts_at: datetime | None
    payee_number_id: int | None


def destination(tx: Tx, user_id: int, purpose: str) -> Destination | None:
    """Where money of `purpose` (payout, refund) goes now; for the areas that send it.

    None while the number must be verified again, since it was silent too long (phone.reverify_after_days).
    """
    user = users.get(tx, user_id)
    return None if hearing.unheard(tx, user) else _in_effect(tx, user, purpose)


def name_number(
    db: Database, actor: Actor, *, purpose: str, msisdn: str, pin: str, once_key: str
) -> PayeeNumber:
    """Have money of `purpose` go to `msisdn` from 72 h on; needs the PIN (DR-207, DR-208).

    msisdn  any spelling of DR-108; a change that is on its way gives way to this one

    Raises NotKenyanMobile, what `name` raises, and what pins.with_pin raises.
    """
    number = e164(msisdn)

    def work(tx: Tx) -> PayeeNumber:
        return name(tx, actor, purpose=purpose, number=number)

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)


def name(tx: Tx, actor: Actor, *, purpose: str, number: str, first: bool = False) -> PayeeNumber:
    """The act itself, of whoever has shown her PIN: money of `purpose` goes to `number` (E.164) from 72 h on.

    first  it counts at once, also if it is her own: no money has a number yet, since hers has no M-Pesa as
           far as we know (core/payouts/naming.py)

    Raises UnknownField (purpose), PayeeNumberSame. Emits PayeeNumberNamed.
    """
    if purpose not in PURPOSES:
        raise UnknownField(field="purpose")
    return _name(tx, actor, purpose, number, first)


def stop(tx: Tx, actor: Actor, *, payee_number_id: int) -> None:
    """The person takes a change back before it takes effect; no PIN, for that is the safe direction.

    Stopping it twice changes nothing. Raises NotFound, PayeeNumberGone.
    """
    user = users.may(tx, actor, "update", "profile", own=True)
    named = _locked(tx, payee_number_id)
    if named is None or named.user_id != user.user_id:
        raise NotFound(record="payee_number", id=payee_number_id)
    _stop(tx, actor, named)


def stop_by_reply(tx: Tx, *, payee_number_id: int, msisdn: str, request_id: str) -> None:
    """The old number, told of the change, has said no (DR-208); it needs no account with us.

    msisdn  who replied, as the network says; anybody but the old number gets NotFound

    Raises NotFound, PayeeNumberGone.
    """
    named = _locked(tx, payee_number_id)
    if named is None or not tx.parts.vault.same(named.old_digest, SEALED_FOR, msisdn):
        raise NotFound(record="payee_number", id=payee_number_id)
    owner = users.get(tx, named.user_id)
    _stop(tx, users.actor_for(owner, "sms", request_id), named)


def mine(tx: Tx, actor: Actor, *, purpose: str) -> PayeeView:
    """Where the actor's money of `purpose` goes now and next; numbers masked. Raises UnknownField."""
    user = users.may(tx, actor, "read", "profile", own=True, verified=False)
    if purpose not in PURPOSES:
        raise UnknownField(field="purpose")
    coming = _waiting(tx, user.user_id, purpose)
    return PayeeView(
        purpose=purpose,
        number=masked(_in_effect(tx, user, purpose).msisdn),
        next_number=masked(_opened(tx, coming)) if coming else None,
        starts_at=coming.starts_at if coming else None,
        payee_number_id=coming.payee_number_id if coming else None,
    )


def _name(tx: Tx, actor: Actor, purpose: str, number: str, first: bool) -> PayeeNumber:
    user = users.may(tx, actor, "update", "profile", own=True)
    tx.session.scalars(select(User.user_id).where(User.user_id == user.user_id).with_for_update()).one()
    now = _in_effect(tx, user, purpose)
    coming = _waiting(tx, user.user_id, purpose)
    if not first and number in (now.msisdn, _opened(tx, coming) if coming else None):
        raise PayeeNumberSame
    if coming is not None:
        coming.stopped_at = tx.now
    vault = tx.parts.vault
    named = PayeeNumber(
        user_id=user.user_id,
        purpose=purpose,
        sealed=vault.seal(SEALED_FOR, number),
        digest=vault.digest(SEALED_FOR, number),
        old_digest=now.digest,
        named_at=tx.now,
        starts_at=tx.now if first else tx.now + _cool_off(tx),
    )
    tx.session.add(named)
    tx.flush()
    record = f"payee_number:{named.payee_number_id}"
    audit.record(tx, actor, what="payee_number.name", record=record, changes={"purpose": [None, purpose]})
    tx.note(record, f"new -> {purpose}, in effect {'now' if first else 'later'}")
    tx.emit(
        events.PayeeNumberNamed(
            payee_number_id=named.payee_number_id,
            user_id=user.user_id,
            purpose=purpose,
            old=now.msisdn,
            new=number,
            starts_at=named.starts_at,
            first=first,
            actor=actor,
        )
    )
    return named


def _cool_off(tx: Tx) -> timedelta:
    return timedelta(hours=tx.setting("payout.number_change_cooloff_hours"))


def _stop(tx: Tx, actor: Actor, named: PayeeNumber) -> None:
    if named.stopped_at is not None:
        return
    if named.starts_at <= tx.now:
        raise PayeeNumberGone
    named.stopped_at = tx.now
    record = f"payee_number:{named.payee_number_id}"
    audit.record(tx, actor, what="payee_number.stop", record=record)
    tx.note(record, "stopped")


def _in_effect(tx: Tx, user: User, purpose: str) -> Destination:
    """The newest number whose time has come, else the person's own."""
    found = tx.session.scalar(
        select(PayeeNumber)
        .where(
            PayeeNumber.user_id == user.user_id,
            PayeeNumber.purpose == purpose,
            PayeeNumber.stopped_at.is_(None),
            PayeeNumber.starts_at <= tx.now,
        )
        .order_by(PayeeNumber.starts_at.desc(), PayeeNumber.payee_number_id.desc())
        .limit(1)
    )
    if found is not None:
        return Destination(_opened(tx, found), found.digest, found.starts_at)
    own = user.phone_number
    return Destination(own, tx.parts.vault.digest(SEALED_FOR, own), user.created_at)


def _waiting(tx: Tx, user_id: int, purpose: str) -> PayeeNumber | None:
    return tx.session.scalar(
        select(PayeeNumber)
        .where(
            PayeeNumber.user_id == user_id,
            PayeeNumber.purpose == purpose,
            PayeeNumber.stopped_at.is_(None),
            PayeeNumber.starts_at > tx.now,
        )
        .order_by(PayeeNumber.payee_number_id.desc())
        .limit(1)
    )


def _locked(tx: Tx, payee_number_id: int) -> PayeeNumber | None:
    query = select(PayeeNumber).where(PayeeNumber.payee_number_id == payee_number_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def _opened(tx: Tx, named: PayeeNumber) -> str:
    return tx.parts.vault.open(SEALED_FOR, named.sealed)
