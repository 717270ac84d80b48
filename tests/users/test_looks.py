"""What a phone's screens ask about a person before they ask her: PIN, numbers, profile, role."""

from functools import partial
from typing import Any

import pytest

from core.actor import Actor
from core.db import Database
from core.errors import NotAllowed, NotFound
from core.farms import agency, agents
from core.users import own, payees, payees_look, pin_state, pins
from core.users.errors import PinIsLocked, PinNeedsReset, PinNotFourDigits, PinTooEasy, PinWrong
from core.users.pin_state import PinState
from tests.helpers import Cast, FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves
from tests.users.people import PIN, register, with_pin


def state(db: Database, person: Person) -> PinState:
    with db.read() as tx:
        return pin_state.of(tx, person.actor)


def guess(db: Database, person: Person, key: str) -> None:
    with pytest.raises((PinWrong, PinIsLocked, PinNeedsReset)):
        pins.with_pin(db, person.actor, pin="2580", once_key=key, work=lambda tx: None)


@proves("DR-207")
def test_a_pin_before_it_is_asked(db: Database, clock: FixedClock) -> None:
    person = register(db)
    assert state(db, person) == PinState(chosen=False, left=3, minutes=0, closed=False, free_from=None)
    with_pin(db, person)
    fresh = state(db, person)
    assert (fresh.chosen, fresh.left) == (True, 3)
    assert fresh.free_from is not None
    clock.advance(hours=72)
    assert state(db, person).free_from is None
    guess(db, person, "a")
    assert state(db, person).left == 2
    guess(db, person, "b")
    guess(db, person, "c")
    assert (state(db, person).left, state(db, person).minutes) == (0, 30)
    clock.advance(minutes=29, seconds=10)
    assert state(db, person).minutes == 1
    clock.advance(minutes=1)
    assert (state(db, person).left, state(db, person).minutes) == (3, 0)
    for lock in (2, 3):
        for key in "abc":
            guess(db, person, f"{lock}{key}")
        clock.advance(minutes=31)
    assert state(db, person).closed


@proves("DR-207")
def test_a_new_pin_waits_for_the_old_one_as_what_nobody_can_read(db: Database) -> None:
    person, other = with_pin(db, register(db)), with_pin(db, register(db))
    prepared = db.run(lambda tx: pins.prepare(tx, person.actor, pin="8264"))
    assert "8264" not in prepared
    with pytest.raises(PinWrong):
        pins.change_prepared(db, person.actor, old="2580", prepared=prepared, once_key="k1")
    with pytest.raises(NotAllowed):
        pins.change_prepared(db, other.actor, old=PIN, prepared=prepared, once_key="k2")
    pins.change_prepared(db, person.actor, old=PIN, prepared=prepared, once_key="k3")
    # The hop comes back after the process has died: it is done, and no wrong try.
    pins.change_prepared(db, person.actor, old=PIN, prepared=prepared, once_key="k3")
    assert pins.with_pin(db, person.actor, pin="8264", once_key="k4", work=lambda tx: "in") == "in"
    for pin, error in (("1234", PinTooEasy), ("12", PinNotFourDigits)):
        with pytest.raises(error):
            db.run(partial(pins.prepare, actor=person.actor, pin=pin))


@proves("DR-208")
def test_the_narrow_look_at_a_number_says_what_the_verb_says(db: Database, clock: FixedClock) -> None:
    person = with_pin(db, register(db))

    def both() -> payees.PayeeView:
        with db.read() as tx:
            seen = payees_look.mine(tx, person.actor, purpose="payout")
            assert seen == payees.mine(tx, person.actor, purpose="payout")
        return seen

    def name(number: str, key: str) -> Any:
        return payees.name_number(db, person.actor, purpose="payout", msisdn=number, pin=PIN, once_key=key)

    assert both().next_number is None
    named = name("0712345678", "a")
    assert both().next_number == "07******78"
    clock.advance(hours=73)
    assert (both().number, both().next_number) == ("07******78", None)
    second = name("0712345611", "b")
    third = name("0712345612", "c")
    assert (both().number, both().next_number) == ("07******78", "07******12")
    assert len({named.payee_number_id, second.payee_number_id, third.payee_number_id}) == 3
    db.run(lambda tx: payees.stop(tx, person.actor, payee_number_id=third.payee_number_id))
    assert both().next_number is None
    with db.read() as tx, pytest.raises(NotFound):
        payees_look.mine(tx, Actor(None, "stranger", "ussd"), purpose="payout")


@proves("DR-201", "DR-1901")
def test_profile_consent_and_role_of_oneself(db: Database, cast: Cast) -> None:
    shop = Shop(db, cast)
    with db.read() as tx:
        seen = own.view(tx, cast.farmer.actor)
        assert (seen.first_name, seen.email) == ("Wanjiku", None)
        assert not seen.switches["marketing_notifications"]
        agreed = own.agreed(tx, cast.farmer.actor)
        assert agreed is not None
        assert agreed.version == "2025-06"
        assert own.may_choose_role(tx, cast.farmer.actor)
    shop.publish()
    with db.read() as tx:
        assert not own.may_choose_role(tx, cast.farmer.actor)
        assert own.may_choose_role(tx, cast.customer.actor)


@proves("DR-221", "DR-815")
def test_for_whom_somebody_works_besides_himself(db: Database, cast: Cast) -> None:
    def works() -> tuple[bool, bool]:
        with db.read() as tx:
            found = agency.of(tx, cast.rider.actor)
        return found.agent, found.helper

    assert works() == (False, False)
    db.run(lambda tx: agents.appoint(tx, cast.admin.actor, user_id=cast.rider.id, cooperative="Kikuyu"))
    db.run(lambda tx: agents.name_helper(tx, cast.farmer.actor, msisdn=cast.rider.phone))
    assert works() == (True, True)
    db.run(lambda tx: agents.dismiss(tx, cast.admin.actor, user_id=cast.rider.id))
    db.run(lambda tx: agents.drop_helper(tx, cast.farmer.actor))
    assert works() == (False, False)
