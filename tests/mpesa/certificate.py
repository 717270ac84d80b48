"""A certificate like Safaricom's, long expired as they are, and the key that only Safaricom has."""

import base64
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PASSWORD = "Tomato#254$"


@cache
def key() -> rsa.RSAPrivateKey:
    """2048 bits, as Safaricom's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(
    encoding: Encoding = Encoding.PEM, *, signer: CertificateIssuerPrivateKeyTypes | None = None
) -> bytes:
    """A self-signed certificate, valid in 2014 to 2016."""
    private = signer or key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "apicrypt.safaricom.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(20140101)
        .not_valid_before(datetime(2014, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2016, 1, 1, tzinfo=UTC))
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(encoding)


def elliptic() -> bytes:
    """A certificate whose key is of another kind."""
    return certificate(signer=ec.generate_private_key(ec.SECP256R1()))


def kept(folder: Path, encoding: Encoding = Encoding.PEM) -> str:
    """The certificate's file."""
    file = folder / ("safaricom.pem" if encoding == Encoding.PEM else "safaricom.cer")
    file.write_bytes(certificate(encoding))
    return str(file)


def opened(credential: str) -> str:
    """What Safaricom reads in a security credential."""
    return key().decrypt(base64.b64decode(credential, validate=True), padding.PKCS1v15()).decode()
