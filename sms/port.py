"""The port behind which an SMS provider stands: one file each, named by SMS_PROVIDER (docs/providers.md).

Nothing else knows what a provider's fields, codes and words are.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol

from core.config import BadConfig, Config


class Meaning(Enum):
    """What an answer means for the message (DR-1506)."""

    ACCEPTED = "accepted"  # the provider has it; whether it arrives comes as a report
    RETRY = "retry"  # refused for now: again, a few times
    WAIT = "wait"  # our account or configuration: again until it is worth nothing, and somebody must look
    NOT_SENT = "not sent"  # nothing reached the provider: again, uncounted
    NEVER = "never"  # this number, this message: no
    UNKNOWN = "unknown"  # it may have been sent: never again (contract, rule 12)


@dataclass(frozen=True)
class Outcome:
    """What became of one sending.

    reason       the provider's own word for a refusal, or the network's
    provider_id  its id of the message; delivery reports carry it
    cost         as the provider writes it (`KES 0.8000`); `charged` is that in KES, None if it says nothing
    answer       what it said, for the callback log; cut
    opted_out    this number refuses texts at the provider (DR-1504)
    """

    meaning: Meaning
    reason: str = ""
    provider_id: str = ""
    cost: str = ""
    charged: Decimal | None = None
    answer: str = ""
    status: int | None = None
    opted_out: bool = False

    @property
    def served(self) -> bool:
        """Whether the provider did its work, be it with a no; else it counts towards opening the circuit."""
        busy = self.status is None or self.status >= 400
        return self.meaning in (Meaning.ACCEPTED, Meaning.NEVER) or (
            self.meaning is Meaning.RETRY and not busy
        )


@dataclass(frozen=True)
class Incoming:
    """A text that came in. `date` as the provider writes it, UTC; `extra` may stand in the callback log."""

    sender: str
    to: str
    text: str
    date: str
    provider_id: str
    extra: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """A delivery report.

    state      the outbox status it leads to, None if it leads nowhere
    opted_out  it failed since the number refuses our texts
    """

    provider_id: str
    msisdn: str
    status: str
    reason: str
    state: str | None
    opted_out: bool = False


@dataclass(frozen=True)
class Inbox:
    """A page of the provider's inbox, oldest first; `last` is where the next page begins."""

    messages: Sequence[Incoming]
    last: str


class CannotFetch(Exception):
    """The inbox could not be read this time; the message says why, without a secret."""


class Provider(Protocol):
    """One provider of SMS; thread-safe, keeps nothing between calls.

    soft  its words, in lower case, for ends that a later success may still change: a phone that was off
    """

    name: str
    soft: frozenset[str]

    def send(self, text: str, to: str, *, sender: str) -> Outcome:
        """Send `text` to `to` (`+254...`) from a short code or sender id; the outcome says it all, never an
        error."""

    def fetch(self, after: str) -> Inbox:
        """What came in after the id `after` ("" from the beginning). Raises CannotFetch."""

    def incoming(self, form: Mapping[str, str]) -> Incoming | None:
        """The text in a callback; None if it is none."""

    def report(self, form: Mapping[str, str]) -> Report | None:
        """The delivery report in a callback, or in what `kept` kept of one; None if it is none."""

    def opted_out(self, form: Mapping[str, str]) -> str | None:
        """The number that a callback says has opted out; None if it says nothing of the kind."""

    def kept(self, form: Mapping[str, str]) -> dict[str, str]:
        """What of a report may stand in the callback log: enough for `report`, and nobody's number."""


def provider_of(config: Config) -> Provider:
    """The provider that SMS_PROVIDER names: the file sms/<name>.py, whose `connect` makes it.

    Raises BadConfig if there is no such file.
    """
    name = config.sms_provider
    if not name.isidentifier():
        raise BadConfig(f"SMS_PROVIDER: no provider is called {name!r}")
    try:
        module = importlib.import_module(f"sms.{name}")
    except ModuleNotFoundError:
        raise BadConfig(f"SMS_PROVIDER: there is no sms/{name}.py") from None
    if not hasattr(module, "connect"):
        raise BadConfig(f"SMS_PROVIDER: sms/{name}.py is no provider")
    provider: Provider = module.connect(config)
    return provider
