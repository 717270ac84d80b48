"""What a row of the log says in one line, and that no piece of a number is ever left in it (DR-1904)."""

import json
import re

import pytest

from tests.mpesa.samples import b2c_paid, result, status_told
from web.gist import MOST, gist, shortened
from web.show import change, short

NUMBER = "+254712000202"
RESULT = {
    "Body": {
        "stkCallback": {
            "ResultCode": 0,
            "ResultDesc": "The service request is processed successfully.",
            "CallbackMetadata": {
                "Item": [
                    {"Name": "Amount", "Value": 499},
                    {"Name": "MpesaReceiptNumber", "Value": "TFOM6HL2RJ"},
                ]
            },
        }
    }
}
CANCELLED = {"Body": {"stkCallback": {"ResultCode": 1032, "ResultDesc": "Request cancelled by user."}}}


@pytest.mark.parametrize(
    ("kind", "request_", "reply", "error", "line"),
    [
        ("sms", {"text": "5kg tomatoes"}, "", "", "5kg tomatoes"),
        ("ussd", {"answer": "1"}, "CON Uko wadi gani?\n1 Kinoo", "", "1 → Uko wadi gani?"),
        ("stk", RESULT, '{"ResultCode": 0}', "", "KES 499, receipt TFOM6HL2RJ"),
        ("stk", CANCELLED, "", "", "Request cancelled by user."),
        ("stk", {"Body": {"stkCallback": {"CallbackMetadata": "odd"}}}, "", "unreadable", "unreadable"),
        ("stk-push", {"Amount": 499, "AccountReference": "250624JTR9"}, "{}", "", "KES 499 for 250624JTR9"),
        (
            "b2c",
            {"Amount": 360, "CommandID": "BusinessPayment", "Remarks": "Tunda payout"},
            "{}",
            "",
            "KES 360, Tunda payout",
        ),
        ("b2c-result", {"Result": {"ResultDesc": "Processed."}}, "", "", "Processed."),
        ("b2c-result", b2c_paid(360), "", "", "KES 360, receipt UA13AB77XY"),
        ("b2c-result", b2c_paid(9000), "", "not so", "KES 9000 → not so"),
        ("b2c-result", result(2040, "refused"), "", "2040 no wallet", "refused → 2040 no wallet"),
        ("status-result", status_told("Completed", 360), "", "", "Completed, KES 360, receipt UA13AB77XY"),
        ("reversal-result", result(Amount=350.0), "", "", "KES 350.0, receipt UA13AB77XY"),
        (
            "balance-result",
            result(AccountBalance="Working|KES|7.00|7.00&Utility|KES|2280.00|2280.00"),
            "",
            "",
            "Working 7.00, Utility 2280.00",
        ),
        ("balance-result", result("0", "OK", AccountBalance="lots"), "", "no account", "OK → no account"),
        (
            "c2b-confirmation",
            {"TransAmount": "480.00", "BillRefNumber": "250624JTR9"},
            "",
            "",
            "KES 480.00 for 250624JTR9",
        ),
        (
            "c2b-validation",
            {"TransAmount": "480.00", "BillRefNumber": ""},
            "",
            "C2B00012 none",
            "KES 480.00 for no account → C2B00012 none",
        ),
        ("stk-query", {}, json.dumps({"ResultDesc": "Request cancelled"}), "", "Request cancelled"),
        ("mpesa-token", {"grant_type": "x"}, '{"expires_in": "3599"}', "", "access token, good for 59 min"),
        ("mpesa-token", {"grant_type": "x"}, "", "no answer", "access token → no answer"),
        ("sms-report", {"status": "Success"}, "OK", "", "Success"),
        ("ussd-event", {}, "", "", ""),
    ],
)
def test_a_row_in_one_line(kind: str, request_: dict[str, object], reply: str, error: str, line: str) -> None:
    assert gist(kind, request_, reply, error) == line


@pytest.mark.parametrize("spelled", [NUMBER, "254712000202", "0712000202", "0712 000 202", "712-000-202"])
@pytest.mark.parametrize("before", range(MOST - 16, MOST + 1))
def test_a_number_is_masked_before_anything_is_cut(spelled: str, before: int) -> None:
    """However the cut falls, at most its two first and two last digits can be read."""
    text = "x" * before + " " + spelled + " and more words to be cut away"
    for line in (gist("sms", {"text": text}, "", ""), gist("sms", {}, "", text)):
        assert len(line) <= MOST
        assert line.endswith("…")
        assert not re.search(r"\d{3}", line), line


def test_what_is_cut_says_so_and_what_fits_is_whole() -> None:
    assert shortened("a" * MOST) == "a" * MOST
    assert shortened("a" * (MOST + 1)) == "a" * (MOST - 1) + "…"
    assert shortened("two\nlines") == "two lines"


def test_a_sessions_short_name_shows_no_more_of_a_number_than_its_last_two_digits() -> None:
    assert short("ATUid_9f3c2b7a61") == "…7a61"
    assert short(f"session{NUMBER}") == "…**02"
    assert short("s-1") == "s-1"


@pytest.mark.parametrize(
    ("noted", "shown"),
    [
        ("new -> pending_payment", "new → pending payment"),
        ("(new) -> pending", "new → pending"),
        ("out_for_delivery -> delivered", "out for delivery → delivered"),
        ("registered as customer (07******02)", "registered as customer (07******02)"),
        (f"called {NUMBER}", "called 07******02"),
    ],
)
def test_a_change_is_spelled_as_statuses_are_everywhere(noted: str, shown: str) -> None:
    assert change(noted) == shown
