"""No request seen, a failed one, an order that lapsed: what she is told and what PAY does then."""

from decimal import Decimal

from sqlalchemy import select

from core.db import Tx
from core.listings import changes
from core.listings.models import Listing
from core.orders.models import Order
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.sms.customer.kit import newest, ordered, person


def ends(desk: Desk, code: str, why: payments.Result | str) -> str:
    """The newest request ends with M-Pesa's `code`; what she is texted then."""
    attempt = desk.look(PaymentTransaction)[-1]
    key = f"ws_{attempt.transaction_id}"
    result = payments.Result(checkout_id=key, code=code, final="failed", why=why)  # type: ignore[arg-type]
    desk.db.run(lambda tx: payments.result(tx, transaction_id=attempt.transaction_id, result=result))
    desk.work()
    return desk.sent[-1]["message"]


def lapse(desk: Desk) -> str:
    """Nobody pays within the half hour; what she is texted."""
    for _minute in range(8):
        desk.clock.advance(minutes=4)
        desk.work()
    return desk.sent[-1]["message"]


def test_pay_and_yes_while_a_request_is_open_send_no_second_one(market: Desk) -> None:
    """Contract, section 8: since when, and until when she has to wait."""
    order = ordered(market)
    said = (
        f"Order {order.tail}, KSh 499: M-Pesa request sent 09:30. Enter your PIN, or wait until 09:33. "
        "We text you what came of it."
    )
    for text in ("PAY", f"PAY {order.tail}", "YES", "STATUS"):
        assert market.text(CUSTOMER, text) == said
    assert len(market.look(PaymentTransaction)) == 1


@proves("P4")
def test_too_little_money_keeps_the_goods_until_the_time_is_over(market: Desk) -> None:
    order = ordered(market)
    reference = order.order_number[3:]
    assert ends(market, "1", "money") == (
        f"Too little money in M-Pesa for order {order.tail}, KSh 499. We keep it for you until 10:00. "
        f"Top up, text PAY {order.tail}, or paybill 174379, account {reference}."
    )
    assert newest(market).order_status == "pending_payment"
    market.receive(CUSTOMER, "PAY")
    market.work()
    assert len(market.look(PaymentTransaction)) == 2


def test_another_failure_says_why_and_both_ways_to_pay(market: Desk) -> None:
    order = ordered(market)
    assert ends(market, "1032", "lapsed") == (
        f"Order {order.tail}, KSh 499 not paid: cancelled, or not answered in time. Text PAY {order.tail} "
        f"for a new request, or paybill 174379, account {order.order_number[3:]}, by 10:00."
    )


@proves("DR-811")
def test_pay_after_the_time_is_over_places_it_again_in_one_reply(market: Desk) -> None:
    order = ordered(market)
    ends(market, "1032", "lapsed")
    assert lapse(market).startswith(f"Order {order.tail}, KSh 499, was not paid in time and is cancelled.")
    said = market.text(CUSTOMER, f"PAY {order.tail}")
    placed = newest(market)
    assert placed.order_id != order.order_id
    assert said == (
        f"Placed again as order {placed.tail}: KSh 499, for Wed 25. M-Pesa asks 0712000202 now: "
        "enter your PIN there."
    )
    assert market.text(CUSTOMER, "PAY").startswith(f"Order {placed.tail}, KSh 499: M-Pesa request sent")


def test_what_costs_something_else_by_now_is_asked_anew(market: Desk, cast: Cast) -> None:
    """DR-811, DR-1510: nobody pays another price than the one she has said yes to."""
    order = ordered(market)
    ends(market, "1032", "lapsed")
    lapse(market)

    def dearer(tx: Tx) -> None:
        listing = tx.session.scalars(select(Listing)).one()
        changes.change_price(
            tx, cast.farmer.actor, listing_id=listing.listing_id, price=Decimal(90), price_confirmed=True
        )

    market.db.run(dearer)
    assert market.text(CUSTOMER, "PAY").startswith("Changed: 5kg tomatoes")
    assert len(market.look(Order)) == 1
    market.text(CUSTOMER, "YES")
    assert len(market.look(Order)) == 2
    assert newest(market).order_id != order.order_id


def test_a_lapsed_order_whose_payment_is_unknown_is_not_placed_again(market: Desk) -> None:
    order = ordered(market)
    attempt = market.look(PaymentTransaction)[-1]
    market.db.run(lambda tx: payments.unknown(tx, attempt.transaction_id, why="read time-out"))
    assert "We are still checking with M-Pesa. Do not pay again" in lapse(market)
    for text in (f"PAY {order.tail}", "PAY", "STATUS"):
        assert market.text(CUSTOMER, text) == (
            f"Order {order.tail}, KSh 499: we are checking with M-Pesa. Do not pay again, we text you."
        )
    assert len(market.look(Order)) == 1


def test_a_day_later_the_order_is_over(market: Desk) -> None:
    ordered(market)
    ends(market, "1032", "lapsed")
    lapse(market)
    market.clock.advance(hours=24, minutes=1)
    assert market.text(CUSTOMER, "PAY").startswith("No order of yours waits for payment.")


AIRTEL = "+254733000505"


def test_a_phone_of_another_network_is_asked_for_its_m_pesa_number_once(market: Desk) -> None:
    """Before any request: a prompt to a phone without M-Pesa is never seen."""
    person(market, AIRTEL, "customer", "Akoth", "Kangemi")
    market.text(AIRTEL, "5kg tomatoes")
    assert market.text(AIRTEL, "YES") == (
        "0733000505 is not a Safaricom number. Reply PAY and the M-Pesa number that pays, e.g. "
        "PAY 0712345678. If 0733000505 has M-Pesa, reply PAY 0733000505."
    )
    assert market.look(Order) == []
    market.text(AIRTEL, "PAY 0722111222")
    assert [row.msisdn for row in market.look(PaymentTransaction)] == ["+254722111222"]
    market.text(AIRTEL, "2kg tomatoes")
    market.clock.advance(minutes=4)
    market.text(AIRTEL, "YES")
    assert [row.msisdn for row in market.look(PaymentTransaction)] == ["+254722111222"] * 2


def test_she_may_say_that_this_very_phone_has_m_pesa(market: Desk) -> None:
    person(market, AIRTEL, "customer", "Akoth", "Kangemi")
    market.text(AIRTEL, "5kg tomatoes")
    market.text(AIRTEL, "YES")
    market.receive(AIRTEL, "PAY 0733000505")
    market.work()
    assert [row.msisdn for row in market.look(PaymentTransaction)] == [AIRTEL]
