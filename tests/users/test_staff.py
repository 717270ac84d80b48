"""Admins: made by admins, narrowed, never the last one; accounts switched off and on (DR-202, 209, 222)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Database
from core.errors import BadPage, DomainError, NotAllowed, NotFound
from core.listings.models import Listing
from core.locations import service as locations
from core.msisdn import NotKenyanMobile
from core.users import login, staff
from core.users import service as users
from core.users.errors import (
    AlreadyRegistered,
    EmailTaken,
    EmailWrong,
    Inactive,
    LastAdmin,
    PasswordTooShort,
    UnknownRole,
    UnknownScope,
)
from tests.helpers import Cast, Person
from tests.orders.shop import Shop
from tests.proving import proves
from tests.users.people import fresh, register

NEW = "0712000999"


def make(db: Database, actor: Person, **changes: object) -> Person:
    said: dict[str, object] = {"msisdn": NEW, "email": None, "password": "one time only", "scope": "full"}
    made = db.run(lambda tx: staff.create_admin(tx, actor.actor, **(said | changes)))  # type: ignore[arg-type]
    return Person(made, users.actor_for(made, "web"))


@proves("DR-202")
def test_an_admin_makes_another_one_with_a_one_time_password(db: Database, cast: Cast) -> None:
    made = make(db, cast.admin, scope="auditor")
    assert (made.user.user_role, made.user.staff_scope, made.user.is_verified) == ("admin", "auditor", True)
    result = login.log_in(db, account=NEW, password="one time only", source="10.0.0.1")
    assert (result.user_id, result.must_change) == (made.id, True)
    with db.read() as tx:
        row = tx.session.scalars(
            select(AuditRow).where(AuditRow.what == "admin.create").order_by(AuditRow.audit_id.desc())
        ).first()
    assert row is not None
    assert (row.user_id, row.record) == (cast.admin.id, f"user:{made.id}")
    assert row.changes == {"staff_scope": [None, "auditor"]}


@proves("DR-202")
@pytest.mark.parametrize("who", ["customer", "farmer", "rider"])
def test_nobody_else_makes_an_admin(db: Database, cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        make(db, getattr(cast, who))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"msisdn": "020 2222222"}, NotKenyanMobile),
        ({"msisdn": "+254712000202"}, AlreadyRegistered),
        ({"password": "short"}, PasswordTooShort),
        ({"scope": "half"}, UnknownScope),
        ({"scope": ""}, UnknownScope),
        ({"email": "admin@EXAMPLE.com"}, EmailTaken),
        ({"email": "no address"}, EmailWrong),
    ],
)
def test_a_bad_admin_is_refused(
    db: Database, cast: Cast, change: dict[str, object], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        make(db, cast.admin, **change)


@proves("DR-222")
def test_the_last_full_admin_stays_one(db: Database, cast: Cast) -> None:
    def scope(who: Person, of: Person, to: str) -> None:
        db.run(lambda tx: staff.set_scope(tx, who.actor, user_id=of.id, scope=to, reason="new work"))

    with pytest.raises(LastAdmin):
        scope(cast.admin, cast.admin, "support")
    second = make(db, cast.admin, scope="support")
    with pytest.raises(LastAdmin):
        scope(cast.admin, cast.admin, "auditor")
    with pytest.raises(NotAllowed):
        scope(second, second, "full")
    scope(cast.admin, second, "full")
    scope(cast.admin, cast.admin, "auditor")
    scope(second, cast.admin, "auditor")  # the present one changes nothing
    with pytest.raises(LastAdmin):
        db.run(lambda tx: staff.deactivate(tx, second.actor, user_id=second.id, reason="leaves"))
    with db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "admin.scope")).all()
    assert [row.changes for row in rows] == [
        {"staff_scope": ["support", "full"]}, {"staff_scope": ["full", "auditor"]}
    ]  # fmt: skip


@proves("DR-222")
def test_two_admins_who_demote_each_other_at_once_leave_one(db: Database, cast: Cast) -> None:
    second = make(db, cast.admin)

    def demote(pair: tuple[Person, Person]) -> str:
        by, whom = pair
        try:
            db.run(lambda tx: staff.set_scope(tx, by.actor, user_id=whom.id, scope="auditor"))
        except DomainError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, [(cast.admin, second), (second, cast.admin)]))
    with db.read() as tx:
        scopes = sorted(fresh(tx, who).staff_scope for who in (cast.admin, second))
    assert scopes == ["auditor", "full"]


def test_only_an_admin_has_a_scope_and_only_of_three(db: Database, cast: Cast) -> None:
    for scope, whom, refusal in (
        ("half", cast.admin.id, UnknownScope),
        ("support", cast.rider.id, UnknownRole),
        ("support", 404404, NotFound),
    ):
        with pytest.raises(refusal), db.transaction() as tx:
            staff.set_scope(tx, cast.admin.actor, user_id=whom, scope=scope)
    with pytest.raises(NotFound), db.transaction() as tx:
        staff.set_scope(tx, cast.rider.actor, user_id=cast.admin.id, scope="auditor")


@proves("DR-209")
def test_who_is_switched_off_acts_nowhere_and_sells_nothing(db: Database, cast: Cast) -> None:
    listing = Shop(db, cast).publish()
    db.run(lambda tx: staff.deactivate(tx, cast.admin.actor, user_id=cast.farmer.id, reason="a fraud"))
    with db.read() as tx:
        kept = tx.session.get_one(Listing, listing.listing_id)
        assert (kept.listing_status, kept.off_reason) == ("inactive", "off")
    for channel in ("ussd", "sms", "web", "api"):
        with pytest.raises(Inactive), db.transaction() as tx:
            users.set_language(tx, users.actor_for(cast.farmer.user, channel), language="en")
    db.run(lambda tx: staff.deactivate(tx, cast.admin.actor, user_id=cast.farmer.id, reason="twice"))
    db.run(lambda tx: staff.reactivate(tx, cast.admin.actor, user_id=cast.farmer.id, reason="an error"))
    db.run(lambda tx: staff.reactivate(tx, cast.admin.actor, user_id=cast.farmer.id, reason="twice"))
    with db.read() as tx:
        assert fresh(tx, cast.farmer).is_active
        assert tx.session.get_one(Listing, listing.listing_id).listing_status == "inactive"
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.record == f"user:{cast.farmer.id}")).all()
    assert [(row.what, row.reason) for row in rows] == [
        ("user.deactivate", "a fraud"), ("user.reactivate", "an error")
    ]  # fmt: skip


def test_switching_off_ends_browser_sessions(db: Database, cast: Cast) -> None:
    second = make(db, cast.admin)
    token = db.run(lambda tx: login.start_session(tx, second.user))
    db.run(lambda tx: staff.deactivate(tx, cast.admin.actor, user_id=second.id, reason="left"))
    db.run(lambda tx: staff.reactivate(tx, cast.admin.actor, user_id=second.id, reason="came back"))
    with db.read() as tx:
        assert login.session_for(tx, token) is None


@pytest.mark.parametrize("verb", [staff.deactivate, staff.reactivate])
def test_only_admins_switch_people(db: Database, cast: Cast, verb: object) -> None:
    for person in (cast.customer, cast.farmer, cast.rider):
        with pytest.raises((NotAllowed, NotFound)), db.transaction() as tx:
            verb(tx, person.actor, user_id=cast.customer.id, reason="")  # type: ignore[operator]
    with pytest.raises(NotFound), db.transaction() as tx:
        verb(tx, cast.admin.actor, user_id=404404, reason="")  # type: ignore[operator]


@proves("DR-209")
def test_money_rows_and_places_of_who_is_off_stay(db: Database, cast: Cast) -> None:
    db.run(lambda tx: staff.deactivate(tx, cast.admin.actor, user_id=cast.farmer.id, reason="left"))
    with db.read() as tx:
        assert locations.default_of(tx, cast.farmer.id) is not None


@pytest.mark.parametrize(
    ("text", "role", "found"),
    [
        ("", "", ["Kamau", "Achieng", "Wanjiku"]),
        ("0712000101", "", ["Wanjiku"]),
        ("+254 712 000 202", "", ["Achieng"]),
        ("wan", "", ["Wanjiku"]),
        ("ACH", "", ["Achieng"]),
        ("", "rider", ["Kamau"]),
        ("wan", "rider", []),
        ("%", "", []),
        ("0799999999", "", []),
    ],
)
def test_admins_find_people_by_number_name_and_role(
    db: Database, cast: Cast, text: str, role: str, found: list[str]
) -> None:
    with db.read() as tx:
        people = staff.search(tx, cast.admin.actor, text=text, role=role)
    assert [one.first_name for one in people if one.user_role != "admin"] == found
    assert all("*" in one.phone_number for one in people)


def test_a_list_has_pages(db: Database, cast: Cast) -> None:
    for _ in range(20):
        register(db)
    with db.read() as tx:
        pages = [staff.search(tx, cast.admin.actor, page=page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 4, 0]
    assert pages[0][0].created_at - pages[1][-1].created_at == timedelta()
    with pytest.raises(BadPage), db.read() as tx:
        staff.search(tx, cast.admin.actor, page=0)
    with pytest.raises(UnknownRole), db.read() as tx:
        staff.search(tx, cast.admin.actor, role="queen")
    with pytest.raises(NotFound), db.read() as tx:
        staff.search(tx, cast.farmer.actor)
