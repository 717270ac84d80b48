"""What the simulator reads from the environment, once, at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEVELOPMENT_ONLY = "development-only"


@dataclass(frozen=True)
class Settings:
    """The gateway's address and the accounts that the gateway has with the two providers."""

    callback_secret: str
    gateway_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8001
    sms_username: str = "sandbox"
    sms_api_key: str = DEVELOPMENT_ONLY
    sms_short_code: str = "20880"
    sms_sender_id: str = "TUNDA"
    ussd_service_code: str = "*384*88632#"
    mpesa_consumer_key: str = DEVELOPMENT_ONLY
    mpesa_consumer_secret: str = DEVELOPMENT_ONLY
    mpesa_shortcode: str = "174379"
    mpesa_till: str = ""
    mpesa_passkey: str = DEVELOPMENT_ONLY
    clock_file: Path | None = None
    mpesa_payout_shortcode: str = ""
    mpesa_payout_consumer_key: str = ""
    mpesa_payout_consumer_secret: str = ""
    mpesa_initiator_name: str = "tundaapi"
    mpesa_initiator_password: str = DEVELOPMENT_ONLY
    certificate_file: Path | None = None

    @property
    def payout_shortcode(self) -> str:
        """The shortcode that pays people."""
        return self.mpesa_payout_shortcode or self.mpesa_shortcode

    @property
    def apps(self) -> tuple[tuple[str, str], ...]:
        """Key and secret of each app on Daraja."""
        apps = [(self.mpesa_consumer_key, self.mpesa_consumer_secret)]
        if self.mpesa_payout_consumer_key:
            apps.append((self.mpesa_payout_consumer_key, self.mpesa_payout_consumer_secret))
        return tuple(apps)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """The settings of an environment; an empty variable counts as unset; SystemExit if unusable."""
        secret = env.get("CALLBACK_SECRET", "").split(",")[0].strip()
        if not secret:
            raise SystemExit(
                "CALLBACK_SECRET is not set: the simulator cannot reach the gateway's callbacks."
            )
        values = {
            name: env[variable]
            for name, variable in {
                "gateway_url": "GATEWAY_URL",
                "host": "SIMULATOR_HOST",
                "sms_username": "SMS_USERNAME",
                "sms_api_key": "SMS_API_KEY",
                "sms_short_code": "SMS_SHORT_CODE",
                "sms_sender_id": "SMS_SENDER_ID",
                "ussd_service_code": "USSD_SERVICE_CODE",
                "mpesa_consumer_key": "MPESA_CONSUMER_KEY",
                "mpesa_consumer_secret": "MPESA_CONSUMER_SECRET",
                "mpesa_shortcode": "MPESA_SHORTCODE",
                "mpesa_till": "MPESA_TILL",
                "mpesa_passkey": "MPESA_PASSKEY",
                "mpesa_payout_shortcode": "MPESA_PAYOUT_SHORTCODE",
                "mpesa_payout_consumer_key": "MPESA_PAYOUT_CONSUMER_KEY",
                "mpesa_payout_consumer_secret": "MPESA_PAYOUT_CONSUMER_SECRET",
                "mpesa_initiator_name": "MPESA_INITIATOR_NAME",
                "mpesa_initiator_password": "MPESA_INITIATOR_PASSWORD",
            }.items()
            if env.get(variable)
        }
        port = env.get("SIMULATOR_PORT") or "8001"
        if not port.isdigit():
            raise SystemExit(f"SIMULATOR_PORT is not a number: {port}")
        file, certificate = env.get("CLOCK_FILE"), env.get("MPESA_CERTIFICATE")
        return cls(
            callback_secret=secret,
            port=int(port),
            clock_file=Path(file) if file else None,
            certificate_file=Path(certificate) if certificate else None,
            **values,
        )

    def callback_url(self, path: str) -> str:
        """The gateway's address for one kind of callback."""
        return f"{self.gateway_url.rstrip('/')}/cb/{self.callback_secret}/{path}"
