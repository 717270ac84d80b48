"""The listing machine, row by row (section 4.1): what each event does, who may, what is refused."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound, WrongState
from core.listings import machine
from core.listings import service as listings
from core.listings.errors import (
    BelowMinimumQuantity,
    HarvestDateWrong,
    OrdersWaiting,
    PriceOutOfBounds,
    QuantityOutOfBounds,
    UnknownGrade,
    WeightOutOfBounds,
    WholeNumbersOnly,
)
from core.listings.machine import AVAILABLE, INACTIVE, LISTING, PRE_ORDER, SOLD_OUT
from core.listings.models import Listing
from core.machine import NEW
from core.notifications.models import Notification
from tests.helpers import Cast, FixedClock
from tests.listings.people import Grower, buyer, grower, offer, seller
from tests.proving import proves

D = Decimal
JULY = date(2025, 7, 1)
ROLES = ("customer", "farmer", "rider", "admin", "system")

# rule | from | event | to | who: section 4.1 as it is printed, one row an event.
PRINTED = [
    ("L1", NEW, "create", AVAILABLE, "farmer"),
    ("L2", NEW, "create_pre_order", PRE_ORDER, "farmer"),
    ("L3", PRE_ORDER, "harvest", AVAILABLE, "farmer"),
    ("L3", SOLD_OUT, "harvest", AVAILABLE, "farmer"),
    ("L4", AVAILABLE, "stock_out", SOLD_OUT, "system"),
    ("L4", PRE_ORDER, "stock_out", SOLD_OUT, "system"),
    ("L5", SOLD_OUT, "restock", AVAILABLE, "farmer system"),
    ("L5", SOLD_OUT, "restock_pre_order", PRE_ORDER, "farmer system"),
    ("L6", AVAILABLE, "deactivate", INACTIVE, "farmer admin system"),
    ("L6", PRE_ORDER, "deactivate", INACTIVE, "farmer admin system"),
    ("L6", SOLD_OUT, "deactivate", INACTIVE, "farmer admin system"),
    ("L7", INACTIVE, "activate", AVAILABLE, "farmer admin"),
    ("L7", INACTIVE, "activate_pre_order", PRE_ORDER, "farmer admin"),
    ("L8", AVAILABLE, "delay", PRE_ORDER, "farmer"),
]
STATUSES = (NEW, AVAILABLE, PRE_ORDER, SOLD_OUT, INACTIVE)
EVENTS = sorted({row[2] for row in PRINTED})


@pytest.fixture
def wanjiku(db: Database) -> Grower:
    """The farmer of the story."""
    return grower(db)


@pytest.fixture
def listing(db: Database, wanjiku: Grower) -> Listing:
    """50 kg of tomatoes, 2 kg at least."""
    return offer(db, wanjiku, min_order_quantity=2)


def status(db: Database, listing: Listing) -> tuple[str, str]:
    """Free quantity and status."""
    with db.read() as tx:
        stored = tx.session.get_one(Listing, listing.listing_id)
    return str(stored.quantity_available), stored.listing_status


def take(db: Database, listing: Listing, quantity: str | int, item: int = 1) -> None:
    db.run(
        lambda tx: listings.take(
            tx, buyer(), listing_id=listing.listing_id, quantity=D(quantity), order_item_id=item
        )
    )


def told(db: Database, who: Grower) -> list[str]:
    with db.read() as tx:
        query = select(Notification.code).where(Notification.user_id == who.id)
        return list(tx.session.scalars(query.order_by(Notification.notification_id)))


@proves("L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8")
def test_the_table_is_the_one_that_is_printed() -> None:
    rows = [(s.rule, s.source, s.event, s.target, " ".join(sorted(s.who))) for s in LISTING.steps]
    assert sorted(rows) == sorted((*row[:4], " ".join(sorted(row[4].split()))) for row in PRINTED)


@proves("INV-9")
@pytest.mark.parametrize("source", STATUSES)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_step_and_every_refusal(source: str, event: str, role: str) -> None:
    row = next((r for r in PRINTED if (r[1], r[2]) == (source, event)), None)
    if row is None:
        with pytest.raises(WrongState) as refused:
            LISTING.step(source, event, role)
        assert refused.value.values["status"] == source
    elif role not in row[4].split():
        with pytest.raises(NotAllowed):
            LISTING.step(source, event, role)
    else:
        assert LISTING.step(source, event, role).target == row[3]


@proves("L1", "DR-402")
def test_what_is_ready_is_for_sale_with_the_day_it_was_harvested(db: Database, wanjiku: Grower) -> None:
    today = offer(db, wanjiku)
    earlier = offer(db, wanjiku, harvest_date=date(2025, 6, 22))
    assert (today.listing_status, today.harvest_date) == (AVAILABLE, date(2025, 6, 24))
    assert (earlier.listing_status, earlier.harvest_date) == (AVAILABLE, date(2025, 6, 22))


@proves("L2", "DR-408")
def test_what_still_grows_is_for_pre_order_up_to_sixty_days_ahead(db: Database, wanjiku: Grower) -> None:
    coming = offer(db, wanjiku, expected_harvest_date=date(2025, 8, 23))
    assert (coming.listing_status, coming.harvest_date) == (PRE_ORDER, None)
    with pytest.raises(HarvestDateWrong):
        offer(db, wanjiku, expected_harvest_date=date(2025, 8, 24))


@proves("L3", "DR-408")
@pytest.mark.parametrize(
    ("quantity", "after"),
    [("50", ("50.00", AVAILABLE)), ("65.50", ("65.50", AVAILABLE)), ("1", ("1.00", SOLD_OUT)),
     ("0", ("0.00", SOLD_OUT))],
)  # fmt: skip
def test_a_harvest_keeps_both_days_and_frees_what_there_is(
    db: Database, wanjiku: Grower, clock: FixedClock, quantity: str, after: tuple[str, str]
) -> None:
    coming = offer(db, wanjiku, expected_harvest_date=JULY, min_order_quantity=2)
    clock.advance(days=8)
    db.run(lambda tx: listings.harvested(tx, wanjiku.actor, coming.listing_id, D(quantity), date(2025, 7, 2)))
    with db.read() as tx:
        stored = tx.session.get_one(Listing, coming.listing_id)
    assert (stored.expected_harvest_date, stored.harvest_date) == (JULY, date(2025, 7, 2))
    assert status(db, coming) == after


@proves("L3")
@pytest.mark.parametrize(
    ("quantity", "on", "refusal"),
    [
        ("-1", None, QuantityOutOfBounds),
        ("NaN", None, QuantityOutOfBounds),
        ("5.005", None, QuantityOutOfBounds),
        ("50", date(2025, 6, 25), HarvestDateWrong),
    ],
)
def test_a_harvest_that_cannot_be_is_refused(
    db: Database, wanjiku: Grower, quantity: str, on: date | None, refusal: type[DomainError]
) -> None:
    coming = offer(db, wanjiku, expected_harvest_date=JULY)
    with pytest.raises(refusal), db.transaction() as tx:
        listings.harvested(tx, wanjiku.actor, coming.listing_id, D(quantity), on)
    assert status(db, coming) == ("50.00", PRE_ORDER)


@proves("L3")
def test_only_what_still_grows_is_harvested(db: Database, wanjiku: Grower, listing: Listing) -> None:
    with pytest.raises(WrongState) as refused, db.transaction() as tx:
        listings.harvested(tx, wanjiku.actor, listing.listing_id, D(5))
    assert refused.value.values["status"] == AVAILABLE
    take(db, listing, 50)
    with pytest.raises(WrongState), db.transaction() as tx:
        listings.harvested(tx, wanjiku.actor, listing.listing_id, D(5))


@proves("L3")
def test_a_harvest_sold_in_advance_to_the_last_kilo_is_harvested_all_the_same(
    db: Database, wanjiku: Grower
) -> None:
    coming = offer(db, wanjiku, expected_harvest_date=JULY)
    take(db, coming, 50)
    assert status(db, coming) == ("0.00", SOLD_OUT)
    db.run(lambda tx: listings.harvested(tx, wanjiku.actor, coming.listing_id, D(55)))
    assert status(db, coming) == ("55.00", AVAILABLE)  # no order row promises anything here


@proves("L4")
def test_sold_out_is_said_to_the_farmer_once_for_each_time_she_filled_it(
    db: Database, wanjiku: Grower, clock: FixedClock, listing: Listing
) -> None:
    def sell_out(item: int) -> None:
        with db.read() as tx:
            free = tx.session.get_one(Listing, listing.listing_id).quantity_available
        take(db, listing, str(free), item)

    sell_out(1)
    db.run(lambda tx: listings.give_back(tx, buyer(), order_item_id=1, reason="cancel"))
    sell_out(2)
    assert told(db, wanjiku).count("sold_out") == 1
    clock.advance(hours=1)
    db.run(lambda tx: listings.restock(tx, wanjiku.actor, listing_id=listing.listing_id, quantity=D(10)))
    sell_out(3)
    assert told(db, wanjiku).count("sold_out") == 2
    assert status(db, listing) == ("0.00", SOLD_OUT)


@proves("L4", "L5", "DR-405")
@pytest.mark.parametrize(
    ("quantity", "after"),
    [("0", SOLD_OUT), ("1.99", SOLD_OUT), ("2", AVAILABLE), ("30", AVAILABLE), ("99999999.99", AVAILABLE)],
)
def test_an_edit_sets_the_free_quantity_and_leaves_what_is_promised(
    db: Database, wanjiku: Grower, listing: Listing, quantity: str, after: str
) -> None:
    take(db, listing, 20)
    db.run(
        lambda tx: listings.set_quantity(
            tx, wanjiku.actor, listing_id=listing.listing_id, quantity=D(quantity)
        )
    )
    assert status(db, listing) == (f"{D(quantity):.2f}", after)


@proves("L5")
def test_restocking_adds_to_what_is_free_and_is_of_today(
    db: Database, wanjiku: Grower, clock: FixedClock, listing: Listing
) -> None:
    take(db, listing, 50)
    clock.advance(days=3)
    fresh = db.run(
        lambda tx: listings.restock(tx, wanjiku.actor, listing_id=listing.listing_id, quantity=D(8))
    )
    assert (fresh.listing_status, fresh.quantity_available) == (AVAILABLE, D(8))
    assert fresh.harvest_date == date(2025, 6, 27)


@proves("L6")
def test_what_is_taken_down_stays_down_and_its_orders_go_on(
    db: Database, wanjiku: Grower, listing: Listing
) -> None:
    take(db, listing, 5)
    for _again in range(2):
        db.run(lambda tx: listings.deactivate(tx, wanjiku.actor, listing_id=listing.listing_id))
    assert status(db, listing) == ("45.00", INACTIVE)
    db.run(lambda tx: listings.give_back(tx, buyer(), order_item_id=1, reason="cancel"))
    assert status(db, listing) == ("50.00", INACTIVE)
    assert "off_sale" not in told(db, wanjiku), "she knows what she did herself"


@proves("L6", "L7", "DR-1801")
def test_what_an_admin_does_to_a_listing_is_audited_and_the_farmer_hears_of_it(
    db: Database, cast: Cast
) -> None:
    hers = offer(db, seller(db, cast.farmer))
    boss = cast.admin.actor
    db.run(lambda tx: listings.deactivate(tx, boss, listing_id=hers.listing_id, reason="a wrong photo"))
    db.run(lambda tx: listings.activate(tx, boss, listing_id=hers.listing_id))
    with db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "listing.status")).all()
    assert [(row.changes["listing_status"], row.reason) for row in rows] == [
        ([AVAILABLE, INACTIVE], "a wrong photo"),
        ([INACTIVE, AVAILABLE], ""),
    ]
    assert "off_sale" in told(db, seller(db, cast.farmer))


@proves("L7")
@pytest.mark.parametrize(
    ("days", "quantity", "outcome"),
    [
        ({}, None, AVAILABLE),
        ({"harvest_date": date(2025, 6, 23)}, None, AVAILABLE),
        ({"expected_harvest_date": JULY}, None, PRE_ORDER),
        ({}, "1", BelowMinimumQuantity),
        ({"harvest_date": date(2025, 6, 25)}, None, HarvestDateWrong),
        ({"expected_harvest_date": date(2025, 6, 24)}, None, HarvestDateWrong),
        ({"expected_harvest_date": date(2025, 9, 1)}, None, HarvestDateWrong),
    ],
)
def test_it_comes_back_under_the_guards_of_a_new_listing(
    db: Database, wanjiku: Grower, listing: Listing, days: dict[str, Any], quantity: str | None, outcome: Any
) -> None:
    number = listing.listing_id
    db.run(lambda tx: listings.deactivate(tx, wanjiku.actor, listing_id=number))
    if quantity is not None:
        db.run(lambda tx: listings.set_quantity(tx, wanjiku.actor, listing_id=number, quantity=D(quantity)))
    if isinstance(outcome, str):
        db.run(lambda tx: listings.activate(tx, wanjiku.actor, listing_id=number, **days))
        assert status(db, listing)[1] == outcome
    else:
        with pytest.raises(outcome), db.transaction() as tx:
            listings.activate(tx, wanjiku.actor, listing_id=number, **days)
        assert status(db, listing)[1] == INACTIVE


@proves("L7")
def test_a_pre_order_whose_day_has_passed_does_not_come_back_by_itself(
    db: Database, wanjiku: Grower, clock: FixedClock
) -> None:
    coming = offer(db, wanjiku, expected_harvest_date=JULY)
    db.run(lambda tx: listings.deactivate(tx, wanjiku.actor, listing_id=coming.listing_id))
    clock.advance(days=8)
    with pytest.raises(HarvestDateWrong), db.transaction() as tx:
        listings.activate(tx, wanjiku.actor, listing_id=coming.listing_id)
    back = db.run(
        lambda tx: listings.activate(
            tx, wanjiku.actor, listing_id=coming.listing_id, harvest_date=date(2025, 7, 2)
        )
    )
    assert (back.listing_status, back.expected_harvest_date) == (AVAILABLE, JULY)


@proves("L8")
def test_what_is_not_ready_after_all_waits_for_another_day(
    db: Database, wanjiku: Grower, listing: Listing
) -> None:
    def delay(tx: Tx, on: date) -> Listing:
        return listings.delay(tx, wanjiku.actor, listing_id=listing.listing_id, expected_harvest_date=on)

    with pytest.raises(HarvestDateWrong), db.transaction() as tx:
        delay(tx, date(2025, 6, 24))
    moved = db.run(lambda tx: delay(tx, JULY))
    assert (moved.listing_status, moved.expected_harvest_date, moved.harvest_date) == (PRE_ORDER, JULY, None)
    with pytest.raises(WrongState), db.transaction() as tx:
        delay(tx, date(2025, 7, 3))
    later = db.run(
        lambda tx: listings.postpone(
            tx, wanjiku.actor, listing_id=listing.listing_id, expected_harvest_date=date(2025, 7, 3)
        )
    )
    assert (later.listing_status, later.expected_harvest_date) == (PRE_ORDER, date(2025, 7, 3))


@proves("DR-406")
def test_nobody_buys_from_what_is_sold_out_or_down(db: Database, wanjiku: Grower, listing: Listing) -> None:
    for event, code in ((lambda tx: listings.set_quantity(
        tx, wanjiku.actor, listing_id=listing.listing_id, quantity=D(0)), "listings.not_enough_stock"),
        (lambda tx: listings.deactivate(tx, wanjiku.actor, listing_id=listing.listing_id),
         "listings.not_for_sale")):  # fmt: skip
        db.run(event)
        with pytest.raises(DomainError) as refused:
            take(db, listing, 5)
        assert refused.value.code == code


@proves("DR-405", "DR-1801")
def test_another_price_is_audited_and_sorts_anew(db: Database, cast: Cast) -> None:
    hers = offer(db, seller(db, cast.farmer), "tomatoes", unit="crate 64kg", quantity=D(3), price=D(4800))
    assert hers.price_per_kg == D(75)
    for _again in range(2):
        db.run(
            lambda tx: listings.change_price(tx, cast.farmer.actor, listing_id=hers.listing_id, price=D(5000))
        )
    with db.read() as tx:
        stored = tx.session.get_one(Listing, hers.listing_id)
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "listing.price")).all()
    assert (stored.current_price, stored.price_per_kg) == (D(5000), D("78.13"))
    assert [row.changes for row in rows] == [{"current_price": ["4800.00", "5000.00"]}]


@proves("DR-404")
def test_a_price_far_from_the_market_is_asked_about_when_it_is_changed_too(
    db: Database, wanjiku: Grower, listing: Listing
) -> None:
    number = listing.listing_id
    with pytest.raises(DomainError) as doubt, db.transaction() as tx:
        listings.change_price(tx, wanjiku.actor, listing_id=number, price=D(200))
    assert doubt.value.code == "listings.price_looks_off"
    db.run(
        lambda tx: listings.change_price(
            tx, wanjiku.actor, listing_id=number, price=D(200), price_confirmed=True
        )
    )
    with pytest.raises(PriceOutOfBounds), db.transaction() as tx:
        listings.change_price(tx, wanjiku.actor, listing_id=number, price=D("1000000.01"))


# what is changed | the refusal, or the field as it is then
CHANGES: list[tuple[dict[str, Any], Any]] = [
    ({"quality_grade": "premium"}, "premium"),
    ({"quality_grade": "best"}, UnknownGrade),
    ({"notes": " fresh \n this morning "}, "fresh this morning"),
    ({"photo_url": "/media/7.jpg"}, "/media/7.jpg"),
    ({"min_order_quantity": D("0.50")}, D("0.50")),
    ({"min_order_quantity": D(0)}, QuantityOutOfBounds),
    ({"kg_per_unit": D("0.95")}, D("0.95")),
    ({"kg_per_unit": D(0)}, WeightOutOfBounds),
    ({"kg_per_unit": D("1.005")}, WeightOutOfBounds),
    ({"is_organic_certified": True}, False),
]


@proves("DR-402")
@pytest.mark.parametrize(("said", "outcome"), CHANGES, ids=lambda value: str(value)[:40])
def test_what_is_said_of_it_can_be_changed(
    db: Database, wanjiku: Grower, listing: Listing, said: dict[str, Any], outcome: Any
) -> None:
    def change(tx: Tx) -> Listing:
        return listings.change(tx, wanjiku.actor, listing_id=listing.listing_id, **said)

    if isinstance(outcome, type):
        with pytest.raises(outcome), db.transaction() as tx:
            change(tx)
    else:
        assert getattr(db.run(change), next(iter(said))) == outcome


@proves("DR-402", "L4")
def test_a_least_order_above_what_is_left_sells_it_out(
    db: Database, wanjiku: Grower, listing: Listing
) -> None:
    def least(quantity: int) -> str:
        return db.run(
            lambda tx: listings.change(
                tx, wanjiku.actor, listing_id=listing.listing_id, min_order_quantity=quantity
            )
        ).listing_status

    assert [least(51), least(50)] == [SOLD_OUT, AVAILABLE]


VERBS: list[Callable[[Tx, Actor, int], object]] = [
    lambda tx, who, number: listings.set_quantity(tx, who, listing_id=number, quantity=D(5)),
    lambda tx, who, number: listings.restock(tx, who, listing_id=number, quantity=D(5)),
    lambda tx, who, number: listings.still_there(tx, who, listing_id=number),
    lambda tx, who, number: listings.change_price(tx, who, listing_id=number, price=D(80)),
    lambda tx, who, number: listings.change(tx, who, listing_id=number, notes="mine"),
    lambda tx, who, number: listings.deactivate(tx, who, listing_id=number),
    lambda tx, who, number: listings.activate(tx, who, listing_id=number),
    lambda tx, who, number: listings.delay(tx, who, listing_id=number, expected_harvest_date=JULY),
    lambda tx, who, number: listings.postpone(tx, who, listing_id=number, expected_harvest_date=JULY),
    lambda tx, who, number: listings.harvested(tx, who, number, D(5)),
    lambda tx, who, number: listings.relist(tx, who, listing_id=number, quantity=D(5)),
]


@proves("DR-403", "DR-211")
@pytest.mark.parametrize("verb", VERBS)
def test_nobody_else_has_a_hand_on_a_listing(
    db: Database, cast: Cast, verb: Callable[[Tx, Actor, int], object]
) -> None:
    hers = offer(db, seller(db, cast.farmer))
    neighbour = grower(db, "0712000999")
    for who in (neighbour.actor, cast.customer.actor, cast.rider.actor):
        with pytest.raises((NotFound, NotAllowed)) as refused, db.transaction() as tx:
            verb(tx, who, hers.listing_id)
        if who is neighbour.actor:
            assert refused.type is NotFound, "it looks as if it were not there"
    with pytest.raises(NotFound), db.transaction() as tx:
        verb(tx, cast.farmer.actor, 10**6)
    assert status(db, hers) == ("50.00", AVAILABLE)


@proves("DR-402")
def test_last_seasons_produce_is_listed_again_in_one_go(
    db: Database, wanjiku: Grower, clock: FixedClock
) -> None:
    old = offer(
        db, wanjiku, quality_grade="premium", notes="sweet", min_order_quantity=3, kg_per_unit=D("1.10")
    )
    db.run(lambda tx: listings.deactivate(tx, wanjiku.actor, listing_id=old.listing_id))
    clock.advance(days=20)
    new = db.run(
        lambda tx: listings.relist(tx, wanjiku.actor, listing_id=old.listing_id, quantity=D(12), price=D(85))
    )
    assert new.listing_id != old.listing_id
    assert (new.listing_status, new.quantity_available, new.current_price) == (AVAILABLE, D(12), D(85))
    assert (new.quality_grade, new.notes, new.min_order_quantity) == ("premium", "sweet", D(3))
    assert (new.kg_per_unit, new.kg_is_hers) == (D("1.10"), True)


def test_packs_are_counted_whole_when_they_are_edited_too(db: Database, wanjiku: Grower) -> None:
    crates = offer(db, wanjiku, unit="crate 64kg", quantity=D(3), price=D(5000))
    with pytest.raises(WholeNumbersOnly), db.transaction() as tx:
        listings.set_quantity(tx, wanjiku.actor, listing_id=crates.listing_id, quantity=D("1.5"))


def test_the_status_is_set_by_move_alone() -> None:
    """Whoever finds another place that sets it has found a fault."""
    import re
    from pathlib import Path

    core = Path(machine.__file__).resolve().parents[1]
    found = {
        file.relative_to(core).as_posix()
        for file in core.rglob("*.py")
        if re.search(r"\.listing_status = ", file.read_text())
    }
    assert found == {"listings/machine.py"}
    assert OrdersWaiting.code == "listings.orders_waiting"
