"""Fills an empty database with a whole country: people, farms, listings, orders and what follows from them.

Rows are made as the verbs would leave them (stock is the sum of its movements, an order's total the sum of
its lines), and written in bulk by the models, so that a new column with a default needs no change here.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

import click
from sqlalchemy import Connection, insert, text

from core.catalogue.index import Entry
from core.clock import nairobi_date
from core.db import Base, Database
from core.deliveries.models import Delivery, RiderDuty, Vehicle
from core.duties.models import Duty
from core.farms.models import Farm
from core.listings.models import Listing, StockMovement
from core.listings.rules import cell_of, price_per_kg
from core.locations.models import Location
from core.locations.places import Ward, km_between
from core.money import round2, whole_shillings
from core.notifications.models import Notification
from core.orders.models import Order, OrderItem
from core.orders.rules import ALPHABET
from core.payments.models import PaymentTransaction
from core.users.models import User

BATCH = 5_000
Row = dict[str, Any]
T = TypeVar("T")

NAMES = (
    *("Wanjiku", "Kamau", "Achieng", "Otieno", "Njeri", "Mwangi", "Chebet", "Kiprono", "Mutua", "Mwende"),
    *("Halima", "Hassan", "Nafula", "Wekesa", "Moraa", "Nyaboke", "Atieno", "Ouma", "Wairimu", "Karanja"),
)
# Of a hundred orders: how far they are. Most of a market's history is over.
OPEN = ("confirmed", "processing", "ready_for_delivery", "delivered")
STATUSES = ("completed",) * 90 + ("cancelled",) * 6 + OPEN
ITEM_STATUS = {
    "completed": "delivered", "delivered": "delivered", "cancelled": "cancelled",
    "confirmed": "pending", "processing": "harvested", "ready_for_delivery": "ready",
}  # fmt: skip
DELIVERY_STATUS = {"completed": "delivered", "delivered": "delivered", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Size:
    """How much of everything: half the people are farmers, one in forty a rider, the rest customers."""

    users: int
    listings: int
    orders: int

    @property
    def farmers(self) -> int:
        """Users 1 to this number; each has one farm with the same id."""
        return self.users // 2

    @property
    def riders(self) -> int:
        """The users after the farmers."""
        return max(self.users // 40, 1)


@dataclass(frozen=True)
class Offer:
    """What an order line needs to know of a listing."""

    listing_id: int
    farmer_id: int
    product_id: int
    unit: str
    kg: Decimal
    price: Decimal


class Country:
    """The people and their trade, drawn by a seed."""

    def __init__(self, db: Database, size: Size, wards: Sequence[Ward], seed: int = 2025) -> None:
        self.db, self.size, self.wards = db, size, wards
        self.now: datetime = db.parts.clock.now()
        self.dice = random.Random(seed)
        self.entries = sellable(db)
        self.offers: list[Offer] = []
        self.sold: dict[int, Decimal] = {}

    def fill(self, *, quiet: bool = False) -> None:
        """Write everything; a bar shows how far it is."""
        steps = self.size.users + self.size.listings + self.size.orders
        with (
            click.progressbar(length=steps, label=f"{steps:,} things", hidden=quiet, show_pos=True) as bar,
            self.db.engine.connect() as connection,
        ):
            _unchecked(connection)
            connection.commit()
            for tables in (self.people(), self.listings(), self.orders()):
                for rows, progress in tables:
                    write(connection, rows)
                    bar.update(progress)
            write(connection, {StockMovement: self.movements()})

    def ward_of(self, user_id: int) -> Ward:
        """Where a user lives: spread evenly, and always the same."""
        return self.wards[user_id % len(self.wards)]

    def people(self) -> Iterator[tuple[dict[type[Base], list[Row]], int]]:
        """Users with a place, farmers with a farm, riders on duty with an approved motorcycle."""
        born = self.now - timedelta(days=400)
        for ids in batched(range(1, self.size.users + 1), BATCH):
            users, places, farms, vehicles, duty = [], [], [], [], []
            for user_id in ids:
                ward, name = self.ward_of(user_id), self.dice.choice(NAMES)
                role = "farmer" if user_id <= self.size.farmers else "customer"
                if self.size.farmers < user_id <= self.size.farmers + self.size.riders:
                    role = "rider"
                    vehicles.append(_vehicle(user_id, born, ward))
                    duty.append(_duty(user_id, born))
                users.append(_user(user_id, role, name, born))
                places.append(_place(user_id, ward, born))
                if role == "farmer":
                    farms.append(_farm(user_id, name, born))
            yield {User: users, Location: places, Farm: farms, Vehicle: vehicles, RiderDuty: duty}, len(ids)

    def listings(self) -> Iterator[tuple[dict[type[Base], list[Row]], int]]:
        """Listings of all products, near every ward; three in four are for sale."""
        for ids in batched(range(1, self.size.listings + 1), BATCH):
            yield {Listing: [self._listing(listing_id) for listing_id in ids]}, len(ids)

    def orders(self) -> Iterator[tuple[dict[type[Base], list[Row]], int]]:
        """Orders of one or two lines from listings of the customer's neighbourhood, over the last year."""
        customers = range(self.size.farmers + self.size.riders + 1, self.size.users + 1)
        for ids in batched(range(1, self.size.orders + 1), BATCH):
            rows: dict[type[Base], list[Row]] = {
                kind: [] for kind in (Order, OrderItem, PaymentTransaction, Delivery, Notification, Duty)
            }
            for order_id in ids:
                self._order(rows, order_id, customers[order_id % len(customers)])
            yield rows, len(ids)

    def movements(self) -> Iterator[Row]:
        """What each listing began with, less what the orders took: its free quantity (INV-2)."""
        for offer in self.offers:
            sold = self.sold.get(offer.listing_id, Decimal(0))
            yield _movement(offer, Decimal(50) + sold, "restock", self.now)
            if sold:
                yield _movement(offer, -sold, "correction", self.now)

    def _listing(self, listing_id: int) -> Row:
        # Neighbouring ids are one farmer's; what she sells depends on her, not on the size of the country.
        farmer_id = (listing_id - 1) % self.size.farmers + 1
        entry = self.dice.choice(self.entries)
        unit, kg = self.dice.choice(sorted(entry.units.items()))
        price = Decimal(self.dice.randint(30, 120)) * kg
        ward = self.ward_of(farmer_id)
        self.offers.append(Offer(listing_id, farmer_id, entry.product_id, unit, kg, price))
        row: Row = {
            "listing_id": listing_id, "farm_id": farmer_id, "farmer_id": farmer_id,
            "product_id": entry.product_id, "unit": unit, "kg_per_unit": kg, "current_price": price,
            "quantity_available": Decimal(50), "harvest_date": nairobi_date(self.now),
            "listing_status": "available" if listing_id % 4 else "inactive",
            "touched_at": self.now, "created_at": self.now,
        }  # fmt: skip
        return row | derived(ward, price, kg)

    def _order(self, rows: dict[type[Base], list[Row]], order_id: int, customer_id: int) -> None:
        ward = self.ward_of(customer_id)
        day = self.now - timedelta(minutes=self.dice.randint(0, 525_600))
        status = self.dice.choice(STATUSES)
        if status not in ("completed", "cancelled"):
            day = self.now - timedelta(minutes=self.dice.randint(0, 1_400))
        lines = self._near(customer_id, 1 + order_id % 5 // 4)
        total = sum((round2(2 * line.price) for line in lines), Decimal(50))
        farm_ward = self.ward_of(lines[0].farmer_id)
        km = round2(Decimal(str(km_between(ward.point, farm_ward.point))))
        number = f"TUN{day:%y%m%d}{_tail(order_id)}"
        rows[Order].append({
            "order_id": order_id, "order_number": number, "customer_id": customer_id,
            "drop": {"ward_code": ward.code, "county": ward.county, "subcounty": ward.subcounty,
                     "ward": ward.ward, "landmark": "near the market", "lat": ward.lat, "lon": ward.lon},
            "payment_method": "mpesa", "subtotal": total - 50, "delivery_fee": Decimal(50),
            "total_amount": total, "amount_asked": whole_shillings(total),
            "kg": sum((2 * line.kg for line in lines), Decimal(0)), "km": km, "order_status": status,
            "payment_status": "paid", "estimated_delivery_date": nairobi_date(day) + timedelta(days=1),
            "idempotency_key": f"big-{order_id}", "content_digest": "", "created_at": day, "updated_at": day,
        })  # fmt: skip
        for line in lines:
            rows[OrderItem].append({
                "order_id": order_id, "listing_id": line.listing_id, "farmer_id": line.farmer_id,
                "product_id": line.product_id, "unit": line.unit, "kg_per_unit": line.kg,
                "quantity": Decimal(2), "fulfilled_quantity": Decimal(2), "price_at_purchase": line.price,
                "total_price": round2(2 * line.price), "commission_percent": Decimal(10),
                "item_status": ITEM_STATUS[status],
            })  # fmt: skip
            if status != "cancelled":
                self.sold[line.listing_id] = self.sold.get(line.listing_id, Decimal(0)) + 2
        rows[PaymentTransaction].append({
            "order_id": order_id, "msisdn": _msisdn(customer_id), "amount": whole_shillings(total),
            "status": "succeeded", "token_digest": f"big-{order_id}", "receipt": f"B{order_id:09d}",
            "created_at": day, "settled_at": day,
        })  # fmt: skip
        rider = self.size.farmers + 1 + order_id % self.size.riders
        assigned = status in ("completed", "delivered", "ready_for_delivery")
        rows[Delivery].append({
            "order_id": order_id, "rider_id": rider if assigned else None,
            "delivery_status": DELIVERY_STATUS.get(status, "assigned" if assigned else "pending"),
            "km": km, "kg": Decimal(10), "rider_earning": Decimal(40), "created_at": day,
            "assigned_at": day if assigned else None,
            "delivered_at": day if status in DELIVERY_STATUS else None,
        })  # fmt: skip
        rows[Notification].append({
            "user_id": customer_id, "code": "order_ready", "values": {"order": number[-4:]},
            "once_key": f"big:{order_id}", "order_id": order_id, "created_at": day,
            "read_at": day if order_id % 3 else None,
        })  # fmt: skip
        over = status in ("completed", "cancelled")
        rows[Duty].append({
            "kind": "complete_order", "subject_id": order_id, "key": f"big:{order_id}",
            "due_at": day if over else self.now + timedelta(days=1), "status": "done" if over else "due",
            "created_at": day,
        })  # fmt: skip

    def _near(self, customer_id: int, count: int) -> list[Offer]:
        """Different listings of one farmer in the customer's ward."""
        wards, farmers = len(self.wards), self.size.farmers
        farmer_id = customer_id % wards + wards * self.dice.randrange(max(farmers // wards, 1)) or wards
        last = len(self.offers) // farmers - 1
        first = self.dice.randint(0, max(last - count + 1, 0))
        return [self.offers[farmer_id - 1 + farmers * (first + n)] for n in range(count)]


def sellable(db: Database) -> list[Entry]:
    """The products with at least one unit of known weight."""
    index = db.parts.products
    found = {e.product_id: e for name in index.categories() for e in index.in_category(name) if e.units}
    return [found[product_id] for product_id in sorted(found)]


def derived(ward: Ward, price: Decimal, kg: Decimal) -> Row:
    """What a listing repeats of its farm's place and price, so that a search needs one index."""
    return {
        "county_code": ward.county_code, "ward_code": ward.code, "cell": cell_of(ward.lat, ward.lon),
        "price_per_kg": price_per_kg(price, kg),
    }  # fmt: skip


def write(connection: Connection, rows: Mapping[type[Base], Iterable[Row]]) -> None:
    """Insert in bulk and commit; columns that a row leaves out get their defaults."""
    for kind, many in rows.items():
        for some in batched(many, BATCH):
            connection.execute(insert(kind), some)
    connection.commit()


def batched(things: Iterable[T], count: int) -> Iterator[list[T]]:
    """The things in lists of `count`; the last may be shorter."""
    rest = iter(things)
    while some := list(islice(rest, count)):
        yield some


def _unchecked(connection: Connection) -> None:
    """The rows are right by construction: let MariaDB believe it while they are written."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET foreign_key_checks = 0, unique_checks = 0"))


def _msisdn(user_id: int) -> str:
    return f"+2547{user_id:08d}"


def _tail(order_id: int) -> str:
    """Four characters of the alphabet, different for orders near each other."""
    tail = ""
    for _ in range(4):
        order_id, rest = divmod(order_id, len(ALPHABET))
        tail += ALPHABET[rest]
    return tail


def _user(user_id: int, role: str, name: str, at: datetime) -> Row:
    return {
        "user_id": user_id, "phone_number": _msisdn(user_id), "first_name": name, "user_role": role,
        "is_verified": True, "created_at": at, "updated_at": at,
    }  # fmt: skip


def _place(user_id: int, ward: Ward, at: datetime) -> Row:
    return {
        "location_id": user_id, "user_id": user_id, "default_of": user_id, "ward_code": ward.code,
        "county": ward.county, "subcounty": ward.subcounty, "ward": ward.ward,
        "created_at": at, "used_at": at,
    }  # fmt: skip


def _farm(user_id: int, name: str, at: datetime) -> Row:
    return {
        "farm_id": user_id, "farmer_id": user_id, "farm_name": name, "location_id": user_id, "created_at": at,
    }  # fmt: skip


def _vehicle(rider_id: int, at: datetime, ward: Ward) -> Row:
    return {
        "rider_id": rider_id, "active_for": rider_id, "vehicle_type": "motorcycle",
        "plate": f"KB{rider_id}", "capacity_kg": Decimal(60), "vehicle_status": "approved",
        "home_ward": ward.code, "created_at": at,
    }  # fmt: skip


def _duty(rider_id: int, at: datetime) -> Row:
    return {"rider_id": rider_id, "on_duty": True, "since": at, "idle_since": at}


def _movement(offer: Offer, delta: Decimal, reason: str, at: datetime) -> Row:
    return {"listing_id": offer.listing_id, "delta": delta, "reason": reason, "at": at}


def spread(rows: Iterable[Ward], middle: Ward, count: int) -> list[Ward]:
    """The `count` wards nearest to `middle`: a market that has begun there and grown outwards."""
    return sorted(rows, key=lambda ward: km_between(ward.point, middle.point))[:count]
