"""Money on its way out, heard of over HTTP: our real addresses, and the worker's duties behind them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import responses
from flask.testing import FlaskClient

from core.config import Config
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.duties.sweep import sweep
from core.payments import asking
from core.payments.models import ProviderRequest
from mpesa import outcomes, sending
from mpesa.wire import Answer
from tests.arrival.orders_of import Table
from tests.mpesa import samples
from tests.orders.shop import Shop

# What was heard, and asked; nothing is sent once more here (tests/mpesa/test_sending_again.py).
HEARD = ("read_result", "money_query", "mpesa_ask")
PAYER_RECEIPT = "PB00000001"
ASKED: Mapping[str, Any] = {"conversation": "AG_query", "originator": "9-9-9"}


@dataclass
class WiredSending:
    """A payout, a refund or a reversal that has left the house.

    road        payout, refund or reversal
    duty, call  it is on its way: who sends it waits for the answer
    """

    shop: Shop
    table: Table
    config: Config
    client: FlaskClient
    handlers: Mapping[str, Handler]
    net: responses.RequestsMock
    road: str
    subject_id: int
    duty: Taken = field(init=False)
    call: sending.Call = field(init=False)

    def leave(self) -> None:
        """The worker has written down that it calls, and calls."""
        kind = "payout_send" if self.road == "payout" else "refund_send"
        (self.duty,) = duties.take(self.shop.db, frozenset({kind}), 1)
        prepare = sending._payout if self.road == "payout" else sending._refund
        call = self.shop.db.run(lambda tx: prepare(tx, self.config, self.duty))
        assert call is not None
        self.call = call
        self.net.get(samples.OAUTH, json=samples.TOKEN)
        self.net.post(samples.STATUS, json=samples.ack("AG_query", "9-9-9"))

    # --- the answer of the call
    def answer(self) -> None:
        self._answered(Answer("answered", 0.1, 200, samples.ack()))

    def no_answer(self) -> None:
        self._answered(Answer("lost", 20.0, why="ReadTimeout"))

    def duplicate(self) -> None:
        """Its answer is that one of that name has arrived."""
        body = samples.error("500.002.1001", "Duplicate OriginatorConversationID.")
        self._answered(Answer("answered", 0.1, 500, body))

    def _answered(self, answer: Answer) -> None:
        outcome = outcomes.read_ack(answer, named=self.call.named)
        self.shop.db.run(lambda tx: sending._record(tx, self.duty, self.call, outcome, answer))
        self.work()

    # --- what comes to our addresses
    def paid(self) -> None:
        amount = self.call.payload["Amount"]
        if self.road == "reversal":
            told: dict[str, Any] = {"OriginalTransactionID": PAYER_RECEIPT, "Amount": f"{amount}.00"}
            self._post("result", samples.result(**told, transaction="UA15RV02MN"))
        else:
            self._post("result", samples.b2c_paid(amount))

    def failed(self) -> None:
        self._post("result", samples.result(2006, "The account is inactive."))

    def timeout(self) -> None:
        """It waited too long in M-Pesa's queue, says M-Pesa."""
        self._post("timeout", samples.result(1, "timed out"))

    def foreign(self) -> None:
        """Somebody tells of another payment at our address."""
        self._post("result", samples.b2c_paid(9, conversation="AG_x", originator="x", receipt="UA66666666"))

    # --- what is said when we ask
    def query(self) -> None:
        """It is done, says a transaction status query."""
        self._asked("Reversed" if self.road == "reversal" else "Completed")

    def pending(self) -> None:
        self._asked("Initiated")

    def refused(self) -> None:
        self._asked("Declined")

    def not_found(self) -> None:
        self._told(samples.result(25, "not found", **ASKED))

    def _asked(self, state: str) -> None:
        amount = self.call.payload["Amount"]
        receipt = PAYER_RECEIPT if self.road == "reversal" else samples.PAYOUT_RECEIPT
        body = samples.status_told(state, amount, receipt=receipt, **ASKED)
        listed = body["Result"]["ResultParameters"]["ResultParameter"]
        listed[:] = [item for item in listed if item["Key"] != "DebitPartyCharges"]
        self._told(body)

    def _told(self, body: dict[str, Any]) -> None:
        """An admin asks, and is answered so."""
        before = len(self.net.calls)

        def ask(tx: Any) -> None:
            request = tx.session.get_one(ProviderRequest, self.call.request_id)
            asking.question(tx, kind="status", subject=request.subject, about=request.request_id)

        self.shop.db.run(ask)
        self.work()
        calls = [call.request for call in list(self.net.calls)[before:] if call.request.url == samples.STATUS]
        sent = calls[-1].body
        assert isinstance(sent, bytes)
        self._post_to(json.loads(sent)["ResultURL"], body)

    # --- time
    def deadline(self) -> None:
        """The time in which M-Pesa is asked by itself is over."""
        for minutes in (1, 1, 3, 5, 20, 1):
            self.table.clock.advance(seconds=timedelta(minutes=minutes).total_seconds())
            self.work()

    def work(self) -> None:
        """The worker reads and asks what is due now."""
        while sweep(self.shop.db, self.handlers):
            pass

    def _post(self, what: str, body: dict[str, Any]) -> None:
        name = "ResultURL" if what == "result" else "QueueTimeOutURL"
        self._post_to(self.call.payload[name], body)

    def _post_to(self, address: str, body: dict[str, Any]) -> None:
        path = address.partition("tunda.example")[2]
        answer = self.client.post(path, data=json.dumps(body), content_type="application/json")
        assert answer.status_code == 200
        self.work()
