"""A result is read out of every shape that the contract has seen (2.4)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from mpesa import results
from tests.mpesa.samples import CHECKOUT, RECEIPT, failed, paid


def decoded(raw: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(raw, parse_float=Decimal)
    return body


def with_items(items: object) -> dict[str, Any]:
    body = decoded(paid())
    body["Body"]["stkCallback"]["CallbackMetadata"]["Item"] = items
    return body


def test_a_success_brings_amount_receipt_and_payer() -> None:
    result = results.read(decoded(paid()))
    assert result.checkout_id == CHECKOUT
    assert (result.code, result.final, result.via) == ("0", "paid", "callback")
    assert (result.amount, result.receipt, result.payer) == (Decimal("350.00"), RECEIPT, "254708374149")


@pytest.mark.parametrize("amount", ["350", "350.0", "350.00", '"350.00"', '" 350 "', "3.5e2"])
def test_an_amount_is_the_same_in_every_spelling(amount: str) -> None:
    result = results.read(decoded(paid(amount)))
    assert result.amount == Decimal("350.00")
    assert str(result.amount) == "350.00"


@pytest.mark.parametrize(
    "amount",
    ["null", '""', '"KES 350"', "350.005", "1e400", "1e-400", '"NaN"', '"Infinity"', "true", "[350]", "{}"],
)
def test_an_amount_that_is_none_is_not_guessed(amount: str) -> None:
    assert results.read(decoded(paid(amount))).amount is None


@pytest.mark.parametrize(
    "balance",
    [
        '{"Name": "Balance"},',
        "",
        '{"Name": "Balance", "Value": "{Amount={CurrencyCode=KES, BasicAmount=12.00}}"},',
        '{"Name": "Balance", "Value": null},',
        '"Balance",',
    ],
)
def test_a_balance_in_any_form_is_in_nobodys_way(balance: str) -> None:
    result = results.read(decoded(paid(balance=balance)))
    assert (result.amount, result.receipt) == (Decimal("350.00"), RECEIPT)


@pytest.mark.parametrize("code", ["0", '"0"', '" 0 "', "0.0"])
def test_success_is_success_as_number_and_as_text(code: str) -> None:
    assert results.read(decoded(paid(code=code))).final == "paid"


@pytest.mark.parametrize(
    ("phone", "payer", "msisdn"),
    [
        ("254708374149", "254708374149", "+254708374149"),
        ('"254708374149"', "254708374149", "+254708374149"),
        ('"2547*****149"', "2547*****149", ""),
        ('"2547 ***** 149"', "2547 ***** 149", ""),
        (f'"{"b" * 64}"', "b" * 64, ""),
        ("null", "", ""),
    ],
)
def test_dr807_the_payer_is_kept_as_told_and_named_only_when_clear(
    phone: str, payer: str, msisdn: str
) -> None:
    body = decoded(paid(phone=phone))
    assert results.read(body).payer == payer
    assert results.payer_msisdn(results.stk_callback(body)) == msisdn


@pytest.mark.parametrize("code", [1032, "1032"])
def test_a_failure_has_no_details_and_needs_none(code: object) -> None:
    result = results.read(decoded(failed(code, "[STK_CB - ]Request cancelled by user")))
    assert (result.code, result.final) == ("1032", "failed")
    assert (result.amount, result.receipt, result.payer) == (None, None, "")


@pytest.mark.parametrize("code", ["SFC_IC0003", "E3008"])
def test_a_code_need_not_be_a_number(code: str) -> None:
    assert results.read(decoded(failed(code))).final == "failed"


@pytest.mark.parametrize("code", ["77", 4999, "R000002", 100000100])
def test_a_code_that_settles_nothing_is_unknown(code: object) -> None:
    assert results.read(decoded(failed(code))).final == "unknown"


@pytest.mark.parametrize(
    "items", [None, [], "x", 5, [None, 1, "x"], [{"Name": ["Amount"]}], [{"Value": 350}]]
)
def test_details_that_are_none_leave_the_success_without_amount_and_receipt(items: object) -> None:
    result = results.read(with_items(items))
    assert (result.final, result.amount, result.receipt) == ("paid", None, None)


def test_a_single_detail_may_stand_without_its_list() -> None:
    assert results.read(with_items({"Name": "Amount", "Value": 350})).amount == Decimal("350.00")


@pytest.mark.parametrize("receipt", ["", "x", "<script>", "UA11 KX93", "A" * 17])
def test_dr804_what_is_no_receipt_is_not_taken_for_one(receipt: str) -> None:
    assert results.read(decoded(paid(receipt=receipt))).receipt is None


@pytest.mark.parametrize(
    "body",
    [{}, {"Body": None}, {"Body": {}}, {"Body": {"stkCallback": []}}, {"Body": {"stkCallback": {}}},
     {"Body": {"stkCallback": {"ResultCode": None}}}, {"stkCallback": {"ResultCode": 0}}],
)  # fmt: skip
def test_what_is_no_result_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(results.Unreadable):
        results.read(body)
