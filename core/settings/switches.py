"""Switches for the bad hour: what can be paused, and what people read meanwhile (DR-1703).

Verbs that start something ask `refuse_if_paused`; what is under way goes on. Every process holds the
switches with its settings, so a change is in force within `settings.propagation_seconds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.actor import Actor, system
from core.audit import service as audit
from core.db import Tx
from core.errors import DomainError
from core.settings.errors import (
    OrdersPaused,
    Paused,
    PayoutsPaused,
    PromptsPaused,
    ProviderPaused,
    SwitchUnknown,
    WardPaused,
)
from core.settings.models import Pause
from core.users import service as users

MPESA, SMS = "mpesa", "sms"
PROVIDERS = (MPESA, SMS)
# kind: the refusal, whose text (locales/errors.py) is what people read; provider and ward name one of many.
KINDS: Mapping[str, type[Paused]] = {
    "orders": OrdersPaused,
    "prompts": PromptsPaused,
    "payouts": PayoutsPaused,
    "provider": ProviderPaused,
    "ward": WardPaused,
}
# What cannot be done without a provider.
_NEEDS = {"prompts": MPESA, "payouts": MPESA}


@dataclass(frozen=True)
class SwitchView:
    """A switch as an admin sees it: `reads` is the code of the text that people get meanwhile."""

    kind: str
    subject: str
    reads: str
    since: datetime | None
    user_id: int | None
    reason: str


def refuse_if_paused(tx: Tx, kind: str, *, ward_code: int | None = None, provider: str = "") -> None:
    """Raise the kind's refusal if it is switched off, or the ward or the provider it needs is.

    kind  orders, prompts, payouts or provider
    """
    if tx.parts.settings.is_paused(kind):
        raise KINDS[kind](switch=kind)
    if ward_code is not None and tx.parts.settings.is_paused(f"ward:{ward_code}"):
        raise WardPaused(switch=f"ward:{ward_code}")
    needed = provider or _NEEDS.get(kind, "")
    if needed and tx.parts.settings.is_paused(f"provider:{needed}"):
        raise KINDS[kind](switch=f"provider:{needed}")


def is_paused(tx: Tx, kind: str, *, ward_code: int | None = None, provider: str = "") -> bool:
    """As `refuse_if_paused`, for due work that waits instead of refusing."""
    try:
        refuse_if_paused(tx, kind, ward_code=ward_code, provider=provider)
    except DomainError:
        return True
    return False


def is_off(tx: Tx, kind: str) -> bool:
    """As `is_paused`, from the rows themselves: a switch that went off a second ago counts."""
    needed = [f"provider:{_NEEDS[kind]}"] if kind in _NEEDS else []
    query = select(Pause.switch).where(Pause.switch.in_([kind, *needed]))
    return tx.session.scalar(query.limit(1)) is not None


def pause(tx: Tx, actor: Actor, *, kind: str, subject: str = "", reason: str = "") -> SwitchView:
    """Switch something off: new orders, M-Pesa requests, payouts, one provider, one ward. Audited.

    subject  a provider's name, a ward's code; "" for the other kinds

    Off already: nothing changes. Raises NotAllowed, SwitchUnknown.
    """
    users.may(tx, actor, "update", "switches", own=False)
    switch = _switch(tx, kind, subject)
    row = tx.session.get(Pause, switch, with_for_update=True)
    if row is None:
        assert actor.user_id is not None, "only people switch"
        row = Pause(switch=switch, since=tx.now, user_id=actor.user_id, reason=reason[:255])
        tx.session.add(row)
        _audit(tx, actor, switch, ["on", "off"], reason)
    return _view(switch, row)


def stop(tx: Tx, *, kind: str, reason: str) -> None:
    """Something goes off by itself, since every further try fails too; an admin resumes it. Audited.

    Off already: nothing changes. Whoever must know at once asks `is_off`.
    """
    if tx.session.get(Pause, kind, with_for_update=True) is None:
        tx.session.add(Pause(switch=kind, since=tx.now, user_id=None, reason=reason[:255]))
        _audit(tx, system("pay"), kind, ["on", "off"], reason)
        tx.flush()


def resume(tx: Tx, actor: Actor, *, kind: str, subject: str = "", reason: str = "") -> SwitchView:
    """Switch it on again; on already: nothing changes. Audited. Raises NotAllowed, SwitchUnknown."""
    users.may(tx, actor, "update", "switches", own=False)
    switch = _switch(tx, kind, subject)
    row = tx.session.get(Pause, switch, with_for_update=True)
    if row is not None:
        tx.session.delete(row)
        _audit(tx, actor, switch, ["off", "on"], reason)
    return _view(switch, None)


def listed(tx: Tx, actor: Actor) -> list[SwitchView]:
    """Every switch that is not about a ward, and the wards that are off. Raises NotAllowed."""
    users.may(tx, actor, "read", "switches", own=False)
    off = {row.switch: row for row in tx.session.scalars(select(Pause).order_by(Pause.switch))}
    simple = [kind for kind in KINDS if kind not in ("provider", "ward")]
    providers = [f"provider:{name}" for name in PROVIDERS]
    return [_view(switch, off.get(switch)) for switch in dict.fromkeys([*simple, *providers, *off])]


def _switch(tx: Tx, kind: str, subject: str) -> str:
    """The switch's key; raises SwitchUnknown."""
    match kind:
        case "orders" | "prompts" | "payouts":
            known = not subject
        case "provider":
            known = subject in PROVIDERS
        case "ward":
            known = _is_ward(tx, subject)
        case _:
            known = False
    if not known:
        raise SwitchUnknown(record="switch", kind=kind, subject=subject)
    return f"{kind}:{int(subject) if kind == 'ward' else subject}" if subject else kind


def _is_ward(tx: Tx, subject: str) -> bool:
    try:
        return subject.isascii() and subject.isdigit() and bool(tx.parts.places.get(int(subject)))
    except DomainError:
        return False


def _audit(tx: Tx, actor: Actor, switch: str, change: list[str], reason: str) -> None:
    what = "switch.pause" if change[1] == "off" else "switch.resume"
    audit.record(tx, actor, what=what, record=f"switch:{switch}", changes={"switch": change}, reason=reason)
    tx.note(f"switch:{switch}", " -> ".join(change))


def _view(switch: str, row: Pause | None) -> SwitchView:
    kind, _, subject = switch.partition(":")
    return SwitchView(
        kind=kind,
        subject=subject,
        reads=KINDS[kind].code,
        since=row.since if row is not None else None,
        user_id=row.user_id if row is not None else None,
        reason=row.reason if row is not None else "",
    )
