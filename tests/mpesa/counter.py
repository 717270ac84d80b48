"""An order at the counter, Daraja on the other side of a mocked wire, and the worker in between."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import responses
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import Database
from core.duties.service import Handler
from core.duties.sweep import sweep
from core.orders.models import Order
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.traffic.models import Callback
from tests.helpers import CALLBACK_SECRET, FixedClock
from tests.mpesa.samples import ACCEPTED, OAUTH, PUSH, QUERY
from tests.mpesa.samples import TOKEN as OAUTH_TOKEN
from tests.orders.shop import Shop


@dataclass
class Counter:
    """Each method is one thing that happens; what is left behind is asked for by name."""

    db: Database
    shop: Shop
    clock: FixedClock
    client: FlaskClient
    handlers: dict[str, Handler]
    net: responses.RequestsMock
    order: Order
    token: str

    # --- what happens ------------------------------------------------------------------------------------
    def provider(self, push: dict[str, Any] | None = None, *queries: dict[str, Any]) -> None:
        """What Daraja will say, the last of the queries again and again; once asked, it stays so."""
        self.net.get(OAUTH, json=OAUTH_TOKEN)
        self.net.post(PUSH, **({"json": ACCEPTED} if push is None else push))
        for reply in queries:
            self.net.post(QUERY, **reply)

    def work(self, rounds: int = 20) -> None:
        """The worker does what is due now."""
        for _ in range(rounds):
            if not sweep(self.db, self.handlers):
                return
        raise AssertionError("due work never ends")

    def later(self, **amount: float) -> None:
        """Time passes in steps of 20 seconds, and the worker looks at each."""
        end = self.clock.now() + timedelta(**amount)
        while self.clock.now() < end:
            self.clock.set(min(self.clock.now() + timedelta(seconds=20), end))
            self.work()

    def callback(self, body: str, token: str | None = None) -> TestResponse:
        """Safaricom posts a result."""
        path = f"/cb/{CALLBACK_SECRET}/pay/stk/{self.token if token is None else token}"
        return self.client.post(path, data=body, content_type="application/json")

    # --- what is left ------------------------------------------------------------------------------------
    @property
    def amount(self) -> str:
        """What the order asks for, as a JSON number."""
        return str(self.order.amount_asked)

    @property
    def attempt(self) -> PaymentTransaction:
        return self.shop.attempt(self.order)

    @property
    def state(self) -> tuple[str, str]:
        """The attempt's status and the order's."""
        return self.attempt.status, self.shop.fresh(self.order).order_status

    def rows(self, kind: str) -> list[Callback]:
        with self.db.read() as tx:
            query = select(Callback).where(Callback.kind == kind).order_by(Callback.callback_id)
            return list(tx.session.scalars(query))

    def verdicts(self, kind: str) -> list[str]:
        return [row.verdict for row in self.rows(kind)]

    def bodies(self, url: str) -> list[bytes]:
        """What the provider was really sent."""
        sent = [call.request.body for call in self.net.calls if call.request.url == url]
        return [body for body in sent if isinstance(body, bytes)]

    def sent(self, url: str) -> int:
        """How often the provider was really called."""
        return len(self.bodies(url))


def token_of(shop: Shop, order: Order) -> str:
    """The token in the callback address of the order's newest attempt, while its prompt is unsent."""
    with shop.db.read() as tx:
        return payments.token_of(tx, shop.attempt(order))
