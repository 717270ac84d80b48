"""Reading what the simulated Daraja answers and posts back."""

import json
from typing import Any

import requests

from tests.simulator.conftest import Sim
from tests.simulator.standin import StandIn

PAYER = "+254712000202"
STK_PUSH, STK_QUERY = "stkpush/v1/processrequest", "stkpushquery/v1/query"


def refused(answer: requests.Response) -> tuple[int, str, str]:
    """HTTP status, code and message of Daraja's error envelope."""
    body = answer.json()
    assert list(body) == ["requestId", "errorCode", "errorMessage"]
    return answer.status_code, body["errorCode"], body["errorMessage"]


def stk(gateway: StandIn, count: int = 1) -> dict[str, Any]:
    """The inside of the last of `count` payment callbacks."""
    return dict(json.loads(gateway.wait("stk-callback", count)[-1].raw)["Body"]["stkCallback"])


def result(gateway: StandIn, kind: str, count: int = 1) -> dict[str, Any]:
    """The inside of the last of `count` results of one kind."""
    return dict(json.loads(gateway.wait(f"{kind}-result", count)[-1].raw)["Result"])


def parameters(told: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a result by key; of a repeated key the last."""
    inside = told["ResultParameters"]["ResultParameter"]
    return {item["Key"]: item.get("Value") for item in (inside if isinstance(inside, list) else [inside])}


def confirmation(gateway: StandIn, count: int = 1) -> dict[str, Any]:
    """The last of `count` C2B confirmations."""
    return dict(json.loads(gateway.wait("c2b-confirmation", count)[-1].raw))


def items(callback: dict[str, Any]) -> dict[str, Any]:
    return {item["Name"]: item.get("Value") for item in callback["CallbackMetadata"]["Item"]}


def prompted(sim: Sim) -> dict[str, Any]:
    """The phone as soon as the prompt shows."""
    return sim.until(PAYER, lambda phone: phone["prompt"])


def paid(sim: Sim) -> str:
    """Push, type the PIN; the CheckoutRequestID."""
    checkout = sim.push().json()["CheckoutRequestID"]
    prompted(sim)
    sim.do(PAYER, "prompt", pin="1234")
    return str(checkout)
