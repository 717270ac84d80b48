"""Copies by e-mail against a real SMTP server: what arrives, what is tried again, what never goes."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from core.db import Tx
from core.duties.sweep import sweep
from core.notifications.rules import KINDS
from core.outbox import emails
from core.outbox.models import EmailMessage as Copy
from core.users.models import User
from inbound.gateway import Gateway
from locales.messages import MESSAGES
from mail.letters import SUBJECTS
from mail.work import duties
from tests.helpers import Cast, FixedClock
from tests.proving import proves
from tools.processes import free_port

ADDRESS = "achieng@example.com"
PAID = {"order": "A3B7", "sum": "480.00", "day": "2025-06-25", "receipt": "UA11KX93QZ"}


@dataclass
class Server:
    """What the mail server says, step by step, and what it was handed."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    came: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:  # noqa: N802
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data:
            return self.data.pop(0)
        self.came.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@dataclass
class Post:
    """A customer with an address, the worker's hands, and the server."""

    gateway: Gateway
    server: Server
    clock: FixedClock
    user_id: int

    def write(self, code: str = "paid_confirmed", key: str = "k", **values: Any) -> None:
        def work(tx: Tx) -> None:
            emails.write(tx, tx.session.get_one(User, self.user_id), code, PAID | values, once_key=key)

        self.gateway.db.run(work)

    def work(self) -> None:
        while sweep(self.gateway.db, duties(self.gateway)):
            pass

    def rows(self) -> list[tuple[str, str]]:
        with self.gateway.db.read() as tx:
            return [(row.status, row.error) for row in tx.session.query(Copy).order_by(Copy.email_id)]


@pytest.fixture
def post(gateway: Gateway, clock: FixedClock, cast: Cast) -> Iterator[Post]:
    """A mail server on this machine, and the gateway told of it."""
    server, port = Server(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    told = {
        "email_host": "127.0.0.1",
        "email_port": port,
        "email_use_tls": False,
        "email_from": "oda@tunda.ke",
    }
    ready = Gateway(
        config=gateway.config.model_copy(update=told),
        db=gateway.db,
        redis=gateway.redis,
        parts=gateway.parts,
        voice=gateway.voice,
    )
    with gateway.db.transaction() as tx:
        user = tx.session.get_one(User, cast.customer.id)
        user.email, user.preferred_language = ADDRESS, "sw"
    yield Post(ready, server, clock, cast.customer.id)
    controller.stop()


@proves("DR-1507")
def test_a_copy_arrives_once_in_the_readers_language(post: Post) -> None:
    post.write()
    post.write()
    post.work()
    post.work()
    (letter,) = post.server.came
    assert letter["From"] == "Tunda <oda@tunda.ke>"
    assert (letter["To"], letter["Subject"]) == (ADDRESS, "Oda yako A3B7 imelipwa")
    text = letter.get_content()
    assert "KSh 480" in text
    assert "UA11KX93QZ" in text
    assert "Piga *384*88632#" in text
    assert letter.get_content_type() == "text/plain"
    assert post.rows() == [("sent", "")]


def test_kikuyu_keeps_its_own_letters(post: Post) -> None:
    with post.gateway.db.transaction() as tx:
        tx.session.get_one(User, post.user_id).preferred_language = "kikuyu"
    post.write()
    post.work()
    assert "ĩ" in post.server.came[0]["Subject"]


@pytest.mark.parametrize(
    ("step", "says", "ends"),
    [
        ("rcpt", "450 busy", "sent"),
        ("data", "451 later", "sent"),
        ("rcpt", "550 nobody of that name", "failed"),
        ("data", "554 not that", "failed"),
    ],
)
def test_a_server_that_says_later_is_asked_again_one_that_says_no_is_not(
    post: Post, step: str, says: str, ends: str
) -> None:
    getattr(post.server, step).append(says)
    post.write()
    post.work()
    post.clock.advance(minutes=1)
    post.work()
    assert [status for status, _ in post.rows()] == [ends]
    assert len(post.server.came) == (1 if ends == "sent" else 0)


def test_a_server_that_is_away_is_tried_five_times(post: Post) -> None:
    away = post.gateway.config.model_copy(update={"email_port": free_port()})
    post.gateway = Gateway(
        config=away, db=post.gateway.db, redis=post.gateway.redis, parts=post.gateway.parts,
        voice=post.gateway.voice,
    )  # fmt: skip
    post.write()
    for _try in range(8):
        post.work()
        post.clock.advance(hours=6)
    assert post.rows() == [("failed", "ConnectionRefusedError")]


def test_silence_after_the_text_is_unknown_and_not_sent_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls_silent(*_: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(smtplib.SMTP, "data", falls_silent)
    post.write()
    for _try in range(3):
        post.work()
        post.clock.advance(hours=1)
    assert post.rows() == [("unknown", "TimeoutError")]


def test_a_worker_that_died_over_it_leaves_an_unknown(post: Post) -> None:
    post.write()
    with post.gateway.db.transaction() as tx:
        tx.session.query(Copy).one().status = "sending"
    post.work()
    assert (post.rows(), post.server.came) == ([("unknown", "WorkerDied")], [])


@pytest.mark.parametrize("nasty", ["A3B7\r\nBcc: all@example.com", "A3B7\nSubject: won", "A3B7\x00\u2028x"])
def test_what_people_typed_begins_no_header(post: Post, nasty: str) -> None:
    post.write(order=nasty)
    post.work()
    (letter,) = post.server.came
    assert letter["Bcc"] is None
    assert len(letter.get_all("Subject") or []) == 1
    assert letter.get_all("To") == [ADDRESS]


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nRCPT TO:<c@d.example>", "no address", "a@b.example, c@d.example"]
)
def test_an_address_that_is_none_goes_nowhere(post: Post, address: str) -> None:
    with post.gateway.db.transaction() as tx:
        tx.session.get_one(User, post.user_id).email = address
    post.write()
    post.work()
    assert post.server.came == []
    assert [status for status, _ in post.rows()] == ["failed"]


def test_without_a_mail_server_nothing_waits(post: Post, gateway: Gateway) -> None:
    post.gateway = gateway
    post.write()
    post.work()
    assert post.rows() == [("dropped", "NoMailServer")]


def test_every_code_that_has_a_copy_has_its_subject_and_none_holds_a_code() -> None:
    mailed = {code for code, kind in KINDS.items() if kind.email}
    assert mailed == set(SUBJECTS)
    for code in mailed:
        assert "{code}" not in MESSAGES[code].text
        assert "{otp}" not in MESSAGES[code].text
