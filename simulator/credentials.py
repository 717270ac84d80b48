"""The pair of keys behind SecurityCredential: the certificate is for the gateway, the key stays here.

The certificate is long expired, as Safaricom's own are: whoever checks its dates would fail with those too.
"""

import base64
import binascii
import hmac
import os
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_FROM, _UNTIL = datetime(2014, 1, 1, tzinfo=UTC), datetime(2016, 1, 1, tzinfo=UTC)
_PEM = serialization.Encoding.PEM


class Credentials:
    """Made when first needed.

    With a `file` the certificate is written there and the key beside it; both are kept over a restart, so
    that a gateway which has read the certificate need not read it again.
    """

    def __init__(self, file: Path | None, initiator: str, password: str) -> None:
        self._file = file
        self._initiator = initiator
        self._password = password

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        beside = self._file.with_suffix(".key") if self._file is not None else None
        if beside is not None and beside.exists():
            try:
                kept = serialization.load_pem_private_key(beside.read_bytes(), None)
            except ValueError:
                kept = None  # half written by a start that was killed
            if isinstance(kept, rsa.RSAPrivateKey):
                return kept
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if beside is not None:
            beside.parent.mkdir(parents=True, exist_ok=True)
            plain = serialization.NoEncryption()
            pem = key.private_bytes(_PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(pem)
        return key

    @cached_property
    def certificate(self) -> bytes:
        """The certificate as PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "apicrypt.simulator.example")])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(_FROM)
            .not_valid_after(_UNTIL)
            .sign(self._key, hashes.SHA256())
            .public_bytes(_PEM)
        )

    def publish(self) -> None:
        """Write the certificate to its file, if it has one; one that is not ours is replaced."""
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(self._file.name + ".new")
        fresh.write_bytes(self.certificate)
        fresh.replace(self._file)

    def right(self, initiator: str, credential: str) -> bool:
        """Whether this is our initiator, and the credential his password encrypted for us (PKCS#1 v1.5)."""
        try:
            sealed = base64.b64decode(credential, validate=True)
            given = self._key.decrypt(sealed, padding.PKCS1v15())
        except (binascii.Error, ValueError):
            return False
        return initiator == self._initiator and hmac.compare_digest(given, self._password.encode())
