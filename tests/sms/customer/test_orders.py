"""Her orders by text: how far, cancelling and what it costs, the code, stars, complaints, the basket."""

import pytest

from core.carts import service as carts
from core.deliveries.models import Delivery
from core.listings.models import Listing
from core.orders.models import CancelRequest, Claim, Order
from core.reviews.models import Review
from core.support.models import Ticket
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import asked, delivered, newest, on_the_way, ordered, paid, ready


def status(desk: Desk) -> str:
    return desk.text(CUSTOMER, "STATUS")


def test_each_step_of_an_order_has_its_words(market: Desk, cast: Cast) -> None:
    order = ordered(market)
    assert status(market).startswith(f"Order {order.tail}, KSh 499: M-Pesa request sent 09:30.")
    order = paid(market, "2kg tomatoes", receipt="TFO1AA11AB")
    tail = order.tail
    assert status(market).endswith(": paid. The farmer prepares it, it comes Wed 25.")
    on_the_way(market, cast, order)
    assert status(market).startswith(f"Order {tail} comes Wed 25: Kamau, 0712000303, collects it")
    market.text("+254712000303", f"PICKED {tail}")
    assert status(market).startswith(f"Order {tail}: on the way with Kamau, call 0712000303.")


def test_a_cash_order_says_what_to_have_ready(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.text(CUSTOMER, "CASH")
    assert status(market) == (
        f"Order {newest(market).tail} comes Wed 25. The farmer prepares it. Have KSh 499 ready in cash."
    )


def test_my_orders_are_numbered_and_a_number_shows_one(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "40", "100")
    first = paid(market)
    second = ordered(market, "5kg onions")
    assert market.text(CUSTOMER, "MY ORDERS") == (
        "Your orders. Reply a number to see one:\n"
        f"1 {second.tail} not paid, KSh 599\n2 {first.tail} ordered, Wed 25"
    )
    assert market.text(CUSTOMER, "2").startswith(f"Order {first.tail}, KSh 499: paid.")


def test_one_order_alone_is_shown_at_once(market: Desk) -> None:
    order = paid(market)
    assert market.text(CUSTOMER, "MY ORDERS").startswith(f"Order {order.tail}, KSh 499: paid.")


# --- cancelling (7.3) ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["CANCEL", "CANCEL {tail}", "ghairi {tail}"])
def test_what_nothing_was_paid_for_goes_at_once(market: Desk, text: str) -> None:
    order = ordered(market)
    reply = market.text(CUSTOMER, text.format(tail=order.tail))
    assert reply.startswith(f"Order {order.tail} is cancelled, nothing is taken.")
    assert newest(market).order_status == "cancelled"


@proves("DR-1510")
def test_a_paid_order_is_asked_about_first_with_what_comes_back(market: Desk) -> None:
    order = paid(market)
    assert market.text(CUSTOMER, f"CANCEL {order.tail}") == (
        f"Cancel order {order.tail}? It costs you nothing, KSh 499 comes back to whoever paid. "
        "Reply YES to cancel it, NO to keep it."
    )
    assert newest(market).order_status == "confirmed"
    assert market.text(CUSTOMER, "NO") == f"OK, order {order.tail} goes on as it is."
    assert newest(market).order_status == "confirmed"
    market.text(CUSTOMER, f"CANCEL {order.tail}")
    assert market.text(CUSTOMER, "YES").startswith(
        f"Order {order.tail} is cancelled. KSh 499 comes back: we text you when it is there."
    )
    assert newest(market).order_status == "cancelled"
    assert market.text(CUSTOMER, "STATUS").startswith(f"Order {order.tail} is cancelled.")


def test_what_is_prepared_costs_and_our_people_decide(market: Desk, cast: Cast) -> None:
    """O10: she is told the most it may cost before she asks."""
    order = paid(market)
    ready(market, cast, order, "harvest")
    assert market.text(CUSTOMER, "CANCEL") == (
        f"The farmer has begun on order {order.tail}: our people decide. You may pay KSh 400 of it, "
        "KSh 99 comes back. Reply YES to ask them, or NO."
    )
    assert market.look(CancelRequest) == []
    assert market.text(CUSTOMER, "YES").startswith(f"You asked to cancel order {order.tail}.")
    assert len(market.look(CancelRequest)) == 1
    assert market.text(CUSTOMER, "CANCEL").startswith(f"You asked to cancel order {order.tail}.")


def test_a_yes_that_would_cost_more_than_was_told_is_asked_again(market: Desk, cast: Cast) -> None:
    order = paid(market)
    market.text(CUSTOMER, "CANCEL")
    ready(market, cast, order, "harvest")  # meanwhile
    assert "You may pay KSh 400 of it" in market.text(CUSTOMER, "YES")
    assert newest(market).order_status == "processing"
    assert market.look(CancelRequest) == []


def test_a_yes_that_comes_too_late_cancels_nothing(market: Desk) -> None:
    paid(market)
    market.text(CUSTOMER, "CANCEL")
    market.clock.advance(hours=25)
    market.text(CUSTOMER, "YES")
    assert newest(market).cancel_reason != "customer"


def test_what_is_on_its_way_can_only_be_refused_at_the_door(market: Desk, cast: Cast) -> None:
    order = paid(market)
    on_the_way(market, cast, order)
    market.text("+254712000303", f"PICKED {order.tail}")
    assert market.text(CUSTOMER, f"CANCEL {order.tail}").startswith(f"Order {order.tail} is on its way.")


# --- the code ---------------------------------------------------------------------------------------------


@proves("DR-1205")
def test_the_code_comes_again_three_times_and_only_to_her(market: Desk, cast: Cast) -> None:
    assert market.text(CUSTOMER, "CODE").startswith("You get your code by SMS as soon as")
    order = paid(market)
    on_the_way(market, cast, order)
    for _time in range(3):
        before = len(market.sent)
        assert order.tail in market.text(CUSTOMER, "CODE")
        assert {message["to"] for message in market.sent[before:]} == {CUSTOMER}
    assert market.text(CUSTOMER, f"CODE {order.tail}").startswith(f"Order {order.tail}: your code was sent")


@proves("DR-1205")
def test_a_code_that_was_lost_is_looked_up_by_dialling(market: Desk, cast: Cast) -> None:
    order = paid(market)
    on_the_way(market, cast, order)
    with market.db.transaction() as tx:
        from core.outbox.models import OutboxMessage

        for row in tx.session.query(OutboxMessage).filter_by(code="rider_and_code"):
            row.status = "undelivered"
    assert "Dial *384*88632*57#" in market.text(CUSTOMER, "CODE")
    assert market.look(Delivery)[0].code_resends == 0


# --- stars and complaints ----------------------------------------------------------------------------------


@proves("DR-1404")
def test_stars_with_words_out_of_the_blue_and_as_an_answer(market: Desk, cast: Cast) -> None:
    order = paid(market)
    assert market.text(CUSTOMER, f"RATE {order.tail} 5").startswith(f"Order {order.tail} has not come yet.")
    delivered(market, cast, order)
    assert market.text(CUSTOMER, f"RATE {order.tail} 5 very fresh").startswith("Thank you, we noted 5 of 5.")
    assert {(r.stars, r.text) for r in market.look(Review)} == {(5, "very fresh")}
    assert market.text(CUSTOMER, f"RATE {order.tail} 2").startswith(f"Order {order.tail} has its stars")


@pytest.mark.parametrize("text", ["1", "RATE 1"])
def test_few_stars_are_asked_what_was_wrong(market: Desk, cast: Cast, text: str) -> None:
    order = paid(market)
    delivered(market, cast, order)
    assert f"text COMPLAIN {order.tail}" in market.text(CUSTOMER, text)
    assert {review.stars for review in market.look(Review)} == {1}


def test_a_complaint_is_a_claim_in_her_own_words(market: Desk, cast: Cast) -> None:
    """O16: while it is open nobody is paid for it."""
    order = paid(market)
    delivered(market, cast, order)
    assert market.text(CUSTOMER, f"COMPLAIN {order.tail} half of it rotten").startswith(
        f"We have it, order {order.tail}: nobody is paid for the tomatoes"
    )
    assert [claim.reason for claim in market.look(Claim)] == ["half of it rotten"]
    assert market.text(CUSTOMER, "COMPLAIN still rotten").startswith(
        f"Order {order.tail}: we have your complaint already."
    )
    assert len(market.look(Claim)) == 1


def test_without_words_she_is_asked_for_them(market: Desk, cast: Cast) -> None:
    order = paid(market)
    delivered(market, cast, order)
    assert market.text(CUSTOMER, "COMPLAIN").startswith(f"What is wrong with order {order.tail}?")
    market.text(CUSTOMER, "CODE")
    assert market.look(Claim) == [], "a command alone says nothing of the goods"
    assert market.text(CUSTOMER, "5kg of them were soft").startswith("We have it, order")
    assert [claim.reason for claim in market.look(Claim)] == ["5kg of them were soft"]


def test_of_several_things_she_says_which(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "40", "100")
    order = paid(market, "5kg tomatoes, 2kg onions")
    delivered(market, cast, order)
    assert market.text(CUSTOMER, "COMPLAIN they are soft") == (
        "Which of them is not right? Reply its number:\n1 5kg tomatoes\n2 2kg onions"
    )
    assert "paid for the onions" in market.text(CUSTOMER, "2")
    assert [claim.reason for claim in market.look(Claim)] == ["they are soft"]


@pytest.mark.parametrize(("days", "reply"), [(0, "We have your words about order"), (9, "came too long ago")])
def test_before_the_delivery_or_too_late_it_is_a_word_to_our_people(
    market: Desk, cast: Cast, days: int, reply: str
) -> None:
    order = paid(market)
    if days:
        delivered(market, cast, order)
        market.clock.advance(days=days)
    assert reply in market.text(CUSTOMER, f"COMPLAIN {order.tail} nobody answers the phone")
    assert market.look(Claim) == []
    assert [ticket.order_id for ticket in market.look(Ticket)] == [order.order_id]


def test_clear_empties_the_basket(market: Desk, cast: Cast) -> None:
    from decimal import Decimal

    (tomatoes,) = market.look(Listing)
    market.db.run(
        lambda tx: carts.add(tx, cast.customer.actor, listing_id=tomatoes.listing_id, quantity=Decimal(2))
    )
    assert market.text(CUSTOMER, "CLEAR").startswith("Your basket is empty now.")
    assert market.db.run(lambda tx: carts.view(tx, cast.customer.actor).items) == ()
    assert market.look(Order) == []
    assert asked(market) == ""
