"""A payee asks for her money herself, with her PIN (DR-207), and what a silent number does."""

from typing import Any

import pytest

from core.errors import NotAllowed
from core.payouts import errors, service
from core.users import pins
from core.users.errors import PinWrong
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.payouts.till import earn, statuses
from tests.proving import proves


def choose_pin(shop: Shop, person: Person) -> None:
    shop.db.run(lambda tx: pins.choose(tx, person.actor, pin="7391", again="7391"))


def ask(shop: Shop, person: Person, pin: str = "7391", key: str = "ussd-1") -> Any:
    return service.request(shop.db, person.actor, pin=pin, once_key=key)


@proves("DR-207", "DR-1302")
def test_a_payee_asks_with_her_pin_after_its_cool_off(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    farmer = shop.cast.farmer
    choose_pin(shop, farmer)
    with pytest.raises(errors.PinTooFresh):
        ask(shop, farmer)
    clock.advance(hours=73)
    with pytest.raises(errors.NothingToPay):
        ask(shop, farmer, key="ussd-2")
    shop.publish()
    earn(shop, clock)
    with pytest.raises(PinWrong):
        ask(shop, farmer, "0007", "ussd-3")
    (made,) = ask(shop, farmer, key="ussd-4")
    assert (made.status, made.created_by) == ("pending", farmer.id), "a first payout is looked at"
    with pytest.raises(errors.PayoutOpen):
        ask(shop, farmer, key="ussd-5")
    assert statuses(shop, farmer) == ["pending"]


@proves("DR-1302")
def test_a_customer_has_nothing_to_ask_for(shop: Shop, clock: FixedClock) -> None:
    choose_pin(shop, shop.cast.customer)
    clock.advance(hours=73)
    with pytest.raises(NotAllowed):
        ask(shop, shop.cast.customer)
