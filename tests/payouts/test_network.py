"""A payee whose phone is another network's says first which M-Pesa number gets her money (DR-208)."""

from functools import partial

import pytest
from sqlalchemy import select, update

from core.outbox.models import OutboxMessage
from core.payouts import errors, naming, paying, service
from core.users import payees
from core.users.errors import PayeeNumberSame
from core.users.models import PayeeNumber, User
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, boss, earn, payouts, run, send, statuses
from tests.proving import proves
from tests.races.starting import at_once
from tests.users.people import PIN, with_pin

OWN, OTHER = "+254733000101", "+254712345678"


@pytest.fixture
def elsewhere(shop: Shop, clock: FixedClock) -> Shop:
    """The farmer's phone is on another network; KSh 360 are free to be paid out."""
    farmer = shop.cast.farmer
    shop.db.run(
        lambda tx: (
            tx.session.execute(update(User).where(User.user_id == farmer.id).values(phone_number=OWN))
            and None
        )
    )
    with_pin(shop.db, farmer)
    shop.publish()
    earn(shop, clock)
    return shop


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
