"""The way to a mail server that wants STARTTLS and a name: nothing goes out in clear (DR-1507)."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from core.config import Config
from core.outbox.emails import Result
from mail import postman
from mail.postman import hand_over
from tests import helpers
from tools.processes import free_port

NAME, PASSWORD = "oda@tunda.ke", "nyanya 5kg"


@dataclass
class Server:
    """What was said to it: names and passwords, and texts with whether they came over TLS."""

    tried: list[tuple[bytes, bytes]] = field(default_factory=list)
    came: list[bool] = field(default_factory=list)
    sealed: bool = False  # from the first byte

    def let_in(
        self, _server: Any, session: Any, _envelope: Any, _way: str, said: LoginPassword
    ) -> AuthResult:
        """Whether name and password are right; AUTH itself is refused without TLS."""
        assert self.sealed or session.ssl is not None
        assert isinstance(said, LoginPassword)
        self.tried.append((said.login, said.password))
        right = (said.login, said.password) == (NAME.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, _server: Any, session: Any, _envelope: Any) -> str:  # noqa: N802
        self.came.append(self.sealed or session.ssl is not None)
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a mail server on this machine, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "mail.pem"
    plain, form = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, form, plain) + signed.public_bytes(pem))
    return file


def serving(server: Server, certificate: Path, **how: Any) -> Iterator[int]:
    """The server's port, until the test is over."""
    port = free_port()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    ready: dict[str, Any] = {name: context if value is ssl else value for name, value in how.items()}
    controller = Controller(
        server, hostname="127.0.0.1", port=port, authenticator=server.let_in, auth_required=True, **ready
    )
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def server() -> Server:
    """What it hears."""
    return Server()


@pytest.fixture
def starttls(server: Server, certificate: Path) -> Iterator[int]:
    """It takes nothing before STARTTLS and a log-in."""
    yield from serving(server, certificate, tls_context=ssl, require_starttls=True)


def told(port: int, **changes: Any) -> Config:
    """A configuration with this mail server."""
    values = {
        "email_host": "127.0.0.1",
        "email_port": port,
        "email_use_tls": True,
        "email_host_user": NAME,
        "email_host_password": SecretStr(PASSWORD),
        "email_from": NAME,
    }
    bare = Config(
        _env_file=None,  # type: ignore[call-arg]
        environment="test",
        data_keys=SecretStr(helpers.DATA_KEY),
        callback_secret=SecretStr(helpers.CALLBACK_SECRET),
    )
    return bare.model_copy(update=values | changes)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Tunda <{NAME}>", "achieng@example.com", "Oda A3B7"
    message.set_content("Asante.")
    return message


def hand(config: Config) -> tuple[Result, str]:
    handed = hand_over(config, letter(), "achieng@example.com")
    return handed.result, handed.why


def test_over_starttls_and_with_its_name_it_is_taken(
    server: Server, starttls: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # vouched for, as by any authority
    assert hand(told(starttls)) == (Result.SENT, "")
    assert (server.tried, server.came) == ([(NAME.encode(), PASSWORD.encode())], [True])


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # TLS is there already
def test_over_tls_from_the_first_byte_too(
    server: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server.sealed = True
    for port in serving(server, certificate, ssl_context=ssl, auth_require_tls=False):
        monkeypatch.setattr(postman, "IMPLICIT_TLS", port)
        assert hand(told(port)) == (Result.SENT, "")
    assert server.came == [True]


def test_a_wrong_password_is_tried_again_later_since_somebody_may_mend_it(
    server: Server, starttls: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wrong = told(starttls, email_host_password=SecretStr("ndizi"))
    assert hand(wrong) == (Result.AGAIN, "535 not let in")
    assert server.came == []


def test_a_certificate_that_nobody_vouches_for_hears_no_password(server: Server, starttls: int) -> None:
    assert hand(told(starttls)) == (Result.AGAIN, "SSLCertVerificationError")
    assert (server.tried, server.came) == ([], [])


def test_a_server_without_starttls_is_told_nothing_in_clear(server: Server, certificate: Path) -> None:
    for port in serving(server, certificate):
        assert hand(told(port)) == (Result.AGAIN, "SMTPNotSupportedError")
    assert (server.tried, server.came) == ([], [])
