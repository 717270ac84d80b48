"""A second provider is one file: this one, found by its name, sends, receives and reports."""

import sys
from collections.abc import Mapping
from decimal import Decimal
from types import ModuleType

import pytest
from flask import Flask

from core.config import BadConfig, Config
from core.outbox.models import Gate, OutboxMessage
from inbound.gateway import Gateway
from sms import callback, port
from sms.port import Inbox, Incoming, Meaning, Outcome, Provider, Report
from tests.helpers import CUSTOMER, Cast, FixedClock
from tests.sms.conftest import SHORT_CODE, Desk
from tests.sms.test_gate import queue


class Pigeons:
    """A provider with one bird: its fields and words are its own."""

    name = "pigeons"
    soft = frozenset(("asleep",))

    def __init__(self) -> None:
        self.flown: list[tuple[str, str, str]] = []
        self.box: list[Incoming] = []

    def send(self, text: str, to: str, *, sender: str) -> Outcome:
        self.flown.append((sender, to, text))
        return Outcome(
            Meaning.ACCEPTED, provider_id=f"bird-{len(self.flown)}", cost="1 seed", charged=Decimal("0.50")
        )

    def fetch(self, after: str) -> Inbox:
        new = [came for came in self.box if came.provider_id > after]
        return Inbox(new, new[-1].provider_id if new else after)

    def incoming(self, form: Mapping[str, str]) -> Incoming | None:
        if "song" not in form:
            return None
        return Incoming(form["who"], SHORT_CODE, form["song"], form["when"], form["ring"], {})

    def report(self, form: Mapping[str, str]) -> Report | None:
        states = {"landed": "delivered", "lost": "undelivered", "asleep": "undelivered"}
        if "ring" not in form:
            return None
        return Report(form["ring"], form.get("who", ""), form["fate"], "", states.get(form["fate"]))

    def opted_out(self, form: Mapping[str, str]) -> str | None:
        return form.get("who")

    def kept(self, form: Mapping[str, str]) -> dict[str, str]:
        return {name: form[name] for name in ("ring", "fate")}


@pytest.fixture
def pigeons(monkeypatch: pytest.MonkeyPatch) -> Pigeons:
    """The file sms/pigeons.py, as good as on the disk."""
    birds = Pigeons()
    module = ModuleType("sms.pigeons")
    module.connect = lambda config: birds  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sms.pigeons", module)
    return birds


@pytest.fixture
def coop(gateway: Gateway, clock: FixedClock, pigeons: Pigeons, provider: object) -> Desk:
    """The desk with that provider and nothing else changed."""
    config = gateway.config.model_copy(update={"sms_provider": "pigeons"})
    own = Gateway(config=config, db=gateway.db, redis=gateway.redis, parts=gateway.parts, voice=gateway.voice)
    app = Flask("pigeons")
    app.register_blueprint(callback.blueprint(own), url_prefix="/cb/<secret>")
    return Desk(own, app.test_client(), clock, provider)  # type: ignore[arg-type]


def test_it_sends_hears_reports_and_answers(coop: Desk, cast: Cast, pigeons: Pigeons) -> None:
    fits: Provider = pigeons
    assert port.provider_of(coop.gateway.config) is fits
    queue(coop, "work")
    coop.work()
    message = next(row for row in coop.look(OutboxMessage, lane="work") if row.code == "help")
    assert (message.status, message.cost, message.charged) == ("accepted", "1 seed", Decimal("0.50"))
    assert coop.look(Gate)[0].provider == "pigeons"
    for fate, status in (("asleep", "undelivered"), ("landed", "delivered"), ("lost", "delivered")):
        coop.post("sms-reports", {"ring": message.provider_id, "fate": fate, "who": CUSTOMER})
        coop.work()
        assert coop.look(OutboxMessage, outbox_id=message.outbox_id)[0].status == status
    song = {"who": CUSTOMER, "song": "HELP", "when": "2025-06-24 06:30:00", "ring": "in-1"}
    assert coop.post("sms", song).status_code == 200
    coop.work()
    assert pigeons.flown[-1][:2] == (SHORT_CODE, CUSTOMER)
    assert coop.post("sms", {"from": CUSTOMER, "text": "HELP", "id": "1"}).status_code == 400


@pytest.mark.parametrize("name", ["carrier", "../app", "words"])
def test_a_name_that_is_no_provider_is_refused_at_the_start(config: Config, name: str) -> None:
    with pytest.raises(BadConfig, match="SMS_PROVIDER"):
        port.provider_of(config.model_copy(update={"sms_provider": name}))
