"""What a reader of the log may see (DR-1904, DR-1205)."""

from decimal import Decimal

import pytest

from core.traffic.masks import mask_digits, mask_json, mask_phones
from tests.proving import proves


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+254712000101", "07******01"),
        ("254712000101", "07******01"),
        ("0712000101", "07******01"),
        ("712000101", "07******01"),
        ("0112 000 101", "01******01"),
        ("call 0712-000-101 now", "call 07******01 now"),
        ("two: 0712000101,0712000202.", "two: 07******01,07******02."),
        ("ws_CO_010120261200014172708374149", "ws_CO_010120261200014172*******49"),
        ("bbff37cea44ac0b2d964ee0dfb8d2df8513dc7ba1b36129a929fc3fbd6dd4af4", "***"),
        ("20260101120038", "20260101120038"),
        ("UA11KX93QZ paid 350.00", "UA11KX93QZ paid 350.00"),
    ],
)
@proves("DR-1904")
def test_a_phone_number_is_masked_in_every_spelling(text: str, shown: str) -> None:
    assert mask_phones(text) == shown
    assert mask_phones(shown) == shown, "what is masked already stays as it is"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4821", "****"),
        ("DONE A3B7 4821", "DONE A3B7 ****"),
        ("done a3b74821", "done a3b*****"),
        ("code is 48 21", "code is ** **"),
        ("4-8-2-1", "*-*-*-*"),
        ("123456", "******"),
        ("٤٨٢١", "****"),
        ("DONE TUN250624A3B7 4821", "DONE TUN250624A3B7 ****"),
        ("done tun250624a3b7", "done tun250624a3b7"),
        ("NUNUA NYANYA 5", "NUNUA NYANYA 5"),
        ("5kg tomatoes, 10 kg onions", "5kg tomatoes, 10 kg onions"),
        ("PICKED A3B7", "PICKED A3B7"),
        ("0712000101", "07******01"),
    ],
)
@proves("DR-1904")
def test_what_may_be_a_code_is_starred_and_what_cannot_be_stays(text: str, shown: str) -> None:
    assert mask_digits(text) == shown


def test_json_keeps_amounts_and_receipts_and_hides_numbers_however_they_are_typed() -> None:
    body = {
        "PhoneNumber": 254708374149,
        "Text": "254708374149",
        "Amount": Decimal("350.00"),
        "Date": 20260101120038,
        "Items": [{"Name": "Balance"}, True, None],
    }
    assert mask_json(body) == {
        "PhoneNumber": "07******49",
        "Text": "07******49",
        "Amount": "350.00",
        "Date": 20260101120038,
        "Items": [{"Name": "Balance"}, True, None],
    }
