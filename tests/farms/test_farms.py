"""Farms: opened, changed, certified, listed, closed (DR-305, DR-403, DR-908, DR-211, DR-213)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.farms import keeping
from core.farms import service as farms
from core.farms.errors import CertificateMissing, FarmInUse, FarmNameMissing, UnknownZone
from core.farms.models import Farm
from core.locations import service as locations
from core.views import as_json
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves

KANGEMI = 1369


def hers(db: Database, who: Actor) -> int:
    with db.read() as tx:
        return keeping.mine(tx, who)[0].farm_id


def place(db: Database, who: Actor) -> int:
    return db.run(lambda tx: locations.add(tx, who, ward_code=KANGEMI, default=False)).location_id


@proves("DR-305", "DR-213")
def test_a_farmer_has_several_farms_and_nobody_else_has_any(db: Database, cast: Cast) -> None:
    who = cast.farmer.actor
    second = db.run(
        lambda tx: farms.open_farm(
            tx, who, name="Bustani", location_id=place(db, who), weather_zone="midland", is_organic=True
        )
    )
    with db.read() as tx:
        mine = keeping.mine(tx, who)
    assert [(farm.farm_name, farm.ward, farm.weather_zone, farm.is_organic) for farm in mine] == [
        ("Wanjiku", "Kinoo", "highland", False),
        ("Bustani", "Kangemi", "midland", True),
    ]
    assert mine[1].farm_id == second.farm_id
    for stranger in (cast.customer.actor, cast.rider.actor, cast.admin.actor):
        own = place(db, stranger)
        with pytest.raises(NotAllowed), db.transaction() as tx:
            farms.open_farm(tx, stranger, name="Shamba", location_id=own)


@proves("DR-305")
def test_lists_are_own_organic_and_by_zone_page_by_page(db: Database, cast: Cast) -> None:
    who, reader = cast.farmer.actor, cast.customer.actor
    where = place(db, who)

    def open_many(tx: Tx) -> list[int]:
        return [
            farms.open_farm(
                tx, who, name=f"Farm {number}", location_id=where, weather_zone="coastal",
                is_organic=number % 2 == 0,
            ).farm_id
            for number in range(22)
        ]  # fmt: skip

    ids = db.run(open_many)
    with db.read() as tx:
        first = keeping.by_weather_zone(tx, reader, weather_zone="coastal")
        rest = keeping.by_weather_zone(tx, reader, weather_zone="coastal", after=first[-1].farm_id)
        assert [farm.farm_id for farm in (*first, *rest)] == ids
        assert len(first) == 20
        assert [farm.farm_id for farm in keeping.organic(tx, reader)] == ids[::2]
        assert keeping.by_weather_zone(tx, reader, weather_zone="arid") == []
        with pytest.raises(UnknownZone):
            keeping.by_weather_zone(tx, reader, weather_zone="moon")


@proves("DR-305", "DR-908")
def test_what_is_said_of_a_farm_can_be_changed(db: Database, cast: Cast) -> None:
    who = cast.farmer.actor
    number, where = hers(db, who), place(db, who)
    db.run(
        lambda tx: keeping.change(
            tx, who, farm_id=number, name=" Green  Valley ", weather_zone="lowland", is_organic=True,
            takes_cash=False, location_id=where,
        )
    )  # fmt: skip
    with db.read() as tx:
        shown = as_json(keeping.read(tx, cast.customer.actor, farm_id=number))
    assert shown["farm_name"] == "Green Valley"
    assert (shown["weather_zone"], shown["is_organic"], shown["takes_cash"]) == ("lowland", True, False)
    assert (shown["ward"], shown["location_id"], shown["is_organic_certified"]) == ("Kangemi", where, False)


WRONG: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"name": " \u200b "}, FarmNameMissing),
    ({"weather_zone": "snow"}, UnknownZone),
    ({"location_id": 10**6}, NotFound),
]


@proves("DR-305")
@pytest.mark.parametrize(("said", "refusal"), WRONG)
def test_nonsense_is_refused(
    db: Database, cast: Cast, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    number = hers(db, cast.farmer.actor)
    with pytest.raises(refusal), db.transaction() as tx:
        keeping.change(tx, cast.farmer.actor, farm_id=number, **said)


def test_a_farm_does_not_move_to_somebody_elses_place(db: Database, cast: Cast) -> None:
    number, foreign = hers(db, cast.farmer.actor), place(db, cast.customer.actor)
    with pytest.raises(NotFound), db.transaction() as tx:
        keeping.change(tx, cast.farmer.actor, farm_id=number, location_id=foreign)


@proves("DR-403", "DR-1801")
def test_a_certificate_counts_once_an_admin_has_seen_it(db: Database, cast: Cast) -> None:
    who, boss = cast.farmer.actor, cast.admin.actor
    number = hers(db, who)

    def decide(actor: Actor, approve: bool) -> None:
        db.run(lambda tx: keeping.decide_certificate(tx, actor, farm_id=number, approve=approve, reason="ok"))

    def stands() -> tuple[str, bool]:
        with db.read() as tx:
            farm = keeping.read(tx, who, farm_id=number)
        return farm.certificate_status, farm.is_organic_certified

    with pytest.raises(CertificateMissing):
        decide(boss, True)
    with pytest.raises(CertificateMissing), db.transaction() as tx:
        keeping.claim_certificate(tx, who, farm_id=number, certificate="  ")
    for _again in range(2):
        db.run(lambda tx: keeping.claim_certificate(tx, who, farm_id=number, certificate="KOAN 12/7"))
    assert stands() == ("pending", False)
    with db.read() as tx:
        assert [farm.farm_id for farm in keeping.waiting_certificates(tx, boss)] == [number]
        with pytest.raises(NotAllowed):
            keeping.waiting_certificates(tx, who)
    with pytest.raises(NotAllowed):
        decide(who, True)
    for _again in range(2):
        decide(boss, True)
    assert stands() == ("approved", True)
    db.run(lambda tx: keeping.claim_certificate(tx, who, farm_id=number, certificate="KOAN 12/7"))
    assert stands() == ("approved", True), "the same number again changes nothing"
    db.run(lambda tx: keeping.claim_certificate(tx, who, farm_id=number, certificate="KOAN 99/1"))
    assert stands() == ("pending", False), "another one has to be seen again"
    decide(boss, False)
    assert stands() == ("refused", False)
    with db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "farm.certificate")).all()
    assert [row.changes["certificate_status"] for row in rows] == [
        ["pending", "approved"],
        ["pending", "refused"],
    ]


@proves("DR-305")
def test_a_farm_with_open_order_items_stays(db: Database, cast: Cast) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.paid_order()
    who = cast.farmer.actor
    number = hers(db, who)
    with pytest.raises(FarmInUse) as refused, db.transaction() as tx:
        keeping.close(tx, who, farm_id=number)
    assert refused.value.values == {"count": 1}
    shop.mark(order, "ready")
    with pytest.raises(FarmInUse), db.transaction() as tx:
        keeping.close(tx, who, farm_id=number)


@proves("DR-212", "DR-305")
def test_a_closed_farm_is_gone_for_everybody_and_kept_in_the_table(db: Database, cast: Cast) -> None:
    who = cast.farmer.actor
    number = hers(db, who)
    db.run(lambda tx: keeping.close(tx, who, farm_id=number))
    with db.read() as tx:
        assert keeping.mine(tx, who) == []
        assert tx.session.get_one(Farm, number).is_active is False
        with pytest.raises(NotFound):
            keeping.read(tx, who, farm_id=number)
        with pytest.raises(NotFound):
            farms.acting_on(tx, who, number)
    with pytest.raises(NotFound), db.transaction() as tx:
        keeping.close(tx, who, farm_id=number)


VERBS: list[Callable[[Tx, Actor, int], object]] = [
    lambda tx, who, number: keeping.change(tx, who, farm_id=number, name="Mine"),
    lambda tx, who, number: keeping.claim_certificate(tx, who, farm_id=number, certificate="7"),
    lambda tx, who, number: keeping.close(tx, who, farm_id=number),
]


@proves("DR-211")
@pytest.mark.parametrize("verb", VERBS)
def test_nobody_else_touches_a_farm(
    db: Database, cast: Cast, verb: Callable[[Tx, Actor, int], object]
) -> None:
    shop = Shop(db, cast)
    neighbour = shop.person("+254712000999", "farmer", "Kinoo")
    number = hers(db, cast.farmer.actor)
    with pytest.raises(NotFound), db.transaction() as tx:
        verb(tx, neighbour.actor, number)
    for who in (cast.customer.actor, cast.rider.actor):
        with pytest.raises(NotAllowed), db.transaction() as tx:
            verb(tx, who, number)
