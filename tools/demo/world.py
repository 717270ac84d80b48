"""The outside world by its control API: phones and clock; all that the demo can touch."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import requests

from locales.messages import MESSAGES
from tools.demo import reading
from tools.demo.reading import Wrong

PATIENCE_SECONDS = 40
LOOK_SECONDS = 0.2
SCREEN_SEPTETS = 160
T = TypeVar("T")
Say = Callable[[str, str], None]


class World:
    """The simulator at `url`; `say` prints a line of the conversation (who, what)."""

    def __init__(self, url: str, say: Say) -> None:
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self.say = say

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of the control API; raises Wrong when it refuses or does not answer."""
        try:
            reply = self._http.request(method, f"{self._url}/control/{path}", json=body, timeout=30)
        except requests.ConnectionError:
            raise Wrong(f"nothing answers at {self._url}: start it with `make run` first") from None
        try:
            answer: dict[str, Any] = reply.json()
        except requests.JSONDecodeError:
            raise Wrong(f"what answers at {self._url} is no simulator") from None
        if not reply.ok:
            raise Wrong(f"the simulator refused {method} {path}: {answer.get('error', reply.status_code)}")
        return answer

    def now(self) -> datetime:
        """The time of this world, with its offset."""
        return datetime.fromisoformat(self.ask("GET", "clock")["now"])

    def set_clock(self, moment: datetime) -> None:
        """Jump to `moment`."""
        self.ask("POST", "clock", {"at": moment.isoformat()})


@dataclass(frozen=True)
class Sms:
    """A text on a phone: when it came, from whom, what it says."""

    id: str
    sender: str
    text: str


class Phone:
    """One person's phone, and the language the person reads."""

    def __init__(self, world: World, number: str, name: str, language: str) -> None:
        self.world = world
        self.number = number
        self.name = name
        self.language = language
        self._read = {sms.id for sms in self.inbox()}

    def view(self) -> dict[str, Any]:
        """What is on it now."""
        return self.world.ask("GET", f"phones/{self.number}")

    def inbox(self) -> list[Sms]:
        """Every text on the phone, oldest first."""
        return [Sms(sms["id"], sms["from"], sms["text"]) for sms in self.view()["inbox"]]

    def dial(self, code: str) -> str:
        """Dial and return the first screen."""
        self.world.say(self.name, f"dials {code}")
        return self._screen(self.world.ask("POST", f"phones/{self.number}/dial", {"code": code}))

    def answer(self, text: str) -> str:
        """Answer the screen and return the next one."""
        self.world.say(self.name, f"> {text}")
        return self._screen(self.world.ask("POST", f"phones/{self.number}/answer", {"text": text}))

    def hang_up(self) -> None:
        """End the session, if there is one."""
        if self.is_in_session():
            self.world.say(self.name, "hangs up")
            self.world.ask("POST", f"phones/{self.number}/hangup")

    def is_in_session(self) -> bool:
        """Whether the network session is still open."""
        return bool(self.view()["session_open"])

    def text(self, words: str, to: str) -> None:
        """Send an SMS."""
        self.world.say(self.name, f"texts to {to}: {words}")
        self.world.ask("POST", f"phones/{self.number}/sms", {"text": words, "to": to})

    def approve_prompt(self, amount: int) -> None:
        """Wait for the M-Pesa prompt, look at the sum, type the PIN."""
        prompt = self.wait(lambda view: view["prompt"], "the M-Pesa prompt")
        self.world.say(self.name, f"sees: {prompt['text']}")
        if prompt["amount"] != amount:
            raise Wrong(f"the prompt asks for {prompt['amount']}, the quote said {amount}")
        self.world.say(self.name, "types the M-Pesa PIN")
        self.world.ask("POST", f"phones/{self.number}/prompt", {"pin": "1234"})

    def wait_for(self, code: str) -> dict[str, str]:
        """Wait for the SMS with this message code; returns its slots as they stand in it."""
        text = MESSAGES[code].text

        def arrived(view: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]] | None:
            for sms in view["inbox"]:
                if sms["id"] not in self._read and (found := reading.find(self.language, text, sms["text"])):
                    return sms, found.groupdict()
            return None

        sms, slots = self.wait(arrived, f"the text “{code}”")
        self._read.add(sms["id"])
        self.world.say(self.name, f"reads from {sms['from']}: {sms['text']}")
        if sms["segments"] != 1:
            raise Wrong(f"that text takes {sms['segments']} segments; one is allowed")
        return slots

    def wait(self, look: Callable[[dict[str, Any]], T | None], what: str) -> T:
        """Look at the phone until `look` finds something; raises Wrong after a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            view = self.view()
            if found := look(view):
                return found
            if time.monotonic() > deadline:
                unread = "\n".join(f"  {sms['text']}" for sms in view["inbox"] if sms["id"] not in self._read)
                raise Wrong(
                    f"{self.name} waited {PATIENCE_SECONDS} s for {what}; unread:\n{unread or '  (nothing)'}"
                )
            time.sleep(LOOK_SECONDS)

    def _screen(self, view: dict[str, Any]) -> str:
        if view["failure"]:
            raise Wrong(f"{self.name}'s dial failed: {view['failure']}")
        screen = str(view["screen"])
        self.world.say("", screen)
        if view["septets"] > SCREEN_SEPTETS or view["cut"] or view["replaced"]:
            raise Wrong(f"that screen has {view['septets']} septets; {SCREEN_SEPTETS} are allowed")
        return screen
