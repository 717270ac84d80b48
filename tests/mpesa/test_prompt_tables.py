"""A row per code about a payment request: what we conclude, post, tell, and do next (contract, 1.3 and 2).

`paid` has been booked, anything else posts nothing. `asks`: M-Pesa is asked again within two minutes.
`new`: the customer may have a new request at once, `wait`: not while one may still be on her phone.
"""

import json
from collections.abc import Sequence
from typing import Any

import pytest
import requests
from redis import Redis

from core.errors import DomainError
from core.payments import service as payments
from mpesa.codes import stk
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.moments import each
from tests.mpesa.counter import Counter
from tests.mpesa.replies import OAUTH_REPLIES
from tests.mpesa.samples import OAUTH, PUSH, QUERY, TOKEN, error, failed, paid, settled
from tests.mpesa.since import Since
from tests.mpesa.tables import rows_of
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PENDING: dict[str, Any] = {"status": 500, "json": error("500.001.1001", "The transaction is being processed")}
CONFIRMED = "customer paid_confirmed, farmer new_order"
BOOKED = "mpesa +499.00, order_funds -499.00"

# code | attempt | what she is told | alarm | M-Pesa is asked | a new request
RESULTS = f"""
0          | paid    | {CONFIRMED}                         | -       | -    | -
1          | failed  | customer payment_failed_money money | -       | -    | new
2          | failed  | customer payment_failed ours        | account | -    | new
3          | failed  | customer payment_failed limit       | -       | -    | new
4          | failed  | customer payment_failed limit       | -       | -    | new
8          | failed  | customer payment_failed ours        | account | -    | new
15         | unknown | -                                   | -       | asks | wait
17         | failed  | customer payment_failed busy        | -       | -    | new
21         | failed  | customer payment_failed ours        | account | -    | new
26         | failed  | customer payment_failed busy        | -       | -    | new
1001       | failed  | customer payment_failed phone       | -       | -    | new
1019       | failed  | customer payment_failed lapsed      | -       | -    | new
1025       | failed  | customer payment_failed phone       | -       | -    | new
1031       | failed  | customer payment_failed lapsed      | -       | -    | new
1032       | failed  | customer payment_failed lapsed      | -       | -    | new
1036       | failed  | customer payment_failed phone       | -       | asks | new
1037       | failed  | customer payment_failed phone       | -       | -    | new
1101       | failed  | customer payment_failed ours        | account | -    | new
1102       | failed  | customer payment_failed ours        | account | -    | new
2001       | failed  | customer payment_failed pin         | -       | -    | new
2008       | failed  | customer payment_failed pin         | -       | -    | new
2026       | failed  | customer payment_failed lapsed      | -       | -    | new
2028       | failed  | customer payment_failed ours        | account | -    | new
4999       | unknown | -                                   | -       | asks | wait
8006       | failed  | customer payment_failed locked      | -       | -    | new
9999       | failed  | customer payment_failed busy        | -       | asks | new
100000100  | unknown | -                                   | -       | asks | wait
E3008      | failed  | customer payment_failed ours        | -       | -    | new
SFC_IC0003 | failed  | customer payment_failed ours        | account | -    | new
777        | unknown | -                                   | -       | asks | wait
R000002    | unknown | -                                   | -       | asks | wait
"""
ROWS = rows_of(RESULTS)
ACCOUNT = "prompts_refused mpesa"


def new_request(counter: Counter) -> str:
    """What comes of her `PAY`, sent now."""
    customer = counter.shop.cast.customer
    number, order_id = customer.phone, counter.order.order_id
    try:
        counter.db.run(lambda tx: payments.pay(tx, customer.actor, order_id=order_id, msisdn=number))
    except DomainError as refused:
        return {"PromptOpen": "wait", "NotPayable": "-"}.get(type(refused).__name__, str(refused))
    return "new"


def what_came_of(counter: Counter, since: Since, asked: int) -> list[str]:
    """The row as it is."""
    attempt, order = counter.state
    told, posted = since.told, since.posted
    assert posted == (BOOKED if attempt == "succeeded" else "-")
    assert order == ("confirmed" if attempt == "succeeded" else "pending_payment")
    alarm = "account" if since.alarms == ACCOUNT else since.alarms
    again = new_request(counter)
    counter.clock.advance(seconds=121)
    counter.work()
    asks = "asks" if counter.sent(QUERY) > asked else "-"
    return ["paid" if attempt == "succeeded" else attempt, told, alarm, asks, again]


@proves("DR-803", "DR-805")
@ONLY_SQLITE
def test_what_a_callback_leads_to(
    counter: Counter, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    counter.provider(None, PENDING)
    counter.work()
    found = []
    with each(store, clock, chance) as back:
        for code, *_ in ROWS:
            back()
            since, asked = Since(counter.db), counter.sent(QUERY)
            counter.callback(paid(counter.amount) if code == "0" else failed(code))
            counter.work()
            found.append([code, *what_came_of(counter, since, asked)])
    assert found == ROWS
    assert {row[0] for row in ROWS} - {"777", "R000002"} == set(stk.RESULTS)


@proves("DR-803")
@ONLY_SQLITE
def test_what_a_query_leads_to(
    counter: Counter, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    """The same as a callback, but that 0 brings no receipt."""
    said: dict[str, Any] = {}
    counter.provider()
    counter.net.add_callback("POST", QUERY, callback=lambda _: (200, {}, said["body"]))
    counter.work()
    found = []
    with each(store, clock, chance) as back:
        for code, *_ in ROWS:
            back()
            since = Since(counter.db)
            said["body"] = json.dumps(settled(code))
            clock.advance(seconds=61)
            counter.work()
            assert counter.attempt.receipt_due == (code == "0")
            found.append([code, *what_came_of(counter, since, counter.sent(QUERY))])
    # What a query itself has said needs no other query to verify it.
    assert found == [[*row[:4], "-" if row[1] == "failed" else row[4], row[5]] for row in ROWS]


BUSY = "Unable to lock subscriber, a transaction is already in process for the current subscriber"
# the answer to the request | attempt | the reason she is told | alarm | sent again within 3 minutes
ANSWERS: Sequence[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (name, {"status": status, "json": error(code, words)}, (attempt, told, alarm, again))
    for name, status, code, words, attempt, told, alarm, again in [
        ("field", 400, "400.002.02", "Bad Request - Invalid PhoneNumber", "failed", "ours", "-", "-"),
        ("payload", 400, "400.002.05", "Invalid Request Payload", "failed", "ours", "-", "-"),
        ("bad", 400, "400.003.02", "Bad Request", "failed", "ours", "-", "-"),
        ("product", 403, "403.002.1001", "Unauthorized", "failed", "ours", "account", "-"),
        ("path", 404, "404.001.01", "Resource not found", "failed", "ours", "account", "-"),
        ("token 1", 404, "404.001.03", "Invalid Access Token", "failed", "ours", "account", "repeated"),
        ("token 2", 401, "401.002.01", "Error - Invalid Access Token - x", "failed", "ours", "account",
         "repeated"),
        ("token 3", 400, "400.003.01", "Invalid Access Token", "failed", "ours", "account", "repeated"),
        ("header", 404, "404.001.04", "Invalid Authentication Header", "failed", "ours", "account", "-"),
        ("method", 405, "405.001", "Method Not Allowed", "failed", "ours", "-", "-"),
        ("password", 500, "500.001.1001", "Wrong credentials", "failed", "ours", "account", "-"),
        ("merchant", 500, "500.001.1001", "Merchant does not exist", "failed", "ours", "account", "-"),
        ("phone", 500, "500.001.1001", BUSY, "created", "-", "-", "sent again"),
        ("backend", 500, "500.001.1001", "System error", "unknown", "-", "-", "-"),
        ("spike", 500, "500.003.02", "Spike Arrest Violation", "created", "-", "-", "sent again"),
        ("spike 429", 429, "500.003.02", "System is busy.", "created", "-", "-", "sent again"),
        ("quota", 500, "500.003.03", "Quota Violation", "created", "-", "-", "sent again"),
        ("internal", 500, "500.003.1001", "Internal Server Error", "unknown", "-", "-", "-"),
        ("nobody knows", 500, "500.999.99", "?", "unknown", "-", "-", "-"),
    ]
] + [
    ("html 503", {"status": 503, "body": "<html>"}, ("created", "-", "-", "sent again")),
    ("html 500", {"status": 500, "body": "<html>"}, ("unknown", "-", "-", "-")),
    ("empty 200", {"status": 200, "body": ""}, ("unknown", "-", "-", "-")),
    ("error in 200", {"status": 200, "json": error("400.002.02", "Bad Request - Invalid Amount")},
     ("failed", "ours", "-", "-")),
    ("not accepted", {"json": {"ResponseCode": "1", "CheckoutRequestID": "x"}}, ("unknown", "-", "-", "-")),
    ("no id", {"json": {"ResponseCode": "0"}}, ("unknown", "-", "-", "-")),
    ("no answer", {"body": requests.exceptions.ReadTimeout()}, ("unknown", "-", "-", "-")),
    ("cut", {"body": requests.exceptions.ConnectionError("reset")}, ("unknown", "-", "-", "-")),
    ("no line", {"body": requests.exceptions.ConnectTimeout()}, ("created", "-", "-", "sent again")),
]  # fmt: skip


@proves("DR-803")
@ONLY_SQLITE
def test_what_the_answer_to_a_request_leads_to(
    counter: Counter, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    counter.provider()
    found, expected = [], []
    with each(store, clock, chance) as back:
        for name, reply, row in ANSWERS:
            back()
            counter.net.replace("POST", PUSH, **reply)
            since, before = Since(counter.db), counter.sent(PUSH)
            counter.work()
            attempt, order = counter.state
            told, alarm = since.told, "account" if since.alarms == ACCOUNT else since.alarms
            at_once = counter.sent(PUSH) - before
            counter.later(minutes=3)
            more = counter.sent(PUSH) - before - at_once
            again = "sent again" if more else "repeated" if at_once == 2 else "-"
            assert (order, since.posted) == ("pending_payment", "-"), name
            found.append((name, (attempt, told, alarm, again)))
            words = f"customer payment_failed {row[1]}" if row[1] != "-" else "-"
            expected.append((name, (row[0], words, row[2], row[3])))
    assert found == expected


@proves("DR-1803")
@ONLY_SQLITE
def test_without_a_token_no_request_goes_out_and_she_is_told_so(
    counter: Counter, store: Store, clock: FixedClock, chance: SeededChance, redis: Redis
) -> None:
    """Four tries within a minute, in which she waits; whose keys are refused is told at once."""
    counter.provider()
    with each(store, clock, chance) as back:
        for name, reply, ours in OAUTH_REPLIES:
            back()
            redis.flushdb()
            counter.net.replace("GET", OAUTH, **reply)
            since = Since(counter.db)
            counter.work()
            assert (counter.state, since.told) == (("created", "pending_payment"), "-"), name
            assert since.alarms == (ACCOUNT if ours else "-"), name
            counter.later(minutes=1)
            assert (counter.state[0], since.told) == ("failed", "customer payment_failed busy"), name
            assert (since.posted, counter.sent(PUSH)) == ("-", 0), name
            counter.net.replace("GET", OAUTH, json=TOKEN)
            assert new_request(counter) == "new", name


@ONLY_SQLITE
def test_the_next_paid_request_ends_the_alarm_about_our_account(counter: Counter, store: Store) -> None:
    counter.provider(None, PENDING)
    counter.work()
    since = Since(counter.db)
    counter.callback(failed("21"))
    counter.work()
    assert since.alarms == ACCOUNT
    counter.callback(paid(counter.amount))
    counter.work()
    assert counter.state == ("succeeded", "confirmed")
    assert since.alarms == "-"
