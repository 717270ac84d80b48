"""Ten texts for one order, one segment each, and no more (DR-1509)."""

from collections import Counter

import pytest
from sqlalchemy import select

from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.users import service as users
from locales.catalogue import LANGUAGES
from locales.gsm import is_basic
from tests.helpers import CUSTOMER, Cast
from tests.orders.kit import do
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, payouts, run, send
from tests.proving import proves
from tests.sms.conftest import Desk
from web.queries.spent import segments_per_order


@proves("DR-1509")
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_order_by_sms_and_mpesa_takes_ten_texts(desk: Desk, cast: Cast, language: str) -> None:
    shop = Shop(desk.db, cast)
    for person in (cast.customer, cast.farmer, cast.rider):
        do(shop, users.set_language, person, language=language)
    shop.publish()
    desk.work()
    with desk.db.read() as tx:
        before = {row.outbox_id for row in tx.session.scalars(select(OutboxMessage))}
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    with desk.db.read() as tx:
        order = tx.session.scalars(select(Order)).one()
    shop.bring_paid(order)
    desk.work()
    desk.clock.advance(hours=25)
    shop.sweep()
    run(shop)
    approve_first(shop)
    [payout] = payouts(shop, cast.farmer)
    send(shop, payout)
    desk.work()
    with desk.db.read() as tx:
        rows = [r for r in tx.session.scalars(select(OutboxMessage)) if r.outbox_id not in before]
    sent = Counter((row.msisdn, row.code) for row in rows)
    assert sent == {
        (cast.customer.phone, "quote"): 1,
        (cast.customer.phone, "paid_confirmed"): 1,
        (cast.customer.phone, "rider_and_code"): 1,
        (cast.customer.phone, "delivered"): 1,
        (cast.farmer.phone, "new_order"): 1,
        (cast.farmer.phone, "payout_paid"): 1,
        (cast.rider.phone, "offer"): 1,
        (cast.rider.phone, "pickup"): 1,
        (cast.rider.phone, "bring"): 1,
        (cast.rider.phone, "done"): 1,
    }
    assert len(rows) == 10
    assert all(row.segments == 1 for row in rows)
    assert all(is_basic(message["message"]) for message in desk.sent)
    with desk.db.read() as tx:
        assert segments_per_order(tx) == 9, "the payout is for many orders"
