"""How Daraja answers a sending, and a payout that was sent and answered so."""

from typing import Any

import requests

from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, STATUS, ack, error

TAKEN: dict[str, Any] = {"json": ack()}
LOST: dict[str, Any] = {"body": requests.exceptions.ReadTimeout()}
BUSY: dict[str, Any] = {"status": 500, "json": error("500.003.02", "System is busy.")}
DUPLICATE: dict[str, Any] = {
    "status": 500,
    "json": error("500.002.1001", "Duplicate OriginatorConversationID."),
}


def sent(office: Office, *replies: dict[str, Any]) -> Office:
    """The payout is sent; Daraja answers so, and whoever asks about it is heard."""
    office.provider(B2C, *(replies or (TAKEN,)))
    office.provider(STATUS, {"json": ack("AG_query")})
    office.work()
    return office
