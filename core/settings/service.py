"""Settings: initialised, read and changed by admins only (DR-1701, DR-1702)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.msisdn import masked
from core.settings.defaults import DEFINITIONS, Definition
from core.settings.errors import SettingRefused, SettingUnknown
from core.settings.models import SystemSetting
from core.settings.rules import accepted, in_order, typed
from core.users import service as users


@dataclass(frozen=True)
class SettingView:
    """A setting as an admin sees it: its text, its definition, and when it was changed (None: never)."""

    name: str
    value: str
    kind: str
    default: str
    low: Decimal | None
    high: Decimal | None
    description: str
    changed_at: datetime | None


def initialize_default_settings(tx: Tx) -> int:
    """Add the settings that are missing, never overwrite a changed one; returns how many (DR-1701)."""
    present = set(tx.session.scalars(select(SystemSetting.name)))
    missing = [d for d in DEFINITIONS.values() if d.name not in present]
    tx.session.add_all(SystemSetting(name=d.name, value=d.default, updated_at=tx.now) for d in missing)
    return len(missing)


def listed(tx: Tx, actor: Actor) -> list[SettingView]:
    """Every setting by name, with its present value as the table has it. Raises NotAllowed."""
    users.may(tx, actor, "read", "settings", own=False)
    rows = {row.name: row for row in tx.session.scalars(select(SystemSetting))}
    return [_view(definition, rows.get(name)) for name, definition in sorted(DEFINITIONS.items())]


def read(tx: Tx, actor: Actor, *, name: str) -> SettingView:
    """One setting. Raises NotAllowed, SettingUnknown."""
    users.may(tx, actor, "read", "settings", own=False)
    definition = _definition(name)
    return _view(definition, tx.session.get(SystemSetting, name))


def change(tx: Tx, actor: Actor, *, name: str, value: str, reason: str = "") -> SettingView:
    """Give a setting another value; every process has it within `settings.propagation_seconds` (DR-1702).

    What exists keeps what it copied: an order its fee, an item its commission, a deadline its time. The same
    value again changes nothing. Audited with old and new, phone numbers masked.

    Raises NotAllowed, SettingUnknown, SettingRefused (name, low, high).
    """
    users.may(tx, actor, "update", "settings", own=False)
    definition = _definition(name)
    row = tx.session.get(SystemSetting, name, with_for_update=True)
    old = row.value if row is not None else definition.default
    new = _accepted(tx, definition, value)
    if new == old:
        return _view(definition, row)
    if row is None:
        row = SystemSetting(name=name, value=new, updated_at=tx.now)
        tx.session.add(row)
    row.value, row.updated_at = new, tx.now
    shown = [_shown(definition, text) for text in (old, new)]
    audit.record(
        tx, actor, what="setting.change", record=f"setting:{name}", changes={"value": shown}, reason=reason
    )
    tx.note(f"setting:{name}", f"{shown[0]} -> {shown[1]}")
    return _view(definition, row)


def _definition(name: str) -> Definition:
    definition = DEFINITIONS.get(name)
    if definition is None:
        raise SettingUnknown(record="setting", name=name)
    return definition


def _accepted(tx: Tx, definition: Definition, value: object) -> str:
    """The text to store, checked alone and beside the settings it must not pass."""
    refused = SettingRefused(name=definition.name, low=definition.low, high=definition.high)
    if not isinstance(value, str):
        raise refused
    try:
        text = accepted(definition, value)
    except (ValueError, ArithmeticError):
        raise refused from None
    stored = tx.session.execute(select(SystemSetting.name, SystemSetting.value))
    texts = {d.name: d.default for d in DEFINITIONS.values()} | {row.name: row.value for row in stored}
    texts[definition.name] = text
    values = {name: typed(d.kind, texts[name]) for name, d in DEFINITIONS.items()}
    if not in_order(values, definition.name):
        raise refused
    return text


def _shown(definition: Definition, text: str) -> str:
    """As the audit may hold it: no numbers of people (DR-1801)."""
    if definition.form != "phones":
        return text
    return ",".join(masked(number) for number in text.split(",") if number)


def _view(definition: Definition, row: SystemSetting | None) -> SettingView:
    return SettingView(
        name=definition.name,
        value=row.value if row is not None else definition.default,
        kind=definition.kind,
        default=definition.default,
        low=definition.low,
        high=definition.high,
        description=definition.description,
        changed_at=row.updated_at if row is not None and row.value != definition.default else None,
    )
