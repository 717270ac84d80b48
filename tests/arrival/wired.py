"""One order whose money is heard of over HTTP: our real addresses, and the worker's duties behind them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from random import Random
from typing import Any

import responses
from flask.testing import FlaskClient

from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.duties.sweep import sweep
from mpesa import prompts, stk
from mpesa.wire import Answer
from tests.arrival.news import CHECKOUT, RECEIPT, OneOrder
from tests.helpers import CALLBACK_SECRET
from tests.mpesa import samples
from tests.payments import till

DOOR = f"/cb/{CALLBACK_SECRET}/pay"
NEVER = {**samples.ACCEPTED, "CheckoutRequestID": CHECKOUT}
# Money that goes back is sent by tests/arrival/test_sendings.py.
HEARD = ("stk_query", "read_stk", "read_c2b")


@dataclass
class WiredOrder(OneOrder):
    """As OneOrder; its prompt has left the house, and whatever is heard comes in at our doors.

    duty, call  the prompt on its way: who sends it waits for the answer
    told        what M-Pesa says when it is asked
    """

    client: FlaskClient
    handlers: Mapping[str, Handler]
    net: responses.RequestsMock
    token: str
    duty: Taken = field(init=False)
    call: prompts.Call = field(init=False)
    told: str = "4999"

    def leave(self, daraja: Any) -> None:
        """The worker has written down that it calls, and calls."""
        (self.duty,) = duties.take(self.shop.db, frozenset({"stk_push"}), 1)
        call = self.shop.db.run(lambda tx: prompts._prepare(tx, daraja, self.duty))
        assert call is not None
        self.call = call
        self.net.get(samples.OAUTH, json=samples.TOKEN)
        self.net.add_callback("POST", samples.QUERY, callback=self._says)

    def _says(self, _request: Any) -> tuple[int, dict[str, str], str]:
        return 200, {}, json.dumps({**samples.settled(self.told), "CheckoutRequestID": CHECKOUT})

    def answer(self) -> None:
        self._answered(Answer("answered", 0.1, 200, NEVER))

    def no_answer(self) -> None:
        self._answered(Answer("lost", 20.0, why="ReadTimeout"))

    def _answered(self, answer: Answer) -> None:
        outcome = stk.read_push(answer)
        self.shop.db.run(lambda tx: prompts._record_push(tx, self.duty, self.call, outcome, answer))
        self.work()

    def callback(self) -> None:
        self._post(
            f"/stk/{self.token}", samples.paid(str(self.attempt.amount), receipt=RECEIPT, checkout=CHECKOUT)
        )

    def failure(self) -> None:
        self._post(f"/stk/{self.token}", samples.failed(checkout=CHECKOUT))

    def query(self) -> None:
        self._ask("0")

    def pending(self) -> None:
        self._ask("4999")

    def _ask(self, told: str) -> None:
        self.told = told
        number, key = self.attempt.transaction_id, f"stk_query:asked:{told}"
        self.shop.db.run(lambda tx: duties.want(tx, "stk_query", number, key=key))
        self.work()
        self.told = "4999"

    def _typed(self, receipt: str, *, amount: str = "", payer: str = "2547*****202") -> None:
        body = samples.typed(
            amount or str(self.attempt.amount), till.reference(self.order), receipt=receipt, MSISDN=payer
        )
        self._post("/c2b/confirmation", json.dumps(body))

    def cancel(self) -> None:
        super().cancel()
        self.work()

    def _later(self, **time: float) -> None:
        self.table.clock.advance(**time)
        self.work()

    def _post(self, path: str, body: str) -> None:
        answer = self.client.post(DOOR + path, data=body, content_type="application/json")
        assert answer.status_code == 200
        assert answer.get_json()["ResultCode"] == 0
        self.work()

    def work(self) -> None:
        """The worker does what is due now."""
        while sweep(self.shop.db, self.handlers):
            pass


def covering(roads: Sequence[tuple[str, ...]], *, dice: Random) -> Iterator[tuple[str, ...]]:
    """So many of `roads` that every three of their steps come in every order that they come in anywhere."""
    left = {three for road in roads for three in combinations(road, 3)}
    while left:
        some = dice.sample(roads, min(len(roads), 60))
        best = max(some, key=lambda road: len(left & set(combinations(road, 3))))
        if gained := left & set(combinations(best, 3)):
            left -= gained
            yield best


def all_roads(names: Collection[str], possible: Any) -> list[tuple[str, ...]]:
    """Every order in which these can come."""
    return [road for road in permutations(names) if _can_be(road, possible)]


def _can_be(road: Sequence[str], possible: Any) -> bool:
    for number, name in enumerate(road):
        done = frozenset(road[:number])
        if (name.endswith("*") and name.removesuffix("*") not in done) or not possible(name, done):
            return False
    return True
