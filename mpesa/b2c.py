"""B2C: money from the account that pays out to a phone (contract, section 4)."""

from collections.abc import Mapping
from typing import Any

from core.config import Config
from mpesa.client import address
from mpesa.credential import security_credential

KIND = "b2c"
COMMAND = "BusinessPayment"
# The longest name that every source allows; ours are unique for each sending.
NAME_LENGTH = 20


def path(config: Config) -> str:
    """Where payments are asked for, by MPESA_B2C_VERSION."""
    return f"/mpesa/b2c/{config.mpesa_b2c_version}/paymentrequest"


def names(payload: Mapping[str, Any]) -> bool:
    """Whether the body tells M-Pesa our name for it: a second one of that name is refused (v3)."""
    return "OriginatorConversationID" in payload


def payload(
    config: Config, *, name: str, msisdn: str, shillings: int, what: str, token: str
) -> dict[str, Any]:
    """The body that has whole `shillings` paid to `msisdn` (E.164); its result comes to a URL with `token`.

    name  our own for this sending, NAME_LENGTH characters at most; v3 refuses a second one of that name
    what  the remark, 2 to 100 characters

    Raises NoCredential, UnusableUrl, ValueError.
    """
    if not 0 < len(name) <= NAME_LENGTH or not name.isascii():
        raise ValueError("not a name for a payment")
    if not 2 <= len(what) <= 100:
        raise ValueError("not a remark")
    named = {"OriginatorConversationID": name} if config.mpesa_b2c_version == "v3" else {}
    return {
        **named,
        "InitiatorName": config.mpesa_initiator_name,
        "SecurityCredential": security_credential(config),
        "CommandID": COMMAND,
        "Amount": shillings,
        "PartyA": config.payout_shortcode,
        "PartyB": msisdn.removeprefix("+"),
        "Remarks": what,
        "QueueTimeOutURL": address(config, f"pay/b2c/{token}/timeout"),
        "ResultURL": address(config, f"pay/b2c/{token}/result"),
        "Occassion": name,
    }
