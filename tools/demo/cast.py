"""Who plays: a place where nobody else trades, its farmer and rider, and a customer nobody has seen before.

Farmer and rider return in every run, so that a new listing does not compete with older ones of strangers;
what they did once in their lives (registering) is then played by new people beside them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer, RiderDuty
from core.listings.models import Listing
from core.locations.models import Location
from core.locations.places import Ward, km_between
from core.orders import service as orders
from core.users import service as users
from core.users.models import User
from tools.demo.reading import Wrong

ALONE_KM = 70  # further than any rider goes (DR-1106), with room for winding roads
PRODUCT = "tomatoes"
FINISHED = ("delivered", "cancelled", "failed")


@dataclass(frozen=True)
class Arena:
    """Two neighbouring wards: `farm` for farmer and rider, `door` for the customer."""

    number: int
    farm: str
    farm_subcounty: str
    door: str
    door_subcounty: str

    def msisdn(self, who: int) -> str:
        """The story's own numbers: 101 farmer, 202 customer, 303 rider."""
        return f"+2547120{self.number:02d}{who:03d}"


ARENAS = (
    Arena(0, "Kinoo", "Kikuyu", "Kangemi", "Westlands"),
    Arena(1, "Kajulu", "Kisumu East", "Kondele", "Kisumu Central"),
    Arena(2, "Kimumu", "Moiben", "Kapsoya", "Ainabkoi"),
    Arena(3, "Mitaboni", "Kathiani", "Mutituni", "Machakos Town"),
    Arena(4, "Ruguru", "Mathira", "Magutu", "Mathira"),
    Arena(5, "Elburgon", "Molo", "Turi", "Molo"),
)


@dataclass(frozen=True)
class Cast:
    """The numbers that play this time.

    farmer, rider            of the arena; `farmer_is_new`, `rider_is_new`: they register in this run
    new_farmer, new_rider    who registers where they are known already
    """

    arena: Arena
    farmer: str
    rider: str
    customer: str
    new_farmer: str
    new_rider: str
    admin: str
    plate: str

    @property
    def farmer_is_new(self) -> bool:
        """Whether the farmer registers in this run."""
        return self.farmer == self.new_farmer

    @property
    def rider_is_new(self) -> bool:
        """Whether the rider registers in this run."""
        return self.rider == self.new_rider


def choose(tx: Tx) -> Cast:
    """The first arena where the story can be played now; raises Wrong when there is none."""
    reasons = []
    for arena in ARENAS:
        reason = _why_not(tx, arena)
        if not reason:
            return _cast(tx, arena)
        reasons.append(f"{arena.farm}: {reason}")
    raise Wrong("there is no quiet place left to play in:\n  " + "\n  ".join(reasons))


def _cast(tx: Tx, arena: Arena) -> Cast:
    fresh = _fresh_numbers(tx)
    farmer, rider, customer = (arena.msisdn(who) for who in (101, 303, 202))
    return Cast(
        arena=arena,
        farmer=farmer,
        rider=rider,
        customer=customer if users.find(tx, customer) is None else next(fresh),
        new_farmer=farmer if users.find(tx, farmer) is None else next(fresh),
        new_rider=rider if users.find(tx, rider) is None else next(fresh),
        admin=next(fresh),
        # DR-1209 wants a plate once in the country; the rider's own is the story's.
        plate="KMFB 123C" if arena.number == 0 and users.find(tx, rider) is None else _plate(tx),
    )


def _fresh_numbers(tx: Tx) -> Iterator[str]:
    """Numbers of the demo's own range that nobody has registered."""
    known = set(tx.session.scalars(select(User.phone_number).where(User.phone_number.like("+2547129%"))))
    for number in range(100_000):
        msisdn = f"+2547129{number:05d}"
        if msisdn not in known:
            yield msisdn


def _plate(tx: Tx) -> str:
    letter, digits = tx.parts.chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ"), tx.parts.chance.digits(3)
    return f"KM{tx.parts.chance.choice('GHJKL')}{letter} {digits}{tx.parts.chance.choice('ABCDEFGH')}"


def _why_not(tx: Tx, arena: Arena) -> str:
    farm = ward(tx, arena.farm, arena.farm_subcounty)
    farmer = users.find(tx, arena.msisdn(101))
    rider = users.find(tx, arena.msisdn(303))
    for person, role in ((farmer, "farmer"), (rider, "rider")):
        if person and person.user_role != role:
            return f"{person.phone_number} is registered as {person.user_role}"
    if farmer and orders.waiting_for_farmer(tx, users.actor_for(farmer, "cli")):
        return "its farmer has an order to prepare"
    if rider and _is_busy(tx, rider):
        return "its rider has a job"
    if rider and not tx.session.get(RiderDuty, rider.user_id):
        return "its rider was never approved"
    sellers = select(Location.ward_code).join(Listing, Listing.farmer_id == Location.user_id)
    riders = select(Location.ward_code).join(RiderDuty, RiderDuty.rider_id == Location.user_id)
    others = (
        *tx.session.scalars(
            sellers.where(
                Listing.quantity_available > 0, Listing.farmer_id != (farmer.user_id if farmer else 0)
            )
        ),
        *tx.session.scalars(
            riders.where(RiderDuty.on_duty, RiderDuty.rider_id != (rider.user_id if rider else 0))
        ),
    )
    for code in set(others):
        if km_between(tx.parts.places.get(code).point, farm.point) < ALONE_KM:
            return f"others trade or ride near it, in {tx.parts.places.get(code).ward}"
    return ""


def _is_busy(tx: Tx, rider: User) -> bool:
    jobs = select(Delivery.delivery_id).where(
        Delivery.rider_id == rider.user_id, Delivery.delivery_status.not_in(FINISHED)
    )
    offers = select(DeliveryOffer.offer_id).where(
        DeliveryOffer.rider_id == rider.user_id, DeliveryOffer.offer_status == "open"
    )
    return tx.session.scalar(jobs.limit(1)) is not None or tx.session.scalar(offers.limit(1)) is not None


def ward(tx: Tx, name: str, subcounty: str) -> Ward:
    """The ward of this name in this sub-county."""
    return next(
        w for w in tx.parts.places.starting_with(name, 40) if (w.ward, w.subcounty) == (name, subcounty)
    )
