"""Forged and foreign results: they move nothing, they are shown, and M-Pesa itself is asked (DR-805)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers import CALLBACK_SECRET
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, STATUS, ack, b2c_paid, result, status_told, typed
from tests.proving import proves


@pytest.fixture
def sent(office: Office) -> Office:
    """A payout of KSh 360 is on its way; nothing is known of it yet."""
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    return office


def unmoved(office: Office) -> None:
    assert (office.one_payout.status, office.paid_out()) == ("processing", "0.00")
    assert office.one_payout.receipt is None
    office.sound()


# what, the path's secret, the path's token, the body; and what a reader of the log sees
NOBODY = "0" * 32
STRANGERS: list[tuple[str, str, str, str]] = [
    ("wrong secret", NOBODY, "own", "result"),
    ("wrong token", CALLBACK_SECRET, NOBODY, "result"),
    ("no token", CALLBACK_SECRET, "x", "result"),
    ("another road's token", CALLBACK_SECRET, "own", "other"),
]


@proves("DR-805")
@pytest.mark.parametrize(("what", "secret", "token", "road"), STRANGERS, ids=[s[0] for s in STRANGERS])
def test_who_does_not_know_the_address_is_404(
    sent: Office, what: str, secret: str, token: str, road: str
) -> None:
    own = sent.bodies(B2C)[0]["ResultURL"].split("/")[-2]
    where = "status" if road == "other" else "b2c"
    path = f"/cb/{secret}/pay/{where}/{own if token == 'own' else token}/result"
    assert sent.post(path, b2c_paid(360)).status_code == 404
    sent.work()
    unmoved(sent)
    kind = f"{where}-result"
    assert sent.verdicts(kind) == ([] if secret == NOBODY else ["unmatched"])
    assert own not in json.dumps([row.request for row in sent.rows(kind)])


MISFITS: list[tuple[str, dict[str, Any], str]] = [
    ("another amount", b2c_paid(1), "another amount than was sent"),
    ("a cent more", b2c_paid("360.01"), "another amount than was sent"),
    ("no amount", result(TransactionReceipt="UA13AB77XY"), "another amount than was sent"),
    ("no receipt", result(TransactionAmount=360, transaction=""), "paid without a receipt"),
    (
        "a foreign conversation",
        b2c_paid(360, conversation="AG_foreign", originator="TP99-1-foreign"),
        "the result names another conversation",
    ),
    ("a failure of a foreign one", result(2040, conversation="AG_foreign"), ""),
    ("no result", {"Result": "paid"}, "no Result"),
    ("another shape", {"Body": {"stkCallback": {"ResultCode": 0}}}, "no Result"),
    ("no code", {"Result": {"ResultDesc": "paid"}}, "no ResultCode"),
]


@proves("DR-805")
@pytest.mark.parametrize(("what", "body", "why"), MISFITS, ids=[m[0] for m in MISFITS])
def test_what_does_not_fit_moves_nothing_is_shown_and_asked_about(
    sent: Office, what: str, body: dict[str, Any], why: str
) -> None:
    if what == "a failure of a foreign one":
        body["Result"]["OriginatorConversationID"] = "TP99-1-foreign"
    answer = sent.calls_back(body, url=B2C)
    assert answer.status_code == 200, "who knocks learns nothing"
    sent.work()
    unmoved(sent)
    (row,) = sent.rows("b2c-result")
    assert row.verdict == "quarantined"
    assert why in row.error
    assert sent.sent(STATUS) == 1
    if isinstance(body.get("Result"), dict) and "ResultCode" in body["Result"]:
        assert ("payment_doubt", f"payout:{sent.one_payout.payout_id}") in sent.alarms()
    sent.calls_back(b2c_paid(360), url=B2C)
    sent.work()
    assert sent.one_payout.status == "paid", "the true one is still heard"


@proves("DR-806")
@pytest.mark.parametrize(
    "change",
    [
        lambda body: body,
        lambda body: body["Result"].update(ResultDesc="again"),
        lambda body: body["Result"].update(TransactionID="UA99999999"),
    ],
    ids=["the same", "other words", "another receipt"],
)
def test_a_replay_pays_nothing_twice(sent: Office, change: Callable[[dict[str, Any]], Any]) -> None:
    sent.calls_back(b2c_paid(360), url=B2C)
    sent.work()
    body = b2c_paid(360)
    change(body)
    sent.calls_back(body, url=B2C)
    sent.work()
    assert (sent.one_payout.status, sent.paid_out()) == ("paid", "360.00")
    assert sent.verdicts("b2c-result") in (["applied"], ["applied", "duplicate"])
    sent.sound()


def test_a_failure_after_success_overturns_nothing_and_calls_a_person(sent: Office) -> None:
    sent.calls_back(b2c_paid(360), url=B2C)
    sent.work()
    sent.calls_back(result(2001, "The initiator information is invalid."), url=B2C)
    sent.work()
    assert (sent.one_payout.status, sent.paid_out()) == ("paid", "360.00")
    assert sent.verdicts("b2c-result") == ["applied", "mismatched"]
    assert ("payment_doubt", f"payout:{sent.one_payout.payout_id}") in sent.alarms()


def test_a_receipt_that_moved_other_money_pays_nothing(sent: Office) -> None:
    sent.post(f"/cb/{CALLBACK_SECRET}/pay/c2b/confirmation", typed("70.00", "rent", receipt="UA13AB77XY"))
    sent.work()
    sent.calls_back(b2c_paid(360), url=B2C)
    sent.work()
    assert sent.one_payout.status == "processing"
    assert sent.verdicts("b2c-result") == ["mismatched"]
    assert ("receipt_mismatch", f"payout:{sent.one_payout.payout_id}") in sent.alarms()


FOREIGN: list[tuple[str, dict[str, Any]]] = [
    (
        "another payment",
        status_told("Completed", 360, OriginatorConversationID="TP9-1-x", conversation="AG_query"),
    ),
    ("another amount", status_told("Completed", 9000, conversation="AG_query")),
    ("no receipt", status_told("Completed", 360, receipt="", transaction="", conversation="AG_query")),
    ("another question's", status_told("Completed", 360, conversation="AG_other", originator="x")),
]


@pytest.mark.parametrize(("what", "body"), FOREIGN, ids=[f[0] for f in FOREIGN])
def test_a_status_answer_that_does_not_fit_moves_nothing(
    sent: Office, what: str, body: dict[str, Any]
) -> None:
    sent.later(minutes=1)
    sent.calls_back(body, url=STATUS)
    sent.work()
    unmoved(sent)
    assert sent.verdicts("status-result") == ["quarantined"]


@proves("DR-1303")
def test_of_an_answer_of_which_more_is_to_come_the_last_part_counts(sent: Office) -> None:
    """Contract 4.3: ResultType 1; its words say nothing yet."""
    sent.later(minutes=1)
    for final, status in ((1, "processing"), (0, "paid")):
        body = status_told("Completed", 360, conversation="AG_query", final=final)
        sent.calls_back(body, url=STATUS)
        sent.work()
        assert sent.one_payout.status == status
    assert sent.verdicts("status-result") == ["applied", "applied"]
    sent.sound()


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "NaN"])
def test_what_is_no_json_object_is_400_and_stores_nothing(sent: Office, body: str) -> None:
    path = sent.bodies(B2C)[0]["ResultURL"].partition("tunda.example")[2]
    answer = sent.client.post(path, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert sent.rows("b2c-result") == []


def test_get_is_405(sent: Office) -> None:
    path = sent.bodies(B2C)[0]["ResultURL"].partition("tunda.example")[2]
    assert sent.client.get(path).status_code == 405


def test_the_log_shows_no_number_name_or_secret(sent: Office) -> None:
    sent.calls_back(b2c_paid(360), url=B2C)
    sent.work()
    rows = [*sent.rows("b2c"), *sent.rows("b2c-result")]
    token = sent.bodies(B2C)[0]["ResultURL"].split("/")[-2]
    shown = json.dumps([[row.request, row.reply, row.error] for row in rows])
    for secret in ("Jane Doe", "708374149", sent.shop.cast.farmer.phone[4:], CALLBACK_SECRET, token):
        assert secret not in shown
    assert all(row.sealed is None for row in rows)
    assert "07******49 - ***" in shown


class TestUnlisted:
    """On alert, what comes from an unknown address is settled by M-Pesa's own answer."""

    @pytest.fixture
    def config(self, config: Any) -> Any:
        return config.model_copy(update={"mpesa_sources_mode": "alert", "mpesa_sources": "196.201.214.200"})

    def test_a_result_from_elsewhere_is_asked_about(self, sent: Office) -> None:
        sent.calls_back(b2c_paid(360), url=B2C, source="203.0.113.9")
        sent.work()
        unmoved(sent)
        assert sent.verdicts("b2c-result") == ["quarantined"]
        sent.calls_back(status_told("Completed", 360, conversation="AG_query"), url=STATUS)
        sent.work()
        assert sent.one_payout.status == "paid"
