"""What goes wrong, and how often: every fault of the contract's simulator list, each with a small chance."""

from collections.abc import Iterator
from typing import Any

from simulator.world import World

LONGER_THAN_THE_CLIENT_WAITS = 25.0
_CALLS = ("stk-push", "stk-query", "b2c-pay", "reversal", "status-query", "balance-query")
_CALL_FAULTS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("drop", {}, 0.012),
    ("delay", {"seconds": 4}, 0.02),
    ("late", {"seconds": LONGER_THAN_THE_CLIENT_WAITS}, 0.008),
    ("cut", {}, 0.015),
    ("cut", {"code": "http-500"}, 0.01),
    ("cut", {"code": "500.001.1001:Internal Server Error"}, 0.01),
    ("garbage", {}, 0.01),
    ("garbage", {"code": "http-502"}, 0.005),
    ("refuse", {"code": "500.003.02"}, 0.03),
    ("refuse", {"code": "500.003.03"}, 0.005),
    ("refuse", {"code": "500.003.02:System is busy. Please try again in few minutes."}, 0.01),
    ("refuse", {"code": "http-503"}, 0.01),
)
_ACKNOWLEDGED = ("b2c-pay", "reversal", "status-query", "balance-query")
_ACK_FAULTS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("cut", {"code": "empty"}, 0.008),
    ("refuse", {"code": "empty"}, 0.008),
    ("refuse", {"code": "soap"}, 0.004),
)
_CALLBACKS = ("stk-callback", "c2b-confirmation", "b2c-result", "reversal-result", "status-result")
_CALLBACK_FAULTS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("drop", {}, 0.04),
    ("delay", {"seconds": 30}, 0.05),
    ("late", {"seconds": 400}, 0.03),
    ("repeat", {"n": 3, "seconds": 0}, 0.04),
    ("repeat", {"n": 2, "seconds": 90}, 0.03),
    ("reorder", {"seconds": 120}, 0.05),
    ("cut", {}, 0.03),
    ("garbage", {}, 0.015),
)
# Who asks beforehand waits for the answer; silence counts as a yes.
_ASKS_FIRST = ("c2b-validation",)
_ASKS_FIRST_FAULTS = tuple(row for row in _CALLBACK_FAULTS if row[0] != "reorder")
_RESULTS = ("b2c-result", "reversal-result", "status-result")
_RESULT_FAULTS: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("before-answer", {}, 0.04),
    ("timeout", {}, 0.02),
    ("timeout", {"code": "unacted"}, 0.015),
)
# What M-Pesa itself refuses now and then: the payer's side, and the receiver's.
_REFUSED = (
    ("stk-callback", ("1019", "1037", "1025", "9999", "17", "26", "TP40153"), 0.006),
    ("b2c-result", ("4", "8", "17", "26", "2040", "TP40153"), 0.006),
    ("reversal-result", ("17", "26"), 0.01),
)


def faults() -> Iterator[dict[str, Any]]:
    """Every fault with its chance, as the control API takes them."""
    for kinds, table in (
        (_CALLS, _CALL_FAULTS),
        (_ACKNOWLEDGED, _ACK_FAULTS),
        (_CALLBACKS, _CALLBACK_FAULTS),
        (_ASKS_FIRST, _ASKS_FIRST_FAULTS),
        (_RESULTS, _RESULT_FAULTS),
    ):
        for kind in kinds:
            for mode, more, chance in table:
                yield {"kind": kind, "mode": mode, "chance": chance, **more}
    for kind, codes, chance in _REFUSED:
        for code in codes:
            yield {"kind": kind, "mode": "refuse", "code": code, "chance": chance}
    yield {"kind": "stk-callback", "mode": "before-answer", "chance": 0.04}
    for kind in ("stk-callback", "b2c-result", "c2b-confirmation"):
        yield {"kind": kind, "mode": "forged", "chance": 0.03}
    for kind in ("stk-callback", "b2c-result", "reversal-result"):
        yield {"kind": kind, "mode": "wrong-amount", "chance": 0.01}
    for code in ("http-503", "400.008.01"):
        yield {"kind": "mpesa-token", "mode": "refuse", "code": code, "chance": 0.05}


def breaks_loose(world: World) -> None:
    """Switch everything on."""
    world.parts.knobs.change(
        {
            "msisdn_form": "vary",
            "c2b_twin": True,
            "callback_seconds": 4.0,
            "result_seconds": 3.0,
            "c2b_seconds": 2.0,
            "prompt_delay_seconds": 2.0,
        }
    )
    for fault in faults():
        named = {name: value for name, value in fault.items() if name not in ("kind", "mode")}
        world.parts.faults.add(fault["kind"], fault["mode"], **named)


def calms_down(world: World) -> None:
    """Switch everything off; what is under way still arrives."""
    world.parts.faults.clear()
