"""Who may register, how, and what follows from it (section 2)."""

import pytest
from sqlalchemy import select

from core.db import Database, Tx
from core.errors import NotAllowed, NotFound
from core.farms import service as farms
from core.locations import service as locations
from core.locations.errors import UnknownWard
from core.msisdn import NotKenyanMobile, masked
from core.users import service as users
from core.users.errors import AlreadyRegistered, Inactive, NotVerified, RoleNotOpen, UnknownLanguage
from core.users.models import Consent, User
from tests.proving import proves

KINOO_CODE = 600


def register(tx: Tx, **changes: object) -> User:
    """Wanjiku of Kinoo, unless told otherwise."""
    said: dict[str, object] = {
        "msisdn": "0712000101",
        "role": "farmer",
        "first_name": "Wanjiku",
        "language": "sw",
        "channel": "ussd",
        "ward_code": KINOO_CODE,
        "consent_version": users.TERMS_VERSION,
    }
    return users.register(tx, **(said | changes))  # type: ignore[arg-type]


SPELLINGS = [
    "0712000101",
    "712000101",
    "254712000101",
    "+254712000101",
    "+254 712-000 (101)",
    " 0712 000 101 ",
]


@proves("DR-108")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_number_is_one_user_dr108(db: Database, spelling: str) -> None:
    db.run(lambda tx: register(tx, msisdn=spelling))
    with pytest.raises(AlreadyRegistered), db.transaction() as tx:
        register(tx, msisdn="+254712000101")
    with db.read() as tx:
        found = users.find(tx, "+254712000101")
    assert found is not None
    assert found.first_name == "Wanjiku"


@proves("DR-108")
def test_the_newer_01_numbers_are_mobile_numbers_too_dr108(db: Database) -> None:
    assert db.run(lambda tx: register(tx, msisdn="0112345678")).phone_number == "+254112345678"


@proves("DR-108")
@pytest.mark.parametrize(
    "number", ["", "abc", "020 2222222", "+255712000101", "07120001", "0712000101 ext 5"]
)
def test_what_is_no_kenyan_mobile_number_is_refused_dr108(db: Database, number: str) -> None:
    with pytest.raises(NotKenyanMobile), db.transaction() as tx:
        register(tx, msisdn=number)


def test_a_farmer_gets_her_place_and_a_farm_that_bears_her_name(db: Database) -> None:
    wanjiku = db.run(register)
    with db.read() as tx:
        place = locations.default_of(tx, wanjiku.user_id)
        farm = farms.first_of(tx, users.actor_for(wanjiku, "ussd"))
    assert place is not None
    assert farm is not None
    assert (place.ward, place.subcounty, place.county) == ("Kinoo", "Kikuyu", "Kiambu")
    assert (farm.farm_name, farm.location_id) == ("Wanjiku", place.location_id)


def test_a_customer_known_only_by_an_order_text_has_no_name_no_place_and_has_agreed_to_nothing(
    db: Database,
) -> None:
    customer = db.run(
        lambda tx: register(
            tx, role="customer", first_name="", channel="sms", ward_code=None, consent_version=None
        )
    )
    with db.read() as tx:
        assert locations.default_of(tx, customer.user_id) is None
        assert tx.session.scalars(select(Consent)).all() == []
    assert customer.is_verified


@proves("DR-203")
@pytest.mark.parametrize(("channel", "verified"), [("ussd", True), ("sms", True), ("web", False)])
def test_only_the_network_vouches_for_a_number_dr203(db: Database, channel: str, verified: bool) -> None:
    assert db.run(lambda tx: register(tx, channel=channel)).is_verified is verified


@proves("DR-202")
@pytest.mark.parametrize("role", ["admin", "system", "", "Farmer"])
def test_nobody_registers_as_admin_or_as_something_unheard_of_dr202(db: Database, role: str) -> None:
    with pytest.raises(RoleNotOpen), db.transaction() as tx:
        register(tx, role=role)


def test_a_refused_registration_leaves_nothing_behind(db: Database) -> None:
    with pytest.raises(UnknownWard), db.transaction() as tx:
        register(tx, ward_code=99999)
    with db.read() as tx:
        assert users.find(tx, "+254712000101") is None


def test_names_are_kept_without_what_cannot_be_seen_s9(db: Database) -> None:
    user = db.run(lambda tx: register(tx, first_name=" Wan\u202ejiku\x07  Mũ\n " + "x" * 200))
    assert user.first_name.startswith("Wanjiku Mũ x")
    assert len(user.first_name) == 100


@proves("DR-1901")
def test_consent_is_kept_once_with_version_language_and_channel_dr1901(db: Database) -> None:
    user = db.run(register)
    actor = users.actor_for(user, "sms")
    db.run(lambda tx: users.accept_terms(tx, actor, version=users.TERMS_VERSION))
    db.run(lambda tx: users.accept_terms(tx, actor, version="next"))
    with db.read() as tx:
        kept = tx.session.scalars(select(Consent).order_by(Consent.consent_id)).all()
    assert [(c.version, c.language, c.channel) for c in kept] == [
        (users.TERMS_VERSION, "sw", "ussd"),
        ("next", "sw", "sms"),
    ]


def test_a_language_can_be_chosen_and_an_unknown_one_is_refused(db: Database) -> None:
    user = db.run(register)
    actor = users.actor_for(user, "ussd")
    db.run(lambda tx: users.set_language(tx, actor, language="kikuyu"))
    with db.read() as tx:
        assert users.get(tx, user.user_id).preferred_language == "kikuyu"
    with pytest.raises(UnknownLanguage), db.transaction() as tx:
        users.set_language(tx, actor, language="fr")


def test_the_log_of_what_changed_shows_a_masked_number_dr1904(db: Database) -> None:
    with db.transaction() as tx:
        user = register(tx)
        assert tx.changed[0] == {
            "record": f"user:{user.user_id}",
            "what": f"registered as farmer ({masked(user.phone_number)})",
        }
        assert "712000101" not in str(tx.changed)


def test_an_unknown_user_is_not_found(db: Database) -> None:
    with pytest.raises(NotFound), db.read() as tx:
        users.get(tx, 404)


def test_who_may_act_is_asked_of_the_table_not_of_the_channel_dr211(db: Database) -> None:
    farmer = db.run(register)
    actor = users.actor_for(farmer, "ussd")
    with pytest.raises(NotAllowed), db.read() as tx:
        users.acting(tx, actor, "rider")
    db.run(lambda tx: setattr(users.get(tx, farmer.user_id), "is_verified", False))
    with pytest.raises(NotVerified), db.read() as tx:
        users.acting(tx, actor, "farmer")
    db.run(lambda tx: setattr(users.get(tx, farmer.user_id), "is_active", False))
    with pytest.raises(Inactive), db.read() as tx:
        users.acting(tx, actor, "farmer", verified=False)
