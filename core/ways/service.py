"""Collection points and runs, as admins make them (DR-1210); core/ways/trips.py finds the one that fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from sqlalchemy import inspect, select

from core.actor import Actor
from core.audit import service as audit
from core.db import Base, Tx
from core.errors import BadInput
from core.locations.served import served
from core.money import some
from core.users import service as users
from core.ways.errors import PointInUse, PointUnknown, RunUnknown
from core.ways.models import CollectionPoint, Run, RunStop
from core.ways.trips import collection_for, next_run, put_on, put_on_next, take_off, trips
from core.words import tidy

__all__ = ["collection_for", "next_run", "put_on", "put_on_next", "served", "take_off", "trips"]

LONGEST_CUTOFF = 6 * 24
HEAVIEST = Decimal(30_000)


@dataclass(frozen=True)
class PointView:
    """A collection point as people choose it."""

    collection_point_id: int
    name: str
    ward_code: int
    ward: str
    landmark: str


@dataclass(frozen=True)
class RunView:
    """A run with its stops in order; weights in kg, the fee in KES for one kg, `weekday` 0 for Monday."""

    run_id: int
    name: str
    start_wards: tuple[int, ...]
    weekday: int
    departs: str
    cutoff_hours: int
    capacity_kg: Decimal
    fee_per_kg: Decimal
    driver_id: int | None
    stops: tuple[PointView, ...]


def save_point(
    tx: Tx,
    actor: Actor,
    *,
    collection_point_id: int | None = None,
    name: str,
    ward_code: int,
    keeper_id: int,
    landmark: str = "",
    from_wards: Iterable[int] = (),
    is_active: bool = True,
) -> CollectionPoint:
    """An admin makes or changes a place where buyers fetch their goods; audited.

    keeper_id   who hands the goods over, of any role
    from_wards  wards whose farmers bring their goods here themselves

    Raises NotAllowed, PointUnknown, UnknownWard, NotFound (the keeper), BadInput (field), and PointInUse for
    one that is to be closed while a run stops there.
    """
    _by_admin(tx, actor, collection_point_id)
    point, before = CollectionPoint(created_at=tx.now), None
    if collection_point_id is not None:
        found = tx.session.get(CollectionPoint, collection_point_id)
        if found is None:
            raise PointUnknown(collection_point_id=collection_point_id)
        point, before = found, _values(found)
    if not is_active and _stopped_at(tx, collection_point_id):
        raise PointInUse(collection_point_id=collection_point_id)
    users.get(tx, keeper_id)
    point.name = _named(name)
    point.ward_code = tx.parts.places.get(ward_code).code
    point.landmark = tidy(landmark, 120)
    point.keeper_id = keeper_id
    point.from_wards = _wards(tx, from_wards)
    point.is_active = is_active
    _keep(tx, actor, point, "collection_point", before)
    return point


def save_run(
    tx: Tx,
    actor: Actor,
    *,
    run_id: int | None = None,
    name: str,
    start_wards: Iterable[int],
    stops: Sequence[int],
    weekday: int,
    departs: str,
    cutoff_hours: int,
    capacity_kg: Decimal,
    fee_per_kg: Decimal,
    driver_id: int | None = None,
    is_active: bool = True,
) -> Run:
    """An admin makes or changes a weekly trip from the farms of some wards to collection points; audited.

    stops         ids of active collection points, in the order in which the run comes there
    weekday       0 Monday to 6 Sunday; `departs` as 06:00, Nairobi
    cutoff_hours  0 to 144: so long before it departs no more orders are taken along
    capacity_kg   up to 30 tonnes; what is promised already stays promised
    fee_per_kg    KES

    Raises NotAllowed, RunUnknown, PointUnknown, UnknownWard, NotFound (the driver), BadInput (field).
    """
    _by_admin(tx, actor, run_id)
    run, before = Run(created_at=tx.now), None
    if run_id is not None:
        found = tx.session.get(Run, run_id)
        if found is None:
            raise RunUnknown(run_id=run_id)
        run, before = found, _values(found)
    if driver_id is not None:
        users.get(tx, driver_id)
    run.name = _named(name)
    run.start_wards = _some(_wards(tx, start_wards), "start_wards")
    run.weekday = _within(weekday, 6, "weekday")
    run.departs = _clock(departs)
    run.cutoff_hours = _within(cutoff_hours, LONGEST_CUTOFF, "cutoff_hours")
    run.capacity_kg = _above_zero(capacity_kg, HEAVIEST, "capacity_kg")
    run.fee_per_kg = _above_zero(fee_per_kg, HEAVIEST, "fee_per_kg")
    run.driver_id = driver_id
    run.is_active = is_active
    _check_points(tx, _some(list(dict.fromkeys(stops)), "stops"))
    _keep(tx, actor, run, "run", before)
    _set_stops(tx, run, list(dict.fromkeys(stops)))
    return run


def points(tx: Tx, actor: Actor) -> list[PointView]:
    """Every place where goods may be fetched, by name."""
    users.may(tx, actor, "read", "ways", own=False, verified=False)
    query = (
        select(CollectionPoint)
        .where(CollectionPoint.is_active)
        .order_by(CollectionPoint.name, CollectionPoint.collection_point_id)
    )
    return [point_view(tx, point) for point in tx.session.scalars(query)]


def runs(tx: Tx, actor: Actor) -> list[RunView]:
    """Every run that goes, by weekday."""
    users.may(tx, actor, "read", "ways", own=False, verified=False)
    query = select(Run).where(Run.is_active).order_by(Run.weekday, Run.run_id)
    return [_run_view(tx, run) for run in tx.session.scalars(query)]


def point(tx: Tx, collection_point_id: int) -> CollectionPoint:
    """The collection point, open or closed; raises PointUnknown."""
    found = tx.session.get(CollectionPoint, collection_point_id)
    if found is None:
        raise PointUnknown(collection_point_id=collection_point_id)
    return found


def point_view(tx: Tx, point: CollectionPoint) -> PointView:
    """A collection point in words."""
    return PointView(
        collection_point_id=point.collection_point_id,
        name=point.name,
        ward_code=point.ward_code,
        ward=tx.parts.places.get(point.ward_code).ward,
        landmark=point.landmark,
    )


def stops_of(tx: Tx, run_id: int) -> list[CollectionPoint]:
    """The collection points of a run in the order in which it comes there (DR-1211)."""
    query = (
        select(CollectionPoint)
        .join(RunStop, RunStop.collection_point_id == CollectionPoint.collection_point_id)
        .where(RunStop.run_id == run_id)
        .order_by(RunStop.position)
    )
    return list(tx.session.scalars(query))


def _run_view(tx: Tx, run: Run) -> RunView:
    return RunView(
        run_id=run.run_id,
        name=run.name,
        start_wards=tuple(run.start_wards),
        weekday=run.weekday,
        departs=run.departs,
        cutoff_hours=run.cutoff_hours,
        capacity_kg=run.capacity_kg,
        fee_per_kg=run.fee_per_kg,
        driver_id=run.driver_id,
        stops=tuple(point_view(tx, point) for point in stops_of(tx, run.run_id)),
    )


def _by_admin(tx: Tx, actor: Actor, present: int | None) -> None:
    users.may(tx, actor, "create" if present is None else "update", "ways", own=False)


def _values(row: Base) -> dict[str, str]:
    """What the row says, to compare with later."""
    return {column.key: str(getattr(row, column.key)) for column in inspect(type(row)).columns}


def _keep(tx: Tx, actor: Actor, row: Base, kind: str, before: dict[str, str] | None) -> None:
    """Write the row and who changed what of it; `before` is None for a new one."""
    tx.session.add(row)
    tx.flush()
    record = f"{kind}:{tx.session.identity_key(instance=row)[1][0]}"
    after = _values(row) if before else {}
    changes = {name: [was, after[name]] for name, was in (before or {}).items() if was != after[name]}
    what = f"{kind}.{'made' if before is None else 'changed'}"
    audit.record(tx, actor, what=what, record=record, changes=changes)
    tx.note(record, "new" if before is None else "changed")


def _set_stops(tx: Tx, run: Run, stops: list[int]) -> None:
    present = {
        stop.collection_point_id: stop
        for stop in tx.session.scalars(select(RunStop).where(RunStop.run_id == run.run_id))
    }
    for collection_point_id in present.keys() - set(stops):
        tx.session.delete(present[collection_point_id])
    for position, collection_point_id in enumerate(stops, 1):
        stop = present.get(collection_point_id) or RunStop(
            run_id=run.run_id, collection_point_id=collection_point_id
        )
        stop.position = position
        tx.session.add(stop)
    tx.flush()


def _check_points(tx: Tx, ids: Sequence[int]) -> None:
    for collection_point_id in ids:
        if not point(tx, collection_point_id).is_active:
            raise PointUnknown(collection_point_id=collection_point_id)


def _stopped_at(tx: Tx, collection_point_id: int | None) -> bool:
    query = (
        select(RunStop.run_stop_id)
        .join(Run, Run.run_id == RunStop.run_id)
        .where(RunStop.collection_point_id == collection_point_id, Run.is_active)
        .limit(1)
    )
    return tx.session.scalar(query) is not None


def _named(name: str) -> str:
    found = tidy(name, 60)
    if not found:
        raise BadInput(field="name")
    return found


def _wards(tx: Tx, codes: Iterable[int]) -> list[int]:
    return sorted({tx.parts.places.get(code).code for code in codes})


def _some(ids: list[int], field: str) -> list[int]:
    if not ids:
        raise BadInput(field=field)
    return ids


def _within(number: int, most: int, field: str) -> int:
    if not isinstance(number, int) or not 0 <= number <= most:
        raise BadInput(field=field)
    return number


def _clock(text: str) -> str:
    try:
        return f"{time.fromisoformat(text):%H:%M}"
    except ValueError:
        raise BadInput(field="departs") from None


def _above_zero(amount: Decimal, most: Decimal, field: str) -> Decimal:
    found = some(amount)
    if found is None or found > most:
        raise BadInput(field=field)
    return found
