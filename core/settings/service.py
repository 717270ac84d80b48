"""Initialising settings; changing them comes with the admin's pages."""

from sqlalchemy import select

from core.db import Tx
from core.settings.defaults import DEFINITIONS
from core.settings.models import SystemSetting


def initialize_default_settings(tx: Tx) -> int:
    """Add the settings that are missing, never overwrite a changed one; returns how many (DR-1701)."""
    present = set(tx.session.scalars(select(SystemSetting.name)))
    missing = [d for d in DEFINITIONS.values() if d.name not in present]
    tx.session.add_all(SystemSetting(name=d.name, value=d.default, updated_at=tx.now) for d in missing)
    return len(missing)
