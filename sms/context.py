"""What a command is given, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.actor import Actor
from core.db import Tx
from core.questions import service as questions
from core.questions.models import Question
from core.users import service as users
from core.users.models import User
from inbound.gateway import Gateway
from sms.reader import Reader
from sms.reading import Reading


@dataclass(frozen=True)
class Message:
    """An inbound SMS as it was stored; `text` is the true one, in memory only.

    key      the idempotency key of whatever it orders: the provider's message id (DR-704)
    sent_at  when the network took it; never later than when we stored it
    """

    callback_id: int
    msisdn: str
    text: str
    key: str
    sent_at: datetime


@dataclass(frozen=True)
class Reply:
    """An answer: a code of locales/messages and its slots, as JSON."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeTexted:
    """A rider has texted a delivery code: handing over needs transactions of its own (DR-214).

    cash  what he says he took at the door, KES; None: nothing was said
    sure  the sum was put back to him and he has said that it is right (DR-902)
    """

    order: str | None
    code: str
    cash: Decimal | None = None
    sure: bool = False


# None: nothing is to be said (the core tells what there is to tell, or the prompt speaks for itself).
Outcome = Reply | CodeTexted | None
Command = Callable[["Context"], Outcome]


@dataclass
class Context:
    """One text being worked on, inside one transaction.

    user      None for a number we do not know
    question  the open question that a bare answer meets, or None
    order_id  the order that the text is about, once a command knows it: the text and its answer are then part
              of that order's story
    """

    gateway: Gateway
    reader: Reader
    tx: Tx
    message: Message
    user: User | None
    question: Question | None
    reading: Reading
    order_id: int | None = None

    @property
    def actor(self) -> Actor:
        """Who acts; only for a known sender."""
        assert self.user is not None, "commands for registered people only"
        return users.actor_for(self.user, "sms", f"sms:{self.message.callback_id}")

    def registered(self, role: str) -> User:
        """The sender, registered now if nobody knew her: her language is that of her words (DR-203).

        What she agrees to comes with her answer to what she is asked.
        """
        if self.user is None:
            self.user = users.register(
                self.tx,
                msisdn=self.message.msisdn,
                role=role,
                first_name="",
                language=self.language,
                channel="sms",
                request_id=f"sms:{self.message.callback_id}",
                consent_version=None,
            )
        return self.user

    @property
    def role(self) -> str:
        """The sender's role, or "" for a stranger."""
        return self.user.user_role if self.user else ""

    @property
    def language(self) -> str:
        """The language of the sender, or of the text for a stranger."""
        return self.user.preferred_language if self.user else spoken(self.reading.language)

    @property
    def dial(self) -> str:
        """The code of the menus, for texts."""
        return self.gateway.config.ussd_service_code

    def reply(self, code: str, **values: Any) -> Reply:
        """An answer with its slots made storable."""
        return Reply(code, storable(values))

    def ask(
        self,
        kind: str,
        *,
        about: Mapping[str, Any] | None = None,
        choices: list[dict[str, Any]] | None = None,
        until: datetime | None = None,
    ) -> Question | None:
        """Open a question for the sender; None if a more urgent one keeps the bare answer (DR-1510)."""
        assert self.user is not None, "a question has somebody to answer it"
        expires = until or self.tx.now + timedelta(hours=self.tx.setting("question.place_hours"))
        asked = questions.ask(
            self.tx,
            self.user,
            kind,
            about=storable(dict(about or {})),
            choices=choices or (),
            expires_at=expires,
        )
        if asked is not None:
            self.tx.note(f"question:{asked.question_id}", f"new -> {kind}")
        return asked

    def close(self, outcome: str) -> None:
        """The open question has had its answer."""
        if self.question is not None and self.question.open_for is not None:
            questions.close(self.tx, self.question, outcome)
            self.tx.note(f"question:{self.question.question_id}", f"{self.question.kind} -> {outcome}")


def spoken(language: str | None) -> str:
    """A language of the data files (en, sw, ki) as stored; Swahili where the words do not tell."""
    return {"en": "en", "sw": "sw", "ki": "kikuyu"}.get(language or "", "sw")


def storable(value: Any) -> Any:
    """Slots as JSON: amounts as text, dates ISO."""
    match value:
        case dict():
            return {str(key): storable(item) for key, item in value.items()}
        case list() | tuple():
            return [storable(item) for item in value]
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return value
