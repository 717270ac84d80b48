"""What keeps the console shut: sessions, form tokens, hosts, headers (S10, S14, S15, S16)."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import SecretStr

from core.config import Config
from core.db import Database
from core.deliveries import vehicles
from core.deliveries.models import Vehicle
from core.users import login
from core.users import service as users
from core.vault import Sealed
from inbound.gateway import Gateway
from tests.helpers import RIDER
from tests.web.conftest import Browser, app_of
from web.guard import handed_vault, host_allowed

WEB = Path(__file__).parents[2] / "web"
PUBLIC = {"console.sign_in", "console.check_password", "console.static"}
PAGES = ("/", "/callbacks", "/orders", "/vehicles", "/messages", "/password", "/nowhere")


@pytest.fixture
def waiting(db: Database) -> Vehicle:
    """A rider's motorcycle that nobody has decided on."""

    def work(tx: object) -> Vehicle:
        rider = users.register(
            tx,  # type: ignore[arg-type]
            msisdn=RIDER,
            role="rider",
            first_name="Kamau",
            language="kikuyu",
            channel="ussd",
            consent_version=users.TERMS_VERSION,
        )
        return vehicles.register(
            tx,  # type: ignore[arg-type]
            users.actor_for(rider, "ussd"),
            vehicle_type="motorcycle",
            plate="KMFB 123C",
        )

    return db.run(work)


def status_of(db: Database, vehicle: Vehicle) -> str:
    with db.read() as tx:
        return tx.session.get_one(Vehicle, vehicle.vehicle_id).vehicle_status


def test_what_browsers_are_handed_hangs_on_secret_key_alone(config: Config) -> None:
    """S15: forms and sealed searches; a new key makes them worthless, a new DATA_KEYS does not."""
    ours = handed_vault(config)
    same = handed_vault(config.model_copy(update={"data_keys": SecretStr(Fernet.generate_key().decode())}))
    other = handed_vault(config.model_copy(update={"secret_key": SecretStr("another secret")}))
    assert same.open("search", ours.seal("search", RIDER)) == RIDER
    assert same.digest("console-form", "x") == ours.digest("console-form", "x")
    assert other.digest("console-form", "x") != ours.digest("console-form", "x")
    with pytest.raises(Sealed):
        other.open("search", ours.seal("search", RIDER))


@pytest.mark.parametrize(("key", "status"), [("a secret for tests only", 401), ("a new one", 403)])
def test_a_form_is_worth_nothing_under_another_secret_key(gateway: Gateway, key: str, status: int) -> None:
    """S15."""
    before = Browser(app_of(gateway).test_client())
    token = before.token("/sign-in", "/sign-in")
    later = gateway.config.model_copy(update={"secret_key": SecretStr(key)})
    after = app_of(replace(gateway, config=later)).test_client()
    after.set_cookie("tunda_visit", visit_of(before), path="/admin")
    sent = after.post("/admin/sign-in", data={"csrf": token, "account": "x", "password": "y"})
    assert sent.status_code == status


def test_no_signed_session_is_opened_per_request(app: Flask) -> None:
    """Flask's own session has no key: the console keeps its sessions in the database."""
    assert app.secret_key is None


def visit_of(browser: Browser) -> str:
    cookie = browser.client.get_cookie("tunda_visit", path="/admin")
    assert cookie is not None
    return cookie.value


def test_every_page_but_the_door_is_closed_to_strangers(console_app: Flask) -> None:
    client = console_app.test_client()
    for rule in console_app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method)
            shut = answer.status_code == 401 or (
                answer.status_code == 303 and answer.location.startswith("/admin/sign-in")
            )
            assert shut, (method, path, answer.status_code)


def test_a_cookie_that_is_no_session_opens_nothing(visitor: Browser) -> None:
    for value in ("x", "0" * 32, "'; DROP TABLE users --", "é"):
        visitor.client.set_cookie("tunda_console", value, path="/admin")
        assert visitor.get("/").status_code == 303


def test_only_an_admin_can_hold_a_session(db: Database, waiting: Vehicle, visitor: Browser) -> None:
    token = db.run(lambda tx: login.start_session(tx, users.get(tx, waiting.rider_id)))
    visitor.client.set_cookie("tunda_console", token, path="/admin")
    assert visitor.get("/").status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_changes_nothing(
    browser: Browser, db: Database, waiting: Vehicle, token: str
) -> None:
    path = f"/admin/vehicles/{waiting.vehicle_id}/decision"
    answer = browser.client.post(path, data={"csrf": token, "decision": "approve"})
    assert answer.status_code == 403
    assert status_of(db, waiting) == "pending"


def test_the_token_of_one_form_is_not_accepted_by_another(
    browser: Browser, db: Database, waiting: Vehicle
) -> None:
    path = f"/admin/vehicles/{waiting.vehicle_id}/decision"
    other = browser.token("/callbacks", "/callbacks/find")
    assert browser.client.post(path, data={"csrf": other, "decision": "approve"}).status_code == 403
    assert status_of(db, waiting) == "pending"


def test_a_form_from_another_site_is_refused_even_with_the_token(
    browser: Browser, db: Database, waiting: Vehicle
) -> None:
    action = f"/vehicles/{waiting.vehicle_id}/decision"
    fields = {"csrf": browser.token("/vehicles", action), "decision": "approve"}
    for origin in ("https://evil.example", "null"):
        answer = browser.client.post(f"/admin{action}", data=fields, headers={"Origin": origin})
        assert answer.status_code == 403
    assert status_of(db, waiting) == "pending"
    own = browser.client.post(f"/admin{action}", data=fields, headers={"Origin": "http://localhost"})
    assert own.status_code == 303
    assert status_of(db, waiting) == "approved"


def test_the_sign_in_form_has_a_token_as_well(admin: object, visitor: Browser) -> None:
    answer = visitor.client.post("/admin/sign-in", data={"account": "x", "password": "y"})
    assert answer.status_code == 403


def test_no_address_changes_anything_when_it_is_only_looked_at(
    browser: Browser, db: Database, waiting: Vehicle
) -> None:
    assert browser.get(f"/vehicles/{waiting.vehicle_id}/decision?decision=approve").status_code in (404, 405)
    assert browser.get("/sign-out").status_code in (404, 405)
    assert browser.get("/").status_code == 200
    assert status_of(db, waiting) == "pending"


def test_every_answer_carries_the_policy_and_is_kept_by_nobody(browser: Browser) -> None:
    for path in PAGES:
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


def test_templates_hold_no_script_or_style_of_their_own_and_no_other_host() -> None:
    for file in (WEB / "templates").rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=[\"']|javascript:|https?://|\|\s*safe|Markup", text), (
            file
        )
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), file
    for file in (path for path in (WEB / "static").rglob("*") if path.is_file()):
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        text = text.replace("https://github.com/leeoniya/uPlot", "")  # where the kept library says it is from
        assert "://" not in text, file


@pytest.mark.parametrize(
    ("host", "allowed", "ours"),
    [
        ("gateway.example", "gateway.example", True),
        ("GATEWAY.example:8000", "gateway.example", True),
        ("evil.example", "gateway.example, other.example", False),
        ("other.example", "gateway.example, other.example", True),
        ("a.gateway.example", ".gateway.example", True),
        ("evilgateway.example", ".gateway.example", False),
        ("[::1]:8000", "[::1]", True),
        ("anything", "*", True),
        ("", "gateway.example", False),
    ],
)
def test_hosts_are_those_of_allowed_hosts(host: str, allowed: str, ours: bool) -> None:
    assert host_allowed(host, allowed) is ours


def test_another_host_gets_nothing(gateway: Gateway) -> None:
    config = gateway.config.model_copy(update={"allowed_hosts": "gateway.example"})
    client = app_of(Gateway(config, gateway.db, gateway.redis, gateway.parts, gateway.voice)).test_client()
    assert client.get("/admin/sign-in", base_url="http://evil.example").status_code == 400
    assert client.get("/admin/sign-in", base_url="http://gateway.example").status_code == 200
