"""Bodies nobody sane sends to the addresses of money: no 500, no money moved, no worker stopped (S1, S21)."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from core.duties.models import Duty
from core.payments.models import SuspensePayment
from inbound.logs import Mask, _secrets_of
from mpesa.callbacks import is_listed
from mpesa.masked import masked_body
from tests.helpers import CALLBACK_SECRET
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, STATUS, ack, b2c_paid, config, typed
from tests.proving import proves

VALIDATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/validation"
CONFIRMATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/confirmation"
ODD: list[Any] = [
    None, True, False, [], {}, "", " ", "NaN", "sNaN", "Infinity", "-Infinity", "-350", -350, "350.001", 0.5,
    "1e999999", "1E+9", "1_000", 10**12, 10**4000, "10000000000", "9" * 5000, "٣٥٠", "３５０", "½", "0x10",
    "x" * 60_000, "\u0000", "\ud800", "\u202e053", "'; DROP TABLE orders; --", "%s%n", ["350"],
    {"Value": 350}, "🍅",
]  # fmt: skip
TYPED = ("TransID", "TransAmount", "BusinessShortCode", "BillRefNumber", "MSISDN", "FirstName")


def parked(office: Office) -> list[tuple[str, str]]:
    """Work that failed, with its error."""
    with office.db.read() as tx:
        return [(duty.kind, duty.error) for duty in tx.session.scalars(select(Duty).where(Duty.error != ""))]


def raw(office: Office, path: str, body: str) -> int:
    return office.client.post(path, data=body, content_type="application/json").status_code


@proves("DR-805")
def test_no_value_of_a_payment_typed_is_a_fault_of_ours(office: Office) -> None:
    bodies = [
        typed("487.00", "rent", receipt=f"UB{number:02d}{place:06d}") | {field: value}
        for number, field in enumerate(TYPED)
        for place, value in enumerate(ODD)
    ]
    whole = typed("350.00", "rent", receipt="UB99999999")
    bodies += [{name: told for name, told in whole.items() if name != left_out} for left_out in TYPED]
    for body in bodies:
        text = json.dumps(body)
        assert raw(office, CONFIRMATION, text) in (200, 400), body
    for body in bodies[:: len(ODD) // 3]:
        assert raw(office, VALIDATION, json.dumps(body)) in (200, 400), body
    office.work(400)
    assert parked(office) == []
    with office.db.read() as tx:
        for money in tx.session.scalars(select(SuspensePayment)):
            assert 0 < money.amount < 10**10
    office.sound()


RESULT_FIELDS = ("ResultType", "ResultCode", "ResultDesc", "OriginatorConversationID", "ConversationID",
                 "TransactionID", "ReferenceData", "ResultParameters")  # fmt: skip
PARAMETERS = ("TransactionAmount", "TransactionReceipt", "ReceiverPartyPublicName", "DebitPartyCharges",
              "B2CUtilityAccountAvailableFunds", "TransactionCompletedDateTime")  # fmt: skip


@pytest.fixture
def sent(office: Office) -> Office:
    """A payout of KSh 360 is on its way."""
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    return office


@proves("DR-805", "DR-1303")
def test_no_value_of_a_result_stops_the_worker_or_pays_another_sum(sent: Office) -> None:
    path = sent.bodies(B2C)[0]["ResultURL"].partition("tunda.example")[2]
    for field in (*RESULT_FIELDS, *PARAMETERS):
        for value in ODD if field in ("ResultCode", "TransactionAmount", "DebitPartyCharges") else ODD[::4]:
            inner: dict[str, Any] = b2c_paid(1)["Result"]
            if field in RESULT_FIELDS:
                inner[field] = value
            else:
                inner["ResultParameters"]["ResultParameter"].append({"Key": field, "Value": value})
            assert raw(sent, path, json.dumps({"Result": inner})) in (200, 400), value
    for value in ODD[::4]:
        told = json.dumps({"Result": value})
        assert raw(sent, path.replace("/result", "/timeout"), told) in (200, 400), value
    sent.work(400)
    assert parked(sent) == []
    assert sent.paid_out() == "0.00"
    sent.calls_back(b2c_paid(360), url=B2C)
    sent.work()
    assert (sent.one_payout.status, sent.paid_out()) == ("paid", "360.00")
    sent.sound()


@proves("DR-1303")
@pytest.mark.parametrize(
    "charge",
    ["Fee For B2C Payment|KES|99999999999.00", "Fee For B2C Payment|KES|" + "9" * 5000, "Fee|KES|٢٢.٤٠"],
)
def test_a_charge_that_is_none_does_not_lose_the_payment(sent: Office, charge: str) -> None:
    sent.calls_back(b2c_paid(360, DebitPartyCharges=charge), url=B2C)
    sent.work()
    assert parked(sent) == []
    assert (sent.one_payout.status, str(sent.one_payout.fee), sent.paid_out()) == ("paid", "0.00", "360.00")
    sent.sound()


@proves("DR-1904")
@pytest.mark.parametrize("road", ["stk", "b2c", "status", "reversal", "balance"])
def test_no_log_line_shows_the_token_of_an_address(road: str) -> None:
    token = "0123456789abcdef0123456789abcdef"
    line = Mask().text(f'"POST /cb/{CALLBACK_SECRET}/pay/{road}/{token}/result HTTP/1.1" 200')
    assert token not in line
    assert CALLBACK_SECRET not in line


@proves("DR-1904")
@pytest.mark.parametrize(
    ("party", "shown"),
    [
        ("254708374149 - Jane Doe", "07******49 - ***"),
        ("Jane Doe", "***"),
        ("Jane Doe - 254708374149", "***"),
        ("254708374149 -Jane Doe", "***"),
        ("2547 ***** 149 - Jane Doe", "2547 ***** 149 - ***"),
        ("600992 - Tunda", "600992 - ***"),
    ],
)
def test_the_name_of_who_was_paid_is_never_kept(party: str, shown: str) -> None:
    body = {"Key": "ReceiverPartyPublicName", "Value": party}
    assert masked_body({"x": [body]}) == {"x": [{"Key": "ReceiverPartyPublicName", "Value": shown}]}


@pytest.mark.parametrize(
    ("source", "believed"),
    [
        ("196.201.214.200", True), ("::ffff:196.201.214.200", True), ("196.201.214.201", False),
        ("::ffff:10.0.0.1", False), ("local", False), ("", False), ("196.201.214.200, 10.0.0.1", False),
    ],
)  # fmt: skip
def test_s1_where_a_call_comes_from(source: str, believed: bool) -> None:
    asked = config(mpesa_sources="196.201.214.200", mpesa_sources_mode="enforce")
    assert is_listed(asked, source) is believed


@proves("DR-1904")
def test_a_password_with_a_comma_is_struck_out_whole() -> None:
    asked = config(mpesa_initiator_name="tundaapi", mpesa_initiator_password="Ab1,cd2,ef3")
    mask = Mask(_secrets_of(asked))
    assert "cd2" not in mask.text("cannot log in as tundaapi with Ab1,cd2,ef3")
