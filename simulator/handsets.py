"""The phones and what is on them: screen, texts, the M-Pesa prompt; the wallet is in the books."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from simulator.errors import Nonsense
from simulator.gsm import measure, septets
from simulator.wallets import OUTSIDE, Books, purse

KEPT_TEXTS = 200
# Who stands on the page: the three of the story, and a neighbour whose network is not Safaricom's.
STORY = (
    ("+254712000101", "Wanjiku", "farmer", "Kiswahili"),
    ("+254712000202", "Otieno", "customer", "English"),
    ("+254712000303", "Kamau", "rider", "Gĩkũyũ"),
    ("+254733000505", "Achieng", "neighbour", "Kiswahili"),
)
WRONG_PIN = "0000"
FIRST_BALANCE = 50_000
SAFARICOM = "63902"

# The operator by the digits behind 254, as far as the numbering plan gives them away.
_OPERATORS = (
    ("63903", re.compile(r"7(3\d|5[0-6]|62|8[0-9])|10")),
    ("63907", re.compile(r"77")),
    ("63999", re.compile(r"76[3-6]")),
)
SIGNALS = ("good", "slow", "none")
OPERATOR_NAMES = {"63902": "Safaricom", "63903": "Airtel", "63907": "Telkom", "63999": "Equitel"}


def msisdn(written: str) -> str:
    """+254712000101 out of any spelling of a Kenyan mobile number; Nonsense for anything else."""
    digits = re.sub(r"[\s+()-]", "", written)
    if digits.startswith("0"):
        digits = "254" + digits[1:]
    if not re.fullmatch(r"254[17][0-9]{8}", digits):
        raise Nonsense(f"{written} is not a Kenyan mobile number")
    return "+" + digits


@dataclass
class Text:
    """A message that reached the phone, or one that left it."""

    id: str
    other: str
    text: str
    at: datetime
    read: bool = False
    state: str = ""

    def view(self, party: str) -> dict[str, object]:
        """As the control API shows it; `party` is the name of the other side, from or to."""
        size = measure(self.text)
        return {
            "id": self.id,
            party: self.other,
            "text": self.text,
            "at": self.at.isoformat(timespec="seconds"),
            "septets": size.units,
            "segments": size.segments,
            "room": size.room,
            "encoding": size.encoding,
            "read": self.read,
            "state": self.state,
        }


@dataclass
class Session:
    """One dial. `inputs` is what the owner answered so far; the clock here is the machine's, monotonic."""

    id: str
    code: str
    inputs: list[str]
    began: float = field(default_factory=time.monotonic)
    hops: int = 0
    labels: list[str] = field(default_factory=list)
    label: str = ""
    reply: str = ""
    open: bool = True
    busy: bool = False
    quiet_since: float = field(default_factory=time.monotonic)
    timers: list[threading.Timer] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole input history, as the provider posts it."""
        return "*".join(self.inputs)


@dataclass
class Screen:
    """What the USSD window shows: `raw` is the gateway's body, `text` what came through of it."""

    text: str = ""
    raw: str = ""
    septets: int = 0
    limit: int = 160
    cut: bool = False
    replaced: bool = False
    failure: str = ""


@dataclass
class Prompt:
    """An M-Pesa prompt on the screen, waiting for a PIN."""

    id: str
    amount: int
    business: str
    reference: str
    lapses: float

    def view(self) -> dict[str, object]:
        """As the control API shows it."""
        return {
            "id": self.id,
            "amount": self.amount,
            "business": self.business,
            "reference": self.reference,
            "text": f"Do you want to pay KES {self.amount} to {self.business} for account {self.reference}?",
            "seconds_left": max(0, round(self.lapses - time.monotonic())),
        }


@dataclass
class Phone:
    """One handset with its SIM."""

    msisdn: str
    name: str = ""
    role: str = ""
    language: str = ""
    network: str = SAFARICOM
    mpesa: bool = True
    pin: str = ""
    books: Books = field(default_factory=Books)
    on: bool = True
    signal: str = "good"  # slow: what is dialled and texted takes its time; none: nothing comes or goes
    blacklisted: bool = False
    greeted: set[str] = field(default_factory=set)
    inbox: list[Text] = field(default_factory=list)
    held: list[Text] = field(default_factory=list)  # the network keeps these until there is a signal
    sent: list[Text] = field(default_factory=list)
    session: Session | None = None
    screen: Screen = field(default_factory=Screen)
    prompt: Prompt | None = None

    @property
    def balance(self) -> Decimal:
        """What is in the M-Pesa wallet, in KES."""
        return self.books.balance(purse(self.msisdn))

    def knows(self, pin: str) -> bool:
        """Whether this is the PIN: the one that was set; if none was, any but 0000."""
        return pin == self.pin if self.pin else pin != WRONG_PIN

    @property
    def reachable(self) -> bool:
        """Whether the network finds it."""
        return self.on and self.signal != "none"

    @property
    def input_limit(self) -> int:
        """Characters of one USSD answer that the operator takes."""
        return 90 if self.network == "63903" else 80

    @property
    def screen_limit(self) -> int:
        """Septets of one USSD screen that the operator brings."""
        return 184 if self.network == "63903" else 160

    def open_session(self) -> Session | None:
        """The dial in progress."""
        return self.session if self.session is not None and self.session.open else None

    def view(self) -> dict[str, object]:
        """Everything a person holding this phone could see, and what it costs in septets."""
        session = self.open_session()
        return {
            "msisdn": self.msisdn,
            "name": self.name,
            "role": self.role,
            "language": self.language,
            "network": OPERATOR_NAMES.get(self.network, self.network),
            "on": self.on,
            "signal": self.signal,
            "blacklisted": self.blacklisted,
            "screen": self.screen.text,
            "raw": self.screen.raw,
            "septets": self.screen.septets,
            "limit": self.screen.limit,
            "cut": self.screen.cut,
            "replaced": self.screen.replaced,
            "failure": self.screen.failure,
            "session_open": session is not None,
            "waiting": session is not None and session.busy,
            "session": None
            if session is None
            else {
                "id": session.id,
                "code": session.code,
                "hops": session.hops,
                "seconds": round(time.monotonic() - session.began),
            },
            "inbox": [text.view("from") for text in self.inbox],
            "sent": [text.view("to") for text in self.sent],
            "prompt": self.prompt.view() if self.prompt is not None else None,
            "mpesa": self.mpesa,
            "balance": int(self.balance) if self.balance == int(self.balance) else float(self.balance),
        }

    def receive(self, text: Text) -> None:
        """A text arrives; the oldest go when the phone's memory is full."""
        self.inbox = [*self.inbox, text][-KEPT_TEXTS:]

    def keep_sent(self, text: Text) -> None:
        """A text left; the oldest go when the phone's memory is full."""
        self.sent = [*self.sent, text][-KEPT_TEXTS:]

    def show(
        self, raw: str, text: str, *, failure: str = "", cut: bool = False, replaced: bool = False
    ) -> None:
        """Fill the USSD window."""
        self.screen = Screen(
            text=text,
            raw=raw,
            septets=septets(raw),
            limit=self.screen_limit,
            cut=cut,
            replaced=replaced,
            failure=failure,
        )


class Phones:
    """All phones of the world; one that is named for the first time comes into being."""

    def __init__(self, books: Books, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._books = books
        self._now = now
        self._phones: dict[str, Phone] = {}
        self.reset()

    def reset(self) -> None:
        """Only the four of the page, fresh out of the box."""
        self._phones = {}
        for number, name, role, language in STORY:
            phone = self.get(number)
            phone.name, phone.role, phone.language = name, role, language

    def get(self, written: str) -> Phone:
        """The phone with this number, in any spelling."""
        number = msisdn(written)
        phone = self._phones.get(number)
        if phone is None:
            network = next((code for code, digits in _OPERATORS if digits.match(number[4:])), "63902")
            phone = self._new(
                Phone(number, network=network, mpesa=network == SAFARICOM, books=self._books),
            )
            self._phones[number] = phone
        return phone

    def _new(self, phone: Phone) -> Phone:
        """A SIM with M-Pesa has its first money from an agent."""
        if phone.mpesa:
            self._books.move("opening", FIRST_BALANCE, OUTSIDE, purse(phone.msisdn), at=self._now())
        return phone

    def all(self) -> list[Phone]:
        """Every phone, the four of the page first."""
        return list(self._phones.values())
