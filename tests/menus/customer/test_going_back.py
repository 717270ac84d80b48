"""Going back (0) and then saying yes: what is done is what the screen said, and nothing that she gave up."""

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.carts import service as carts
from core.db import Database, Tx
from core.locations import service as locations
from core.locations.models import Location
from core.orders.models import Order
from core.payments.models import PaymentTransaction
from inbound.gateway import Gateway
from tests.helpers import CUSTOMER, FixedClock, SeededChance
from tests.menus.happenings import buying
from tests.menus.stage import Stage
from tests.ussd.phone import UssdPhone

ANOTHERS = "0712999888"


@pytest.fixture
def stage(gateway: Gateway, clock: FixedClock, chance: SeededChance) -> Stage:
    return Stage(gateway, clock, chance, "en")


def rows(db: Database, kind: Any) -> list[Any]:
    with db.read() as tx:
        return list(tx.session.scalars(select(kind)))


def far_place(stage: Stage) -> None:
    """She has a second place, where nothing of this market can be brought."""
    ward = next(w for w in stage.db.parts.places.starting_with("Kisumu North") if w.ward == "Kisumu North")
    customer = stage.cast.customer.actor
    stage.db.run(
        lambda tx: locations.add(tx, customer, ward_code=ward.code, default=False, landmark="by the lake")
    )


def test_a_place_it_cannot_come_to_is_not_shown_with_the_price_of_another(
    client: FlaskClient, stage: Stage
) -> None:
    buying.bought(stage)
    buying.doors(stage)
    far_place(stage)
    near = {w.code for name in ("Kangemi", "Kinoo") for w in stage.db.parts.places.starting_with(name)}
    stage.shop.set_to("service.wards", ",".join(map(str, sorted(near))))
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    before = phone.answer("1", "1")
    assert "to Kangemi" in before
    assert "It cannot come to Kisumu North" in phone.answer("3", "1", "2")
    shown = phone.answer("0", "0", "0")
    assert shown == before, "she is back at what can be had"
    phone.answer("1")
    newest = rows(stage.db, Order)[-1]
    with stage.db.read() as tx:
        place = tx.session.get_one(Location, newest.location_id)
        assert f"to {place.ward}" in shown


@pytest.mark.parametrize("ways_back", ["0", "00"])
def test_another_phone_that_she_gave_up_is_not_asked_for_the_money(
    client: FlaskClient, stage: Stage, ways_back: str
) -> None:
    buying.bought(stage)
    buying.doors(stage)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    phone.answer("1", "1", "2", "2", ANOTHERS)
    assert "712999888" in phone.screen
    if ways_back == "0":
        phone.answer("0", "0", "0")
    else:
        phone.answer("00", "1", "1")
    assert "Order, pay by M-Pesa" in phone.screen
    phone.answer("1")
    assert [one.msisdn for one in rows(stage.db, PaymentTransaction)][-1] == CUSTOMER


def test_what_was_cut_off_is_offered_without_its_sum(client: FlaskClient, stage: Stage) -> None:
    """Whoever dials next from this phone reads the first screen."""
    buying.bought(stage)
    buying.doors(stage)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    assert "KSh" in phone.answer("1", "1")
    phone.answer("3")
    assert "Continue: buying tomatoes" in phone.dial()
    assert "KSh" not in phone.screen


def test_a_basket_that_is_changed_behind_her_yes_is_shown_anew_though_the_sum_is_the_same(
    client: FlaskClient, stage: Stage
) -> None:
    """Two phones, one account: the yes is for the goods that stood on the screen."""
    buying.doors(stage)
    customer = stage.cast.customer.actor
    shop = stage.shop
    first, second = shop.publish("50"), shop.publish("50", slug="onions")

    def fill(listing_id: int) -> None:
        def work(tx: Tx) -> None:
            carts.clear(tx, customer)
            carts.add(tx, customer, listing_id=listing_id, quantity=Decimal(5))

        stage.db.run(work)

    fill(first.listing_id)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    shown = phone.answer("2", "70")
    assert "5kg tomatoes" in shown
    fill(second.listing_id)
    assert "The basket is not as you saw it" in phone.answer("1")
    assert rows(stage.db, Order) == []
    assert "5kg onions" in phone.answer("70")
    phone.answer("1")
    assert len(rows(stage.db, Order)) == 1
