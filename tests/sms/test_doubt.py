"""What is read but not surely is put back, and done on a yes only (issue 5, DR-1510)."""

from tests.helpers import Cast
from tests.sms.conftest import Desk


def test_a_misspelt_cancel_without_a_number_is_put_back_and_a_no_does_nothing(desk: Desk, cast: Cast) -> None:
    asked = desk.text(cast.customer.user.phone_number, "cancl")
    assert "CANCEL" in asked
    assert "did not understand" not in desk.text(cast.customer.user.phone_number, "NO")


def test_a_yes_does_what_was_put_back(desk: Desk, cast: Cast) -> None:
    desk.text(cast.customer.user.phone_number, "cancl")
    plainly = desk.text(cast.rider.user.phone_number, "cancel")
    assert plainly
    assert "no unpaid order" in desk.text(cast.customer.user.phone_number, "YES").lower()


def test_a_stranger_is_told_how_it_is_written(desk: Desk) -> None:
    assert "did not understand" in desk.text("+254700900100", "on my way")
