"""The environment, read once, checked, frozen (names of the platform document are kept).

Start-up refuses nonsense with one line per fault. In production it also refuses default secrets, debug,
a set clock, and the simulator's URLs (S22).
"""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_MARK = "development-only"
# Safaricom refuses callback URLs with these words; the whole URL is looked at (contract, section 3.2).
REFUSED_WORDS = ("m-pesa", "mpesa", "safaricom", "exe", "exec", "cmd", "sql", "query")

# From here Safaricom calls us, as far as it has published (contract, section 7); the list can change.
SAFARICOM_SOURCES = (
    "196.201.214.200,196.201.214.206,196.201.214.207,196.201.214.208,196.201.213.114,196.201.213.44,"
    "196.201.212.127,196.201.212.138,196.201.212.129,196.201.212.136,196.201.212.74,196.201.212.69"
)


class BadConfig(SystemExit):
    """The environment is unusable; the message lists every fault, one a line."""


class Config(BaseSettings):
    """Every environment variable; .env.example documents each."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    environment: Literal["development", "test", "production"] = "development"
    debug: bool = False
    secret_key: SecretStr = SecretStr(DEFAULT_MARK)
    data_keys: SecretStr
    database_url: str = Field("sqlite:///var/tunda.db", repr=False)  # may hold a password
    keeper_database_url: str = Field("", repr=False)
    database_rights: Literal["warn", "refuse"] = "warn"
    redis_url: str = Field("redis://127.0.0.1:6379/0", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    simulator_port: int = Field(8001, ge=1, le=65535)
    web_processes: int = Field(2, ge=1, le=64)
    allowed_hosts: str = "*"
    trusted_proxies: int = Field(0, ge=0, le=5)
    clock_file: str = ""
    sweep_seconds: float = Field(15, gt=0, le=60)

    callback_secret: SecretStr
    ussd_service_code: str = "*384*88632#"
    sms_short_code: str = "20880"
    sms_sender_id: str = "TUNDA"
    sms_provider: str = "africastalking"
    sms_username: str = "sandbox"
    sms_api_key: SecretStr = SecretStr(DEFAULT_MARK)
    sms_api_url: str = ""

    mpesa_environment: Literal["sandbox", "production"] = "sandbox"
    mpesa_consumer_key: SecretStr = SecretStr(DEFAULT_MARK)
    mpesa_consumer_secret: SecretStr = SecretStr(DEFAULT_MARK)
    mpesa_shortcode: str = "174379"
    mpesa_till: str = ""
    mpesa_passkey: SecretStr = SecretStr(DEFAULT_MARK)
    mpesa_api_url: str = ""
    mpesa_calls_per_second: float = Field(2, gt=0)
    mpesa_initiator_name: str = ""
    mpesa_initiator_password: SecretStr = SecretStr("")
    mpesa_certificate: str = ""
    mpesa_payout_shortcode: str = ""
    mpesa_payout_consumer_key: SecretStr = SecretStr("")
    mpesa_payout_consumer_secret: SecretStr = SecretStr("")
    mpesa_b2c_version: Literal["v1", "v3"] = "v3"
    mpesa_status_id_key: Literal["OriginalConversationID", "OriginatorConversationID"] = (
        "OriginalConversationID"
    )
    mpesa_sources: str = SAFARICOM_SOURCES
    mpesa_sources_mode: Literal["off", "alert", "enforce"] = "off"

    email_host: str = ""
    email_port: int = 587
    email_use_tls: bool = True
    email_from: str = ""
    email_host_user: str = ""
    email_host_password: SecretStr = SecretStr("")

    @property
    def is_production(self) -> bool:
        """Whether real people's money is behind this process."""
        return self.environment == "production"

    @property
    def keeper_url(self) -> str:
        """Where migrations and forgetting work; production wants another user for it than ours."""
        if self.is_production and not self.keeper_database_url:
            raise BadConfig("KEEPER_DATABASE_URL: name the keeper; see deploy/database.sql")
        return self.keeper_database_url or self.database_url

    @property
    def callback_secrets(self) -> tuple[str, ...]:
        """One or two path secrets, newest first; both open the door while one is being changed."""
        return _two(self.callback_secret)

    @property
    def data_key_list(self) -> tuple[str, ...]:
        """One or two Fernet keys, newest first."""
        return _two(self.data_keys)

    @property
    def payout_shortcode(self) -> str:
        """The account that pays out; by default the paybill itself."""
        return self.mpesa_payout_shortcode or self.mpesa_shortcode

    @property
    def pays_out(self) -> bool:
        """Whether all is there that payouts, refunds and questions about them need."""
        password = self.mpesa_initiator_password.get_secret_value().strip()
        return bool(self.mpesa_initiator_name and password and self.mpesa_certificate)

    @property
    def source_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The addresses and networks of MPESA_SOURCES; raises ValueError."""
        return tuple(ip_network(one.strip()) for one in self.mpesa_sources.split(",") if one.strip())

    @property
    def clock_path(self) -> Path | None:
        """The file of the set clock, development only."""
        return Path(self.clock_file) if self.clock_file else None

    def callback_url(self, path: str) -> str:
        """The public address of one of our callbacks."""
        return f"{self.public_url.rstrip('/')}/cb/{self.callback_secrets[0]}/{path}"

    @model_validator(mode="after")
    def _sense(self) -> Self:
        faults = []
        for secret in self.callback_secrets:
            if len(secret) < 32 or any(c not in "0123456789abcdef" for c in secret):
                faults.append("CALLBACK_SECRET: 32 or more hex digits, lower case")
        if not 1 <= len(self.callback_secrets) <= 2 or not 1 <= len(self.data_key_list) <= 2:
            faults.append("CALLBACK_SECRET and DATA_KEYS: one or two values, newest first")
        for key in self.data_key_list:
            try:
                Fernet(key)
            except ValueError:
                faults.append("DATA_KEYS: not a Fernet key (32 url-safe base64 bytes)")
        if not (self.ussd_service_code.startswith("*") and self.ussd_service_code.endswith("#")):
            faults.append("USSD_SERVICE_CODE: with stars and hash, as dialled")
        if any(word in self.callback_url("pay").lower() for word in REFUSED_WORDS):
            faults.append("PUBLIC_URL: holds a word that Safaricom refuses in callback addresses")
        faults += self._mpesa_faults()
        public = urlsplit(self.public_url)
        if public.scheme not in ("http", "https") or not public.hostname:
            faults.append("PUBLIC_URL: not an http(s) address")
        if self.is_production:
            faults += self._production_faults()
        if faults:
            raise ValueError("\n".join(dict.fromkeys(faults)))
        return self

    def _mpesa_faults(self) -> list[str]:
        faults = []
        try:
            named = bool(self.source_networks)
        except ValueError:
            faults.append("MPESA_SOURCES: addresses or networks, separated by commas")
        else:
            if not named and self.mpesa_sources_mode != "off":
                faults.append("MPESA_SOURCES: empty, so nobody could call")
        told = (self.mpesa_initiator_name, self.mpesa_initiator_password.get_secret_value().strip())
        if any(told) and not all(told):
            faults.append("MPESA_INITIATOR_NAME, MPESA_INITIATOR_PASSWORD: both or neither")
        keys = (self.mpesa_payout_consumer_key, self.mpesa_payout_consumer_secret)
        if len({bool(key.get_secret_value()) for key in keys}) == 2:
            faults.append("MPESA_PAYOUT_CONSUMER_KEY, MPESA_PAYOUT_CONSUMER_SECRET: both or neither")
        return faults

    def _production_faults(self) -> list[str]:
        faults = []
        for name in (
            "secret_key",
            "sms_api_key",
            "mpesa_consumer_key",
            "mpesa_consumer_secret",
            "mpesa_passkey",
        ):
            value = getattr(self, name).get_secret_value()
            if DEFAULT_MARK in value or len(value) < 8:
                faults.append(f"{name.upper()}: still the default, or too short")
        if self.debug:
            faults.append("DEBUG: never in production")
        if self.clock_file:
            faults.append("CLOCK_FILE: a set clock is for development only")
        if self.sms_api_url or self.mpesa_api_url:
            faults.append("SMS_API_URL, MPESA_API_URL: the simulator's addresses are for development only")
        if not self.public_url.startswith("https://"):
            faults.append("PUBLIC_URL: must be https")
        if urlsplit(self.public_url).hostname in ("localhost", "127.0.0.1", "::1"):
            faults.append("PUBLIC_URL: nobody outside reaches this machine by that name")
        if not {host.strip() for host in self.allowed_hosts.split(",")}.isdisjoint(("", "*", ".")):
            faults.append("ALLOWED_HOSTS: name the hosts")
        if self.database_url.startswith("sqlite"):
            faults.append("DATABASE_URL: SQLite is for development only")
        if self.keeper_database_url and _user_of(self.keeper_database_url) == _user_of(self.database_url):
            faults.append("KEEPER_DATABASE_URL: another user than DATABASE_URL's (deploy/database.sql)")
        if self.mpesa_environment != "production" or self.sms_username == "sandbox":
            faults.append("MPESA_ENVIRONMENT, SMS_USERNAME: still the sandbox's")
        return faults


def _user_of(url: str) -> str | None:
    return urlsplit(url).username


def _two(value: SecretStr) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.get_secret_value().split(",") if part.strip())


def load(**overrides: object) -> Config:
    """The checked configuration; raises BadConfig with every fault in words, never with a secret in it."""
    try:
        return Config(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_input=False, include_url=False):
            where = ".".join(str(part) for part in fault["loc"]).upper()
            text = str(fault["msg"]).removeprefix("Value error, ")
            lines.append(f"{where}: {text}" if where else text)
        raise BadConfig("The configuration cannot be used:\n" + "\n".join(lines)) from None
