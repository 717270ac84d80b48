"""The story of one order played by clicking, and the pictures of it: `python -m tools.pictures FOLDER`.

A system of its own is started as `make run` does, in a temporary folder. Three phones and the console are
used as people use them, by keys, letters, buttons and links; what is known is what a page shows.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    ViewportSize,
    expect,
)

from locales.catalogue import translate
from menus.rider.vehicle import KINDS
from tools import browser, processes
from tools.demo import talks
from tools.demo.reading import Wrong
from tools.demo.talks import Reply, as_role, choose, pick, type_in
from tools.environment import HOME
from tools.screens import PATIENCE_SECONDS, Console, Handset, House

START_SECONDS = 90
STOP_SECONDS = 60
LOOK_SECONDS = 0.2
PLATE = "KMFB 123C"
PHONES_SIZE: ViewportSize = {"width": 1220, "height": 780}  # as far as the phones go
CONSOLE_SIZE: ViewportSize = {"width": 1400, "height": 940}


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
