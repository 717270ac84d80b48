"""The story of one order played by clicking, and the pictures of it: `python -m tools.pictures FOLDER`.

A system of its own is started as `make run` does, in a temporary folder. Three phones and the console are
used as people use them, by keys, letters, buttons and links; what is known is what a page shows.
"""

import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from subprocess import Popen
from urllib.parse import urldefrag, urljoin

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    TimeoutError,
    ViewportSize,
    expect,
)

from locales.catalogue import translate
from locales.messages import MESSAGES
from menus.rider.vehicle import KINDS
from tools import browser, processes
from tools.demo import reading, talks
from tools.demo.reading import Wrong
from tools.demo.talks import Reply, as_role, choose, pick, type_in
from tools.environment import HOME

START_SECONDS = 90
STOP_SECONDS = 60
PATIENCE_SECONDS = 40
LOOK_SECONDS = 0.2
PIN = "1234"
PLATE = "KMFB 123C"
KEYPAD = frozenset("0123456789*#")
PHONES_SIZE: ViewportSize = {"width": 1000, "height": 834}  # as far as the phones go
CONSOLE_SIZE: ViewportSize = {"width": 1400, "height": 940}


@dataclass(frozen=True)
class House:
    """A running system: the addresses of its pages, and the first admin's account and one-time password."""

    phones: str
    console: str
    account: str
    one_time: str


@contextmanager
def running(folder: Path) -> Iterator[House]:
    """Everything started in `folder` as a newcomer does, on free ports, and stopped as Ctrl-C does."""
    ports = {name: str(processes.free_port()) for name in ("PORT", "SIMULATOR_PORT")}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    said = folder / "supervise.txt"
    with said.open("wb") as output:
        process = processes.start(
            [sys.executable, "-m", "tools.supervise"],
            env={**inherited, "PYTHONPATH": str(HOME), **ports}, output=output, folder=folder,
        )  # fmt: skip
    try:
        _until_ready(process, said)
        account, _, one_time = (folder / "var/first-admin.txt").read_text().strip().partition(", ")
        yield House(
            phones=f"http://127.0.0.1:{ports['SIMULATOR_PORT']}",
            console=f"http://127.0.0.1:{ports['PORT']}/admin/",
            account=account,
            one_time=one_time.split()[-1],
        )
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)


def _until_ready(process: "Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C stops everything" not in said.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Wrong(f"the system did not start:\n{said.read_text()}")
        time.sleep(LOOK_SECONDS)


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
        """Address and source of every page that links lead to, but for searches, of which there is no end."""
        waiting, seen = [self.address], {self.address}
        while waiting:
            address = waiting.pop()
            source = self.page.request.get(address).text()
            yield address, source
            for link in re.findall(r'href="([^"]+)"', source):
                target = urldefrag(urljoin(address, unescape(link))).url
                if target.startswith(self.address) and not re.search(r"[?&](who|ref)=", target):
                    waiting += {target} - seen
                    seen.add(target)


class Story:
    """One order, all the way: the farmer in Swahili, the customer in English, the rider in Kikuyu.

    album    where the pictures go; none are taken without it
    tail     the order, as people name it; code: what the customer gives the rider
    """

    def __init__(self, opened: Browser, house: House, album: Path | None = None) -> None:
        self._album = album
        self._phones = opened.new_page(viewport=PHONES_SIZE, device_scale_factor=1.2)
        self._phones.goto(house.phones)
        self.farmer = Handset(self._phones, "+254712000101", "sw")
        self.customer = Handset(self._phones, "+254712000202", "en")
        self.rider = Handset(self._phones, "+254712000303", "kikuyu")
        self.console = Console(opened.new_context(viewport=CONSOLE_SIZE), house)
        self.tail = self.code = ""
        self._service_code = self._phones.locator("#service-code").inner_text()

    def play(self) -> None:
        """All of it, the admin watching each step come up in the log."""
        self.console.sign_in()
        self._farmer_sells()
        self._rider_joins()
        self._customer_orders()
        self._farmer_prepares()
        self._rider_delivers()
        self._admin_looks_back()

    def _farmer_sells(self) -> None:
        script = _registration(self.farmer, "farmer") | {
            "farmer.first": choose("sell.start"),
            "sell.product": type_in("nyanya"),
            "sell.products": pick("Nyanya"),
            "sell.unit": pick("kg"),
            "sell.quantity": type_in("50"),
            "sell.price": type_in("80"),
            "sell.landmark": type_in("nyuma ya kanisa"),
            "sell.check": choose("publish"),
        }
        talks.hold(self.farmer, self._service_code, script, "sell.listed")
        self.console.sees("USSD", "50kg nyanya zinauzwa", "applied")
        self.farmer.read("listed")
        self.console.sees("SMS out", "50kg nyanya", "accepted")

    def _rider_joins(self) -> None:
        script = _registration(self.rider, "rider") | {
            "vehicle.kind": pick(translate(self.rider.language, KINDS["motorcycle"])),
            "vehicle.plate": type_in(PLATE),
        }
        talks.hold(self.rider, self._service_code, script, "vehicle.registered")
        self.console.sees("USSD", PLATE, "applied")
        self.console.approve(PLATE)
        self.rider.read("vehicle_approved")
        script = {"rider.home": choose("duty.start"), "duty.off": choose("go_on")}
        talks.hold(self.rider, self._service_code, script, "duty.on")
        self.console.sees("USSD end", "Incomplete", "shown")

    def _customer_orders(self) -> None:
        self.customer.text("5kg tomatoes")
        self.customer.read("place_question")
        self.console.sees("SMS in", "5kg tomatoes", "applied")
        self.customer.reply("Kangemi, near the Total station")
        total = self.customer.read("quote")["total"].removeprefix("KSh ").replace(",", "")
        self.console.sees("SMS in", "Kangemi, near the Total station", "applied")
        self.customer.reply("YES")
        prompt = self.customer.root.locator(".prompt .said")
        expect(prompt).to_contain_text(f"KES {total} ", timeout=PATIENCE_SECONDS * 1000)
        self._keep("prompt", self.customer.root)
        self.console.sees("M-Pesa prompt", f"KES {total} ", "accepted")
        self.customer.pay()
        self.tail = self.customer.read("paid_confirmed")["order"]
        self.console.sees("M-Pesa result", self.tail, "applied")

    def _farmer_prepares(self) -> None:
        self.farmer.read("new_order")
        script = {"orders.order_first": choose("ready")}
        talks.hold(self.farmer, self._service_code, script, "orders.one_ready")
        self.console.sees("USSD", f"1 → {self.tail}", "applied")

    def _rider_delivers(self) -> None:
        self.rider.read("offer")
        self._phones.evaluate("scrollTo(0, 0)")
        self._keep("phones", self._phones)
        self.console.sees("SMS out", f"{self.tail}: Wanjiku, Kinoo", "accepted")
        self._keep("callback-log", self.console.log)
        self.rider.reply("YES")
        self.rider.read("pickup")
        self.code = self.customer.read("rider_and_code")["code"]
        self.rider.reply(f"PICKED {self.tail}")
        self.rider.read("bring")
        self.console.sees("SMS in", f"PICKED {self.tail}", "applied")
        wrong = str((int(self.code) + 1) % 10_000).zfill(4)
        self.rider.reply(f"DONE {self.tail} {wrong}")
        self.rider.read("code_wrong")
        self.console.sees("SMS in", f"DONE {self.tail} ****", "rejected")
        self.rider.reply(f"DONE {self.tail} {self.code}")
        self.rider.read("done")
        self.customer.read("delivered")
        self.console.sees("SMS in", f"DONE {self.tail} ****", "applied")
        self.console.sees("SMS out", f"Order {self.tail} is delivered", "accepted")

    def _admin_looks_back(self) -> None:
        log = self.console.log
        expect(self.console.rows("SMS report")).to_have_count(self.console.rows("SMS out").count())
        moments = log.locator("div.sheet tbody tr").evaluate_all(
            "rows => rows.map(row => Number(row.dataset.at))"
        )
        assert moments == sorted(moments, reverse=True), "the newest stands on top"
        self.console.rows("M-Pesa result").locator("td.gist").click()
        opened = log.locator("dialog[open]")
        expect(opened).to_contain_text("What it changed")
        self._keep("callback", log, higher=opened)
        opened.get_by_role("button", name="Close").click()
        log.locator("td.session a").last.click()
        expect(log.locator(".lcd").first).to_contain_text("Karibu Tunda")
        self._keep("session", log, higher=log.locator("html"))
        self.console.page.get_by_role("link", name="Today").click()
        expect(self.console.page.locator(".day")).to_contain_text("1 delivered")
        self._keep("today", self.console.page)
        self.console.open_order(self.tail)
        self._keep("order", self.console.page, higher=self.console.page.locator("html"))

    def _keep(self, name: str, what: Page | Locator, higher: Locator | None = None) -> None:
        if self._album is None:
            return
        if higher is not None:  # a window as high as that needs
            higher.page.set_viewport_size(CONSOLE_SIZE)
            height = higher.evaluate("element => element.scrollHeight")
            higher.page.set_viewport_size({"width": CONSOLE_SIZE["width"], "height": height})
        what.screenshot(path=self._album / f"{name}.png", animations="disabled")


def _registration(phone: Handset, role: str) -> dict[str, Reply]:
    return {
        "register.role": as_role(role),
        "register.ward": type_in("Kino"),
        "register.wards": pick("Kinoo"),
        "register.name": type_in(phone.name),
        "register.consent": choose("join"),
    }


def main(arguments: list[str]) -> int:
    """Play once and fill the folder; 0 when the story went as it must."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    album = Path(arguments[0])
    album.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as house,
        browser.chromium() as opened,
    ):
        Story(opened, house, album).play()
    print(f"The pictures are in {album}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
