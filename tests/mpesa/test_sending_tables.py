"""A row per answer to a payout's request: what we conclude, post, tell, and do next (contract, 1.3 and 4)."""

from typing import Any

import pytest
import requests

from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.moments import Moments
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, HTML, SOAP, STATUS, ack, error
from tests.mpesa.since import Since
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
EMPTY = {
    "ConversationID": "",
    "OriginatorConversationID": "",
    "ResponseCode": "",
    "ResponseDescription": "",
}
BACK, TOLD = "farmer_due -360.00, payout_clearing +360.00", "farmer payout_failed"
WAITS, FAILED, UNKNOWN = ("processing", "-", "-"), ("failed", BACK, TOLD), ("unknown", "-", "-")
# the answer; (the payout, what is posted, who is told); alarm; then: what happens within ten minutes:
# `again` the same request once more under its name, `asks` M-Pesa is asked, `stop` nothing is sent any more
ANSWERS: list[tuple[str, dict[str, Any], tuple[str, str, str], str, str]] = [
    ("taken", {"json": ack()}, WAITS, "-", "asks"),
    ("duplicate", {"status": 500, "json": error("500.002.1001", "Duplicate OriginatorConversationID.")},
     WAITS, "-", "asks"),
    ("empty fields", {"json": EMPTY}, UNKNOWN, "payout_stuck payout", "asks"),
    ("not accepted", {"json": {**ack(), "ResponseCode": "1"}}, UNKNOWN, "payout_stuck payout", "asks"),
    ("no answer", {"body": requests.exceptions.ReadTimeout()}, UNKNOWN, "payout_stuck payout", "asks"),
    ("html 500", {"status": 500, "body": HTML}, UNKNOWN, "payout_stuck payout", "asks"),
    ("soap", {"json": SOAP}, UNKNOWN, "payout_stuck payout", "asks"),
    ("internal", {"status": 500, "json": error("500.003.1001", "Internal Server Error")},
     UNKNOWN, "payout_stuck payout", "asks"),
    ("overloaded", {"status": 500, "json": error("500.001.1001", "System error")},
     UNKNOWN, "payout_stuck payout", "asks"),
    ("spike", {"status": 500, "json": error("500.003.02", "Spike Arrest Violation")}, WAITS, "-", "again"),
    ("quota", {"status": 500, "json": error("500.003.03", "Quota Violation")}, WAITS, "-", "again"),
    ("html 503", {"status": 503, "body": HTML}, WAITS, "-", "again"),
    ("no line", {"body": requests.exceptions.ConnectTimeout()}, WAITS, "-", "again"),
    ("field", {"status": 400, "json": error("400.002.02", "Bad Request - Invalid Remarks")},
     FAILED, "payout_stuck payout", "-"),
    ("payload", {"status": 400, "json": error("400.002.05", "Invalid Request Payload")},
     FAILED, "payout_stuck payout", "-"),
    ("product", {"status": 403, "json": error("403.002.1001", "Unauthorized")},
     WAITS, "payout_stuck payouts", "stop"),
    ("path", {"status": 404, "json": error("404.001.01", "Resource not found")},
     WAITS, "payout_stuck payouts", "stop"),
    ("token", {"status": 401, "json": error("401.002.01", "Error - Invalid Access Token - x")},
     WAITS, "payout_stuck payouts", "stop"),
    ("token 400", {"status": 400, "json": error("400.003.01", "Invalid Access Token")},
     WAITS, "payout_stuck payouts", "stop"),
]  # fmt: skip


@proves("DR-1303")
@ONLY_SQLITE
def test_what_the_answer_to_a_payouts_request_leads_to(
    office: Office, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query")})
    moments = Moments(store, clock, chance)
    moment, found = moments.keep(), []
    for name, reply, *_ in ANSWERS:
        moments.back_to(moment)
        office.net.replace("POST", B2C, **reply)
        since, sent, asked = Since(office.db), office.sent(), office.sent(STATUS)
        office.work()
        so = (office.one_payout.status, since.posted, since.told)
        alarms, first = since.alarms, office.sent()
        office.later(minutes=10)
        names = {body["OriginatorConversationID"] for body in office.bodies(B2C)[sent:]}
        assert len(names) == 1, "one name, however often it is sent"
        then = "asks" if office.sent(STATUS) > asked else "again" if office.sent() > first else "-"
        assert office.paid_out() == "0.00"
        found.append((name, reply, so, alarms, "stop" if office.paused() else then))
    moment.forget()
    assert found == ANSWERS
