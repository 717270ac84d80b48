"""Payments typed at the paybill: taken or refused within two seconds, booked once, never lost."""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.db import Database
from core.orders.models import Order
from core.payments.models import PaymentTransaction, SuspensePayment
from tests.helpers import CALLBACK_SECRET, CUSTOMER, RIDER
from tests.mpesa.counter import Counter
from tests.mpesa.office import Office
from tests.mpesa.samples import PUSH, QUERY, STATUS, ack, error, paid, settled, status_told, typed
from tests.proving import proves

VALIDATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/validation"
CONFIRMATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/confirmation"
PENDING: dict[str, Any] = {"status": 500, "json": error("500.001.1001", "The transaction is being processed")}


@pytest.fixture
def order(office: Office) -> Order:
    """An order whose prompt came to nothing: its customer pays at the paybill."""
    office.shop.publish()
    made = office.shop.order()
    office.shop.refuse_prompt(made)
    return made


def due(order: Order) -> str:
    return str(order.amount_asked)


def spelled(order: Order) -> str:
    return order.order_number.removeprefix("TUN")


def confirmed(office: Office, amount: str, reference: str, **given: Any) -> int:
    answer = office.post(CONFIRMATION, typed(amount, reference, **given))
    office.work()
    return answer.status_code


def payments(office: Office) -> list[tuple[str, str, str | None]]:
    with office.db.read() as tx:
        query = select(PaymentTransaction).where(PaymentTransaction.status == "succeeded")
        return [(p.method, str(p.amount), p.receipt) for p in tx.session.scalars(query)]


def apart(office: Office) -> list[tuple[str, str]]:
    with office.db.read() as tx:
        return [(m.receipt, m.status) for m in tx.session.scalars(select(SuspensePayment))]


# --- before M-Pesa takes it -------------------------------------------------------------------------------


@proves("DR-111", "DR-904")
@pytest.mark.parametrize(
    ("reference", "amount", "code"),
    [
        ("{order}", "{due}", "0"),
        ("TUN{order}", "{due}", "0"),
        (" tun {order} ", "{due}", "0"),
        ("{lower}", "{due}", "0"),
        ("{dashed}", "{due}", "0"),
        ("{order}", "1.00", "C2B00013"),
        ("{order}", "100000.00", "C2B00013"),
        ("{order}", "0.00", "C2B00013"),
        ("250624ZZZ9", "{due}", "C2B00012"),
        ("rent", "{due}", "C2B00012"),
        ("", "{due}", "C2B00012"),
        ("'; DROP TABLE orders", "{due}", "C2B00012"),
        ("R0712000303", "1.00", "0"),
        ("r 0712-000-303", "9999.00", "0"),
        ("R0712000202", "500.00", "C2B00012"),
        ("R0712", "500.00", "C2B00012"),
    ],
)
def test_what_may_be_paid(office: Office, order: Order, reference: str, amount: str, code: str) -> None:
    assert RIDER.endswith("712000303")
    tail = spelled(order)
    told = reference.format(order=tail, lower=tail.lower(), dashed=f"{tail[:6]}-{tail[6:]}")
    answer = office.post(VALIDATION, typed(amount.format(due=due(order)), told))
    reply = answer.get_json()
    assert (answer.status_code, reply["ResultCode"]) == (200, code)
    assert len(reply["ResultDesc"]) < 90
    (row,) = office.rows("c2b-validation")
    assert row.verdict == ("shown" if code == "0" else "rejected")
    assert payments(office) == [], "asking moves nothing"


def test_a_paid_order_takes_no_more(office: Office, order: Order) -> None:
    confirmed(office, due(order), spelled(order))
    assert office.post(VALIDATION, typed(due(order), spelled(order))).get_json()["ResultCode"] == "C2B00016"


@pytest.mark.parametrize("shortcode", ["600000", "", None])
def test_another_shortcode_is_not_ours(office: Office, order: Order, shortcode: str | None) -> None:
    body = typed(due(order), spelled(order), BusinessShortCode=shortcode)
    assert office.post(VALIDATION, body).get_json()["ResultCode"] == "C2B00015"


def test_numbers_instead_of_texts_are_understood(office: Office, order: Order) -> None:
    body = typed(due(order), spelled(order), BusinessShortCode=174379, MSISDN=254708374149)
    body["TransAmount"] = float(order.amount_asked)
    assert office.post(VALIDATION, body).get_json()["ResultCode"] == "0"


@pytest.mark.parametrize("how", ["away", "hangs"])
def test_without_the_database_it_answers_all_the_same_within_two_seconds(
    office: Office, order: Order, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Database) -> Any:
        if how == "hangs":
            time.sleep(2.5)
        raise ConnectionError("database away")

    monkeypatch.setattr(Database, "read", broken)
    monkeypatch.setattr(Database, "transaction", broken)
    began = time.monotonic()
    reply = office.post(VALIDATION, typed(due(order), spelled(order))).get_json()
    assert time.monotonic() - began < 2
    assert reply["ResultCode"] == "C2B00016"


# --- money has moved --------------------------------------------------------------------------------------


@proves("DR-111")
@pytest.mark.parametrize("spelling", ["{order}", "TUN{order}", "tun {order}", "{order} ", "{dashed}"])
def test_the_sum_due_confirms_the_order_in_any_spelling(office: Office, order: Order, spelling: str) -> None:
    tail = spelled(order)
    answer = office.post(
        CONFIRMATION, typed(due(order), spelling.format(order=tail, dashed=f"{tail[:6]}-{tail[6:]}"))
    )
    assert answer.get_json() == {"ResultCode": 0, "ResultDesc": "Success"}
    assert payments(office) == [], "stored and answered first"
    office.work()
    assert payments(office) == [("c2b", due(order), "UA12LM40RT")]
    assert office.shop.fresh(order).order_status == "confirmed"
    office.sound(order)


@pytest.mark.parametrize("times", [1, 3])
def test_the_same_confirmation_again_is_one_payment(office: Office, order: Order, times: int) -> None:
    for _ in range(times):
        confirmed(office, due(order), spelled(order))
        confirmed(office, due(order), spelled(order), OrgAccountBalance="100.00")
    assert payments(office) == [("c2b", due(order), "UA12LM40RT")]
    assert office.verdicts("c2b-confirmation") == ["applied", "duplicate"]
    office.sound(order)


@proves("DR-804")
def test_the_same_receipt_with_another_amount_moves_nothing_and_calls_a_person(
    office: Office, order: Order
) -> None:
    confirmed(office, due(order), spelled(order))
    confirmed(office, "9.00", spelled(order))
    assert office.verdicts("c2b-confirmation") == ["applied", "mismatched"]
    assert [kind for kind, _ in office.alarms()] == ["receipt_mismatch"]
    office.sound(order)


@proves("DR-812")
def test_what_fits_nothing_is_kept_apart(office: Office, order: Order) -> None:
    confirmed(office, "70.00", "my rent", receipt="UA12LM40AA")
    assert apart(office) == [("UA12LM40AA", "open")]
    (row,) = office.rows("c2b-confirmation")
    assert (row.verdict, row.error) == ("applied", "fits no order: kept apart")
    office.sound(order)


HASHED = hashlib.sha256(CUSTOMER.removeprefix("+").encode()).hexdigest()


@pytest.mark.parametrize(
    "number", [CUSTOMER.removeprefix("+"), "2547*****202", "2547 ***** 202", HASHED, HASHED.upper(), None, 5]
)
def test_a_number_is_kept_as_it_came_and_shown_masked(office: Office, order: Order, number: Any) -> None:
    confirmed(office, due(order), spelled(order), MSISDN=number)
    assert len(payments(office)) == 1
    (row,) = office.rows("c2b-confirmation")
    shown = json.dumps(row.request)
    for hidden in (CUSTOMER[4:], HASHED, "JANE"):
        assert hidden not in shown
    assert row.sealed is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"TransAmount": "x"}, "no TransAmount"),
        ({"TransAmount": None}, "no TransAmount"),
        ({"TransAmount": "480.005"}, "no TransAmount"),
        ({"TransAmount": "-480.00"}, "payments.amount_wrong"),
        ({"TransID": ""}, "no TransID"),
        ({"TransID": "a b"}, "payments.reference_wrong"),
        ({"BusinessShortCode": "600000"}, "paid to another shortcode"),
    ],
)
def test_what_cannot_be_read_is_set_aside_for_a_person(
    office: Office, order: Order, change: dict[str, Any], why: str
) -> None:
    assert confirmed(office, due(order), spelled(order), **change) == 200
    (row,) = office.rows("c2b-confirmation")
    assert (row.verdict, row.error) == ("quarantined", why)
    assert ("payment_doubt", f"callback:{row.callback_id}") in office.alarms()
    assert (payments(office), apart(office)) == ([], [])


def test_what_could_not_be_stored_is_not_confirmed(
    office: Office, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("database away")

    monkeypatch.setattr(Database, "run", away)
    assert office.post(CONFIRMATION, typed(due(order), spelled(order))).status_code == 503


# --- the same payment by its prompt -------------------------------------------------------------------------


@proves("DR-803")
@pytest.mark.parametrize("order_of_arrival", ["paybill first", "prompt first"])
@pytest.mark.parametrize("number", ["2547 ***** 202", "254712000202", "2547 ***** 999"])
def test_one_payment_told_twice_is_one(counter: Counter, order_of_arrival: str, number: str) -> None:
    counter.provider(None, PENDING, {"json": settled("0")})
    counter.work()
    told = typed(counter.amount, counter.order.order_number, receipt="UA11KX93QZ", MSISDN=number)
    body = json.dumps(told)
    news: list[Callable[[], Any]] = [
        lambda: counter.client.post(CONFIRMATION, data=body, content_type="application/json"),
        lambda: counter.callback(paid(counter.amount)),
    ]
    for tell in news if order_of_arrival == "paybill first" else reversed(news):
        tell()
        counter.work()
    counter.later(minutes=40)
    assert counter.state == ("succeeded", "confirmed")
    assert counter.attempt.receipt == "UA11KX93QZ"
    assert counter.shop.entries().count("payment") == 1


@proves("DR-803")
def test_the_paybill_brings_the_receipt_that_a_query_could_not(counter: Counter) -> None:
    counter.provider(None, {"json": settled("0")})
    counter.work()
    counter.later(minutes=1)
    assert (counter.attempt.status, counter.attempt.receipt_due) == ("succeeded", True)
    told = typed(counter.amount, counter.order.order_number, receipt="UA11KX93QZ", MSISDN=CUSTOMER[1:])
    counter.client.post(CONFIRMATION, data=json.dumps(told), content_type="application/json")
    counter.work()
    assert (counter.attempt.receipt, counter.attempt.receipt_due) == ("UA11KX93QZ", False)
    assert counter.shop.entries().count("payment") == 1
    assert (counter.sent(PUSH), counter.sent(QUERY)) == (1, 1)


@proves("DR-803", "DR-812")
def test_at_a_till_no_reference_is_typed_and_the_phone_tells_the_order(counter: Counter) -> None:
    counter.provider(None, PENDING)
    counter.work()
    body = typed(counter.amount, "", receipt="UA11KX93QZ", MSISDN="2547 ***** 202")
    body |= {"TransactionType": "Buy Goods", "BillRefNumber": None}
    counter.client.post(CONFIRMATION, data=json.dumps(body), content_type="application/json")
    counter.work()
    counter.callback(paid(counter.amount))
    counter.work()
    assert counter.state == ("succeeded", "confirmed")
    assert counter.shop.entries().count("payment") == 1


@proves("DR-812")
def test_money_kept_apart_finds_its_order_when_the_prompt_tells(counter: Counter) -> None:
    counter.provider(None, PENDING)
    counter.work()
    body = typed(counter.amount, "", receipt="UA11KX93QZ", MSISDN="2547 ***** 999")
    counter.client.post(CONFIRMATION, data=json.dumps(body), content_type="application/json")
    counter.work()
    assert counter.state == ("requested", "pending_payment")
    counter.callback(paid(counter.amount))
    counter.work()
    assert counter.state == ("succeeded", "confirmed")
    entries = counter.shop.entries()
    assert (entries.count("payment"), entries.count("suspense_matched")) == (0, 1)


# --- where it comes from ------------------------------------------------------------------------------------


class TestSources:
    """Contract, section 7: a list of addresses that can change."""

    @pytest.fixture
    def config(self, config: Any, request: pytest.FixtureRequest) -> Any:
        mode = request.node.callspec.params["mode"]
        return config.model_copy(update={"mpesa_sources_mode": mode, "mpesa_sources": "196.201.214.0/24"})

    @pytest.mark.parametrize("mode", ["off", "alert", "enforce"])
    def test_from_a_listed_address_it_is_believed(self, office: Office, order: Order, mode: str) -> None:
        office.post(CONFIRMATION, typed(due(order), spelled(order)), source="196.201.214.200")
        office.work()
        assert len(payments(office)) == 1

    @pytest.mark.parametrize("mode", ["enforce"])
    def test_from_elsewhere_it_is_refused_and_shown(self, office: Office, order: Order, mode: str) -> None:
        for path in (CONFIRMATION, VALIDATION):
            assert (
                office.post(path, typed(due(order), spelled(order)), source="203.0.113.9").status_code == 403
            )
        office.work()
        assert (payments(office), apart(office)) == ([], [])
        (row,) = office.rows("c2b-confirmation")
        assert (row.verdict, row.source, row.status) == ("rejected", "203.0.113.9", 403)

    @pytest.mark.parametrize("mode", ["alert"])
    @pytest.mark.parametrize(
        ("told", "booked"),
        [
            (("Completed", "{due}", "UA12LM40RT"), True),
            (("Completed", "1.00", "UA12LM40RT"), False),
            (("Completed", "{due}", "UA99999999"), False),
            (("Cancelled", "{due}", "UA12LM40RT"), False),
        ],
    )
    def test_on_alert_it_is_booked_when_mpesa_says_so_itself(
        self, office: Office, order: Order, mode: str, told: tuple[str, str, str], booked: bool
    ) -> None:
        office.provider(STATUS, {"json": ack("AG_query")})
        office.post(CONFIRMATION, typed(due(order), spelled(order)), source="203.0.113.9")
        office.work()
        assert payments(office) == []
        assert office.verdicts("c2b-confirmation") == ["quarantined"]
        assert office.bodies(STATUS)[0]["TransactionID"] == "UA12LM40RT"
        state, amount, receipt = told
        body = status_told(state, amount.format(due=due(order)), receipt=receipt, conversation="AG_query")
        office.calls_back(body, url=STATUS, source="196.201.214.200")
        office.work()
        assert len(payments(office)) == booked
        assert (office.alarms() == []) is booked
        office.sound(order)
