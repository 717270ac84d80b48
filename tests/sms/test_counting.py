"""Ten texts for one order, one segment each, and no more (DR-1509)."""

from collections import Counter

from sqlalchemy import select

from core.orders.models import Order
from core.outbox.models import OutboxMessage
from tests.helpers import CUSTOMER, Cast
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, payouts, run, send
from tests.proving import proves
from tests.sms.conftest import Desk


@proves("DR-1509")
def test_one_order_by_sms_and_mpesa_takes_ten_texts(desk: Desk, cast: Cast) -> None:
    shop = Shop(desk.db, cast)
    shop.publish()
    desk.work()
    with desk.db.read() as tx:
        before = {row.outbox_id for row in tx.session.scalars(select(OutboxMessage))}
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    with desk.db.read() as tx:
        order = tx.session.scalars(select(Order)).one()
    shop.bring_paid(order)
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
