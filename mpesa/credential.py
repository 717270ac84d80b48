"""The security credential: the initiator's password under Safaricom's public key (contract, 4.1).

RSA with PKCS#1 v1.5, as Safaricom wants it; base64 of it is 344 characters, and another one each time. Its
certificates in use are long expired, so their dates say nothing.
"""

import base64
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from core.config import Config


class NoCredential(Exception):
    """Payouts are not set up, or the certificate cannot be used; the message says which, never a secret."""


def security_credential(config: Config) -> str:
    """The initiator's password, sealed for Safaricom; raises NoCredential."""
    if not config.pays_out:
        raise NoCredential("MPESA_INITIATOR_NAME, MPESA_INITIATOR_PASSWORD or MPESA_CERTIFICATE is not set")
    key = public_key(Path(config.mpesa_certificate))
    password = config.mpesa_initiator_password.get_secret_value().strip()
    return base64.b64encode(key.encrypt(password.encode(), padding.PKCS1v15())).decode()


def public_key(certificate: Path) -> RSAPublicKey:
    """The key in a certificate file, PEM or DER; raises NoCredential."""
    try:
        raw = certificate.read_bytes()
    except OSError as error:
        raise NoCredential(f"MPESA_CERTIFICATE cannot be read: {type(error).__name__}") from None
    try:
        pem = b"-----BEGIN CERTIFICATE-----" in raw
        key = (x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate)(raw).public_key()
    except ValueError:
        raise NoCredential("MPESA_CERTIFICATE holds no certificate") from None
    if not isinstance(key, RSAPublicKey):
        raise NoCredential("MPESA_CERTIFICATE holds no RSA key")
    return key
