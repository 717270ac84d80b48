"""A payout is sent once; what became of it is told, asked, or left to a person, never guessed (DR-1303)."""

import json
from typing import Any

import pytest

from tests.mpesa.office import Office
from tests.mpesa.samples import (
    B2C,
    CONVERSATION,
    HTML,
    PAYOUT_RECEIPT,
    STATUS,
    ack,
    b2c_paid,
    error,
    result,
    status_told,
)
from tests.mpesa.sent import DUPLICATE, LOST, TAKEN, sent
from tests.proving import proves


def test_a_payout_is_on_the_wire_as_it_is_in_the_books(started: Office) -> None:
    sent(started)
    (body,) = started.bodies(B2C)
    assert (body["Amount"], body["PartyB"]) == (360, started.shop.cast.farmer.phone.removeprefix("+"))
    assert len(body["OriginatorConversationID"]) == 20
    assert body["OriginatorConversationID"] == started.one_payout.sent_key
    assert started.one_payout.status == "processing", "accepted is not paid"


@proves("DR-1303")
def test_its_name_is_committed_before_it_is_sent(started: Office) -> None:
    seen: list[str | None] = []

    def provider(_request: Any) -> tuple[int, dict[str, str], str]:
        seen.append(started.one_payout.sent_key)
        assert [request.status for request in started.requests()] == ["calling"]
        return 200, {}, json.dumps(ack())

    started.provider(B2C)
    started.net.add_callback("POST", B2C, callback=provider)
    started.work()
    assert seen == [started.name]


def test_its_result_pays_it_once_however_often_it_comes(started: Office) -> None:
    sent(started)
    for _ in range(3):
        answer = started.calls_back(b2c_paid(360), url=B2C)
        assert (answer.status_code, answer.get_json()) == (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
        started.work()
    payout = started.one_payout
    assert (payout.status, payout.receipt) == ("paid", PAYOUT_RECEIPT)
    assert started.paid_out() == "360.00"
    assert started.verdicts("b2c-result") == ["applied"]
    assert started.rows("b2c-result")[0].repeats == 2
    started.later(hours=1)
    assert (started.sent(), started.sent(STATUS)) == (1, 0), "what is known is not asked"
    started.sound()


def test_a_result_before_the_answer_is_heard(started: Office) -> None:
    def provider(request: Any) -> tuple[int, dict[str, str], str]:
        address = json.loads(request.body)["ResultURL"]
        started.post(address.partition("tunda.example")[2], b2c_paid(360))
        started.work()
        return 200, {}, json.dumps(ack())

    started.provider(B2C)
    started.net.add_callback("POST", B2C, callback=provider)
    started.work()
    assert started.one_payout.status == "paid"
    assert started.requests()[0].status == "told"
    started.sound()


SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("amount with a point", b2c_paid("360.00")),
    ("amount 360.0", b2c_paid(360.0)),
    ("code as text", b2c_paid(360, code="0")),
    ("no receipt among the parameters", result(TransactionAmount=360)),
    ("ours is not echoed", b2c_paid(360, originator="something-else")),
    ("theirs is another, ours fits", b2c_paid(360, conversation="AG_other")),
]


@pytest.mark.parametrize(("what", "body"), SHAPES, ids=[s[0] for s in SHAPES])
def test_a_result_is_read_in_any_shape(started: Office, what: str, body: dict[str, Any]) -> None:
    sent(started)
    if what == "theirs is another, ours fits":
        body["Result"]["OriginatorConversationID"] = started.name
    started.calls_back(body, url=B2C)
    started.work()
    assert started.one_payout.status == "paid"


def test_a_single_parameter_and_a_repeated_key_are_read(started: Office) -> None:
    sent(started)
    body = b2c_paid(360)
    listed = body["Result"]["ResultParameters"]["ResultParameter"]
    listed += [
        {"Key": "TransactionAmount"},
        {"Key": "DebitPartyName"},
        {"Key": "TransactionAmount", "Value": 1},
    ]
    listed.reverse()
    listed.sort(key=lambda item: item.get("Value") == 1)
    started.calls_back(body, url=B2C)
    started.work()
    assert started.one_payout.status == "paid"


# --- nobody knows -----------------------------------------------------------------------------------------

UNCLEAR: list[tuple[str, dict[str, Any]]] = [
    ("time-out", LOST),
    ("500 in HTML", {"status": 500, "body": HTML}),
    ("empty fields", {"json": dict.fromkeys(ack(), "")}),
    ("internal error", {"status": 500, "json": error("500.003.1001", "internal")}),
]


@proves("DR-1303")
@pytest.mark.parametrize(("what", "reply"), UNCLEAR, ids=[u[0] for u in UNCLEAR])
def test_what_may_have_arrived_is_unknown_asked_about_and_never_sent_again(
    started: Office, what: str, reply: dict[str, Any]
) -> None:
    sent(started, reply)
    assert started.one_payout.status == "unknown"
    started.later(minutes=2)
    assert started.bodies(STATUS)[0]["OriginalConversationID"] == started.name
    assert started.bodies(STATUS)[0]["PartyA"] == "600992"
    started.later(hours=2)
    assert started.sent() == 1
    assert ("payout_stuck", f"payout:{started.one_payout.payout_id}") in started.alarms()
    assert started.paid_out() == "0.00"


STATES = [
    ("Completed", "paid", "360.00"),
    ("Cancelled", "failed", "0.00"),
    ("Declined", "failed", "0.00"),
    ("Expired", "failed", "0.00"),
    ("Pending Authorized", "unknown", "0.00"),
    ("Initiated", "unknown", "0.00"),
    ("Something New", "unknown", "0.00"),
]


@pytest.mark.parametrize(("state", "status", "left"), STATES)
def test_a_status_query_settles_what_was_unknown(started: Office, state: str, status: str, left: str) -> None:
    sent(started, LOST)
    started.later(minutes=1)
    started.calls_back(
        status_told(state, "360", OriginatorConversationID=started.name, conversation="AG_query"), url=STATUS
    )
    started.work()
    payout = started.one_payout
    assert (payout.status, started.paid_out()) == (status, left if status != "paid" else "382.40")
    assert payout.receipt == (PAYOUT_RECEIPT if status == "paid" else None)
    started.sound()


def test_the_fee_that_a_status_query_tells_is_booked(started: Office) -> None:
    sent(started, LOST)
    started.later(minutes=1)
    started.calls_back(status_told("Completed", 360, conversation="AG_query"), url=STATUS)
    started.work()
    assert str(started.one_payout.fee) == "22.40"


def test_a_result_after_the_query_changes_nothing(started: Office) -> None:
    sent(started, LOST)
    started.later(minutes=1)
    started.calls_back(status_told("Completed", 360, conversation="AG_query"), url=STATUS)
    started.work()
    started.calls_back(b2c_paid(360), url=B2C)
    started.work()
    assert started.verdicts("b2c-result") == ["duplicate"]
    assert started.paid_out() == "382.40"


def test_silence_is_asked_about_and_held_for_a_person(started: Office) -> None:
    sent(started)
    started.later(minutes=29)
    assert started.one_payout.status == "processing"
    assert started.sent(STATUS) == 4
    started.later(minutes=2)
    assert started.one_payout.status == "unknown"
    assert ("payout_stuck", f"payout:{started.one_payout.payout_id}") in started.alarms()
    started.later(hours=3)
    assert (started.sent(), started.sent(STATUS)) == (1, 5)


def test_a_failed_query_says_nothing_about_the_payout(started: Office) -> None:
    sent(started)
    started.later(minutes=1)
    started.calls_back(result(25, "bad parameters", conversation="AG_query"), url=STATUS)
    started.work()
    assert started.one_payout.status == "processing"
    started.later(minutes=1)
    assert started.sent(STATUS) == 2


def test_a_time_out_in_the_queue_is_no_failure_and_asked_at_once(started: Office) -> None:
    sent(started)
    started.calls_back(result(1, "timeout", conversation=CONVERSATION), url=B2C, what="timeout")
    started.work()
    assert started.one_payout.status == "unknown"
    assert started.sent(STATUS) == 1
    started.calls_back(b2c_paid(360), url=B2C)
    started.work()
    assert started.one_payout.status == "paid"


def test_whoever_finds_it_called_and_unanswered_asks(started: Office) -> None:
    """The process died between the call and its answer."""

    def dies(_request: Any) -> tuple[int, dict[str, str], str]:
        raise SystemExit

    started.provider(B2C)
    started.provider(STATUS, {"json": ack("AG_query")})
    started.net.add_callback("POST", B2C, callback=dies)
    with pytest.raises(SystemExit):
        started.work()
    started.clock.advance(minutes=3)
    started.work()
    assert started.one_payout.status == "unknown"
    assert started.sent() == 1
    assert started.verdicts("b2c") == ["unknown"]
    started.later(minutes=5)
    assert (started.sent(), started.sent(STATUS) > 0) == (1, True)


def test_a_duplicate_is_read_as_it_arrived(started: Office) -> None:
    sent(started, DUPLICATE)
    assert started.one_payout.status == "processing"
    assert started.sent(STATUS) == 1
    started.calls_back(status_told("Completed", 360, conversation="AG_query"), url=STATUS)
    started.work()
    assert started.one_payout.status == "paid"
    assert started.sent() == 1


# --- v1 ---------------------------------------------------------------------------------------------------


class TestV1:
    """The old version knows no name of ours: what got lost cannot be asked about."""

    @pytest.fixture
    def config(self, config: Any) -> Any:
        return config.model_copy(update={"mpesa_b2c_version": "v1"})

    def test_it_is_asked_about_by_the_answers_id(self, started: Office) -> None:
        url = B2C.replace("v3", "v1")
        started.provider(url, TAKEN)
        started.provider(STATUS, {"json": ack("AG_query")})
        started.work()
        started.later(minutes=1)
        assert "OriginatorConversationID" not in started.bodies(url)[0]
        assert started.bodies(STATUS)[0]["OriginalConversationID"] == "3213-416199-2"

    @proves("DR-1303")
    def test_a_503_may_have_come_after_the_money_left_and_is_not_called_again(self, started: Office) -> None:
        url = B2C.replace("v3", "v1")
        started.provider(url, {"status": 503, "body": HTML}, TAKEN)
        started.later(hours=3)
        assert (started.sent(url), started.one_payout.status) == (1, "unknown")

    def test_a_lost_answer_is_left_to_its_callback_or_a_person(self, started: Office) -> None:
        url = B2C.replace("v3", "v1")
        started.provider(url, LOST)
        started.later(hours=1)
        assert (started.sent(url), started.sent(STATUS)) == (1, 0)
        assert started.one_payout.status == "unknown"
        started.calls_back(b2c_paid(360), url=url)
        started.work()
        assert started.one_payout.status == "paid"
