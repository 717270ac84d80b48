"""Transaction status: what became of one payment, in or out (contract, section 5)."""

from typing import Any

from core.config import Config
from mpesa.client import address
from mpesa.credential import security_credential

KIND = "status"
PATH = "/mpesa/transactionstatus/v1/query"
REMARK = "check"


def payload(
    config: Config, *, receipt: str = "", conversation: str = "", party: str, token: str
) -> dict[str, Any]:
    """The body that asks about a payment by its `receipt`, or without one by its conversation's id.

    party  our shortcode that paid or was paid

    Raises NoCredential, UnusableUrl, ValueError for neither or both.
    """
    if bool(receipt) == bool(conversation):
        raise ValueError("one of receipt and conversation")
    named: dict[str, str] = (
        {"TransactionID": receipt} if receipt else {config.mpesa_status_id_key: conversation}
    )
    return {
        "Initiator": config.mpesa_initiator_name,
        "SecurityCredential": security_credential(config),
        "CommandID": "TransactionStatusQuery",
        **named,
        "PartyA": party,
        "IdentifierType": "4",
        "ResultURL": address(config, f"pay/status/{token}/result"),
        "QueueTimeOutURL": address(config, f"pay/status/{token}/timeout"),
        "Remarks": REMARK,
        "Occasion": REMARK,
    }
