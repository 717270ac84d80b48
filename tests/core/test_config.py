"""Start-up refuses nonsense, and in production everything that is not production (S22)."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from core.config import BadConfig, load

KEY = Fernet.generate_key().decode()
GOOD: dict[str, Any] = {"data_keys": KEY, "callback_secret": "ab" * 16, "_env_file": None}
LIVE: dict[str, Any] = GOOD | {
    "environment": "production",
    "secret_key": "a long and private secret",
    "sms_api_key": "atsk_0123456789",
    "sms_username": "tunda",
    "mpesa_environment": "production",
    "mpesa_consumer_key": "consumer-key",
    "mpesa_consumer_secret": "consumer-secret",
    "mpesa_passkey": "a pass key of the paybill",
    "public_url": "https://pay.tunda.example",
    "allowed_hosts": "pay.tunda.example",
    "database_url": "mysql://tunda:x@localhost/tunda",
}


def test_a_complete_production_environment_starts() -> None:
    config = load(**LIVE)
    assert config.is_production
    assert config.callback_url("pay/stk/00") == f"https://pay.tunda.example/cb/{'ab' * 16}/pay/stk/00"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"secret_key": "development-only"}, "SECRET_KEY"),
        ({"sms_api_key": "short"}, "SMS_API_KEY"),
        ({"debug": True}, "DEBUG"),
        ({"clock_file": "var/clock"}, "CLOCK_FILE"),
        ({"sms_api_url": "http://127.0.0.1:8001"}, "SMS_API_URL"),
        ({"mpesa_api_url": "http://127.0.0.1:8001"}, "MPESA_API_URL"),
        ({"public_url": "http://pay.tunda.example"}, "PUBLIC_URL"),
        ({"public_url": "https://mpesa.tunda.example"}, "PUBLIC_URL"),
        ({"public_url": "https://localhost"}, "PUBLIC_URL"),
        ({"allowed_hosts": "*"}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": "pay.tunda.example, *"}, "ALLOWED_HOSTS"),
        ({"database_url": "sqlite:///x.db"}, "DATABASE_URL"),
        ({"mpesa_environment": "sandbox"}, "MPESA_ENVIRONMENT"),
        ({"keeper_database_url": "mysql://tunda:y@localhost/tunda"}, "KEEPER_DATABASE_URL"),
    ],
)
def test_production_refuses_what_belongs_to_development(wrong: dict[str, Any], named: str) -> None:
    """S22"""
    with pytest.raises(BadConfig, match=named):
        load(**(LIVE | wrong))


def test_production_migrates_as_another_user_than_the_one_that_serves() -> None:
    """DR-1001: the user that serves may not change the ledger, so it cannot make the triggers either."""
    keeper = "mysql://tunda_keeper:y@localhost/tunda"
    assert load(**(LIVE | {"keeper_database_url": keeper})).keeper_url == keeper
    with pytest.raises(BadConfig, match="KEEPER_DATABASE_URL"):
        load(**LIVE).keeper_url  # noqa: B018
    assert load(**(GOOD | {"database_url": "sqlite:///x.db"})).keeper_url == "sqlite:///x.db"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"callback_secret": "short"}, "CALLBACK_SECRET"),
        ({"callback_secret": "Z" * 32}, "CALLBACK_SECRET"),
        ({"callback_secret": ",".join(["ab" * 16] * 3)}, "CALLBACK_SECRET"),
        ({"data_keys": "not-a-key"}, "DATA_KEYS"),
        ({"ussd_service_code": "384"}, "USSD_SERVICE_CODE"),
        ({"public_url": "https://"}, "PUBLIC_URL"),
        ({"port": 99999}, "PORT"),
        ({"environment": "staging"}, "ENVIRONMENT"),
    ],
)
def test_nonsense_is_refused_by_name_everywhere(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(BadConfig, match=named):
        load(**(GOOD | wrong))


def test_two_callback_secrets_are_valid_while_one_is_being_changed() -> None:
    config = load(**(GOOD | {"callback_secret": f"{'cd' * 16}, {'ab' * 16}"}))
    assert config.callback_secrets == ("cd" * 16, "ab" * 16)
    assert "/cb/" + "cd" * 16 in config.callback_url("sms")


def test_no_fault_message_holds_a_secret() -> None:
    """S22"""
    with pytest.raises(BadConfig) as refused:
        load(**(LIVE | {"data_keys": "my-private-key", "mpesa_passkey": "hush"}))
    assert "my-private-key" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_printed_configuration_holds_no_password() -> None:
    """S22"""
    shown = repr(
        load(**(LIVE | {"redis_url": "redis://:hush@cache/0", "database_url": "mysql://a:quiet@b/c"}))
    )
    assert "hush" not in shown
    assert "quiet" not in shown
    assert "0123456789" not in shown
