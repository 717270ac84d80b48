"""The listing story as wire requests: played once by reading the screens, then repeated for every farmer."""

import secrets
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from flask.testing import FlaskClient

from bench.load import Conversation, form
from inbound.gateway import Gateway
from tools.demo.talks import Reply, Talk, choose, hold, pick, type_in

SELLING: dict[str, Reply] = {
    "farmer.home": choose("sell.start"),
    "sell.product": type_in("nyanya"),
    "sell.products": pick("Nyanya"),
    "sell.unit": pick("kg"),
    "sell.quantity": type_in("50"),
    "sell.price": type_in("80"),
    "sell.check": choose("publish"),
    "sell.sure": choose("anyway"),
}


class DirectPhone:
    """A handset plugged straight into the application; keeps what it answered."""

    name = "bench"
    language = "sw"

    def __init__(self, gateway: Gateway, client: FlaskClient, number: str) -> None:
        self._gateway = gateway
        self._client = client
        self._number = number
        self._session = f"ATUid_{secrets.token_hex(16)}"
        self.answers: list[str] = []
        self._open = True

    def dial(self, code: str) -> str:
        """The first screen."""
        return self._hop()

    def answer(self, text: str) -> str:
        """The next screen."""
        self.answers.append(text)
        return self._hop()

    @property
    def who(self) -> tuple[str, str]:
        """Session and number."""
        return self._session, self._number

    def is_in_session(self) -> bool:
        """Whether the last screen left the session open."""
        return self._open

    def hang_up(self) -> None:
        """Nothing to tell: the end-of-session event is no part of the bench."""

    def _hop(self) -> str:
        fields = hop_fields(self._gateway, self._session, self._number, "*".join(self.answers))
        body = self._client.post(hop_path(self._gateway), data=fields).get_data(as_text=True)
        self._open = body.startswith("CON ")
        return body[4:]


def hop_path(gateway: Gateway) -> str:
    """Where USSD hops go."""
    return f"/cb/{gateway.config.callback_secrets[0]}/ussd"


def hop_fields(gateway: Gateway, session: str, number: str, text: str) -> dict[str, str]:
    """The form of one hop, as Africa's Talking sends it."""
    return {
        "phoneNumber": number,
        "serviceCode": gateway.config.ussd_service_code,
        "text": text,
        "sessionId": session,
        "networkCode": "63902",
    }


def learn(gateway: Gateway, client: FlaskClient, number: str) -> tuple[list[str], Talk]:
    """The answers that list 50 kg of tomatoes, found by reading the screens."""
    phone = DirectPhone(gateway, client, number)
    talk = hold(phone, gateway.config.ussd_service_code, SELLING, "sell.listed")
    return phone.answers, talk


def hops(gateway: Gateway, number: str, answers: list[str]) -> Conversation:
    """One dial of `number` with these answers."""
    session = f"ATUid_{secrets.token_hex(16)}"
    texts = ["", *accumulate(answers, lambda before, answer: f"{before}*{answer}")]
    return [form(hop_path(gateway), hop_fields(gateway, session, number, text)) for text in texts]


def sms(gateway: Gateway, number: str) -> bytes:
    """An inbound text that is no repeat of an earlier one (number, text and second would make it one)."""
    second = datetime(2025, 6, 24, tzinfo=UTC) + timedelta(seconds=secrets.randbelow(10**8))
    fields = {
        "date": f"{second:%Y-%m-%d %H:%M:%S}",
        "from": number,
        "id": secrets.token_hex(16),
        "linkId": secrets.token_hex(8),
        "text": "HELP",
        "to": gateway.config.sms_short_code,
        "networkCode": "63902",
    }
    return form(f"/cb/{gateway.config.callback_secrets[0]}/sms", fields)
