"""A phone of the phones page and the admin's console, as people use them (tools/pictures.py)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urldefrag, urljoin

from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    TimeoutError,
    expect,
)

from locales.messages import MESSAGES
from tools.demo import reading
from tools.demo.reading import Wrong

PATIENCE_SECONDS = 40
PIN = "1234"
KEYPAD = frozenset("0123456789*#")


@dataclass(frozen=True)
class House:
    """A running system: the addresses of its pages, and the first admin's account and one-time password."""

    phones: str
    console: str
    account: str
    one_time: str


class Handset:
    """One phone on the phones page, in the hands of somebody who reads `language`."""

    def __init__(self, page: Page, msisdn: str, language: str) -> None:
        self.root = page.locator(f'.phone[data-msisdn="{msisdn}"]')
        self.root.wait_for()
        self.name = self.root.locator(".name").inner_text()
        self.language = language
        self._page = page
        self._unused: list[str] = []  # what was read and not asked for yet, oldest first

    def dial(self, code: str) -> str:
        """Type the code, press the green key; the first screen."""
        self.go_home()
        self._write(code, self.root.locator(".dialing .typed"))
        return self._hop("Call")

    def answer(self, text: str) -> str:
        """Type the answer, press Send; the next screen."""
        self._write(text, self.root.locator(".ussd .typed"))
        return self._hop("Left key")

    def is_in_session(self) -> bool:
        """Whether the phone still asks for an answer."""
        return self.root.locator(".ussd .typed").is_visible()

    def hang_up(self) -> None:
        """The red key, if there is something to end; a last screen is left for its owner to read."""
        if self.is_in_session():
            self.press("End")

    def press(self, label: str) -> None:
        """One key, by its name."""
        self.root.get_by_label(label, exact=True).click()

    def go_home(self) -> None:
        """The red key, wherever the phone is."""
        self.press("End")
        self.root.locator(".home").wait_for()

    def text(self, words: str) -> None:
        """Write a new message to the short code and send it."""
        self.go_home()
        self.press("Right key")
        self._write(words, self.root.locator(".compose .typed"))
        self._send()

    def reply(self, words: str) -> None:
        """Answer the message that is open."""
        self.press("Left key")
        self._write(words, self.root.locator(".compose .typed"))
        self._send()

    def read(self, code: str) -> dict[str, str]:
        """Wait for the message with this code and open it; the values of its slots as they stand in it."""
        while True:
            for words in self._unused:
                if found := reading.find(self.language, MESSAGES[code].text, words):
                    self._unused.remove(words)
                    return found.groupdict()
            self._open_next(code)

    def pay(self) -> None:
        """Type the PIN into the M-Pesa prompt that is up."""
        self._write(PIN, self.root.locator(".prompt .typed"))
        self.press("OK")
        self.root.locator(".prompt").wait_for(state="hidden")

    def _open_next(self, code: str) -> None:
        if not self.root.locator(".home").is_visible():
            self.go_home()
        try:
            self.root.locator(".home .note:not(:empty)").wait_for(timeout=PATIENCE_SECONDS * 1000)
        except TimeoutError:
            raise Wrong(f"{self.name} waited {PATIENCE_SECONDS} s for the message {code}") from None
        self.press("Left key")
        words = self.root.locator(".message .said")
        words.wait_for()
        self._unused.append(words.inner_text())

    def _send(self) -> None:
        self.press("Left key")
        self.root.locator(".home").wait_for()

    def _write(self, text: str, where: Locator) -> None:
        if KEYPAD.issuperset(text):
            for key in text:
                self.press(f"Key {key}")
        else:
            where.press_sequentially(text)
        expect(where).to_have_value(text)

    def _hop(self, key: str) -> str:
        with self._page.expect_response(re.compile("/control/phones/.*/(dial|answer)$")) as told:
            self.press(key)
        state = told.value.json()
        if state["failure"]:
            raise Wrong(f"{self.name}'s dial failed: {state['failure']}")
        shown = self.root.locator(".ussd .said")
        expect(shown).to_have_text(state["screen"])
        return shown.inner_text()


class Console:
    """The admin's browser: one page with the callback log, never loaded again, one for everything else."""

    def __init__(self, window: BrowserContext, house: House) -> None:
        self.log = window.new_page()
        self.page = window.new_page()
        self.address = house.console
        self._house = house

    def sign_in(self) -> None:
        """With the one-time password, which must be changed at once; then the log is opened."""
        password = f"mine-{self._house.one_time}"
        self.page.goto(self.address)
        self.page.get_by_label("Phone number or e-mail").fill(self._house.account)
        self.page.get_by_label("Password").fill(self._house.one_time)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_label("Present password").fill(self._house.one_time)
        self.page.get_by_label("New password", exact=True).fill(password)
        self.page.get_by_label("New password again").fill(password)
        self.page.get_by_role("button", name="Change password").click()
        expect(self.page.get_by_text("Your password is changed.")).to_be_visible()
        self.log.goto(f"{self.address}callbacks")
        self.log.evaluate("window.neverLoadedAgain = true")
        expect(self.log.get_by_text("Nothing has come in yet")).to_be_visible()

    def rows(self, kind: str) -> Locator:
        """The rows of this kind, newest first."""
        chip = self.log.locator(".what", has_text=re.compile(rf"^\s*{kind}\s*$"))
        return self.log.locator("div.sheet tbody tr").filter(has=chip)

    def sees(self, kind: str, words: str, verdict: str) -> None:
        """Wait until the newest row of this kind that says `words` is in the log with its verdict."""
        row = self.rows(kind).filter(has_text=words).first
        expect(row.locator(".verdict")).to_contain_text(verdict, timeout=PATIENCE_SECONDS * 1000)
        assert self.log.evaluate("window.neverLoadedAgain"), "the log was loaded again"

    def approve(self, plate: str) -> None:
        """Press Approve beside the plate."""
        self.page.get_by_role("link", name="Vehicles").click()
        task = self.page.locator("li.task", has_text=plate)
        task.get_by_role("button", name="Approve").click()
        expect(self.page.get_by_text("Approved. The rider is told by SMS.")).to_be_visible()

    def open_order(self, tail: str) -> None:
        """To the order's page by the list of orders."""
        self.page.get_by_role("link", name="Orders").click()
        self.page.get_by_role("link", name=re.compile(f"{tail}$")).click()
        expect(self.page.locator("h1 .num")).to_have_text(re.compile(f"{tail}$"))

    def every_page(self) -> Iterator[tuple[str, str]]:
        """Address and source of every page that links lead to.

        But for searches, of which there is no end, and the market's prices, which are published figures.
        """
        waiting, seen = [self.address], {self.address}
        while waiting:
            address = waiting.pop()
            source = self.page.request.get(address).text()
            yield address, source
            for link in re.findall(r'href="([^"]+)"', source):
                target = urldefrag(urljoin(address, unescape(link))).url
                ours = target.startswith(self.address) and not target.startswith(f"{self.address}prices")
                if ours and not re.search(r"[?&](who|ref)=", target):
                    waiting += {target} - seen
                    seen.add(target)
