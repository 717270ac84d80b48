"""Account balance: what is in a shortcode's accounts (contract, 6.2)."""

from decimal import Decimal
from typing import Any

from core.config import Config
from core.money import exact
from mpesa.client import address
from mpesa.credential import security_credential

KIND = "balance"
PATH = "/mpesa/accountbalance/v1/query"


def payload(config: Config, *, party: str, token: str) -> dict[str, Any]:
    """The body that asks what is in the accounts of shortcode `party`. Raises NoCredential, UnusableUrl."""
    return {
        "Initiator": config.mpesa_initiator_name,
        "SecurityCredential": security_credential(config),
        "CommandID": "AccountBalance",
        "PartyA": party,
        "IdentifierType": "4",
        "Remarks": "balance",
        "QueueTimeOutURL": address(config, f"pay/balance/{token}/timeout"),
        "ResultURL": address(config, f"pay/balance/{token}/result"),
    }


def accounts(told: str) -> dict[str, Decimal]:
    """What is available in each account, KES, from `Utility Account|KES|2280.00|2280.00|0.00|0.00&...`.

    Lines that do not read so are left out.
    """
    found = {}
    for line in told.split("&"):
        fields = line.split("|")
        if len(fields) < 4 or fields[1].strip() != "KES":
            continue
        try:
            found[fields[0].strip()] = exact(fields[3].strip())
        except (ValueError, ArithmeticError):
            continue
    return found
