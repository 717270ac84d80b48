"""An order that lapsed unpaid, at the next dial: paid now by one key if nothing has changed (DR-811)."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.db import Database, Tx
from core.listings import changes
from core.listings.models import Listing
from core.orders.models import Order
from core.payments.models import PaymentTransaction
from tests.helpers import CUSTOMER, Cast, FixedClock
from tests.orders.shop import Shop, failed
from tests.proving import proves
from tests.ussd.phone import UssdPhone


@pytest.fixture
def shop(gateway: object, app: object, db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


def lapsed(shop: Shop, clock: FixedClock) -> Order:
    order = shop.order()
    shop.result(shop.prompt(order), failed())
    clock.advance(minutes=31)
    shop.sweep()
    assert shop.fresh(order).order_status == "cancelled"
    return order


def orders(shop: Shop) -> list[Order]:
    with shop.db.read() as tx:
        return list(tx.session.query(Order).order_by(Order.order_id))


def dearer(tx: Tx, shop: Shop) -> None:
    listing = tx.session.scalars(select(Listing)).one()
    changes.change_price(
        tx, shop.cast.farmer.actor, listing_id=listing.listing_id, price=Decimal(90), price_confirmed=True
    )


@proves("DR-811")
def test_pay_now_places_it_again(shop: Shop, clock: FixedClock, client: FlaskClient) -> None:
    order = lapsed(shop, clock)
    phone = UssdPhone(client, CUSTOMER)
    screen = phone.dial()
    assert f"Order {order.tail}, KSh 499, was not paid in time" in screen
    assert "1 Pay now" in screen
    said = phone.answer("1")
    placed = orders(shop)[-1]
    assert placed.order_id != order.order_id
    assert said == (
        f"END Order {placed.tail}: KSh 499. The M-Pesa request comes to 0712000202 now: enter the PIN there."
    )


def test_what_has_changed_is_looked_at_first(shop: Shop, clock: FixedClock, client: FlaskClient) -> None:
    lapsed(shop, clock)
    shop.db.run(lambda tx: dearer(tx, shop))
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    assert "by what does the rider find your door?" in phone.answer("1")
    screen = phone.answer("behind the church")
    assert "KSh 549" in screen
    assert "1 Order, pay by M-Pesa" in screen
    assert len(orders(shop)) == 1


@pytest.mark.parametrize(
    ("keys", "asked"), [(("1",), "+254733000505"), (("2", "0722111222", "1"), "+254722111222")]
)
def test_a_phone_of_another_network_says_which_number_has_m_pesa(
    shop: Shop, client: FlaskClient, keys: tuple[str, ...], asked: str
) -> None:
    """DR-807: a request to a phone without M-Pesa is never seen; the first number named is kept."""
    shop.person("+254733000505", "customer", "Kangemi")
    phone = UssdPhone(client, "+254733000505")
    phone.dial()
    phone.answer("1", "tomatoes", "1", "5", "1", "behind the church")
    assert "0733000505 is not a Safaricom number." in phone.answer("1")
    assert orders(shop) == []
    assert phone.answer(*keys).startswith("END Order ")
    with shop.db.read() as tx:
        assert [row.msisdn for row in tx.session.query(PaymentTransaction)] == [asked]


@pytest.mark.parametrize(
    ("keys", "asked"), [(("1",), "+254733000505"), (("2", "0722111222"), "+254722111222")]
)
def test_who_pays_an_order_from_such_a_phone_is_asked_as_well(
    shop: Shop, client: FlaskClient, keys: tuple[str, ...], asked: str
) -> None:
    """DR-807: "This phone" is no answer yet where the phone is another network's."""
    buyer = shop.person("+254733000505", "customer", "Kangemi")
    order = shop.order()
    shop.refuse_prompt(order)
    shop.db.run(lambda tx: tx.session.execute(update(Order).values(customer_id=buyer.id)) and None)
    phone = UssdPhone(client, "+254733000505")
    phone.dial()
    screen = phone.answer("2")
    assert "Which phone shall we ask?" in screen, screen
    assert "0733000505 is not a Safaricom number." in phone.answer("1")
    phone.answer(*keys)
    with shop.db.read() as tx:
        newest = select(PaymentTransaction).order_by(PaymentTransaction.transaction_id.desc()).limit(1)
        assert tx.session.scalars(newest).one().msisdn == asked
