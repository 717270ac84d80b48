"""Who may change whose role, and when it is too late (DR-201, DR-202, DR-1801)."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Database
from core.deliveries import duty, vehicles
from core.errors import DomainError, NotAllowed, NotFound
from core.farms import service as farms
from core.listings import service as listings
from core.users import roles
from core.users import service as users
from core.users.errors import Inactive, LastAdmin, RoleFixed, UnknownRole, WorkOpen
from core.users.models import User
from tests.helpers import Cast, Person
from tests.orders.shop import Shop
from tests.proving import proves
from tests.users.people import fresh, register


def choose(db: Database, who: Person, role: str) -> None:
    db.run(lambda tx: roles.choose(tx, who.actor, role=role))


def change(db: Database, admin: Person, who: Person, role: str) -> None:
    db.run(lambda tx: roles.change(tx, admin.actor, user_id=who.id, role=role, reason="she asked"))


def role_of(db: Database, who: Person) -> str:
    with db.read() as tx:
        return fresh(tx, who).user_role


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    """The story's counter."""
    return Shop(db, cast)


@proves("DR-201")
@pytest.mark.parametrize("first", users.OPEN_ROLES)
@pytest.mark.parametrize("then", users.OPEN_ROLES)
def test_until_the_first_work_everybody_chooses_her_own_role(db: Database, first: str, then: str) -> None:
    person = register(db, role=first)
    choose(db, person, then)
    assert role_of(db, person) == then
    with db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "user.role")).all()
    expected = [] if first == then else [{"user_role": [first, then]}]
    assert [row.changes for row in rows] == expected


@proves("DR-202")
@pytest.mark.parametrize("role", ["admin", "system", "", "Farmer", "customer "])
def test_nobody_makes_herself_an_admin(db: Database, role: str) -> None:
    person = register(db)
    with pytest.raises(UnknownRole):
        choose(db, person, role)
    assert role_of(db, person) == "customer"


def test_an_admin_does_not_slip_out_of_the_role_without_another(db: Database, cast: Cast) -> None:
    with pytest.raises(UnknownRole):
        choose(db, cast.admin, "customer")


@proves("DR-201")
def test_after_the_first_order_listing_or_delivery_only_an_admin_changes_it(
    db: Database, cast: Cast, shop: Shop
) -> None:
    shop.publish()
    shop.delivered_order()
    for person, role in ((cast.customer, "farmer"), (cast.farmer, "rider"), (cast.rider, "customer")):
        with pytest.raises(RoleFixed):
            choose(db, person, role)
        assert role_of(db, person) == person.user.user_role


@proves("DR-201")
def test_an_admin_changes_it_when_nothing_is_open(db: Database, cast: Cast, shop: Shop) -> None:
    listing = shop.publish()
    with pytest.raises(WorkOpen) as caught:
        change(db, cast.admin, cast.farmer, "customer")
    assert caught.value.values == {"open": [f"listing:{listing.listing_id}"]}
    db.run(lambda tx: listings.deactivate(tx, cast.farmer.actor, listing_id=listing.listing_id))
    change(db, cast.admin, cast.farmer, "customer")
    assert role_of(db, cast.farmer) == "customer"
    with db.read() as tx:
        row = tx.session.scalars(select(AuditRow).where(AuditRow.what == "user.role")).one()
    assert (row.user_id, row.record, row.reason) == (cast.admin.id, f"user:{cast.farmer.id}", "she asked")
    assert row.changes == {"user_role": ["farmer", "customer"]}


@proves("DR-201")
def test_an_open_order_binds_customer_farmer_and_rider(db: Database, cast: Cast, shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    for person, role in ((cast.customer, "rider"), (cast.farmer, "rider"), (cast.rider, "customer")):
        with pytest.raises(WorkOpen) as caught:
            change(db, cast.admin, person, role)
        named = caught.value.values["open"]
        assert any(name.startswith("delivery:") for name in named) or f"order:{order.order_id}" in named


def test_only_admins_change_others_and_only_to_roles_there_are(db: Database, cast: Cast) -> None:
    for person in (cast.customer, cast.farmer, cast.rider):
        with pytest.raises(NotFound):
            change(db, person, cast.rider, "customer")
    with pytest.raises(UnknownRole):
        change(db, cast.admin, cast.rider, "queen")
    with pytest.raises(NotFound), db.transaction() as tx:
        roles.change(tx, cast.admin.actor, user_id=404404, role="rider")
    change(db, cast.admin, cast.rider, "rider")  # no change, no error


@proves("DR-202")
def test_an_admin_makes_an_admin_of_somebody_and_the_last_one_stays(db: Database, cast: Cast) -> None:
    with pytest.raises(LastAdmin):
        change(db, cast.admin, cast.admin, "customer")
    person = register(db)
    change(db, cast.admin, person, "admin")
    assert role_of(db, person) == "admin"
    change(db, cast.admin, cast.admin, "customer")
    assert role_of(db, cast.admin) == "customer"


def test_whoever_becomes_a_farmer_and_has_a_place_has_a_farm(db: Database, cast: Cast) -> None:
    choose(db, cast.customer, "farmer")
    with db.read() as tx:
        farm = farms.first_of(tx, cast.customer.actor)
    assert farm is not None
    assert farm.farm_name == "Achieng"
    person = register(db)
    choose(db, person, "farmer")
    with db.read() as tx:
        assert farms.first_of(tx, person.actor) is None, "no place, no farm yet"


def test_a_new_role_counts_at_once_whatever_the_channel_remembers(db: Database, cast: Cast) -> None:
    person = register(db, role="rider")
    db.run(lambda tx: vehicles.register(tx, person.actor, vehicle_type="bicycle", plate=""))
    choose(db, person, "customer")
    with pytest.raises(NotAllowed), db.transaction() as tx:
        duty.set_duty(tx, person.actor, on=True)


@pytest.mark.parametrize(("field", "refusal"), [("is_active", Inactive)])
def test_who_may_not_act_changes_nothing(db: Database, field: str, refusal: type[DomainError]) -> None:
    person = register(db)
    db.run(lambda tx: setattr(tx.session.get_one(User, person.id), field, False))
    with pytest.raises(refusal):
        choose(db, person, "rider")
