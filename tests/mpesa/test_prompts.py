"""A prompt is sent once; what became of it is asked, never guessed (P1, P2, P5; R1, R10, R11, R13, R15)."""

import json
from typing import Any

import pytest
import requests
from sqlalchemy import text

from core.db import Tx
from core.duties.sweep import sweep
from core.orders import service as orders
from core.traffic import service as traffic
from core.traffic.models import Callback
from tests.helpers import CALLBACK_SECRET, CUSTOMER
from tests.mpesa.counter import Counter
from tests.mpesa.samples import (
    ACCEPTED,
    CHECKOUT,
    MERCHANT,
    PASSKEY,
    PUSH,
    QUERY,
    TOKEN,
    error,
    failed,
    paid,
    settled,
)

TIMED_OUT: dict[str, Any] = {"body": requests.exceptions.ReadTimeout()}
PENDING_A: dict[str, Any] = {
    "status": 500,
    "json": error("500.001.1001", "The transaction is being processed"),
}
PENDING_B: dict[str, Any] = {"json": settled("4999", "The transaction is still under processing")}
PAID: dict[str, Any] = {"json": settled("0")}


def test_p1_an_accepted_prompt_is_no_payment(counter: Counter) -> None:
    counter.provider()
    counter.work()
    attempt = counter.attempt
    assert counter.state == ("requested", "pending_payment")
    assert (attempt.merchant_request_id, attempt.checkout_request_id) == (MERCHANT, CHECKOUT)
    sent = json.loads(counter.bodies(PUSH)[0])
    assert sent["Amount"] == int(counter.order.amount_asked)
    assert sent["AccountReference"] == counter.order.order_number.removeprefix("TUN")
    assert sent["PhoneNumber"] == CUSTOMER.removeprefix("+")
    assert sent["CallBackURL"].endswith(f"/cb/{CALLBACK_SECRET}/pay/stk/{counter.token}")


def test_dr1802_every_call_is_in_the_log_and_no_secret_is(counter: Counter) -> None:
    counter.provider(None, PAID)
    counter.work()
    counter.later(seconds=70)
    (token,), (push,), (query,) = (counter.rows(kind) for kind in ("mpesa-token", "stk-push", "stk-query"))
    assert [row.verdict for row in (token, push, query)] == ["accepted"] * 3
    assert {row.direction for row in (token, push, query)} == {"out"}
    assert push.order_id == query.order_id == counter.order.order_id
    assert push.msisdn == query.msisdn == CUSTOMER
    assert push.provider_id == query.provider_id == CHECKOUT
    assert (push.status, query.status) == (200, 200)
    assert push.changed[0]["what"] == "created -> requested"
    shown = json.dumps([[row.request, row.reply, row.error] for row in (token, push, query)])
    for secret in (TOKEN["access_token"], CALLBACK_SECRET, counter.token, PASSKEY, CUSTOMER[4:], "708374149"):
        assert secret not in shown


def test_a_call_names_the_inbound_thing_it_follows_from(counter: Counter) -> None:
    counter.provider(None, PAID)
    counter.work()
    counter.callback(failed("1036"))
    counter.later(seconds=70)
    assert counter.rows("stk-query")[0].cause == counter.rows("stk")[0].callback_id


def test_a_prompt_names_the_text_that_placed_the_order(counter: Counter) -> None:
    def settled_text(tx: Tx) -> int:
        tx.note(f"order:{counter.order.order_id}", "new -> pending_payment")
        return traffic.record(tx, direction="in", kind="sms", verdict="applied").callback_id

    yes = counter.db.run(settled_text)
    counter.provider()
    counter.work()
    assert counter.rows("stk-push")[0].cause == yes


def test_no_transaction_is_open_while_the_provider_is_called(counter: Counter) -> None:
    def busy_provider(_request: Any) -> tuple[int, dict[str, str], str]:
        def somebody_writes(tx: Tx) -> None:
            tx.session.execute(text("UPDATE payment_transactions SET payer = 'free'"))

        counter.db.run(somebody_writes, attempts=1)  # would wait for ever on a lock of ours
        return 503, {}, ""

    counter.provider()
    counter.net.remove("POST", PUSH)
    counter.net.add_callback("POST", PUSH, callback=busy_provider)
    counter.work()
    assert counter.attempt.payer == "free"


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("400.002.02", "Bad Request - Invalid PhoneNumber", 400),
        ("500.001.1001", "[MerchantValidate] - Wrong credentials", 500),
        ("403.002.1001", "Unauthorized", 403),
    ],
)
def test_p2_a_refused_prompt_has_failed_and_is_not_repeated(
    counter: Counter, code: str, message: str, status: int
) -> None:
    counter.provider({"status": status, "json": error(code, message)})
    counter.work()
    counter.later(minutes=3)
    assert counter.attempt.status == "failed"
    assert counter.attempt.result_code == code
    assert counter.sent(PUSH) == 1
    assert counter.verdicts("stk-push") == ["refused"]


def test_r10_a_time_out_after_sending_is_unknown_never_failed_and_never_sent_again(counter: Counter) -> None:
    counter.provider(TIMED_OUT)
    counter.work()
    assert counter.state == ("unknown", "pending_payment")
    counter.later(minutes=10)
    assert counter.sent(PUSH) == 1
    assert counter.verdicts("stk-push") == ["unknown"]


def test_r10_a_prompt_whose_answer_was_lost_is_still_settled_by_its_callback(counter: Counter) -> None:
    counter.provider(TIMED_OUT)
    counter.work()
    counter.callback(paid(counter.amount))
    counter.work()
    assert counter.state == ("succeeded", "confirmed")
    assert counter.attempt.checkout_request_id == CHECKOUT


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 503, "body": "<html>"},
        {"status": 500, "json": error("500.003.02", "System is busy.")},
        {"body": requests.exceptions.ConnectTimeout()},
    ],
    ids=["503", "busy", "no connection"],
)
def test_r11_what_was_surely_not_done_is_tried_four_times_and_then_given_up(
    counter: Counter, reply: dict[str, Any]
) -> None:
    counter.provider(reply)
    counter.work()
    assert (counter.sent(PUSH), counter.attempt.status) == (1, "created")
    counter.later(minutes=2)
    assert counter.sent(PUSH) == 4
    assert counter.verdicts("stk-push") == ["failed"] * 4
    assert (counter.attempt.status, counter.attempt.result_code) == ("failed", "not_sent")


def test_r11_a_second_try_that_works_is_as_good_as_the_first(counter: Counter) -> None:
    counter.provider({"status": 503, "body": ""})
    counter.work()
    counter.net.replace("POST", PUSH, json={**settled(0), "ResponseCode": "0"})
    counter.later(seconds=20)
    assert counter.attempt.status == "requested"
    assert counter.verdicts("stk-push") == ["failed", "accepted"]


def test_a_busy_phone_gets_its_prompt_two_minutes_later(counter: Counter) -> None:
    counter.provider({"status": 500, "json": error("500.001.1001", "Unable to lock subscriber, ...")})
    counter.work()
    counter.later(seconds=100)
    assert counter.sent(PUSH) == 1
    counter.later(seconds=100)
    assert counter.sent(PUSH) == 2


class Killed(BaseException):
    """kill -9, as far as Python can play it."""


def killed(_request: Any) -> tuple[int, dict[str, str], str]:
    raise Killed


def test_r1_a_worker_that_died_in_the_call_leaves_an_unknown_and_no_second_prompt(counter: Counter) -> None:
    counter.provider()
    counter.net.remove("POST", PUSH)
    counter.net.add_callback("POST", PUSH, callback=killed)
    with pytest.raises(Killed):
        counter.work()
    assert counter.verdicts("stk-push") == ["calling"]
    counter.later(seconds=100)  # the lease runs out, another worker takes the duty
    assert counter.attempt.status == "unknown"
    assert counter.verdicts("stk-push") == ["unknown"]
    assert counter.sent(PUSH) == 1


def test_a_cancelled_order_gets_no_prompt(counter: Counter) -> None:
    counter.provider()
    counter.db.run(
        lambda tx: orders.cancel(tx, counter.shop.cast.customer.actor, order_id=counter.order.order_id)
    )
    counter.work()
    assert counter.sent(PUSH) == 0
    assert counter.attempt.status == "failed"


def test_r13_a_result_that_overtakes_the_prompts_answer_is_matched_once(
    counter: Counter,
) -> None:
    counter.provider()
    counter.net.remove("POST", PUSH)

    def callback_first(_request: Any) -> tuple[int, dict[str, str], str]:
        assert counter.callback(paid(counter.amount)).status_code == 200
        assert sweep(counter.db, {"read_stk": counter.handlers["read_stk"]}) == 1  # another worker
        return 200, {}, json.dumps(ACCEPTED)

    counter.net.add_callback("POST", PUSH, callback=callback_first)
    counter.work()
    counter.later(minutes=2)
    assert counter.state == ("succeeded", "confirmed")
    assert counter.attempt.merchant_request_id == MERCHANT
    assert counter.verdicts("stk") == ["applied"]
    assert counter.sent(QUERY) == 0


def test_r15_without_a_callback_the_query_finds_the_money_the_receipt_comes_later(
    counter: Counter,
) -> None:
    counter.provider(None, PAID)
    counter.work()
    counter.later(seconds=70)
    assert counter.state == ("succeeded", "confirmed")
    assert counter.attempt.receipt_due
    counter.callback(paid(counter.amount))
    counter.work()
    assert (counter.attempt.receipt, counter.attempt.receipt_due) == ("UA11KX93QZ", False)
    assert counter.shop.entries().count("payment") == 1


@pytest.mark.parametrize("reply", [PENDING_A, PENDING_B], ids=["form A", "form B"])
def test_p5_pending_is_never_a_failure_it_is_asked_at_1_2_5_10_and_30_minutes(
    counter: Counter, reply: dict[str, Any]
) -> None:
    counter.provider(None, reply)
    counter.work()
    asked: list[int] = []
    for minutes in range(1, 41):
        counter.later(minutes=1)
        if counter.sent(QUERY) > len(asked):
            asked.append(minutes)
    assert asked == [1, 2, 5, 10, 30]
    assert counter.attempt.status == "unknown"


def test_r15_a_query_that_finds_a_refusal_ends_the_attempt(counter: Counter) -> None:
    counter.provider(None, {"json": settled("1032", "Request cancelled by user")})
    counter.work()
    counter.later(seconds=70)
    assert (counter.attempt.status, counter.attempt.result_code) == ("failed", "1032")


def test_a_query_that_did_not_get_through_is_asked_again_soon(counter: Counter) -> None:
    counter.provider(None, {"body": requests.exceptions.ConnectTimeout()}, PAID)
    counter.work()
    counter.later(seconds=100)
    assert counter.verdicts("stk-query") == ["failed", "accepted"]
    assert counter.state == ("succeeded", "confirmed")


def test_a_code_nobody_knows_is_asked_about_again_and_kept_for_an_admin(counter: Counter) -> None:
    counter.provider(None, {"json": settled("777", "?")})
    counter.work()
    counter.later(seconds=70)
    assert counter.state == ("unknown", "pending_payment")
    counter.later(minutes=2)
    assert counter.sent(QUERY) == 2


def test_what_is_settled_is_not_asked_about(counter: Counter) -> None:
    counter.provider(None, PAID)
    counter.work()
    counter.callback(paid(counter.amount))
    counter.later(minutes=40)
    assert counter.sent(QUERY) == 0


def test_no_token_is_as_good_as_no_connection(counter: Counter) -> None:
    counter.net.get("https://sandbox.safaricom.co.ke/oauth/v1/generate", status=400, body="")
    counter.later(minutes=2)
    assert counter.sent(PUSH) == 0
    assert set(counter.verdicts("mpesa-token")) == {"refused"}
    assert (counter.attempt.status, counter.attempt.result_code) == ("failed", "not_sent")


def test_a_token_fetch_that_could_not_be_logged_stops_no_prompt(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = traffic.record

    def record(tx: Tx, *, kind: str, **row: Any) -> Callback:
        if kind == "mpesa-token":
            raise ConnectionError
        return real(tx, kind=kind, **row)

    monkeypatch.setattr(traffic, "record", record)
    counter.provider()
    counter.work()
    assert counter.attempt.status == "requested"


def test_nothing_secret_is_left_in_any_column_of_the_log(counter: Counter) -> None:
    counter.provider(None, PAID)
    counter.work()
    counter.callback(paid(counter.amount))
    counter.work()
    with counter.db.read() as tx:
        dump = str([tuple(row) for row in tx.session.execute(text("SELECT * FROM callback_log"))])
        assert tx.session.query(Callback).count() == 3
    for secret in (TOKEN["access_token"], CALLBACK_SECRET, counter.token, PASSKEY):
        assert secret not in dump
