"""Which run or collection point fits some goods, and the room that orders take on a trip (DR-1210)."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, select

from core import events, rows
from core.db import Tx
from core.locations.places import Point, km_between
from core.money import ZERO
from core.ways import rules
from core.ways.errors import RunFull, RunUnknown
from core.ways.models import CollectionPoint, Run, RunDay, RunLoad, RunStop


@dataclass(frozen=True)
class Trip:
    """A run on one day, to its collection point nearest to the buyer; `fee` KES."""

    run: Run
    day: date
    point: CollectionPoint
    fee: Decimal


def collection_for(tx: Tx, *, farm_wards: Set[int], near: Point) -> CollectionPoint | None:
    """The collection point nearest to `near` to which the farmers of all these wards bring their goods."""
    open_ones = tx.session.scalars(select(CollectionPoint).where(CollectionPoint.is_active))
    return _nearest(tx, [point for point in open_ones if farm_wards <= set(point.from_wards)], near)


def next_run(tx: Tx, *, farm_wards: Set[int], near: Point, kg: Decimal, earliest: date) -> Trip | None:
    """The soonest trip of any run that can take the goods along; of two on one day the cheaper."""
    found = trips(tx, farm_wards=farm_wards, near=near, kg=kg, earliest=earliest)
    return min(found, key=lambda trip: (trip.day, trip.fee, trip.run.run_id), default=None)


def trips(tx: Tx, *, farm_wards: Set[int], near: Point, kg: Decimal, earliest: date) -> list[Trip]:
    """The next trip with room for `kg` of each run that starts in all of `farm_wards`.

    earliest  the first day on which the goods can be there
    """
    found = []
    for run in tx.session.scalars(select(Run).where(Run.is_active).order_by(Run.run_id)):
        if not farm_wards <= set(run.start_wards):
            continue
        stops = tx.session.scalars(
            select(CollectionPoint)
            .join(RunStop, RunStop.collection_point_id == CollectionPoint.collection_point_id)
            .where(RunStop.run_id == run.run_id, CollectionPoint.is_active)
        ).all()
        day = _day_with_room(tx, run, kg, earliest)
        point = _nearest(tx, list(stops), near)
        if day is not None and point is not None:
            found.append(Trip(run, day, point, rules.fee(kg, run.fee_per_kg)))
    return found


def put_on(tx: Tx, *, run_id: int, day: date, order_id: int, kg: Decimal) -> None:
    """Take room for an order on the trip of `day`, counted under the trip's lock; once per order.

    Raises RunUnknown, RunFull (left, day).
    """
    run = tx.session.get(Run, run_id)
    if run is None:
        raise RunUnknown(run_id=run_id)
    if tx.session.scalar(select(RunLoad.run_load_id).where(RunLoad.order_id == order_id)) is not None:
        return
    trip = _locked(tx, run_id, day)
    left = run.capacity_kg - trip.kg_taken
    if kg > left:
        raise RunFull(run_id=run_id, day=day, left=max(left, ZERO))
    trip.kg_taken += kg
    rows.add(tx, RunLoad(run_day_id=trip.run_day_id, order_id=order_id, kg=kg))
    tx.flush()


def put_on_next(tx: Tx, *, run_id: int, order_id: int, kg: Decimal, earliest: date) -> date:
    """Take room for an order on the first trip from `earliest` on that has some; its day (O17).

    Raises RunUnknown, also for a run that goes no more; RunFull where no trip has room.
    """
    run = tx.session.get(Run, run_id)
    if run is None or not run.is_active:
        raise RunUnknown(run_id=run_id)
    day = _day_with_room(tx, run, kg, earliest)
    if day is None:
        raise RunFull(run_id=run_id, day=earliest, left=ZERO)
    put_on(tx, run_id=run_id, day=day, order_id=order_id, kg=kg)
    return day


def take_off(tx: Tx, order_id: int) -> None:
    """The order is not coming along after all: its room is free again; does nothing where it has none."""
    load = tx.session.scalar(select(RunLoad).where(RunLoad.order_id == order_id))
    if load is None:
        return
    trip = tx.session.get_one(RunDay, load.run_day_id, with_for_update=True, populate_existing=True)
    gone = tx.session.connection().execute(delete(RunLoad).where(RunLoad.order_id == order_id))
    if gone.rowcount == 1:
        trip.kg_taken -= load.kg
    tx.session.expunge(load)
    tx.flush()


def order_cancelled(tx: Tx, happened: events.OrderCancelled) -> None:
    """Reaction: a cancelled order needs no room on a run."""
    take_off(tx, happened.order_id)


def _locked(tx: Tx, run_id: int, day: date) -> RunDay:
    """The trip's row, made if this is its first order, locked until the transaction ends."""
    query = select(RunDay).where(RunDay.run_id == run_id, RunDay.day == day).with_for_update()
    query = query.execution_options(populate_existing=True)
    found = tx.session.scalar(query)
    if found is None:
        # Two first orders at once: the unique key refuses one, and its whole transaction runs again.
        found = RunDay(run_id=run_id, day=day, kg_taken=ZERO)
        rows.add(tx, found)
    return found


def _day_with_room(tx: Tx, run: Run, kg: Decimal, earliest: date) -> date | None:
    days = rules.trips(
        tx.now, weekday=run.weekday, departs=run.departs, cutoff_hours=run.cutoff_hours, earliest=earliest
    )
    taken = dict(
        tx.session.execute(
            select(RunDay.day, RunDay.kg_taken).where(RunDay.run_id == run.run_id, RunDay.day >= earliest)
        ).all()
    )
    return next((day for day in days if kg <= run.capacity_kg - taken.get(day, ZERO)), None)


def _nearest(tx: Tx, points: list[CollectionPoint], near: Point) -> CollectionPoint | None:
    def way(point: CollectionPoint) -> tuple[float, int]:
        there = tx.parts.places.get(point.ward_code).point
        return km_between(there, near), point.collection_point_id

    return min(points, key=way, default=None)
