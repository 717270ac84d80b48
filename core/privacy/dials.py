"""What a number leaves half-way on a dial is kept outside the database, under this name (DR-1902)."""

from core.db import Tx
from core.duties import service as duties
from core.vault import Vault

LETTERS = 40


def name_of(vault: Vault, msisdn: str) -> str:
    """The digest under which a number's lost call is kept: no number stands there."""
    return vault.digest("ussd-person", msisdn)[:LETTERS]


def forget(tx: Tx, user_id: int, msisdn: str) -> None:
    """Have it dropped after the commit; the number itself is gone by then, so the duty's key has its name."""
    duties.want(tx, "forget_dial", user_id, key=f"forget_dial:{user_id}:{name_of(tx.parts.vault, msisdn)}")
