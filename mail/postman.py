"""Hands one e-mail to the mail server of the environment, and says what became of it.

Until the server has the whole text nothing was sent; silence after that is unknown, and is not sent again.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

from core.config import Config
from core.outbox.emails import Result

SECONDS = 15
IMPLICIT_TLS = 465


@dataclass(frozen=True)
class Handed:
    """What became of an e-mail, and the server's word for it."""

    result: Result
    why: str = ""


def hand_over(config: Config, message: EmailMessage, to: str) -> Handed:
    """Give `message` for `to` to the server; never raises for what a server or network does."""
    try:
        server = _connected(config)
    except smtplib.SMTPAuthenticationError as error:
        return Handed(Result.AGAIN, f"{error.smtp_code} not let in")
    except (OSError, smtplib.SMTPException) as error:
        return Handed(Result.AGAIN, type(error).__name__)
    with server:
        try:
            _checked(server.mail(str(message["From"].addresses[0].addr_spec)))
            _checked(server.rcpt(to))
        except smtplib.SMTPResponseException as error:
            return _refused(error)
        except (OSError, smtplib.SMTPException) as error:
            return Handed(Result.AGAIN, type(error).__name__)
        try:
            _checked(server.data(message.as_bytes()))
        except smtplib.SMTPResponseException as error:
            return _refused(error)
        except (OSError, smtplib.SMTPException) as error:
            return Handed(Result.UNKNOWN, type(error).__name__)
    return Handed(Result.SENT)


def _connected(config: Config) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if config.email_use_tls and config.email_port == IMPLICIT_TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            config.email_host, config.email_port, timeout=SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(config.email_host, config.email_port, timeout=SECONDS)
    try:
        if config.email_use_tls and config.email_port != IMPLICIT_TLS:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if config.email_host_user:
            server.login(config.email_host_user, config.email_host_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _checked(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, words)


def _refused(error: smtplib.SMTPResponseException) -> Handed:
    """4xx is "not now", everything else is no."""
    words = (
        error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    )
    again = 400 <= error.smtp_code < 500
    return Handed(Result.AGAIN if again else Result.REFUSED, f"{error.smtp_code} {words}"[:64])
