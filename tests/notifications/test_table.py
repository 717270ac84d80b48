"""Section 15 as data: our messages keep to its rows (DR-1501, DR-1502, DR-1509)."""

import pytest

from core.notifications import rules
from core.notifications.rules import KINDS
from core.notifications.table import ROW_OF, SECTION_15, outlives
from core.users.models import User
from tests.proving import proves

# What section 15 prints, row by row: flag ("" is always) and quiet hours.
PRINTED = {
    "order_received order_confirmed order_status order_cancelled": ("order_updates", "held"),
    "out_for_delivery delivery_assigned delivered delivery_failed": ("order_updates", "at once"),
    "payment_received payment_failed refund delivery_code": ("", "at once"),
    "new_order item_reminder order_item_cancelled": ("", "held"),
    "payment_confirmed payout_processed payout_failed": ("", "held"),
    "offer offer_withdrawn deposit_due": ("", "at once"),
    "weather_alert": ("weather_alerts", "held"),
    "price_alert": ("price_alerts", "held"),
    "marketing": ("marketing_notifications", "held"),
    "otp pin_locked number_change login": ("", "at once"),
    "system": ("", "held"),
}
ROWS = [(code, flag, quiet) for codes, (flag, quiet) in PRINTED.items() for code in codes.split()]


@proves("DR-1501", "DR-1502")
@pytest.mark.parametrize(("code", "flag", "quiet"), ROWS)
def test_the_table_is_the_one_that_is_printed(code: str, flag: str, quiet: str) -> None:
    row = SECTION_15[code]
    assert (row.flag, "held" if row.held else "at once") == (flag, quiet)
    assert not flag or hasattr(User, flag)


def test_no_row_is_missing_and_none_is_invented() -> None:
    assert SECTION_15.keys() - {code for code, _flag, _quiet in ROWS} == {"own_act", "job"}


@proves("DR-1501", "DR-1502", "DR-1509")
@pytest.mark.parametrize("code", sorted(code for code, kind in KINDS.items() if kind.by_sms))
def test_every_text_keeps_to_its_row(code: str) -> None:
    row, kind = SECTION_15[ROW_OF[code]], KINDS[code]
    assert (kind.flag, kind.held) == (row.flag, row.held)


def test_every_row_is_of_a_message_we_have() -> None:
    assert ROW_OF.keys() <= KINDS.keys()


@proves("DR-1502")
@pytest.mark.parametrize(
    ("code", "stays"),
    [("new_order", False), ("order_expired", True), ("payment_failed", True), ("no_such", False)],
)
def test_what_is_still_true_when_the_order_is_cancelled(code: str, stays: bool) -> None:
    assert outlives(code) is stays


def test_marketing_has_hours_of_its_own() -> None:
    start, end = rules.NO_MARKETING
    assert (start.hour, end.hour) == (21, 6)
