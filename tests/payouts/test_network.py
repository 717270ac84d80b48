"""A payee whose phone is another network's says first which M-Pesa number gets her money (DR-208)."""

from functools import partial

import pytest
from sqlalchemy import select, update

from core.errors import NotFound
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.outbox.models import OutboxMessage
from core.payouts import errors, naming, paying, service, waiting
from core.privacy import service as privacy
from core.users import payees, pins
from core.users.errors import PayeeNumberSame
from core.users.models import PayeeNumber, User
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, boss, earn, payouts, run, send, statuses
from tests.proving import proves
from tests.races.starting import at_once
from tests.users.people import PIN, with_pin

OWN, OTHER = "+254733000101", "+254712345678"


def away(shop: Shop) -> None:
    """The farmer's phone is on another network; she has a PIN."""
    farmer = shop.cast.farmer
    shop.db.run(
        lambda tx: (
            tx.session.execute(update(User).where(User.user_id == farmer.id).values(phone_number=OWN))
            and None
        )
    )
    with_pin(shop.db, farmer)


@pytest.fixture
def elsewhere(shop: Shop, clock: FixedClock) -> Shop:
    """The farmer's phone is on another network; KSh 360 are free to be paid out."""
    away(shop)
    shop.publish()
    earn(shop, clock)
    return shop


def new_pin(shop: Shop) -> None:
    """Our people take her PIN away, for whoever said to be her, and another one is chosen."""
    farmer, admin = shop.cast.farmer, shop.cast.admin.actor
    shop.db.run(lambda tx: pins.reset(tx, admin, user_id=farmer.id, reason="forgotten, she says"))
    with_pin(shop.db, farmer)


def hours_until(named: PayeeNumber) -> float:
    return (named.starts_at - named.named_at).total_seconds() / 3600


def name(shop: Shop, number: str, key: str = "hop-1") -> PayeeNumber:
    farmer = shop.cast.farmer.actor
    return naming.name_number(shop.db, farmer, purpose="payout", msisdn=number, pin=PIN, once_key=key)


def goes_to(shop: Shop) -> str:
    with shop.db.read() as tx:
        return paying.number_of(tx, payouts(shop, shop.cast.farmer)[-1])


def test_her_money_waits_and_she_is_asked_once_a_week(elsewhere: Shop, clock: FixedClock) -> None:
    farmer = elsewhere.cast.farmer
    for day in range(8):
        run(elsewhere)
        assert statuses(elsewhere, farmer) == []
        assert elsewhere.texts(farmer).count("payout_waits") == 1 + (day >= 5), "Wednesday, and Monday again"
        clock.advance(days=1)
    with pytest.raises(errors.NumberNeeded):
        elsewhere.db.run(lambda tx: service.create(tx, boss(elsewhere), payee_id=farmer.id))


@proves("DR-208")
@pytest.mark.parametrize("number", [OTHER, OWN], ids=["another phone", "this phone has M-Pesa"])
def test_her_first_number_is_no_change_and_counts_at_once(
    elsewhere: Shop, clock: FixedClock, number: str
) -> None:
    farmer = elsewhere.cast.farmer
    named = name(elsewhere, number)
    assert named.starts_at == clock.now()
    assert "payout_number_named" in elsewhere.texts(farmer)
    assert "payout_number_change" not in elsewhere.texts(farmer), "there is nothing to stop"
    run(elsewhere)
    assert statuses(elsewhere, farmer) == ["pending"], "a first payout is still looked at"
    assert goes_to(elsewhere) == number
    approve_first(elsewhere)
    send(elsewhere, payouts(elsewhere, farmer)[0])
    assert statuses(elsewhere, farmer) == ["paid"]


@proves("DR-208")
def test_of_two_sessions_at_once_one_is_the_first(elsewhere: Shop, clock: FixedClock) -> None:
    at_once([partial(name, elsewhere, OTHER, "hop-1"), partial(name, elsewhere, "+254722000009", "hop-2")])
    with elsewhere.db.read() as tx:
        starts = sorted(tx.session.scalars(select(PayeeNumber.starts_at)))
    assert [start > clock.now() for start in starts] == [False, True]


@proves("DR-208")
def test_the_next_one_is_a_change_and_waits(elsewhere: Shop, clock: FixedClock) -> None:
    name(elsewhere, OTHER)
    with pytest.raises(PayeeNumberSame):
        name(elsewhere, OTHER, "hop-2")
    later = name(elsewhere, "0722000009", "hop-3")
    assert (later.starts_at - clock.now()).total_seconds() == 72 * 3600
    with elsewhere.db.read() as tx:
        told = select(OutboxMessage.msisdn).where(OutboxMessage.code == "payout_number_change")
        assert tx.session.scalars(told).all() == [OTHER], "the number of until then, and it can stop it"
    run(elsewhere)
    assert goes_to(elsewhere) == OTHER


@proves("DR-208")
def test_who_was_paid_on_her_own_number_is_not_asked_and_changes_it_with_the_cool_off(
    shop: Shop, clock: FixedClock
) -> None:
    """The beginning of a number is a hint only: hers has M-Pesa all the same."""
    farmer = shop.cast.farmer
    with_pin(shop.db, farmer)
    shop.publish()
    earn(shop, clock)
    run(shop)
    approve_first(shop)
    send(shop, payouts(shop, farmer)[0])
    shop.db.run(
        lambda tx: (
            tx.session.execute(update(User).where(User.user_id == farmer.id).values(phone_number=OWN))
            and None
        )
    )
    with shop.db.read() as tx:
        assert not naming.must_name(tx, farmer.id)
    assert name(shop, OTHER).starts_at > clock.now()


def test_a_customer_and_a_safaricom_number_are_not_asked(shop: Shop) -> None:
    with shop.db.read() as tx:
        assert not naming.must_name(tx, shop.cast.farmer.id)
    with_pin(shop.db, shop.cast.customer)
    named = payees.name_number(
        shop.db, shop.cast.customer.actor, purpose="refund", msisdn=OTHER, pin=PIN, once_key="hop-1"
    )
    assert named.starts_at > named.named_at


@proves("DR-207", "DR-208")
def test_behind_a_pin_of_today_her_first_number_waits_when_money_does(
    elsewhere: Shop, clock: FixedClock
) -> None:
    """Whoever has talked a new PIN out of us does not get the money that waits."""
    farmer = elsewhere.cast.farmer
    new_pin(elsewhere)
    clock.advance(hours=23)
    named = name(elsewhere, OTHER)
    assert hours_until(named) == 72
    assert elsewhere.texts(farmer)[-1] == "payout_number_change", "her own phone is told, and can stop it"
    run(elsewhere)
    assert (statuses(elsewhere, farmer), elsewhere.texts(farmer).count("payout_waits")) == ([], 0)
    with elsewhere.db.read() as tx:
        assert naming.must_name(tx, farmer.id), "a number that does not count yet is none"
        assert waiting.for_number(tx, elsewhere.cast.admin.actor)[0].counts_from == named.starts_at
    clock.advance(hours=2)
    assert hours_until(name(elsewhere, "0722000009", "hop-2")) == 72, "a second word is a change"
    clock.advance(hours=73)
    run(elsewhere)
    assert (statuses(elsewhere, farmer), goes_to(elsewhere)) == (["pending"], "+254722000009")


@proves("DR-208")
def test_a_stopped_first_number_is_followed_by_no_quick_one(elsewhere: Shop, clock: FixedClock) -> None:
    new_pin(elsewhere)
    named = name(elsewhere, OTHER)
    elsewhere.db.run(
        lambda tx: payees.stop_by_reply(
            tx, payee_number_id=named.payee_number_id, msisdn=OWN, request_id="sms-9"
        )
    )
    clock.advance(hours=48)
    assert hours_until(name(elsewhere, OTHER, "hop-2")) == 72
    assert hours_until(name(elsewhere, OWN, "hop-3")) == 0, "her own phone is the number that we know"
    run(elsewhere)
    assert goes_to(elsewhere) == OWN


@proves("DR-207", "DR-208")
@pytest.mark.parametrize(
    ("reset", "age", "waits"),
    [(False, 0, 0), (True, 0, 72), (True, 23, 72), (True, 24, 0)],
    ids=["her first PIN, nothing earned", "reset now", "reset yesterday", "a day ago"],
)
def test_without_money_only_a_reset_makes_it_wait(
    shop: Shop, clock: FixedClock, reset: bool, age: int, waits: int
) -> None:
    away(shop)
    if reset:
        new_pin(shop)
    clock.advance(hours=age)
    assert hours_until(name(shop, OTHER)) == waits


def test_our_people_see_whose_money_waits_for_a_number(elsewhere: Shop, clock: FixedClock) -> None:
    with elsewhere.db.read() as tx:
        (one,) = waiting.for_number(tx, elsewhere.cast.admin.actor)
        assert (one.payee_id, str(one.amount)) == (elsewhere.cast.farmer.id, "360.00")
        assert one.since is not None
        assert (one.since < clock.now(), one.counts_from) == (True, None)
        with pytest.raises(NotFound):
            waiting.for_number(tx, elsewhere.cast.rider.actor)
    name(elsewhere, OTHER)
    with elsewhere.db.read() as tx:
        assert waiting.for_number(tx, elsewhere.cast.admin.actor) == []


@proves("DR-1902", "DR-208")
def test_who_was_paid_and_erased_on_one_day_waits_for_no_number(elsewhere: Shop, clock: FixedClock) -> None:
    """Her account has moved since the night, and she has no number any more: our people's list is read."""
    farmer, admin = elsewhere.cast.farmer, elsewhere.cast.admin.actor
    name(elsewhere, OTHER)
    run(elsewhere)
    approve_first(elsewhere)
    (payout,) = payouts(elsewhere)
    send(elsewhere, payout)
    down = update(Listing).where(Listing.farmer_id == farmer.id).values(listing_status=INACTIVE)
    elsewhere.db.run(lambda tx: tx.session.execute(down) and None)
    elsewhere.db.run(lambda tx: privacy.erase(tx, admin, user_id=farmer.id, reason="she asked"))
    with elsewhere.db.read() as tx:
        assert waiting.for_number(tx, admin) == []
