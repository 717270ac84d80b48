"""Results by callback: stored, answered, worked on once, believed only where they fit (DR-803 to DR-806)."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from core.db import Database
from core.payments.models import PaymentTransaction
from core.traffic.models import Callback
from tests.helpers import CALLBACK_SECRET, CUSTOMER
from tests.mpesa.counter import Counter, token_of
from tests.mpesa.samples import CHECKOUT, PUSH, QUERY, RECEIPT, error, failed, paid, settled
from tests.proving import proves

PENDING: dict[str, Any] = {"status": 500, "json": error("500.001.1001", "The transaction is being processed")}


@pytest.fixture
def prompted(counter: Counter) -> Counter:
    """The prompt is on the phone; whoever asks hears that it is being processed."""
    counter.provider(None, PENDING)
    counter.work()
    assert counter.state == ("requested", "pending_payment")
    return counter


def test_a_success_is_answered_at_once_and_pays_the_order_when_it_is_worked_on(prompted: Counter) -> None:
    answer = prompted.callback(paid(prompted.amount))
    assert (answer.status_code, answer.get_json()) == (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
    assert prompted.state == ("requested", "pending_payment")
    prompted.work()
    assert prompted.state == ("succeeded", "confirmed")
    assert prompted.attempt.receipt == RECEIPT
    assert prompted.shop.entries().count("payment") == 1


def test_dr1802_the_log_shows_amount_and_receipt_and_masks_the_phone(prompted: Counter) -> None:
    prompted.callback(paid(prompted.amount, phone=CUSTOMER[1:]))
    (stored,) = prompted.rows("stk")
    assert stored.verdict == "stored"
    prompted.work()
    (row,) = prompted.rows("stk")
    shown = json.dumps(row.request)
    assert RECEIPT in shown
    assert prompted.amount in shown
    assert "07******02" in shown
    for hidden in (CUSTOMER[4:], "708374149"):
        assert hidden not in shown
        assert hidden not in str(stored.sealed)
    assert row.msisdn == CUSTOMER
    assert row.provider_id == CHECKOUT
    assert (row.verdict, row.order_id, row.sealed) == ("applied", prompted.order.order_id, None)
    record = f"order:{prompted.order.order_id}"
    assert {"record": record, "what": "pending_payment -> confirmed"} in row.changed


def test_a_payer_who_is_hidden_is_found_under_the_number_we_asked(prompted: Counter) -> None:
    prompted.callback(paid(prompted.amount, phone='"2547 ***** 149"'))
    prompted.work()
    assert prompted.rows("stk")[0].msisdn == CUSTOMER
    assert prompted.attempt.payer == "2547 ***** 149"


def test_p4_a_failure_ends_the_attempt_and_frees_the_phone(prompted: Counter) -> None:
    prompted.callback(failed())
    prompted.work()
    assert prompted.state == ("failed", "pending_payment")
    assert prompted.attempt.open_for is None


# --- who may speak ----------------------------------------------------------------------------------------


def test_s1_a_token_nobody_has_is_404_stored_as_unmatched_and_changes_nothing(prompted: Counter) -> None:
    answer = prompted.callback(paid(prompted.amount), token="0" * 32)
    assert answer.status_code == 404
    prompted.work()
    assert prompted.verdicts("stk") == ["unmatched"]
    assert prompted.state == ("requested", "pending_payment")
    assert "708374149" not in json.dumps(prompted.rows("stk")[0].request)


def test_s1_a_wrong_path_secret_is_404_and_stores_nothing(prompted: Counter) -> None:
    path = f"/cb/{'0' * 32}/pay/stk/{prompted.token}"
    assert prompted.client.post(path, data=paid(prompted.amount)).status_code == 404
    assert prompted.rows("stk") == []


@pytest.mark.parametrize("body", ["", "{", "[]", "Body=1", '"x"', "NaN"])
def test_s21_what_is_no_json_object_is_400_and_stores_nothing(prompted: Counter, body: str) -> None:
    answer = prompted.callback(body)
    assert (answer.status_code, answer.get_json()["ResultCode"]) == (400, 1)
    assert prompted.rows("stk") == []


def test_get_is_405(prompted: Counter) -> None:
    assert prompted.client.get(f"/cb/{CALLBACK_SECRET}/pay/stk/{prompted.token}").status_code == 405


def test_what_could_not_be_stored_is_never_answered_with_success(
    prompted: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("database away")

    monkeypatch.setattr(Database, "run", away)
    answer = prompted.callback(paid(prompted.amount))
    assert answer.status_code == 503
    assert answer.get_json() == {"ResultCode": 1, "ResultDesc": "Try again later"}


# --- what is believed (DR-804, DR-805) ---------------------------------------------------------------------

FORGERIES: list[tuple[str, Callable[[Counter], str]]] = [
    ("another amount", lambda c: paid("1.00")),
    ("a cent less", lambda c: paid(str(c.order.amount_asked - 1))),
    ("no amount", lambda c: paid("null")),
    ("another checkout id", lambda c: paid(c.amount, checkout="ws_CO_somebody_elses")),
    ("no receipt", lambda c: paid(c.amount, receipt="")),
]


@proves("DR-805")
@pytest.mark.parametrize(("what", "body"), FORGERIES, ids=[f[0] for f in FORGERIES])
def test_dr805_a_success_that_does_not_fit_moves_nothing_and_is_asked_about(
    prompted: Counter, what: str, body: Callable[[Counter], str]
) -> None:
    assert prompted.callback(body(prompted)).status_code == 200
    prompted.work()
    assert prompted.verdicts("stk") == ["mismatched"]
    assert prompted.shop.fresh(prompted.order).order_status == "pending_payment"
    assert prompted.shop.entries() == []
    assert prompted.sent(QUERY) == 1


def test_dr805_the_query_settles_what_the_callback_could_not(counter: Counter) -> None:
    counter.provider(None, {"json": settled("0")})
    counter.work()
    counter.callback(paid("1.00"))
    counter.work()
    assert counter.state == ("succeeded", "confirmed")
    assert counter.attempt.receipt_due


@proves("DR-804")
def test_dr804_a_receipt_pays_once_in_the_whole_database(prompted: Counter) -> None:
    prompted.callback(paid(prompted.amount))
    prompted.work()
    prompted.later(minutes=4)
    second = prompted.shop.order(key="sms-2")
    second_token = token_of(prompted.shop, second)
    other = CHECKOUT.replace("ws_CO_01", "ws_CO_02")
    accepted = {"MerchantRequestID": "m-2", "CheckoutRequestID": other, "ResponseCode": "0"}
    prompted.net.replace("POST", PUSH, json=accepted)
    prompted.work()
    prompted.callback(paid(str(second.amount_asked), checkout=other), token=second_token)
    prompted.work()
    assert prompted.verdicts("stk") == ["applied", "mismatched"]
    assert prompted.shop.fresh(second).order_status == "pending_payment"


def test_dr804_the_same_receipt_with_another_amount_moves_no_money(prompted: Counter) -> None:
    prompted.callback(paid(prompted.amount))
    prompted.work()
    prompted.callback(paid("9999"))
    prompted.work()
    assert prompted.verdicts("stk") == ["applied", "mismatched"]
    assert prompted.shop.entries().count("payment") == 1


STRANGE = ["{}", '{"Body": {}}', '{"Body": {"stkCallback": {}}}', '{"Result": {"ResultCode": 0}}']


@pytest.mark.parametrize("body", STRANGE)
def test_what_cannot_be_read_is_kept_quarantined_and_asked_about(prompted: Counter, body: str) -> None:
    assert prompted.callback(body).status_code == 200
    prompted.work()
    assert prompted.verdicts("stk") == ["quarantined"]
    assert prompted.sent(QUERY) == 1
    assert prompted.shop.fresh(prompted.order).order_status == "pending_payment"


@pytest.mark.parametrize("code", ["1036", "9999"])
def test_a_failure_that_is_in_doubt_is_verified_by_a_query(counter: Counter, code: str) -> None:
    counter.provider(None, {"json": settled("0")})
    counter.work()
    counter.callback(failed(code))
    counter.work()
    assert counter.attempt.status == "failed"
    counter.later(seconds=70)
    assert counter.state == ("succeeded", "confirmed")


@pytest.mark.parametrize("code", ["777", "15", 4999, "R000002"])
def test_a_code_that_settles_nothing_fails_nothing(prompted: Counter, code: object) -> None:
    prompted.callback(failed(code))
    prompted.work()
    assert prompted.state == ("unknown", "pending_payment")


def test_a_result_sealed_under_a_lost_key_is_quarantined_and_blocks_nothing(
    prompted: Counter,
) -> None:
    prompted.callback(paid(prompted.amount))
    callback_id = prompted.rows("stk")[0].callback_id

    def lose_key(tx: Any) -> None:
        tx.session.get(Callback, callback_id).sealed = "gAAAA-of-another-key"

    prompted.db.run(lose_key)
    prompted.work()
    assert prompted.verdicts("stk") == ["quarantined"]
    assert prompted.state == ("requested", "pending_payment")


# --- repeats and order (R12, R14, INV-10) ---------------------------------------------------------------


@proves("DR-806", "INV-10")
def test_dr806_the_same_result_again_is_a_counted_repeat_with_one_effect(prompted: Counter) -> None:
    spaced = paid(prompted.amount).replace("\n", " ")
    answers = [prompted.callback(body) for body in (paid(prompted.amount), spaced, paid(prompted.amount))]
    prompted.work()
    answers.append(prompted.callback(paid(prompted.amount)))
    prompted.work()
    assert [answer.status_code for answer in answers] == [200] * 4
    (row,) = prompted.rows("stk")
    assert (row.repeats, row.verdict) == (3, "applied")
    assert prompted.shop.entries().count("payment") == 1


def test_a_repeat_that_is_written_differently_is_a_duplicate(prompted: Counter) -> None:
    for body in (paid(prompted.amount), paid(prompted.amount, balance=""), paid(prompted.amount, code='"0"')):
        prompted.callback(body)
        prompted.work()
    assert prompted.verdicts("stk") == ["applied", "duplicate", "duplicate"]
    assert prompted.shop.entries().count("payment") == 1


@pytest.mark.parametrize("threads", [2, 50])
def test_r12_the_same_result_at_once_has_one_effect_and_all_are_answered_success(
    prompted: Counter, threads: int
) -> None:
    start = Barrier(threads)
    body = paid(prompted.amount)
    app = prompted.client.application

    def post(_: int) -> int:
        start.wait()
        path = f"/cb/{CALLBACK_SECRET}/pay/stk/{prompted.token}"
        return app.test_client().post(path, data=body).status_code

    with ThreadPoolExecutor(threads) as pool:
        statuses = list(pool.map(post, range(threads)))
    assert statuses == [200] * threads
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: prompted.work(), range(4)))
    (row,) = prompted.rows("stk")
    assert row.repeats == threads - 1
    assert prompted.state == ("succeeded", "confirmed")
    assert prompted.shop.entries().count("payment") == 1


def test_r14_a_failure_after_the_success_changes_nothing(prompted: Counter) -> None:
    prompted.callback(paid(prompted.amount))
    prompted.work()
    before = prompted.attempt
    prompted.callback(failed())
    prompted.work()
    assert prompted.state == ("succeeded", "confirmed")
    assert snapshot(prompted.attempt) == snapshot(before)
    assert prompted.verdicts("stk") == ["applied", "mismatched"]


def test_r14_a_success_after_the_failure_wins(prompted: Counter) -> None:
    for body in (failed(), paid(prompted.amount)):
        prompted.callback(body)
        prompted.work()
    assert prompted.state == ("succeeded", "confirmed")


@pytest.mark.parametrize("order", list(itertools.permutations(["paid", "failed", "forged"])), ids="-".join)
@pytest.mark.parametrize("at_once", [True, False], ids=["worked on together", "one by one"])
def test_r14_in_whatever_order_they_come_the_success_stays(
    prompted: Counter, order: tuple[str, ...], at_once: bool
) -> None:
    bodies = {
        "paid": paid(prompted.amount),
        "failed": failed(1037),
        "forged": paid("1.00", receipt="FAKE000001"),
    }
    for name in order:
        prompted.callback(bodies[name])
        if not at_once:
            prompted.work()
    prompted.work()
    assert prompted.state == ("succeeded", "confirmed")
    assert prompted.attempt.receipt == RECEIPT
    assert prompted.shop.entries().count("payment") == 1


def snapshot(attempt: PaymentTransaction) -> dict[str, Any]:
    return {column.name: getattr(attempt, column.name) for column in PaymentTransaction.__table__.columns}
