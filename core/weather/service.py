"""Warning of the weather: new alerts, longer ones, cancelled ones, and which are in force (DR-1601)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update

from core import rows
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.events import WeatherAlertIssued
from core.farms.models import Farm
from core.locations.models import Location
from core.pages import Page, page_of
from core.users import service as users
from core.weather import rules
from core.weather.errors import AlertOver, AlertUnknown, Nowhere, ZoneUnknown
from core.weather.models import WeatherAlert, WeatherAlertWard

NEW, EXTENDED, CANCELLED = "new", "extended", "cancelled"
# More than these are never in force in one place.
MOST_SHOWN = 50


@dataclass(frozen=True)
class AlertView:
    """An alert as it is shown; times are UTC.

    texts     by stored language: en, sw, kikuyu
    change    new, extended or cancelled
    first_id  of one that extends or cancels: the first alert of its chain
    in_force  now between its times, and no later one has taken its place
    """

    alert_id: int
    alert_type: str
    severity: str
    zone: str | None
    ward_codes: tuple[int, ...]
    valid_from: datetime
    valid_to: datetime
    texts: Mapping[str, str]
    change: str
    first_id: int | None
    in_force: bool
    created_at: datetime


def create(
    tx: Tx,
    actor: Actor,
    *,
    alert_type: str,
    severity: str,
    valid_from: datetime,
    valid_to: datetime,
    texts: Mapping[str, str],
    zone: str | None = None,
    ward_codes: Iterable[int] = (),
) -> WeatherAlert:
    """Warn a zone, wards, or both; admins only, audited (DR-1601, DR-213).

    alert_type  one of rules.TYPES
    severity    info, watch, warning or extreme; extreme goes at night as well
    valid_from  aware; it may have begun already
    texts       by language: en, sw and kikuyu, 130 characters at most each

    Everybody concerned is told once, by the worker (WeatherAlertIssued). Raises NotAllowed, TimesWrong,
    AlertTypeUnknown, SeverityUnknown, ZoneUnknown, UnknownWard, Nowhere, TextMissing, TextTooLong.
    """
    users.may(tx, actor, "create", "weather", own=True)
    rules.check_kind(alert_type, severity)
    begins, ends = rules.check_times(valid_from, valid_to, tx.now)
    wards = _area(tx, zone, ward_codes)
    return _issue(
        tx,
        actor,
        WeatherAlert(
            alert_type=alert_type,
            severity=severity,
            zone=zone,
            valid_from=begins,
            valid_to=ends,
            change=NEW,
            **_columns(rules.check_texts(texts)),
        ),
        wards,
    )


def extend(
    tx: Tx,
    actor: Actor,
    *,
    alert_id: int,
    valid_to: datetime,
    texts: Mapping[str, str],
    severity: str | None = None,
) -> WeatherAlert:
    """A new alert for the same area takes the place of the one in force and points to the first (DR-1601).

    alert_id  any alert of the chain
    severity  where it has changed

    Raises AlertUnknown, AlertOver, and as `create`.
    """
    users.may(tx, actor, "update", "weather", own=True)
    last = _last_of_chain(tx, alert_id)
    rules.check_kind(last.alert_type, severity or last.severity)
    begins, ends = rules.check_times(last.valid_from, valid_to, tx.now)
    return _follow_up(tx, actor, last, EXTENDED, severity or last.severity, begins, ends, texts)


def cancel(tx: Tx, actor: Actor, *, alert_id: int, texts: Mapping[str, str]) -> WeatherAlert:
    """A new alert that says that it is over points to the first (DR-1601); cancelled again, nothing changes.

    Raises AlertUnknown, AlertOver (it has run out), TextMissing, TextTooLong, NotAllowed.
    """
    users.may(tx, actor, "update", "weather", own=True)
    last = _newest_of_chain(tx, alert_id)
    if last.change == CANCELLED:
        return last
    last = _last_of_chain(tx, alert_id)
    return _follow_up(tx, actor, last, CANCELLED, last.severity, last.valid_from, last.valid_to, texts)


def alerts(
    tx: Tx,
    actor: Actor,
    *,
    zone: str | None = None,
    ward_code: int | None = None,
    only_in_force: bool = True,
    page: int = 1,
) -> Page[AlertView]:
    """Weather alerts, the newest first, for everybody to read (DR-220).

    only_in_force  else also those that are over, replaced or cancelled

    Raises NotAllowed, BadInput(page).
    """
    users.may(tx, actor, "read", "weather", own=False, verified=False)
    query = select(WeatherAlert).order_by(WeatherAlert.alert_id.desc())
    if only_in_force:
        query = query.where(*_in_force(tx))
    if zone is not None:
        query = query.where(WeatherAlert.zone == zone)
    if ward_code is not None:
        query = query.where(_for_ward([ward_code]))
    found = page_of(tx, query, page, lambda row: row.WeatherAlert)
    return Page(tuple(_views(tx, found.results)), found.number, found.more)


def for_me(tx: Tx, actor: Actor) -> list[AlertView]:
    """What is in force at the actor's own places and farms, the gravest first (GET insights/weather)."""
    user = users.may(tx, actor, "read", "weather", own=False, verified=False)
    places = tx.session.scalars(
        select(Location.ward_code).where(Location.user_id == user.user_id, Location.is_active)
    ).all()
    zones = tx.session.scalars(
        select(Farm.weather_zone).where(Farm.farmer_id == user.user_id, Farm.is_active).distinct()
    ).all()
    if not places and not zones:
        return []
    query = select(WeatherAlert).where(
        *_in_force(tx), or_(WeatherAlert.zone.in_(zones), _for_ward(sorted(set(places))))
    )
    found = tx.session.scalars(query.order_by(WeatherAlert.alert_id.desc()).limit(MOST_SHOWN)).all()
    grave = {severity: rank for rank, severity in enumerate(reversed(rules.SEVERITIES))}
    return _views(tx, sorted(found, key=lambda one: (grave[one.severity], -one.alert_id)))


def view(tx: Tx, alert: WeatherAlert) -> AlertView:
    """An alert as it is shown."""
    return _views(tx, [alert])[0]


def _views(tx: Tx, shown: Sequence[WeatherAlert]) -> list[AlertView]:
    """Several of them, with one statement for their wards."""
    wards: dict[int, list[int]] = {alert.alert_id: [] for alert in shown}
    query = select(WeatherAlertWard).where(WeatherAlertWard.alert_id.in_(wards))
    for row in tx.session.scalars(query.order_by(WeatherAlertWard.ward_code)):
        wards[row.alert_id].append(row.ward_code)
    return [_view(tx, alert, tuple(wards[alert.alert_id])) for alert in shown]


def _view(tx: Tx, alert: WeatherAlert, ward_codes: tuple[int, ...]) -> AlertView:
    over = alert.change == CANCELLED or alert.superseded_at is not None
    return AlertView(
        alert_id=alert.alert_id,
        alert_type=alert.alert_type,
        severity=alert.severity,
        zone=alert.zone,
        ward_codes=ward_codes,
        valid_from=alert.valid_from,
        valid_to=alert.valid_to,
        texts=texts_of(alert),
        change=alert.change,
        first_id=alert.first_id,
        in_force=not over and alert.valid_from <= tx.now < alert.valid_to,
        created_at=alert.created_at,
    )


def texts_of(alert: WeatherAlert) -> dict[str, str]:
    """Its texts by stored language."""
    return {"en": alert.text_en, "sw": alert.text_sw, "kikuyu": alert.text_ki}


def wards_of(tx: Tx, alert_id: int) -> Sequence[int]:
    """The wards an alert names, in the order of their codes."""
    query = select(WeatherAlertWard.ward_code).where(WeatherAlertWard.alert_id == alert_id)
    return tx.session.scalars(query.order_by(WeatherAlertWard.ward_code)).all()


def _in_force(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    return (
        WeatherAlert.valid_to > tx.now,
        WeatherAlert.valid_from <= tx.now,
        WeatherAlert.superseded_at.is_(None),
        WeatherAlert.change != CANCELLED,
    )


def _for_ward(ward_codes: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(
        WeatherAlertWard.alert_id == WeatherAlert.alert_id, WeatherAlertWard.ward_code.in_(ward_codes)
    )


def _area(tx: Tx, zone: str | None, ward_codes: Iterable[int]) -> list[int]:
    if zone is not None and zone not in rules.ZONES:
        raise ZoneUnknown
    wards = sorted({tx.parts.places.get(code).code for code in ward_codes})
    if zone is None and not wards:
        raise Nowhere
    return wards


def _columns(texts: Mapping[str, str]) -> dict[str, str]:
    return {"text_en": texts["en"], "text_sw": texts["sw"], "text_ki": texts["kikuyu"]}


def _newest_of_chain(tx: Tx, alert_id: int) -> WeatherAlert:
    """The newest alert of the chain, its first one locked: two who change a chain take turns."""
    named = tx.session.get(WeatherAlert, alert_id)
    if named is None:
        raise AlertUnknown(alert_id=alert_id)
    first_id = named.first_id or named.alert_id
    tx.session.scalar(
        select(WeatherAlert.alert_id).where(WeatherAlert.alert_id == first_id).with_for_update()
    )
    query = (
        select(WeatherAlert)
        .where(or_(WeatherAlert.alert_id == first_id, WeatherAlert.first_id == first_id))
        .order_by(WeatherAlert.alert_id.desc())
        .limit(1)
    )
    return tx.session.scalars(query.execution_options(populate_existing=True)).one()


def _last_of_chain(tx: Tx, alert_id: int) -> WeatherAlert:
    last = _newest_of_chain(tx, alert_id)
    if last.change == CANCELLED or last.valid_to <= tx.now:
        raise AlertOver
    return last


def _follow_up(
    tx: Tx,
    actor: Actor,
    last: WeatherAlert,
    change: str,
    severity: str,
    begins: datetime,
    ends: datetime,
    texts: Mapping[str, str],
) -> WeatherAlert:
    first_id = last.first_id or last.alert_id
    said = _columns(rules.check_texts(texts))
    tx.session.execute(
        update(WeatherAlert)
        .where(
            or_(WeatherAlert.alert_id == first_id, WeatherAlert.first_id == first_id),
            WeatherAlert.superseded_at.is_(None),
        )
        .values(superseded_at=tx.now)
    )
    alert = WeatherAlert(
        alert_type=last.alert_type,
        severity=severity,
        zone=last.zone,
        valid_from=begins,
        valid_to=ends,
        change=change,
        first_id=first_id,
        **said,
    )
    return _issue(tx, actor, alert, wards_of(tx, first_id))


def _issue(tx: Tx, actor: Actor, alert: WeatherAlert, wards: Iterable[int]) -> WeatherAlert:
    assert actor.user_id is not None, "an admin warns"
    alert.created_by, alert.created_at = actor.user_id, tx.now
    rows.add(tx, alert)
    tx.session.add_all(WeatherAlertWard(alert_id=alert.alert_id, ward_code=code) for code in wards)
    tx.flush()
    changes = {"alert": [alert.first_id, alert.alert_id], "severity": [None, alert.severity]}
    record = f"weather:{alert.alert_id}"
    audit.record(tx, actor, what=f"weather.{alert.change}", record=record, changes=changes)
    tx.note(record, f"{alert.change}, {alert.severity}")
    tx.emit(WeatherAlertIssued(alert.alert_id, actor))
    return alert
