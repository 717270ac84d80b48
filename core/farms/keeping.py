"""A farm once it is open: what is said of it, its certificate, closing it; the lists of farms (DR-305)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import joinedload

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import NotFound
from core.events import CertificateDecided, FarmClosed, FarmMoved, OpenOrdersSought
from core.farms.errors import CertificateMissing, FarmInUse
from core.farms.models import Farm
from core.farms.service import APPROVED, NAME_LENGTH, named, zone
from core.locations import service as locations
from core.permissions import Verb
from core.users import service as users
from core.words import tidy

NONE, PENDING, REFUSED = "none", "pending", "refused"


@dataclass(frozen=True)
class FarmView:
    """A farm as anybody may see it.

    is_organic            what the farmer says of it
    is_organic_certified  whether an admin has approved its certificate (DR-403)
    takes_cash            whether it takes orders that are paid in cash (DR-908)
    """

    farm_id: int
    farm_name: str
    farmer_id: int
    location_id: int
    county: str
    sub_county: str
    ward: str
    weather_zone: str
    is_organic: bool
    is_organic_certified: bool
    certificate_status: str
    takes_cash: bool
    created_at: datetime


def read(tx: Tx, actor: Actor, *, farm_id: int) -> FarmView:
    """One farm. Raises NotFound, NotAllowed."""
    return _view(_in_hand(tx, actor, "read", farm_id))


def mine(tx: Tx, actor: Actor) -> list[FarmView]:
    """The actor's own farms, the oldest first."""
    users.may(tx, actor, "read", "farms", own=True, verified=False)
    return _listed(tx, Farm.farmer_id == actor.user_id)


def organic(tx: Tx, actor: Actor, *, after: int = 0) -> list[FarmView]:
    """Farms that are said to be organic, by number; the next page begins `after` the last one's."""
    return _found(tx, actor, Farm.is_organic == true(), after)


def by_weather_zone(tx: Tx, actor: Actor, *, weather_zone: str, after: int = 0) -> list[FarmView]:
    """Farms of a zone, by number; the next page begins `after` the last one's. Raises UnknownZone."""
    return _found(tx, actor, Farm.weather_zone == zone(weather_zone), after)


def change(
    tx: Tx,
    actor: Actor,
    *,
    farm_id: int,
    name: str | None = None,
    location_id: int | None = None,
    weather_zone: str | None = None,
    is_organic: bool | None = None,
    takes_cash: bool | None = None,
) -> Farm:
    """Change what is said of a farm; None leaves it as it is (DR-305, DR-908).

    location_id  another of its farmer's places; its listings move along

    Raises NotFound, NotAllowed, FarmNameMissing, UnknownZone.
    """
    farm = _in_hand(tx, actor, "update", farm_id)
    if name is not None:
        farm.farm_name = named(name)
    if weather_zone is not None:
        farm.weather_zone = zone(weather_zone)
    if is_organic is not None:
        farm.is_organic = is_organic
    if takes_cash is not None:
        farm.takes_cash = takes_cash
    if location_id is not None and location_id != farm.location_id:
        place = locations.owned(tx, Actor(farm.farmer_id, "farmer", actor.channel), location_id)
        farm.location_id, farm.location = place.location_id, place
        tx.flush()
        tx.emit(FarmMoved(farm_id))
    tx.flush()
    tx.note(f"farm:{farm_id}", "changed")
    return farm


def claim_certificate(tx: Tx, actor: Actor, *, farm_id: int, certificate: str) -> Farm:
    """The farmer names her organic certificate; it counts when an admin has approved it (DR-403).

    The same number again changes nothing. Raises NotFound, NotAllowed, CertificateMissing.
    """
    farm = _in_hand(tx, actor, "update", farm_id)
    number = tidy(certificate, NAME_LENGTH)
    if not number:
        raise CertificateMissing
    if number != farm.certificate or farm.certificate_status == NONE:
        farm.certificate, farm.certificate_status = number, PENDING
        farm.is_organic = True
        tx.note(f"farm:{farm_id}", "certificate named")
    return farm


def decide_certificate(tx: Tx, actor: Actor, *, farm_id: int, approve: bool, reason: str = "") -> Farm:
    """An admin approves or refuses the certificate that was named, or takes an approval back; audited.

    Deciding the same again changes nothing. Emits CertificateDecided.
    Raises NotFound, NotAllowed, CertificateMissing (none was named).
    """
    users.acting(tx, actor, "admin")
    farm = _in_hand(tx, actor, "update", farm_id)
    if farm.certificate_status == NONE:
        raise CertificateMissing
    decided = APPROVED if approve else REFUSED
    if farm.certificate_status != decided:
        audit.record(
            tx,
            actor,
            what="farm.certificate",
            record=f"farm:{farm_id}",
            changes={"certificate_status": [farm.certificate_status, decided]},
            reason=reason,
        )
        farm.certificate_status = decided
        tx.note(f"farm:{farm_id}", f"certificate {decided}")
        tx.emit(CertificateDecided(farm_id, approve, actor))
    return farm


def waiting_certificates(tx: Tx, actor: Actor) -> list[FarmView]:
    """For admins: the farms whose certificate waits for a decision, the oldest first."""
    users.acting(tx, actor, "admin")
    return _listed(tx, Farm.certificate_status == PENDING)


def close(tx: Tx, actor: Actor, *, farm_id: int) -> None:
    """Delete a farm softly; its listings come down (DR-305, DR-212). Emits FarmClosed.

    Raises FarmInUse(count) while open orders need goods from it, NotFound, NotAllowed.
    """
    farm = _in_hand(tx, actor, "delete", farm_id)
    sought = OpenOrdersSought("farm", farm_id)
    tx.emit(sought)
    if sought.promised:
        raise FarmInUse(count=len(sought.promised))
    farm.is_active = False
    tx.note(f"farm:{farm_id}", "closed")
    tx.emit(FarmClosed(farm_id, actor))


def _in_hand(tx: Tx, actor: Actor, verb: Verb, farm_id: int) -> Farm:
    """The farm, locked where it is to be changed; what is not the actor's to touch is not found (DR-211)."""
    query = select(Farm).where(Farm.farm_id == farm_id).options(joinedload(Farm.location))
    if verb != "read":
        query = query.with_for_update(of=Farm).execution_options(populate_existing=True)
    farm = tx.session.scalars(query).one_or_none()
    own = farm is not None and farm.farmer_id == actor.user_id
    users.may(tx, actor, verb, "farms", own=own, verified=False, id=farm_id)
    if farm is None or not farm.is_active:
        raise NotFound(record="farms", id=farm_id)
    return farm


def _found(tx: Tx, actor: Actor, which: ColumnElement[bool], after: int) -> list[FarmView]:
    users.may(tx, actor, "read", "farms", own=False, verified=False)
    return _listed(tx, which, after=after, limit=tx.setting("api.page_size"))


def _listed(tx: Tx, which: ColumnElement[bool], *, after: int = 0, limit: int = 100) -> list[FarmView]:
    rows: Sequence[Farm] = tx.session.scalars(
        select(Farm)
        .where(which, Farm.is_active, Farm.farm_id > after)
        .options(joinedload(Farm.location))
        .order_by(Farm.farm_id)
        .limit(limit)
    ).all()
    return [_view(farm) for farm in rows]


def _view(farm: Farm) -> FarmView:
    return FarmView(
        farm_id=farm.farm_id,
        farm_name=farm.farm_name,
        farmer_id=farm.farmer_id,
        location_id=farm.location_id,
        county=farm.location.county,
        sub_county=farm.location.subcounty,
        ward=farm.location.ward,
        weather_zone=farm.weather_zone,
        is_organic=farm.is_organic,
        is_organic_certified=farm.certificate_status == APPROVED,
        certificate_status=farm.certificate_status,
        takes_cash=farm.takes_cash,
        created_at=farm.created_at,
    )
