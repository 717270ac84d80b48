"""Forged and hostile bodies at every address of M-Pesa's: they move nothing, and they are shown (DR-805)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from core.config import Config
from core.duties.models import Duty
from core.payouts.models import Payout
from mpesa import questions
from tests.databases import Store
from tests.helpers import CALLBACK_SECRET, FixedClock, SeededChance
from tests.moments import Moments, each
from tests.mpesa import samples
from tests.mpesa.counter import token_of
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, BALANCE, REVERSAL, STATUS, ack, b2c_paid, result, status_told, typed
from tests.mpesa.test_hostile_bodies import ODD
from tests.payments.till import reference
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
NOBODY = "0" * 32
CONFIRMATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/confirmation"
VALIDATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/validation"
Body = dict[str, Any]


@dataclass
class Address:
    """An address of ours that something true is about to come to.

    kind    as the log calls it
    path    with its secret and token
    true    what M-Pesa will really post
    lies    the same with one thing wrong: another id, another sum
    told    the log's word for the truth
    """

    kind: str
    path: str
    true: Body
    lies: Mapping[str, Body]
    told: str = "applied"


def changed(body: Body, **parameters: object) -> Body:
    """A result with other parameters under the same keys."""
    copy = json.loads(json.dumps(body))
    for item in copy["Result"]["ResultParameters"]["ResultParameter"]:
        item["Value"] = parameters.get(item["Key"], item["Value"])
    return dict(copy)


def foreign(body: Body) -> Body:
    """The result of another conversation."""
    return {"Result": {**body["Result"], "ConversationID": "AG_x", "OriginatorConversationID": "x"}}


def old_receipt(office: Office) -> str:
    """A receipt that has moved other money already."""
    office.post(CONFIRMATION, typed("70.00", "rent", receipt="UA0000LD10"))
    office.work()
    return "UA0000LD10"


def path_of(office: Office, url: str) -> str:
    return str(office.bodies(url)[-1]["ResultURL"]).partition("tunda.example")[2]


def a_prompt(office: Office, _config: Config) -> Address:
    office.shop.publish()
    order = office.shop.order()
    token, asked = token_of(office.shop, order), str(order.amount_asked)
    office.provider(samples.PUSH, {"json": samples.ACCEPTED})
    office.provider(samples.QUERY, {"json": samples.settled("4999")})
    office.work()

    def told(**given: Any) -> Body:
        return dict(json.loads(samples.paid(**({"amount": asked} | given))))

    lies = {
        "foreign id": told(checkout="ws_CO_foreign"),
        "old id": told(receipt=old_receipt(office)),
        "wrong amount": told(amount="1.00"),
        "fraction": told(amount=f"{asked[:-1]}1"),
        "negative": told(amount=f"-{asked}"),
    }
    return Address("stk", f"/cb/{CALLBACK_SECRET}/pay/stk/{token}", told(), lies)


def a_payment_at_the_paybill(office: Office, _config: Config) -> Address:
    office.shop.publish()
    order = office.shop.order()
    office.shop.refuse_prompt(order)
    true = typed(str(order.amount_asked), reference(order))
    lies = {
        "wrong shortcode": true | {"BusinessShortCode": "600000", "TransID": "UA99999991"},
        "negative": true | {"TransAmount": "-350.00", "TransID": "UA99999992"},
        "fraction": true | {"TransAmount": "350.001", "TransID": "UA99999993"},
        "no receipt": true | {"TransID": ""},
    }
    lies["old id"] = true | {"TransID": old_receipt(office)}
    return Address("c2b-confirmation", CONFIRMATION, true, lies)


def a_payout(office: Office, _config: Config) -> Address:
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    office.work()
    true = b2c_paid(360)
    lies = {
        "foreign id": foreign(true),
        "old id": changed(true, TransactionReceipt=old_receipt(office)),
        "wrong amount": changed(true, TransactionAmount=9000),
        "fraction": changed(true, TransactionAmount="360.01"),
        "negative": changed(true, TransactionAmount=-360),
    }
    return Address("b2c-result", path_of(office, B2C), true, lies)


def a_reversal(office: Office, _config: Config) -> Address:
    refund = office.refund(masked=True)
    office.provider(REVERSAL, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    office.work()
    true = result(OriginalTransactionID="PB00000001", Amount=f"{refund.amount}", transaction="UA15RV02MN")
    lies = {
        "foreign id": foreign(true),
        "wrong amount": changed(true, Amount=1),
        "another payment": changed(true, OriginalTransactionID="PB00000002"),
        "negative": changed(true, Amount=f"-{refund.amount}"),
    }
    return Address("reversal-result", path_of(office, REVERSAL), true, lies)


def a_question(office: Office, config: Config) -> Address:
    a_payout(office, config)
    office.later(minutes=1)
    true = status_told("Completed", 360, conversation="AG_query", originator="9-9-9")
    lies = {
        "foreign id": foreign(true),
        "wrong amount": changed(true, Amount=9000),
        "negative": changed(true, Amount=-360),
    }
    return Address("status-result", path_of(office, STATUS), true, lies)


def a_balance(office: Office, config: Config) -> Address:
    office.provider(BALANCE, {"json": ack("AG_balance", "9-9-9")})
    office.db.run(lambda tx: questions.ask_float(config)(tx, 0))
    office.work()
    told = "Utility Account|KES|2280.00|2280.00|0.00|0.00"
    true = result(AccountBalance=told, conversation="AG_balance", originator="9-9-9")
    lies = {
        "foreign id": foreign(true),
        "no account": changed(true, AccountBalance="lots"),
        "another currency": changed(true, AccountBalance=told.replace("KES", "USD")),
    }
    return Address("balance-result", path_of(office, BALANCE), true, lies)


SETUPS: Mapping[str, Callable[[Office, Config], Address]] = {
    "stk": a_prompt,
    "c2b": a_payment_at_the_paybill,
    "b2c": a_payout,
    "reversal": a_reversal,
    "status": a_question,
    "balance": a_balance,
}


def standing(office: Office) -> Any:
    """All money, and what each road has come to."""
    with office.db.read() as tx:
        from core.payments.models import PaymentTransaction, ProviderRequest, Refund

        rows = [
            *tx.session.execute(select(PaymentTransaction.receipt)).all(),
            *tx.session.execute(select(Payout.receipt)).all(),
            *tx.session.execute(select(Refund.reference)).all(),
            *tx.session.execute(select(ProviderRequest.told).where(ProviderRequest.kind == "balance")).all(),
        ]
        return office.shop.balances(), [tuple(row) for row in rows]


def parked(office: Office) -> list[tuple[str, str]]:
    with office.db.read() as tx:
        return [(duty.kind, duty.error) for duty in tx.session.scalars(select(Duty).where(Duty.error != ""))]


@proves("DR-805", "DR-806")
@ONLY_SQLITE
@pytest.mark.parametrize("road", SETUPS)
def test_a_forgery_moves_nothing_and_is_shown(
    office: Office, config: Config, road: str, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    at = SETUPS[road](office, config)
    moments = Moments(store, clock, chance)
    start, before, old = moments.keep(), standing(office), len(office.rows(at.kind))
    token = at.path.split("/")[-2] if road not in ("stk", "c2b") else at.path.split("/")[-1]
    strangers = {"wrong secret": at.path.replace(CALLBACK_SECRET, NOBODY)}
    if road != "c2b":
        strangers["wrong token"] = at.path.replace(token, NOBODY)
        other = "b2c" if road != "b2c" else "status"
        strangers["another road's token"] = f"/cb/{CALLBACK_SECRET}/pay/{other}/{token}/result"
    for what, path in strangers.items():
        moments.back_to(start)
        assert office.post(path, at.true).status_code == 404, what
        office.work()
        assert standing(office) == before, what
        shown = [] if what == "wrong secret" else ["unmatched"]
        kind = f"{other}-result" if what == "another road's token" else at.kind
        assert office.verdicts(kind)[old if kind == at.kind else 0 :] == shown, what
    for what, body in at.lies.items():
        moments.back_to(start)
        assert office.post(at.path, body).status_code == 200, what
        office.work()
        assert standing(office) == before, what
        assert office.verdicts(at.kind)[-1] in ("quarantined", "mismatched"), what
        assert office.rows(at.kind)[-1].error, what
        asked = office.sent(STATUS)
        assert office.post(at.path, at.true).status_code == 200
        office.work()
        if road == "status" and what != "foreign id":  # this question has had its answer: another is asked
            office.later(minutes=2)
            assert office.sent(STATUS) > asked, what
        else:
            assert standing(office) != before, f"the truth is heard after {what}"
    moments.back_to(start)
    for _ in range(3):
        assert office.post(at.path, at.true).status_code == 200
        office.work()
    after = standing(office)
    assert [(row.verdict, row.repeats) for row in office.rows(at.kind)[old:]] == [(at.told, 2)]
    for body in at.lies.values():
        office.post(at.path, body)
        office.work()
    assert standing(office)[0] == after[0], "old news under the same address"
    assert parked(office) == []
    office.sound()


@proves("DR-805", "DR-806")
@ONLY_SQLITE
@pytest.mark.parametrize("road", ["b2c", "reversal", "status", "balance"])
def test_a_forged_time_out_moves_nothing_and_is_shown(
    office: Office, config: Config, road: str, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    at = SETUPS[road](office, config)
    path, kind = at.path.removesuffix("result") + "timeout", f"{road}-timeout"
    token = path.split("/")[-2]
    before = standing(office)
    strangers = {
        "wrong secret": (path.replace(CALLBACK_SECRET, NOBODY), []),
        "wrong token": (path.replace(token, NOBODY), ["unmatched"]),
    }
    bodies = {"success": at.true, "nothing": {}, "another shape": {"Body": 1}, **at.lies}
    with each(store, clock, chance) as back:
        for what, (where, verdicts) in strangers.items():
            back()
            assert office.post(where, at.true).status_code == 404, what
            office.work()
            assert (standing(office), office.verdicts(kind)) == (before, verdicts), what
        for what, body in bodies.items():
            back()
            for _ in range(3):
                assert office.post(path, body).status_code == 200, what
                office.work()
            assert standing(office) == before, what
            (row,) = office.rows(kind)
            assert (row.verdict, row.repeats) == ("applied", 2), what
            if road in ("b2c", "reversal"):
                assert row.error, what
                assert [name for name, _ in office.alarms()].count("payout_stuck") == 1, what
            assert office.post(at.path, at.true).status_code == 200
            office.work()
            assert standing(office) != before, f"the truth is heard after {what}"
            after = standing(office)
            office.post(path, {"late": 1})
            office.work()
            assert standing(office) == after, "old news"
        assert parked(office) == []
    office.sound()


@proves("DR-805")
@ONLY_SQLITE
def test_whoever_asks_whether_to_take_a_payment_moves_nothing_and_is_shown(
    office: Office, config: Config, store: Store
) -> None:
    at = a_payment_at_the_paybill(office, config)
    before = standing(office)
    assert office.post(VALIDATION.replace(CALLBACK_SECRET, NOBODY), at.true).status_code == 404
    asked = {
        "true": (at.true, "0"),
        "replay": (at.true, "0"),
        "foreign id": (at.true | {"BillRefNumber": "250624ZZZ9"}, "C2B00012"),
        "wrong amount": (at.true | {"TransAmount": "1.00"}, "C2B00013"),
        "negative": (at.lies["negative"], "C2B00013"),
        "fraction": (at.lies["fraction"], "C2B00016"),
        "no receipt": (at.lies["no receipt"], "C2B00016"),
        "wrong shortcode": (at.lies["wrong shortcode"], "C2B00015"),
        "old id": (at.lies["old id"], "0"),  # the confirmation is looked at: see above
    }
    for what, (body, code) in asked.items():
        answer = office.post(VALIDATION, body)
        assert (answer.status_code, answer.get_json()["ResultCode"]) == (200, code), what
        office.work()
        assert standing(office) == before, what
    verdicts = ["shown" if code == "0" else "rejected" for _, code in asked.values()]
    assert office.verdicts("c2b-validation") == verdicts


DEEP, LONG = 200, 65 * 1024
RAW: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 400),
    ("a list", b"[]", 400),
    ("NaN", b'{"Result": {"ResultCode": NaN}}', 400),
    ("Infinity", b'{"Body": {"stkCallback": {"ResultCode": -Infinity}}}', 400),
    ("deep", b'{"a":' * DEEP + b"1" + b"}" * DEEP, 400),
    ("very deep", b"[" * 60_000, 400),
    ("huge", b'{"a": "' + b"x" * LONG + b'"}', 413),
    ("latin-1", '{"Result": {"ResultDesc": "caf\u00e9"}}'.encode("latin-1"), 400),
    ("half a character", b'{"a": "\xe2\x82"}', 400),
    ("form", b"Result=1", 400),
    ("a huge number", b'{"Result": {"ResultCode": ' + b"9" * 5000 + b"}}", 400),
    ("twice", b'{"Result": 1, "Result": {"ResultCode": 1, "ResultCode": 0}, "Result": []}', 200),
    ("another charset", '{"Result": {}}'.encode("utf-16"), 200),
]


@proves("DR-805")
@ONLY_SQLITE
@pytest.mark.parametrize("road", SETUPS)
def test_no_body_is_a_fault_of_ours(office: Office, config: Config, road: str) -> None:
    at = SETUPS[road](office, config)
    before = standing(office)[0]

    def raw(body: bytes) -> int:
        return office.client.post(at.path, data=body, content_type="application/json").status_code

    assert {what: raw(body) for what, body, _ in RAW} == {what: status for what, _, status in RAW}
    wrong = at.lies.get("wrong amount") or at.lies.get("no account", at.true)
    outer = "stkCallback" if road == "stk" else "Result"
    for value in ODD[::5]:
        inner = wrong["Body"] if road == "stk" else wrong
        fields = inner if road == "c2b" else inner[outer]
        for field in list(fields)[:: 1 if road != "c2b" else 2]:
            told = {**fields, field: value}
            if road == "c2b" and field not in ("TransAmount", "TransID"):
                told["TransAmount"] = "-1"
            body = told if road == "c2b" else {outer: told}
            assert raw(json.dumps({"Body": body} if road == "stk" else body).encode()) in (200, 400), value
    office.work(600)
    assert parked(office) == []
    assert standing(office)[0] == before or road == "c2b"
    office.sound()
