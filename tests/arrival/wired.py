"""One order whose money is heard of over HTTP: our real addresses, and the worker's duties behind them."""

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
from tests.arrival.orders_of import Done, Happening, Table
from tests.helpers import CALLBACK_SECRET
from tests.mpesa import samples
from tests.payments import till

# Every order there is (`make soak`), or so many that some happenings come in every order they can come in.
ALL = os.environ.get("ARRIVALS") == "all"
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

    def handed_over(self) -> None:
        super().handed_over()
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


def played(
    table: Table,
    news: Sequence[str],
    happenings: Callable[[Sequence[str]], Mapping[str, Happening]],
    possible: Callable[[str, Done], bool],
    *,
    after_each: Happening,
    end: Callable[[], Any],
    ends: Collection[Any],
    orders: int,
    seed: str,
    of: int = 3,
) -> None:
    """The orders of `news`, some or all of them; each ends in one of `ends`, and there are so many.

    seed, of  which orders, where some are played: every two or three happenings in every order
    """
    if ALL:
        found = table.play(happenings(news), after_each=after_each, at_the_end=end, possible=possible)
        assert not {strange: road for strange, road in found.roads.items() if strange not in ends}
        assert found.orders == orders
        return
    roads = all_roads(news, possible)
    assert len(roads) == orders
    start = table.moments.keep()
    for road in covering(roads, of, dice=Random(seed)):
        table.moments.back_to(start)
        table.play_one(happenings(road), road, after_each=after_each)
        assert end() in ends, (" > ".join(road), end())
    start.forget()


def covering(roads: Sequence[tuple[str, ...]], of: int, *, dice: Random) -> Iterator[tuple[str, ...]]:
    """So many of `roads` that every `of` of their steps come in every order that they come in anywhere."""
    left = {some for road in roads for some in combinations(road, of)}
    while left:
        drawn = dice.sample(roads, min(len(roads), 60))
        best = max(drawn, key=lambda road: len(left & set(combinations(road, of))))
        if gained := left & set(combinations(best, of)):
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
