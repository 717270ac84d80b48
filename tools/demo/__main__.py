"""`make demo`: one order, all the way, against the running system, printed as a conversation.

The demo touches phones and web pages only; it reads the database to choose who plays and to judge at the end.
It exits 1 with a sentence at the first step that goes wrong.
"""

import os
import re
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from app import build
from core.config import load
from core.msisdn import national
from core.users import login
from inbound.gateway import Gateway
from locales.catalogue import translate
from menus.rider.vehicle import KINDS
from tools.admin import new_password
from tools.demo import cast as casting
from tools.demo import judge as judging
from tools.demo import talks
from tools.demo.cast import Cast
from tools.demo.console import Console
from tools.demo.judge import Told
from tools.demo.reading import Wrong
from tools.demo.talks import Reply, as_role, choose, pick, type_in
from tools.demo.world import Phone, World
from tools.embedded_redis import url_of
from tools.environment import load_env

AFTER_A_BUNDLE = timedelta(minutes=31)
OPEN_HOUR, CLOSE_HOUR = 7, 15  # before the cut-off for the day (16:00), outside the quiet hours
LOGS = Path("var/log")
MOST_TO_REGISTER = 6
LANDMARK = "behind the church"
YELLOW, BLUE, DIM, PLAIN = "\033[33m", "\033[36m", "\033[2m", "\033[0m"


def say(who: str, what: str) -> None:
    """One line of the conversation; a screen (nobody says it) is set in a box."""
    colours = sys.stdout.isatty()
    if who:
        print(f"{BLUE if colours else ''}{who:>10}{PLAIN if colours else ''}  {what}", flush=True)
        return
    for line in what.splitlines():
        print(f"{'':>10}  | {line}", flush=True)


def headline(text: str) -> None:
    """A new part of the story."""
    colours = sys.stdout.isatty()
    print(f"\n{YELLOW if colours else ''}{text}{PLAIN if colours else ''}", flush=True)


class Demo:
    """The story of one order."""

    def __init__(self, gateway: Gateway, world: World, cast: Cast, since: judging.Before) -> None:
        self._gateway = gateway
        self._world = world
        self._cast = cast
        self._since = since
        self._dial = gateway.config.ussd_service_code
        self._short_code = gateway.config.sms_short_code
        self._farmer = Phone(world, cast.farmer, "Wanjiku", "sw")
        self._rider = Phone(world, cast.rider, "Kamau", "kikuyu")
        self._customer = Phone(world, cast.customer, "Otieno", "en")
        self._console = Console(f"http://127.0.0.1:{gateway.config.port}", say)

    def play(self) -> Told:
        """All of it; raises Wrong."""
        self._farmer_sells()
        self._admin_signs_in()
        self._rider_joins()
        quote = self._customer_orders()
        tail = self._customer_pays(quote)
        self._farmer_prepares(tail)
        code, earning = self._rider_delivers(tail)
        goods, fee = _amount(quote["goods"]), _amount(quote["fee"])
        cast = self._cast
        return Told(cast.farmer, cast.customer, cast.rider, tail, goods, fee, earning, code)

    def _farmer_sells(self) -> None:
        headline("1. The farmer registers and sells, in Swahili")
        cast = self._cast
        selling = {
            "farmer.home": choose("sell.start"),
            "home.resume": choose("again"),
            "sell.again": type_in("nyanya"),
            "sell.product": type_in("nyanya"),
            "sell.products": pick("Nyanya"),
            "sell.unit": pick("kg"),
            "sell.quantity": type_in("50"),
            "sell.price": type_in("80"),
            "sell.landmark": type_in(LANDMARK),
            "sell.check": choose("publish"),
            "sell.sure": choose("anyway"),
        }
        if cast.farmer_is_new:  # registers and sells in one dial
            script = (
                self._registration(self._farmer, "farmer") | {"farmer.first": choose("sell.start")} | selling
            )
            talk = talks.hold(self._farmer, self._dial, script, "sell.listed")
            _short_enough(talk)
        else:
            newcomer = Phone(self._world, cast.new_farmer, "Njeri", "sw")
            script = self._registration(newcomer, "farmer") | {"farmer.first": choose("later")}
            _short_enough(talks.hold(newcomer, self._dial, script, "farmer.later"))
            talk = talks.hold(self._farmer, self._dial, selling, "sell.listed")
        market = talks.aside(self._farmer, "sell.price", talk.screen("sell.price"))
        if market is None and self._world.now().date() < datetime(2025, 8, 1).date():  # noqa: DTZ001
            raise Wrong("the market price should stand beside the question (DR-507)")
        gets = talks.slots(self._farmer, "sell.check", talk.screen("sell.check"))["gets"]
        if _amount(gets) != 72:
            raise Wrong(f"of KSh 80 the farmer gets KSh 72, the screen says {gets}")
        self._farmer.wait_for("listed")

    def _admin_signs_in(self) -> None:
        headline("2. A rider registers, the admin approves his motorcycle on the web")
        one_time, password = new_password(), new_password()
        msisdn = self._cast.admin
        self._gateway.db.run(
            lambda tx: login.create_admin(tx, msisdn=msisdn, email=None, password=one_time, one_time=True)
        )
        self._console.sign_in(national(msisdn), one_time, password)

    def _rider_joins(self) -> None:
        cast = self._cast
        phone = self._rider if cast.rider_is_new else Phone(self._world, cast.new_rider, "Mwangi", "kikuyu")
        script = self._registration(phone, "rider") | {
            "vehicle.kind": pick(translate(phone.language, KINDS["motorcycle"])),
            "vehicle.plate": type_in(cast.plate),
        }
        talks.hold(phone, self._dial, script, "vehicle.registered")
        self._console.approve(cast.plate)
        phone.wait_for("vehicle_approved")
        script = {
            "rider.home": choose("duty.start"),
            "home.resume": choose("again"),
            "duty.off": choose("go_on"),
        }
        talk = talks.hold(self._rider, self._dial, script, "duty.on")
        if talk.answers == 0:
            raise Wrong("the rider's dial ended before he was on duty")

    def _customer_orders(self) -> dict[str, str]:
        headline("3. A customer nobody has seen before orders by SMS, in English")
        arena = self._cast.arena
        self._customer.text("5kg tomatoes", self._short_code)
        self._customer.wait_for("place_question")
        self._customer.text(f"{arena.door} {arena.door_subcounty}, near the Total station", self._short_code)
        quote = self._customer.wait_for("quote")
        if _amount(quote["goods"]) != 400 or _amount(quote["goods"]) + _amount(quote["fee"]) != _amount(
            quote["total"]
        ):
            raise Wrong(
                f"5 kg at KSh 80 are KSh 400, and goods and delivery the total; the quote says {quote}"
            )
        return quote

    def _customer_pays(self, quote: dict[str, str]) -> str:
        self._customer.text("YES", self._short_code)
        self._customer.approve_prompt(int(_amount(quote["total"])))
        return self._customer.wait_for("paid_confirmed")["order"]

    def _farmer_prepares(self, tail: str) -> None:
        headline("4. The farmer is told, and marks it ready")
        told = self._farmer.wait_for("new_order")
        if told["order"] != tail:
            raise Wrong(f"the farmer was told of order {told['order']}, the customer of {tail}")
        prepare = choose("harvested", "packed", "ready")
        script = {
            "orders.list": pick("Nyanya"),
            "orders.sum": choose("first"),
            "orders.order_first": prepare,
            "orders.order": prepare,
        }
        talk = talks.hold(self._farmer, self._dial, script, "orders.one_ready")
        if talk.shown[0][0] not in ("orders.list", "orders.sum", "orders.order_first"):
            raise Wrong("the paid order should be the first thing the farmer sees")

    def _rider_delivers(self, tail: str) -> tuple[str, Decimal]:
        headline("5. The rider, in Kikuyu, collects and delivers by SMS")
        rider, customer = self._rider, self._customer
        offer = rider.wait_for("offer")
        rider.text("YES", self._short_code)
        rider.wait_for("pickup")
        code = customer.wait_for("rider_and_code")["code"]
        rider.text(f"PICKED {tail}", self._short_code)
        rider.wait_for("bring")
        wrong = str((int(code) + 1) % 10_000).zfill(4)
        rider.text(f"DONE {tail} {wrong}", self._short_code)
        rider.wait_for("code_wrong")
        rider.text(f"DONE {tail} {code}", self._short_code)
        rider.wait_for("done")
        customer.wait_for("delivered")
        return code, _amount(offer["earning"])

    def judge(self, told: Told) -> None:
        """The admin's page and the database; raises Wrong."""
        headline("6. What the admin sees, and the verdict")
        page = self._console.callbacks()
        for msisdn in (told.farmer, told.customer, told.rider):
            if msisdn.removeprefix("+254") in page:
                raise Wrong("a phone number stands in the callback log unmasked")
        if told.code in re.findall(r"\b\d{4}\b", re.sub(r"<[^>]*>", " ", page)):
            raise Wrong("the delivery code can be read on the callback page")
        say("Admin", "sees every callback of the story on the callbacks page")
        with self._gateway.db.read() as tx:
            for right in judging.judge(tx, told, self._since, LOGS, self._gateway.redis):
                say("ok", right)

    def _registration(self, phone: Phone, role: str) -> dict[str, Reply]:
        arena = self._cast.arena
        return {
            "register.role": as_role(role),
            "register.ward": type_in(arena.farm[:4]),
            "register.wards": pick(arena.farm),
            "register.name": type_in(phone.name),
            "register.consent": choose("join"),
            "home.resume": choose("again"),
        }


def working_hours(world: World) -> None:
    """Move the clock on: past the half hour in which a farmer's next orders wait for one text, and to 09:30
    of the next day when people sleep or the day's orders are closed."""
    now = world.now()
    later = now + AFTER_A_BUNDLE
    if not OPEN_HOUR <= later.hour < CLOSE_HOUR:
        morning = now.replace(hour=9, minute=30, second=0, microsecond=0)
        later = morning if now.hour < OPEN_HOUR else morning + timedelta(days=1)
    world.set_clock(later)
    say("", f"It was {now:%H:%M}; the clock now says {world.now():%A %H:%M}.")


def _short_enough(talk: talks.Talk) -> None:
    given = [name for name, _ in talk.shown].index("farmer.first")
    if given > MOST_TO_REGISTER:
        raise Wrong(f"registering took {given} answers; {MOST_TO_REGISTER} are allowed")


def _amount(written: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", written))


def main() -> int:
    """Play once; 0 when everything was right."""
    load_env(Path.cwd())
    os.environ["REDIS_URL"] = os.environ.get("REDIS_URL") or url_of(Path("var").resolve())
    config = load()
    if config.is_production:
        print("make demo: never in production", file=sys.stderr)
        return 1
    gateway = build(config)
    world = World(f"http://127.0.0.1:{config.simulator_port}", say)
    try:
        working_hours(world)
        with gateway.db.read() as tx:
            cast = casting.choose(tx)
            since = judging.before(tx, LOGS)
        demo = Demo(gateway, world, cast, since)
        demo.judge(demo.play())
    except Wrong as wrong:
        print(f"\nWRONG: {wrong}", file=sys.stderr)
        return 1
    print("\nThe story is right, from the first dial to the ledger.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
