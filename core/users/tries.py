"""Counting a try before its answer is compared (DR-214)."""

from core.db import Tx
from core.users.models import Try


def is_new(tx: Tx, what: str, subject: str, once_key: str, answer: str) -> bool:
    """Remember a try; False if this very one was counted before: the same hop or message, the same answer.

    What is kept is a keyed digest of all of it. Another answer under the same `once_key` is another try, so
    that a caller who chooses his keys gains nothing. To be asked under the lock of the record that counts.
    """
    key = tx.parts.vault.digest("try", f"{what}\0{subject}\0{once_key}\0{answer}")
    if tx.session.get(Try, key) is not None:
        return False
    tx.session.add(Try(try_key=key, at=tx.now))
    tx.flush()
    return True
