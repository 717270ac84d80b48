"""Secrets of people: sealed with DATA_KEYS, or kept only as keyed hashes (S24).

`DATA_KEYS` holds one or two keys, newest first; two are valid at once so that keys can be changed.
"""

import hashlib
import hmac
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealed(ValueError):
    """A sealed value that none of the present keys opens, or that was sealed for another purpose."""


class Vault:
    """Seals and opens short texts; makes keyed digests; hashes passwords and PINs."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._digest_keys = [hashlib.sha256(b"tunda-digest" + key.encode()).digest() for key in keys]
        # 19 MiB, t=2, p=1: the advised floor, and all that small machines can afford (decisions/0012).
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

    def seal(self, purpose: str, text: str) -> str:
        """`text`, encrypted; 13 bytes become about 100. What is sealed for one purpose opens for no other."""
        return self._fernet.encrypt(f"{purpose}\0{text}".encode()).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """The text that was sealed for `purpose`; raises Sealed for another's, or where no key fits."""
        try:
            sealed_for, _, text = self._fernet.decrypt(sealed.encode()).decode().partition("\0")
        except InvalidToken:
            raise Sealed from None
        if sealed_for != purpose:
            raise Sealed
        return text

    def digest(self, purpose: str, text: str) -> str:
        """A keyed digest (64 hex) under the newest key; `purpose` keeps uses apart."""
        return self._mac(self._digest_keys[0], purpose, text)

    def digests(self, purpose: str, text: str) -> list[str]:
        """The digest under every valid key, newest first: look-ups accept any of them."""
        return [self._mac(key, purpose, text) for key in self._digest_keys]

    def same(self, digest: str, purpose: str, text: str) -> bool:
        """Whether `digest` belongs to `text` under any valid key, in constant time."""
        matches = [hmac.compare_digest(digest, d) for d in self.digests(purpose, text)]
        return any(matches)

    def signing_keys(self, purpose: str) -> list[bytes]:
        """Keys of 32 bytes made for `purpose` from the data keys, newest first: sign with the first, accept
        any."""
        return [hmac.digest(key, f"sign\0{purpose}".encode(), "sha256") for key in self._digest_keys]

    def hash_password(self, password: str) -> str:
        """A memory-hard hash, peppered with the data key (DR-205, DR-207)."""
        return self._hasher.hash(self.digest("password", password))

    def password_fits(self, stored: str, password: str) -> bool:
        """Whether `password` is the one behind `stored`, under any valid key."""
        for digest in self.digests("password", password):
            try:
                return self._hasher.verify(stored, digest)
            except VerifyMismatchError:
                continue
            except InvalidHashError:
                return False
        return False

    @staticmethod
    def _mac(key: bytes, purpose: str, text: str) -> str:
        return hmac.digest(key, f"{purpose}\0{text}".encode(), "sha256").hex()
