"""What needs a PIN is not done by SMS: the reply says what to dial (issue 5, DR-207)."""

import pytest

from core.payouts.models import Payout
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk

PAID_NOW = (
    "To be paid now you need your Tunda PIN: dial *384*88632*61# and ask for your money there. "
    "Else it comes by itself on payday."
)
NUMBER = "That needs your Tunda PIN, never by SMS. Dial *384*88632#: More, My account, Number for my money."
DATA = "That needs your Tunda PIN, never by SMS. Dial *384*88632#: More, My account, My data."


@proves("DR-207")
@pytest.mark.parametrize(
    ("phone", "text", "reply"),
    [
        (FARMER, "PAYOUT", PAID_NOW),
        (FARMER, "LIPA SASA", PAID_NOW),
        (FARMER, "nilipe", PAID_NOW),
        (RIDER, "pay me now please", PAID_NOW),
        (CUSTOMER, "change my refund number to 0722111222", NUMBER),
        (FARMER, "change payout number", NUMBER),
        (CUSTOMER, "delete my account", DATA),
        (FARMER, "futa data zangu", DATA),
        (CUSTOMER, "send me all my data", DATA),
    ],
)
def test_the_reply_says_what_to_dial(desk: Desk, cast: Cast, phone: str, text: str, reply: str) -> None:
    desk.text(phone, "LANG EN")
    assert desk.text(phone, text) == reply
    assert desk.look(Payout) == []


def test_lipa_sasa_of_one_who_buys_is_no_payout(desk: Desk, cast: Cast) -> None:
    assert desk.text(CUSTOMER, "LIPA SASA").startswith("No order of yours waits for payment")


@pytest.mark.parametrize(
    ("phone", "start"),
    [
        (FARMER, "Sorry, we did not understand. Text e.g. SELL tomatoes 20kg @80"),
        (RIDER, "Sorry, we did not understand. Text e.g. ON, OFF, STATUS"),
        (CUSTOMER, "Sorry, we did not understand. Text what you need"),
    ],
)
def test_what_nobody_understands_is_answered_as_her_role_would_text(
    desk: Desk, cast: Cast, phone: str, start: str
) -> None:
    desk.text(phone, "LANG EN")
    assert desk.text(phone, "blah blurb zzz").startswith(start)


def test_two_commands_in_one_text_are_told_to_come_one_by_one(desk: Desk, cast: Cast) -> None:
    assert desk.text(CUSTOMER, "cancel A3B7 and pay K9ME") == (
        "One thing in one SMS, please: nothing is done yet. Text CANCEL A3B7 first, then the other."
    )
