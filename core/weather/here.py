"""The weather where a person is, as a keypad shows it, in force or still to come; one look (DR-1601)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select

from core.actor import Actor
from core.db import Tx
from core.farms.models import Farm
from core.locations.models import Location
from core.weather import rules
from core.weather.models import WeatherAlert, WeatherAlertWard
from core.weather.service import CANCELLED

# More than these are never read on a phone.
MOST = 5


@dataclass(frozen=True)
class Warned:
    """An alert that concerns the person; times are UTC, `texts` by stored language."""

    alert_id: int
    severity: str
    valid_from: datetime
    valid_to: datetime
    texts: Mapping[str, str]


_ZONES = select(Farm.weather_zone).where(Farm.farmer_id == bindparam("user_id"), Farm.is_active)
_WARDS = select(Location.ward_code).where(Location.user_id == bindparam("user_id"), Location.is_active)
_HERE = (
    select(
        *(WeatherAlert.alert_id, WeatherAlert.severity, WeatherAlert.valid_from, WeatherAlert.valid_to),
        *(WeatherAlert.text_en, WeatherAlert.text_sw, WeatherAlert.text_ki),
    )
    .where(
        WeatherAlert.valid_to > bindparam("now"),
        WeatherAlert.superseded_at.is_(None),
        WeatherAlert.change != CANCELLED,
        or_(
            WeatherAlert.zone.in_(_ZONES),
            exists().where(
                WeatherAlertWard.alert_id == WeatherAlert.alert_id, WeatherAlertWard.ward_code.in_(_WARDS)
            ),
        ),
    )
    .order_by(WeatherAlert.alert_id.desc())
    .limit(50)
)


def warnings(tx: Tx, actor: Actor) -> list[Warned]:
    """What is in force or to come at the actor's own places and farms, the gravest first, at most MOST."""
    found = [
        Warned(
            row.alert_id,
            row.severity,
            row.valid_from,
            row.valid_to,
            {"en": row.text_en, "sw": row.text_sw, "kikuyu": row.text_ki},
        )
        for row in tx.look(_HERE, user_id=actor.user_id, now=tx.now)
    ]
    return sorted(found, key=lambda one: -rules.SEVERITIES.index(one.severity))[:MOST]
