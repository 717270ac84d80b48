"""Reversal: a whole payment at the paybill goes back to whoever made it (contract, 6.1)."""

from typing import Any

from core.config import Config
from mpesa.client import address
from mpesa.credential import security_credential

KIND = "reversal"
PATH = "/mpesa/reversal/v1/request"


def payload(config: Config, *, receipt: str, shillings: int, what: str, token: str) -> dict[str, Any]:
    """The body that has the payment with `receipt` taken back; its result comes to a URL with `token`.

    Raises NoCredential, UnusableUrl. `RecieverIdentifierType` is how Safaricom spells it.
    """
    return {
        "Initiator": config.mpesa_initiator_name,
        "SecurityCredential": security_credential(config),
        "CommandID": "TransactionReversal",
        "TransactionID": receipt,
        "Amount": shillings,
        "ReceiverParty": config.mpesa_shortcode,
        "RecieverIdentifierType": "11",
        "ResultURL": address(config, f"pay/reversal/{token}/result"),
        "QueueTimeOutURL": address(config, f"pay/reversal/{token}/timeout"),
        "Remarks": what,
    }
