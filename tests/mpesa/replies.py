"""Everything that Daraja, or what stands before it, may answer to any request (contract, 1.2, 1.3, 4.2)."""

from collections.abc import Mapping
from typing import Any

import requests

from tests.mpesa.samples import HTML, SOAP, ack, error

EMPTY = dict.fromkeys(ack(), "")


def _error(status: int, code: str, words: str) -> dict[str, Any]:
    return {"status": status, "json": error(code, words)}


REPLIES: Mapping[str, dict[str, Any]] = {
    "taken": {"json": ack()},
    "zeros": {"json": {**ack(), "ResponseCode": "00000000"}},
    "duplicate": _error(500, "500.002.1001", "Duplicate OriginatorConversationID."),
    # nobody knows
    "empty fields": {"json": EMPTY},
    "not accepted": {"json": {**ack(), "ResponseCode": "1"}},
    "no ids": {"json": {"ResponseCode": "0"}},
    "no answer": {"body": requests.exceptions.ReadTimeout()},
    "cut": {"body": requests.exceptions.ConnectionError("reset")},
    "garbage": {"body": "\x00\xff{["},
    "nothing": {"body": ""},
    "html 200": {"body": HTML},
    "html 500": {"status": 500, "body": HTML},
    "soap": {"json": SOAP},
    "internal": _error(500, "500.003.1001", "Internal Server Error"),
    "overloaded": _error(500, "500.001.1001", "System error"),
    "strange": _error(500, "500.999.99", "?"),
    # surely not done, and worth another try
    "spike": _error(500, "500.003.02", "Spike Arrest Violation"),
    "spike 429": _error(429, "500.003.02", "System is busy. Please try again in few minutes."),
    "plain 429": {"status": 429, "body": ""},
    "quota": _error(500, "500.003.03", "Quota Violation"),
    "html 503": {"status": 503, "body": HTML},
    "no line": {"body": requests.exceptions.ConnectTimeout()},
    # this one is refused
    "field": _error(400, "400.002.02", "Bad Request - Invalid Remarks"),
    "payload": _error(400, "400.002.05", "Invalid Request Payload"),
    "bad": _error(400, "400.003.02", "Bad Request"),
    "empty 400": {"status": 400, "body": ""},
    "method": _error(405, "405.001", "Method Not Allowed"),
    "error in 200": _error(200, "400.002.02", "Bad Request - Invalid Amount"),
    # our account is refused
    "product": _error(403, "403.002.1001", "Unauthorized"),
    "empty 401": {"status": 401, "body": ""},
    "html 403": {"status": 403, "body": HTML},
    "path": _error(404, "404.001.01", "Resource not found"),
    "header": _error(404, "404.001.04", "Invalid Authentication Header"),
    "token 404": _error(404, "404.001.03", "Invalid Access Token"),
    "token 401": _error(401, "401.002.01", "Error Occurred - Invalid Access Token - x"),
    "token 400": _error(400, "400.003.01", "Invalid Access Token"),
}
# What OAuth may answer instead of a token (1.1), and whether it says that our own keys are refused.
OAUTH_REPLIES: list[tuple[str, dict[str, Any], bool]] = [
    ("wrong keys", {"status": 400, "body": ""}, True),
    ("not Basic", {"status": 400, "json": error("400.008.01", "Invalid Authentication passed")}, True),
    ("grant type", {"status": 400, "json": error("400.008.02", "Invalid grant type passed")}, True),
    ("401", {"status": 401, "json": error("400.008.01", "Invalid Authentication passed")}, True),
    ("403", {"status": 403, "body": HTML}, True),
    ("404", {"status": 404, "body": HTML}, False),
    ("429", {"status": 429, "json": error("500.003.02", "Spike Arrest Violation")}, False),
    ("500", {"status": 500, "body": HTML}, False),
    ("503", {"status": 503, "body": HTML}, False),
    ("HTML", {"body": HTML}, False),
    ("garbage", {"body": "\x00{"}, False),
    ("a list", {"json": []}, False),
    ("no token", {"json": {"expires_in": "3599"}}, False),
    ("empty token", {"json": {"access_token": "", "expires_in": "3599"}}, False),
    ("a number", {"json": {"access_token": 5, "expires_in": "3599"}}, False),
    ("no answer", {"body": requests.exceptions.ReadTimeout()}, False),
    ("cut", {"body": requests.exceptions.ConnectionError("reset")}, False),
    ("no line", {"body": requests.exceptions.ConnectTimeout()}, False),
]
