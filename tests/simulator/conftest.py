"""A running simulator and a stand-in gateway, both on free ports; waits are scaled down by knobs."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from simulator.app import serve
from simulator.settings import DEVELOPMENT_ONLY, Settings
from tests.simulator.standin import SECRET, StandIn, start

PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
QUICK: dict[str, Any] = {
    "sms_retry_seconds": 0.15,
    "sms_travel_seconds": 0.02,
    "report_seconds": 0.02,
    "prompt_delay_seconds": 0.02,
    "callback_seconds": 0.02,
    "c2b_seconds": 0.02,
    "result_seconds": 0.02,
    "opt_out_text": "",
}


@dataclass(frozen=True)
class Sim:
    """The simulator's control API and Daraja, from the outside."""

    url: str
    gateway_url: str

    def get(self, path: str) -> dict[str, Any]:
        """GET /control<path>."""
        return dict(requests.get(f"{self.url}/control{path}", timeout=20).json())

    def post(self, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
        """POST /control<path>; the answer must have this status."""
        answer = requests.post(f"{self.url}/control{path}", json=body, timeout=20)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def delete(self, path: str) -> dict[str, Any]:
        """DELETE /control<path>."""
        return dict(requests.delete(f"{self.url}/control{path}", timeout=20).json())

    def phone(self, number: str) -> dict[str, Any]:
        """What is on a phone."""
        return self.get(f"/phones/{number}")

    def do(self, number: str, verb: str, status: int = 200, **body: Any) -> dict[str, Any]:
        """Let the owner of a phone do something."""
        return self.post(f"/phones/{number}/{verb}", status, **body)

    def fault(self, kind: str, mode: str, **more: object) -> None:
        """Switch a fault on."""
        self.post("/faults", 201, kind=kind, mode=mode, **more)

    def until(self, number: str, right: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The phone as soon as it looks right; AssertionError if it never does."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            phone = self.phone(number)
            if right(phone):
                return phone
            time.sleep(0.02)
        raise AssertionError(f"the phone never came to that: {phone}")

    def token(self, keys: str = "demo_key:demo_secret") -> requests.Response:
        """The answer to a request for a token."""
        pair = base64.b64encode(keys.encode()).decode()
        return requests.get(
            f"{self.url}/oauth/v1/generate",
            params={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {pair}"},
            timeout=20,
        )

    def daraja(self, path: str, body: Any, *, token: str | None = None) -> requests.Response:
        """POST to a Daraja path with a token (a fresh one if none is named)."""
        bearer = self.token().json()["access_token"] if token is None else token
        return requests.post(
            f"{self.url}/mpesa/{path}",
            json=body,
            headers={"Authorization": f"Bearer {bearer}"},
            timeout=20,
        )

    def push_body(self, **other: object) -> dict[str, object]:
        """A right STK push of 350 shillings, but for the fields named."""
        stamp = f"{datetime.fromisoformat(self.get('/clock')['now']):%Y%m%d%H%M%S}"
        return {
            "BusinessShortCode": "174379",
            "Password": base64.b64encode(f"174379{PASSKEY}{stamp}".encode()).decode(),
            "Timestamp": stamp,
            "TransactionType": "CustomerPayBillOnline",
            "Amount": 350,
            "PartyA": "254712000202",
            "PartyB": "174379",
            "PhoneNumber": "254712000202",
            "CallBackURL": f"{self.gateway_url}/cb/{SECRET}/pay/stk/9f2c7e1d5b",
            "AccountReference": "ORD7F3K2",
            "TransactionDesc": "Tunda order",
        } | other

    def push(self, **other: object) -> requests.Response:
        """The answer to a push."""
        return self.daraja("stkpush/v1/processrequest", self.push_body(**other))

    def register(self, version: int = 2, **other: object) -> requests.Response:
        """The answer to a registration of our C2B URLs, but for the fields named."""
        urls = f"{self.gateway_url}/cb/{SECRET}/pay/c2b"
        body = {
            "ShortCode": "174379",
            "ResponseType": "Completed",
            "ConfirmationURL": f"{urls}/confirmation",
            "ValidationURL": f"{urls}/validation",
        }
        return self.daraja(f"c2b/v{version}/registerurl", body | other)

    def initiator(self, kind: str, name: str = "Initiator") -> dict[str, object]:
        """The fields that every request of an initiator has."""
        urls = f"{self.gateway_url}/cb/{SECRET}/pay/{kind}/9f2c7e1d5b"
        return {
            name: "tundaapi",
            "SecurityCredential": self.credential(),
            "Remarks": "Payout week 1",
            "QueueTimeOutURL": f"{urls}/timeout",
            "ResultURL": f"{urls}/result",
        }

    def credential(self, password: str = DEVELOPMENT_ONLY) -> str:
        """A password for the certificate that the simulator serves."""
        pem = requests.get(f"{self.url}/control/certificate", timeout=20).content
        key = x509.load_pem_x509_certificate(pem).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        return base64.b64encode(key.encrypt(password.encode(), padding.PKCS1v15())).decode()

    def b2c(self, version: int = 3, **other: object) -> requests.Response:
        """The answer to a right B2C payment of 1200 shillings, but for the fields named."""
        ours = {"OriginatorConversationID": "tnd-po-01J9Z5K7Q2"} if version == 3 else {}
        body = {
            **ours,
            **self.initiator("b2c", "InitiatorName"),
            "CommandID": "BusinessPayment",
            "Amount": 1200,
            "PartyA": "174379",
            "PartyB": "254712000101",
            "Occassion": "W1",
        }
        return self.daraja(f"b2c/v{version}/paymentrequest", body | other)

    def status(self, **other: object) -> requests.Response:
        """The answer to a status query; `other` says what is asked for."""
        body = {
            **self.initiator("status"),
            "CommandID": "TransactionStatusQuery",
            "PartyA": "174379",
            "IdentifierType": "4",
            "Occasion": "check",
        }
        return self.daraja("transactionstatus/v1/query", body | other)

    def reversal(self, receipt: str, amount: int = 350, **other: object) -> requests.Response:
        """The answer to a reversal."""
        body = {
            **self.initiator("reversal"),
            "CommandID": "TransactionReversal",
            "TransactionID": receipt,
            "Amount": amount,
            "ReceiverParty": "174379",
            "RecieverIdentifierType": "11",
        }
        return self.daraja("reversal/v1/request", body | other)

    def balance(self, **other: object) -> requests.Response:
        """The answer to a balance query."""
        body = {
            **self.initiator("balance"),
            "CommandID": "AccountBalance",
            "PartyA": "174379",
            "IdentifierType": "4",
        }
        return self.daraja("accountbalance/v1/query", body | other)

    def till(self) -> dict[str, str]:
        """What is in our paybill's accounts."""
        return dict(self.get("/tills")["tills"][0]["accounts"])

    def query(self, checkout_id: str) -> requests.Response:
        """The answer to a query."""
        push = self.push_body()
        body = {name: push[name] for name in ("BusinessShortCode", "Password", "Timestamp")}
        return self.daraja("stkpushquery/v1/query", {**body, "CheckoutRequestID": checkout_id})


@pytest.fixture(scope="session")
def standin() -> Iterator[tuple[StandIn, str]]:
    """The stand-in gateway and its address."""
    gateway = StandIn()
    address, stop = start(gateway)
    yield gateway, address
    stop()


@pytest.fixture(scope="session")
def running(
    standin: tuple[StandIn, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sim, Path]]:
    """The simulator and its clock file."""
    file = tmp_path_factory.mktemp("simulator") / "clock"
    server = serve(
        Settings(
            callback_secret=SECRET,
            gateway_url=standin[1],
            port=0,
            sms_username="tunda",
            sms_api_key="a-key",
            mpesa_consumer_key="demo_key",
            mpesa_consumer_secret="demo_secret",
            mpesa_passkey=PASSKEY,
            clock_file=file,
        )
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Sim(f"http://127.0.0.1:{server.server_port}", standin[1]), file
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(standin: tuple[StandIn, str]) -> StandIn:
    """The stand-in gateway, with nothing remembered."""
    standin[0].forget()
    return standin[0]


@pytest.fixture
def sim(running: tuple[Sim, Path], gateway: StandIn) -> Iterator[Sim]:
    """The simulator as after its start, in a hurry."""
    running[0].post("/reset")
    running[0].post("/knobs", **QUICK)
    running[0].delete("/clock")
    yield running[0]
    running[0].post("/reset")


@pytest.fixture
def clock_file(running: tuple[Sim, Path]) -> Path:
    """Where the shift of the clock is written."""
    return running[1]
