"""A line to a mocked Daraja, with the accounts of the contract's samples."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from redis import Redis

from core.config import Config
from core.vault import Vault
from mpesa.client import Daraja
from mpesa.pace import Pace
from tests.helpers import CALLBACK_SECRET, DATA_KEY
from tests.mpesa import certificate, samples
from tests.mpesa.samples import OAUTH, TOKEN

TOKEN_HEX = "c0ffee" * 5 + "00"
HOOK = f"https://pay.tunda.example/cb/{CALLBACK_SECRET}/pay"
NAME = "TP12-1-0badc0ffee123"
NOON = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(OAUTH, json=TOKEN)
        yield mock


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """The accounts of the contract's samples."""
    return {
        "mpesa_shortcode": "600984",
        "mpesa_payout_shortcode": "600992",
        "mpesa_initiator_name": "tundaapi",
        "mpesa_initiator_password": f"{certificate.PASSWORD}\n",
        "mpesa_certificate": certificate.kept(tmp_path),
    }


@pytest.fixture
def config(settings: dict[str, Any]) -> Config:
    return samples.config(**settings)


@pytest.fixture
def daraja(config: Config, redis: Redis, net: responses.RequestsMock) -> Daraja:
    return Daraja(config, redis, Vault([DATA_KEY]), pace=Pace(redis, 10_000))
