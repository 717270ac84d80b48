"""`SAME`, `SAME MONDAY`, `SAME OFF`, `FOLLOW`: what comes back, and what is told (DR-506, DR-702)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.following.models import Follow
from core.listings.models import Listing
from core.orders.models import Order, WeeklyBasket
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import STRANGER, asked, delivered, newest, paid

# Sunday 29 June 2025, 14:00 in Nairobi.
SUNDAY = datetime(2025, 6, 29, 11, 0, tzinfo=UTC)
ASKED = (
    "5kg tomatoes. The same again: KSh 499 with delivery, Mon 30. YES: M-Pesa asks this phone. "
    "NO: not this week. SAME OFF ends this."
)


def to(desk: Desk, phone: str, since: int) -> str:
    return "\n".join(m["message"] for m in desk.sent[since:] if m["to"] == phone)


@pytest.fixture
def regular(market: Desk, cast: Cast) -> Desk:
    """She has bought 5 kg of tomatoes, and the farm has produce that keeps."""
    delivered(market, cast, paid(market))
    return market


def sunday(desk: Desk) -> str:
    """Sunday afternoon comes; what she is texted then."""
    desk.work()
    with desk.db.transaction() as tx:
        for listing in tx.session.scalars(select(Listing)):  # fresh again
            listing.touched_at = SUNDAY
            listing.listing_status = "available"
    since = len(desk.sent)
    desk.clock.set(SUNDAY)
    desk.work()
    return to(desk, CUSTOMER, since)


@proves("DR-702")
def test_same_is_a_quote_of_the_last_basket_at_todays_prices(regular: Desk) -> None:
    regular.clock.advance(hours=1)
    with regular.db.transaction() as tx:
        tx.session.scalars(select(Listing)).one().current_price = Decimal(90)
    assert regular.text(CUSTOMER, "SAME").startswith("5kg tomatoes, Wanjiku: KSh 450 + delivery KSh 99")
    assert len(regular.look(Order)) == 1
    regular.text(CUSTOMER, "YES")
    assert newest(regular).subtotal == Decimal(450)


@pytest.mark.parametrize("text", ["SAME", "SAME MONDAY"])
def test_who_has_bought_nothing_has_nothing_again(market: Desk, text: str) -> None:
    assert market.text(CUSTOMER, text).startswith("You have bought nothing yet.")


@pytest.mark.parametrize("text", ["SAME MONDAY", "same jumatatu"])
def test_same_monday_asks_each_sunday_afternoon_and_yes_orders(regular: Desk, text: str) -> None:
    assert regular.text(CUSTOMER, text).startswith("OK: each Sun afternoon we ask whether")
    assert sunday(regular) == ASKED
    assert len(regular.look(Order)) == 1, "nothing comes by itself"
    assert regular.text(CUSTOMER, "YES") == ""
    assert newest(regular).estimated_delivery_date.isoformat() == "2025-06-30"
    assert len(regular.look(Order)) == 2


def test_silence_and_no_do_nothing_and_the_next_week_is_asked_again(regular: Desk) -> None:
    regular.text(CUSTOMER, "SAME MONDAY")
    sunday(regular)
    assert regular.text(CUSTOMER, "NO").startswith("OK, nothing is ordered.")
    regular.clock.advance(days=6)
    regular.work()
    with regular.db.transaction() as tx:
        for listing in tx.session.scalars(select(Listing)):
            listing.touched_at, listing.listing_status = regular.clock.now(), "available"
    since = len(regular.sent)
    regular.clock.advance(days=1)
    regular.work()
    assert "The same again: KSh 499" in to(regular, CUSTOMER, since)
    regular.clock.advance(hours=3)  # she says nothing
    regular.text(CUSTOMER, "YES")
    assert len(regular.look(Order)) == 1


def test_a_yes_after_the_quote_lapsed_orders_at_the_same_price_and_asks_at_another(regular: Desk) -> None:
    """DR-1510: until orders for tomorrow close; what changed is put to her again."""
    regular.text(CUSTOMER, "SAME MONDAY")
    sunday(regular)
    regular.clock.advance(minutes=50)
    with regular.db.transaction() as tx:
        tx.session.scalars(select(Listing)).one().current_price = Decimal(90)
    assert regular.text(CUSTOMER, "YES").startswith("Changed: 5kg tomatoes, Wanjiku: KSh 450")
    assert len(regular.look(Order)) == 1
    regular.text(CUSTOMER, "YES")
    assert newest(regular).subtotal == Decimal(450)


def test_a_late_yes_at_the_same_price_orders(regular: Desk) -> None:
    regular.text(CUSTOMER, "SAME MONDAY")
    sunday(regular)
    regular.clock.advance(minutes=50)
    assert regular.text(CUSTOMER, "YES") == ""
    assert newest(regular).subtotal == Decimal(400)


@pytest.mark.parametrize("end", ["SAME OFF", "same off please"])
def test_same_off_ends_it(regular: Desk, end: str) -> None:
    regular.text(CUSTOMER, "SAME MONDAY")
    assert regular.text(CUSTOMER, end).startswith("OK, we ask no more about the same basket.")
    assert sunday(regular) == ""
    regular.text(CUSTOMER, "SAME MONDAY")
    assert regular.look(WeeklyBasket)[0].is_on


def test_when_nothing_of_it_is_to_be_had_she_is_told(regular: Desk) -> None:
    regular.text(CUSTOMER, "SAME MONDAY")
    with regular.db.transaction() as tx:
        for listing in tx.session.scalars(select(Listing)):
            listing.listing_status = "inactive"
    since = len(regular.sent)
    regular.clock.set(SUNDAY)
    regular.work()
    assert to(regular, CUSTOMER, since).startswith("Nothing of your usual basket is on sale near you")
    assert asked(regular) != "weekly"


@pytest.mark.parametrize("phone", [STRANGER, FARMER, RIDER])
def test_the_same_again_is_for_customers(market: Desk, phone: str) -> None:
    for text in ("SAME", "SAME MONDAY", "SAME OFF"):
        market.text(phone, text)
    assert market.look(WeeklyBasket) == []


# --- following ---------------------------------------------------------------------------------------------


@proves("DR-506")
def test_follow_is_told_once_there_is_some_and_unfollow_ends_it(market: Desk, cast: Cast) -> None:
    assert market.text(CUSTOMER, "FOLLOW onions").startswith("We text you when there is onions near you.")
    since = len(market.sent)
    sell(market.db, cast, "onions", "40", "100")
    market.work()
    assert "There is onions near you: KSh 100 per kg" in to(market, CUSTOMER, since)
    assert market.text(CUSTOMER, "FOLLOW").startswith("onions. You hear of these.")
    assert market.text(CUSTOMER, "UNFOLLOW onions").startswith("OK, we do not text you about onions")
    assert market.look(Follow) == []
    assert market.text(CUSTOMER, "UNFOLLOW").startswith("You follow nothing.")


def test_which_of_two_names_is_asked_and_then_followed(market: Desk) -> None:
    reply = market.text(CUSTOMER, "FOLLOW njugu").splitlines()
    assert reply[0] == "Which one do you mean? Reply its number:"
    number = next(line[0] for line in reply if "groundnuts" in line)
    assert market.text(CUSTOMER, number).startswith("We text you when there is groundnuts")


def test_a_stranger_who_follows_is_asked_for_her_place_first(market: Desk) -> None:
    market.text(STRANGER, "FOLLOW tomatoes")
    assert market.look(Follow) == []
