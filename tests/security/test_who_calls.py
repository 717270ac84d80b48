"""Where a callback comes from behind our proxy, and how its secrets are compared (contract, 7; DR-805)."""

import hmac
from typing import Any

import pytest
from flask import Flask

from app import create_app
from core.config import Config
from core.payments import service as payments
from core.traffic.models import Callback
from core.vault import Vault
from inbound.gateway import Gateway
from tests.helpers import CALLBACK_SECRET
from tests.mpesa import samples
from tests.orders.shop import Shop
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
LISTED, ELSEWHERE, PROXY = "196.201.214.200", "203.0.113.9", "10.0.0.7"
PATH = f"/cb/{CALLBACK_SECRET}/pay/c2b/confirmation"


def served(gateway: Gateway, config: Config, proxies: int) -> Flask:
    behind = config.model_copy(
        update={"trusted_proxies": proxies, "mpesa_sources_mode": "enforce", "mpesa_sources": LISTED,
                "mpesa_shortcode": "174379"}
    )  # fmt: skip
    gateway.db.nudge = lambda due: None
    return create_app(gateway=Gateway(behind, gateway.db, gateway.redis, gateway.parts, gateway.voice))


# trusted proxies, X-Forwarded-For (None: there is none), the peer; whether Safaricom is believed to call
ASKED: list[tuple[int, str | None, str, bool]] = [
    (0, None, LISTED, True),
    (0, None, ELSEWHERE, False),
    (0, LISTED, ELSEWHERE, False),
    (0, f"{LISTED}, {LISTED}", ELSEWHERE, False),
    (0, ELSEWHERE, LISTED, True),
    (1, LISTED, PROXY, True),
    (1, ELSEWHERE, PROXY, False),
    (1, f"{LISTED}, {ELSEWHERE}", PROXY, False),
    (1, f"{ELSEWHERE}, {LISTED}", PROXY, True),
    (1, f"{LISTED}, " * 50 + ELSEWHERE, PROXY, False),
    (1, f"::ffff:{LISTED}", PROXY, True),
    (1, f"::ffff:{ELSEWHERE}", PROXY, False),
    (1, f"{LISTED}, ::ffff:{ELSEWHERE}", PROXY, False),
    (1, "", PROXY, False),
    (1, None, PROXY, False),
    (1, "not an address", PROXY, False),
    (1, f"{LISTED},, {ELSEWHERE}", PROXY, False),
    (2, f"{LISTED}, {ELSEWHERE}, {PROXY}", PROXY, False),
    (2, f"{ELSEWHERE}, {LISTED}, {PROXY}", PROXY, True),
    (2, LISTED, PROXY, False),
]


@proves("DR-805")
@ONLY_SQLITE
def test_only_what_our_own_proxy_saw_counts(gateway: Gateway, config: Config) -> None:
    clients = {proxies: served(gateway, config, proxies).test_client() for proxies in (0, 1, 2)}
    found = []
    for number, (proxies, forwarded, peer, _) in enumerate(ASKED):
        answer = clients[proxies].post(
            PATH,
            json=samples.typed("70.00", "rent", receipt=f"UA{number:08d}"),
            headers={} if forwarded is None else {"X-Forwarded-For": forwarded},
            environ_base={"REMOTE_ADDR": peer},
        )
        assert answer.status_code in (200, 403)
        found.append((proxies, forwarded, peer, answer.status_code == 200))
    assert found == ASKED
    with gateway.db.read() as tx:
        verdicts = [row.verdict for row in tx.session.query(Callback).order_by(Callback.callback_id)]
    assert verdicts == ["stored" if believed else "rejected" for *_, believed in ASKED]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """Every pair that is compared in constant time."""
    seen: list[tuple[Any, Any]] = []
    real = hmac.compare_digest

    def spy(a: Any, b: Any) -> bool:
        seen.append((a, b))
        return real(a, b)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    return seen


@proves("DR-805")
@ONLY_SQLITE
def test_secret_and_token_are_compared_in_constant_time(
    gateway: Gateway, config: Config, shop: Shop, compared: list[tuple[Any, Any]]
) -> None:
    shop.publish()
    attempt = shop.attempt(shop.order())
    with gateway.db.read() as tx:
        token = payments.token_of(tx, attempt)
    gateway.db.nudge = lambda due: None
    client = create_app(gateway=gateway).test_client()
    body = samples.paid(str(attempt.amount))
    for secret in ("0" * 32, CALLBACK_SECRET[:-1], CALLBACK_SECRET):
        compared.clear()
        answer = client.post(f"/cb/{secret}/pay/stk/{token}", data=body)
        assert (secret.encode(), CALLBACK_SECRET.encode()) in compared
        assert answer.status_code == (200 if secret == CALLBACK_SECRET else 404)
    digest = gateway.parts.vault.digest(payments.PURPOSE, token)
    assert (digest, digest) in compared, "a token is believed only after that"


def test_a_token_is_never_kept_as_it_is() -> None:
    """Only its keyed digest is looked for, so the database's own comparing tells nobody a token's letters."""
    vault = Vault(["dGhpcyBpcyBhIHRlc3Qga2V5LCAzMiBieXRlcyBsb24="])
    digest = vault.digest(payments.PURPOSE, "0" * 32)
    assert "0" * 32 not in digest
    assert vault.digest("another purpose", "0" * 32) != digest
