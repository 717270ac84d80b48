"""Every fault of M-Pesa's can be switched on and does what simulator/README.md says (contract, section 9).

The table is the simulator's own: a kind or a mode that is added and not said here fails.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator.faults import MODES
from tests.simulator.conftest import Sim
from tests.simulator.daraja import PAYER, parameters, prompted
from tests.simulator.standin import Call, StandIn

BRIEF, SILENCE = 0.05, 0.15
Start = Callable[[Sim], requests.Response | None]

CALLS: dict[str, tuple[Start, Callable[[Sim, StandIn], object]]] = {
    # How it is called, and how one sees that it was done.
    "mpesa-token": (lambda sim: sim.token(), lambda _sim, _gateway: True),
    "stk-push": (lambda sim: sim.push(), lambda sim, _gateway: sim.phone(PAYER)["prompt"]),
    "stk-query": (lambda sim: sim.query("ws_CO_1"), lambda _sim, _gateway: True),
    "c2b-register": (lambda sim: sim.register(), lambda sim, _gateway: sim.get("/tills")["tills"][0]["urls"]),
    "c2b-simulate": (lambda sim: _simulates(sim), lambda sim, _gateway: _moved(sim, "c2b")),
    "b2c-pay": (lambda sim: sim.b2c(), lambda sim, _gateway: _moved(sim, "b2c")),
    "reversal": (lambda sim: sim.reversal(_receipt(sim)), lambda sim, _gateway: _moved(sim, "reversal")),
    "status-query": (
        lambda sim: sim.status(TransactionID=_receipt(sim)),
        lambda _sim, gateway: gateway.of("status-result"),
    ),
    "balance-query": (lambda sim: sim.balance(), lambda _sim, gateway: gateway.of("balance-result")),
}
ANSWERED_500 = ("stk-query",)  # nobody knows the request that is asked about here

CALLBACKS: dict[str, Start] = {
    "stk-callback": lambda sim: sim.push(),
    "c2b-validation": lambda sim: _pays(sim),
    "c2b-confirmation": lambda sim: _pays(sim),
    "b2c-result": lambda sim: sim.b2c(),
    "reversal-result": lambda sim: sim.reversal(_receipt(sim)),
    "status-result": lambda sim: sim.status(TransactionID=_receipt(sim)),
    "balance-result": lambda sim: sim.balance(),
}


def test_every_kind_of_mpesas_is_in_the_table() -> None:
    mpesa = {kind for kind in MODES if not kind.startswith(("ussd", "sms"))}
    assert mpesa == CALLS.keys() | CALLBACKS.keys()


@pytest.mark.parametrize("kind", CALLS)
def test_a_call_breaks_as_it_was_told(sim: Sim, gateway: StandIn, kind: str) -> None:
    call, done = CALLS[kind]
    for mode in sorted(MODES[kind]):
        where = f"{kind} {mode}"
        _again(sim, gateway)
        sim.token()
        sim.fault(kind, mode, times=1, seconds=BRIEF, code="500.003.02" if mode == "refuse" else "")
        began, answer = time.monotonic(), None
        try:
            answer = call(sim)
        except requests.ConnectionError:
            assert mode in ("drop", "cut"), where
        if mode in ("delay", "late"):
            assert time.monotonic() - began >= BRIEF, where
            assert answer is not None, where
            assert answer.ok or kind in ANSWERED_500, where
        elif mode == "refuse":
            assert answer is not None, where
            assert (answer.status_code, answer.json()["errorCode"]) == (500, "500.003.02"), where
        elif mode == "garbage":
            assert answer is not None, where
            assert answer.text.startswith("<html>"), where
        else:
            assert answer is None, where
        if mode in ("drop", "refuse") and kind not in ("mpesa-token", "stk-query"):
            time.sleep(BRIEF)
            assert not done(sim, gateway), where
        else:
            _until(lambda: done(sim, gateway), where)


@pytest.mark.parametrize("kind", CALLBACKS)
def test_a_callback_breaks_as_it_was_told(sim: Sim, gateway: StandIn, kind: str) -> None:
    for mode in sorted(MODES[kind]):
        where = f"{kind} {mode}"
        _again(sim, gateway)
        sim.post("/knobs", c2b_validation=kind == "c2b-validation", validation_seconds=BRIEF)
        sim.register()
        sim.fault(
            kind, mode, times=1, seconds=BRIEF, n=3 if mode == "repeat" else None,
            code="17" if mode == "refuse" else "",
        )  # fmt: skip
        began = time.monotonic()
        CALLBACKS[kind](sim)
        if kind == "stk-callback" and mode != "before-answer":
            prompted(sim)
            sim.do(PAYER, "prompt", pin="1234")
        if mode == "before-answer":
            assert gateway.of(kind), where
        elif mode == "drop":
            time.sleep(SILENCE)
            assert gateway.of(kind) == [], where
        elif mode == "timeout":
            [told] = gateway.wait(kind.replace("result", "timeout"))
            assert told.path.endswith("/timeout"), where
            assert gateway.of(kind) == [], where
        else:
            came = gateway.wait(kind, {"repeat": 3, "forged": 2}.get(mode, 1))
            _looks_right(mode, came, where)
            if mode in ("delay", "late", "reorder") and (kind, mode) != ("c2b-validation", "late"):
                assert came[0].at - began >= BRIEF, where


def _looks_right(mode: str, came: list[Call], where: str) -> None:
    """What a fault does to the body, and from where it comes."""
    if mode == "garbage":
        with pytest.raises(ValueError, match=r"utf-8|JSON|Expecting|Unterminated"):
            json.loads(came[0].raw)
    elif mode == "repeat":
        assert len({call.raw for call in came}) == 1, where
    elif mode == "forged":
        assert [call.source for call in came] == ["127.0.0.66", "127.0.0.1"], where
        assert came[0].raw != came[1].raw, where
    elif mode == "refuse":
        assert _code(json.loads(came[0].raw)) == "17", where
    elif mode == "wrong-amount":
        assert _amount(json.loads(came[0].raw)) in (351, 1201), where
    else:
        json.loads(came[0].raw)


def _code(body: dict[str, Any]) -> str:
    return str(
        body["Result"]["ResultCode"] if "Result" in body else body["Body"]["stkCallback"]["ResultCode"]
    )


def _amount(body: dict[str, Any]) -> int:
    if "TransAmount" in body:
        return int(float(body["TransAmount"]))
    if "Body" in body:
        items = body["Body"]["stkCallback"]["CallbackMetadata"]["Item"]
        return int(float(next(item["Value"] for item in items if item["Name"] == "Amount")))
    told = parameters(body["Result"])
    return int(float(told["TransactionAmount" if "TransactionAmount" in told else "Amount"]))


def _again(sim: Sim, gateway: StandIn) -> None:
    """As after the start, with money in the till and one payment that can be reversed."""
    sim.post("/reset")
    gateway.forget()
    sim.post("/tills", amount=100_000)
    sim.post(
        "/knobs", result_form="plain", code_form="number", amount_form="350", prompt_delay_seconds=0.0,
        callback_seconds=0.0, c2b_seconds=0.0, result_seconds=0.0, c2b_validation=False,
    )  # fmt: skip
    _pays(sim)


def _pays(sim: Sim) -> None:
    sim.do(PAYER, "pay", account="ORD7F3K2", amount=350, pin="1234")


def _simulates(sim: Sim) -> requests.Response:
    body = {
        "ShortCode": "174379", "CommandID": "CustomerPayBillOnline", "Amount": "350",
        "Msisdn": "254712000202", "BillRefNumber": "ORD7F3K2",
    }  # fmt: skip
    return sim.daraja("c2b/v2/simulate", body)


def _all_moved(sim: Sim) -> list[dict[str, Any]]:
    return list(sim.get("/books")["movements"])


def _receipt(sim: Sim) -> str:
    """Of the payment that was made before."""
    return str(next(one["receipt"] for one in _all_moved(sim) if one["kind"] == "c2b"))


def _moved(sim: Sim, kind: str) -> bool:
    """Whether money has moved so since the start, beside the payment that was made before."""
    return len([one for one in _all_moved(sim) if one["kind"] == kind]) > (1 if kind == "c2b" else 0)


def _until(right: Callable[[], object], where: str) -> None:
    end = time.monotonic() + 5
    while not right():
        assert time.monotonic() < end, where
        time.sleep(0.01)
