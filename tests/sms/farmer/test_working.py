"""What a farmer texts about orders: yes, less, no, harvested, packed, ready; one, or a sum (I1 to I6)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import Tx
from core.orders.models import Order, OrderEvent, OrderItem
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.questions.models import Question
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.test_riders import told

LATER = "+254712000909"


@pytest.fixture
def stand(desk: Desk, cast: Cast) -> Desk:
    """The farmer, who reads English here, has 50kg tomatoes for sale."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.text(FARMER, "LANG EN")
    return desk


def pay(desk: Desk, phone: str) -> None:
    """The prompt was answered with the PIN; each payment has a receipt of its own."""

    def work(tx: Tx) -> None:
        attempt = tx.session.scalars(select(PaymentTransaction).filter_by(msisdn=phone)).one()
        key = f"ws_{attempt.transaction_id}"
        payments.accepted(tx, attempt.transaction_id, merchant_request_id=key, checkout_request_id=key)
        paid = payments.Result(
            checkout_id=key, code="0", final="paid", text="", amount=attempt.amount,
            receipt=f"UA11KX9{attempt.transaction_id:03d}", payer=phone, via="callback",
        )  # fmt: skip
        payments.result(tx, transaction_id=attempt.transaction_id, result=paid)

    desk.db.run(work)
    desk.work()


def bought(desk: Desk, phone: str, text: str, *more: str) -> str:
    """Somebody has ordered and paid; the order's last four."""
    for said in (text, *more, "YES"):
        desk.text(phone, said)
    pay(desk, phone)
    return str(desk.look(Order)[-1].order_number[-4:])


@pytest.fixture
def order(stand: Desk) -> str:
    """One paid order of 5kg."""
    return bought(stand, CUSTOMER, "5kg tomatoes")


@pytest.fixture
def two(stand: Desk) -> tuple[str, str]:
    """Two paid orders of 5kg and 3kg for the same day."""
    first = bought(stand, CUSTOMER, "5kg tomatoes")
    return first, bought(stand, LATER, "3kg tomatoes", "Kangemi, near the Total station")


def status(desk: Desk) -> list[tuple[str, bool]]:
    return [(item.item_status, item.accepted_at is not None) for item in desk.look(OrderItem)]


@proves("I1", "DR-1510")
def test_the_new_order_asks_and_a_bare_yes_accepts_it(stand: Desk, order: str) -> None:
    assert told(stand, FARMER)[-1] == (
        f"New order {order}, PAID: 5kg tomatoes by Wed 25. You get KSh 360. YES {order} or NO {order}? "
        "For Achieng, Kangemi."
    )
    said = stand.text(FARMER, "YES")
    assert said == f"Accepted {order}: 5kg tomatoes by Wed 25. You get KSh 360. When packed: READY {order}"
    assert status(stand) == [("pending", True)]


@pytest.mark.parametrize("text", ["YES {order}", "ndiyo {order}", "ACCEPT {order}", "KUBALI", "accept"])
def test_each_yes(stand: Desk, order: str, text: str) -> None:
    assert order in stand.text(FARMER, text.format(order=order))
    assert status(stand) == [("pending", True)]


@proves("I6")
@pytest.mark.parametrize(
    ("reason", "kept"), [("2", "spoiled"), ("mvua ilinyesha sana", "mvua ilinyesha sana")]
)
def test_no_asks_why_and_says_what_she_loses(stand: Desk, order: str, reason: str, kept: str) -> None:
    asked = stand.text(FARMER, "NO")
    assert asked.startswith(f"{order}: why no 5kg tomatoes? You lose KSh 360. 1 Sold 2 Spoiled")
    assert status(stand) == [("pending", False)]
    assert stand.text(FARMER, reason).startswith(f"Cancelled: {order}, 5kg tomatoes.")
    assert [one for one, _ in status(stand)] == ["rejected"]
    assert kept in [event.reason for event in stand.look(OrderEvent)]


@proves("I6")
@pytest.mark.parametrize("text", ["CANCEL {order}", "SIMAMISHA {order}", "ghairi {order}", "cancel my order"])
def test_her_cancel_is_a_no_that_asks_why(stand: Desk, order: str, text: str) -> None:
    asked = stand.text(FARMER, text.format(order=order))
    assert asked.startswith(f"{order}: why no 5kg tomatoes? You lose KSh 360.")
    assert status(stand) == [("pending", False)]
    assert stand.text(FARMER, "2").startswith(f"Cancelled: {order}, 5kg tomatoes.")


@proves("I6")
def test_a_cancel_with_its_reason_needs_no_question(stand: Desk, order: str) -> None:
    assert stand.text(FARMER, f"CANCEL {order} they are rotten").startswith(f"Cancelled: {order}")
    assert "they are rotten" in [event.reason for event in stand.look(OrderEvent)]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("CANCEL ZZZ9", "No open order of yours ends with ZZZ9."),
        ("SIMAMISHA", "OK, no more adverts and alerts."),
    ],
)
def test_a_cancel_of_nothing_and_a_bare_stop_leave_the_order(
    stand: Desk, order: str, text: str, reply: str
) -> None:
    assert stand.text(FARMER, text).startswith(reply)
    assert status(stand) == [("pending", False)]


@proves("I5")
def test_less_is_put_back_with_what_she_gets_and_only_yes_does_it(stand: Desk, order: str) -> None:
    said = stand.text(FARMER, "only 3kg")
    assert (
        said
        == f"{order}: only 3kg tomatoes. You get KSh 216, and the customer pays only for that. YES or NO?"
    )
    assert stand.look(OrderItem)[0].fulfilled_quantity == Decimal("5.00")
    assert stand.text(FARMER, "YES").startswith("Noted: 3kg tomatoes. You get KSh 216.")
    assert stand.look(OrderItem)[0].fulfilled_quantity == Decimal("3.00")


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        (["LESS {order} 3kg", "NO"], "OK, nothing is changed."),
        (["LESS {order}", "5kg"], "Ordered is 5kg tomatoes. Say less than that"),
        (["LESS {order}", "two crates"], "{order}: 5kg tomatoes ordered. How many kg do you have?"),
        (["LESS {order} 9kg"], "Ordered is 5kg tomatoes. Say less than that"),
        (["NO", "YES"], "Say why: 1 Sold"),
        (["REJECT {order}", "RATE"], "There is no delivery to rate."),
        (["READY ZZZ9"], "No open order of yours ends with ZZZ9."),
        (["READY onions"], "No order of onions waits now."),
        (["REJECT ZZZ9 rotten"], "No open order of yours ends with ZZZ9."),
        (["is my READY order coming?"], ""),
    ],
)
def test_what_changes_nothing(stand: Desk, order: str, texts: list[str], last: str) -> None:
    said = [stand.text(FARMER, text.format(order=order)) for text in texts]
    assert said[-1].startswith(last.format(order=order)), said
    item = stand.look(OrderItem)[0]
    assert (item.item_status, item.fulfilled_quantity, item.accepted_at) == ("pending", Decimal("5.00"), None)


@proves("I2", "I3", "I4")
@pytest.mark.parametrize(
    ("text", "step", "said"),
    [
        ("HARVESTED {order}", "harvested", "{order} harvested: 5kg tomatoes. When packed: READY {order}"),
        ("PACKED", "packed", "{order} packed: 5kg tomatoes."),
        ("READY", "ready", "{order} is ready: 5kg tomatoes. You get KSh 360 by M-Pesa"),
        ("READY nyanya", "ready", "{order} is ready: 5kg tomatoes."),
        ("tayari {order}", "ready", "{order} is ready: 5kg tomatoes."),
    ],
)
def test_each_step_of_the_one_order(stand: Desk, order: str, text: str, step: str, said: str) -> None:
    assert stand.text(FARMER, text.format(order=order)).startswith(said.format(order=order))
    assert [one for one, _ in status(stand)] == [step]
    assert stand.text(FARMER, text.format(order=order)) != ""  # again: nothing breaks


@proves("DR-801")
def test_the_sum_of_a_day_is_told_and_ready_for_all_of_it(stand: Desk, two: tuple[str, str]) -> None:
    said = stand.text(FARMER, "ORDERS")
    assert said.startswith("Wed 25: 8kg tomatoes, 2 orders. You get KSh 576. All packed: READY tomatoes.")
    assert stand.text(FARMER, "READY nyanya").startswith("2 orders ready: 8kg tomatoes. You get KSh 576")
    assert [one for one, _ in status(stand)] == ["ready"] * 2


@proves("DR-1510")
def test_a_bare_word_with_two_orders_is_asked_never_guessed(stand: Desk, two: tuple[str, str]) -> None:
    first, second = two
    asked = stand.text(FARMER, "YES").splitlines()
    assert asked == [
        "Accept which order?",
        f"1 Wed 25 {first} 5kg tomatoes",
        f"2 Wed 25 {second} 3kg tomatoes",
    ]
    assert status(stand) == [("pending", False)] * 2
    assert stand.text(FARMER, "2").startswith(f"Accepted {second}: 3kg tomatoes")
    assert status(stand) == [("pending", False), ("pending", True)]
    asked = stand.text(FARMER, "READY").splitlines()
    assert asked[:2] == ["Which is ready?", "1 Wed 25 8kg (2) tomatoes"]
    assert stand.text(FARMER, "1").startswith("2 orders ready: 8kg tomatoes.")


def test_less_of_a_sum_serves_the_oldest_first(stand: Desk, two: tuple[str, str]) -> None:
    """DR-407."""
    said = stand.text(FARMER, "LESS tomatoes 6kg")
    assert said == "Only 6kg tomatoes: for 2 of 2 orders, oldest first. You get KSh 432. YES or NO?"
    stand.text(FARMER, "YES")
    kept = [item.fulfilled_quantity for item in stand.look(OrderItem)]
    assert kept == [Decimal("5.00"), Decimal("1.00")]


def test_rejecting_a_sum_needs_a_reason_and_is_shown_with_its_loss(stand: Desk, two: tuple[str, str]) -> None:
    stand.text(FARMER, "SELL kale")
    assert stand.text(FARMER, "REJECT tomatoes").startswith(
        "Why none for 2 orders of tomatoes? You lose KSh 576."
    )
    assert stand.text(FARMER, "1").startswith("Cancelled: 2 orders, 8kg tomatoes.")
    assert [one for one, _ in status(stand)] == ["rejected"] * 2


def test_a_question_of_hers_is_not_lost_when_an_order_comes(stand: Desk) -> None:
    """DR-1510: the new order waits, and its text names it."""
    stand.text(FARMER, "SELL kale")
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    (open_,) = stand.look(Question, open_for=FARMER)
    assert open_.kind.startswith("sell_")
    assert stand.text(FARMER, f"YES {order}").startswith(f"Accepted {order}")


@pytest.mark.parametrize(
    "text",
    ["ACCEPT {order}", "READY {order}", "REJECT {order} rotten", "LESS {order} 2kg", "ORDERS", "YES {order}"],
)
def test_what_is_another_farmers_looks_like_nothing(stand: Desk, order: str, text: str) -> None:
    """DR-211, S8: a number that is foreign and one that is not there are answered alike."""
    other = "+254712000777"
    stand.text(other, "Nauza sukuma 20 bunches @10")
    stand.text(other, "Kinoo, behind the church")
    known = stand.text(other, text.format(order=order)).replace(order, "ZZZ9")
    assert known == stand.text(other, text.format(order="ZZZ9") + " ")
    assert status(stand) == [("pending", False)]


@pytest.mark.parametrize("text", ["READY {order}", "HARVESTED {order}", "REJECT {order} rotten", "ORDERS"])
def test_others_are_told_that_it_is_for_farmers(stand: Desk, order: str, text: str) -> None:
    for phone in (CUSTOMER, "+254712000303"):
        stand.text(phone, text.format(order=order))
    assert status(stand) == [("pending", False)]
