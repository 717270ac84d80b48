"""Vehicles for the admin to decide on, and those decided (DR-1209)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import Tx
from core.deliveries.models import Vehicle
from web.queries.paging import PAGE, Page, page_of

WAITING = 20


def waiting(tx: Tx) -> Sequence[Vehicle]:
    """Vehicles nobody has decided on, the longest waiting first, with their riders."""
    asked = select(Vehicle).where(Vehicle.vehicle_status == "pending").order_by(Vehicle.vehicle_id)
    return tx.session.scalars(asked.options(joinedload(Vehicle.rider)).limit(WAITING)).all()


def decided(tx: Tx, *, before: int | None = None, size: int = PAGE) -> Page[Vehicle]:
    """Every other vehicle, the newest first."""
    asked = select(Vehicle).where(Vehicle.vehicle_status != "pending").order_by(Vehicle.vehicle_id.desc())
    if before is not None:
        asked = asked.where(Vehicle.vehicle_id < before)
    rows = tx.session.scalars(asked.options(joinedload(Vehicle.rider)).limit(size + 1)).all()
    return page_of(rows, size, lambda vehicle: vehicle.vehicle_id)
