"""The office that pays out: the shop, a mocked Daraja, and the worker in between."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import responses
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.alarms.models import Alarm
from core.db import Database
from core.duties.service import Handler
from core.duties.sweep import sweep
from core.ledger import accounts
from core.ledger import service as ledger
from core.orders.models import Order
from core.payments.models import ProviderRequest, Refund
from core.payouts import service as payouts_verbs
from core.payouts.models import Payout
from core.settings.models import Pause
from core.traffic.models import Callback
from tests.helpers import FixedClock
from tests.mpesa import samples
from tests.mpesa.samples import OAUTH
from tests.mpesa.samples import TOKEN as OAUTH_TOKEN
from tests.orders.shop import Shop
from tests.payments import till as payments_till
from tests.payouts import till as payouts_till


@dataclass
class Office:
    """Each method is one thing that happens; what is left behind is asked for by name."""

    db: Database
    shop: Shop
    clock: FixedClock
    client: FlaskClient
    handlers: dict[str, Handler]
    net: responses.RequestsMock
    said: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    # --- what happens ------------------------------------------------------------------------------------
    def payout(self) -> Payout:
        """A farmer's first payout (KSh 360) is approved and starts."""
        self.shop.publish()
        payouts_till.earn(self.shop, self.clock)
        payouts_till.run(self.shop)
        payouts_till.approve_first(self.shop)
        return self.one_payout

    def refund(self, *, masked: bool = False) -> Refund:
        """KSh 100 that were paid too much go back; masked: all of a payment that came too late."""
        self.shop.publish()
        order = self.shop.order()
        self.shop.refuse_prompt(order)
        if masked:
            from core.orders import service as orders

            who = self.shop.cast.customer.actor
            self.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no"))
            amount, payer = str(order.amount_asked), "2547*****999"
        else:
            amount, payer = str(order.amount_asked + 100), "254712000202"
        payments_till.typed(self.shop, payments_till.reference(order), amount, "PB00000001", payer)
        return self.one_refund

    def provider(self, url: str, *replies: dict[str, Any]) -> None:
        """What Daraja will say at `url`, the last one again and again."""
        self.net.get(OAUTH, json=OAUTH_TOKEN)
        for reply in replies:
            self.net.post(url, **reply)

    def work(self, rounds: int = 40) -> None:
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

    def calls_back(self, body: dict[str, Any], *, url: str, what: str = "result", **how: Any) -> TestResponse:
        """Safaricom posts to the address that the last request to `url` named."""
        address = self.bodies(url)[-1]["ResultURL" if what == "result" else "QueueTimeOutURL"]
        return self.post(address.partition("tunda.example")[2], body, **how)

    def post(self, path: str, body: dict[str, Any], source: str = "127.0.0.1") -> TestResponse:
        """Somebody posts to an address of ours."""
        data = json.dumps(body, default=str)
        return self.client.post(
            path, data=data, content_type="application/json", environ_base={"REMOTE_ADDR": source}
        )

    # --- what is left ------------------------------------------------------------------------------------
    def bodies(self, url: str) -> list[dict[str, Any]]:
        """What the provider was really sent."""
        sent = [call.request.body for call in self.net.calls if call.request.url == url]
        return [json.loads(body) for body in sent if isinstance(body, bytes)]

    def sent(self, url: str = samples.B2C) -> int:
        """How often the provider was really called."""
        return len(self.bodies(url))

    @property
    def name(self) -> str:
        """What the last payout is called on the wire."""
        return str(self.bodies(samples.B2C)[-1]["OriginatorConversationID"])

    @property
    def one_payout(self) -> Payout:
        (payout,) = payouts_till.payouts(self.shop)
        return payout

    @property
    def one_refund(self) -> Refund:
        (refund,) = payments_till.refunds(self.shop)
        return refund

    def requests(self, kind: str = "b2c") -> list[ProviderRequest]:
        with self.db.read() as tx:
            query = select(ProviderRequest).where(ProviderRequest.kind == kind)
            return list(tx.session.scalars(query.order_by(ProviderRequest.request_id)))

    def rows(self, kind: str) -> list[Callback]:
        with self.db.read() as tx:
            query = select(Callback).where(Callback.kind == kind).order_by(Callback.callback_id)
            return list(tx.session.scalars(query))

    def verdicts(self, kind: str) -> list[str]:
        return [row.verdict for row in self.rows(kind)]

    def alarms(self) -> list[tuple[str, str]]:
        """What a person must look at now."""
        with self.db.read() as tx:
            query = select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.alarm_id)
            return [(alarm.kind, alarm.subject) for alarm in tx.session.scalars(query)]

    def paused(self) -> list[str]:
        with self.db.read() as tx:
            return list(tx.session.scalars(select(Pause.switch)))

    def paid_out(self) -> str:
        """What has left the account that pays out, KES."""
        with self.db.read() as tx:
            return str(-ledger.balance(tx, accounts.MPESA_PAYOUTS))

    def sound(self, *orders: Order) -> None:
        payments_till.sound(self.shop, *orders)

    def retry(self) -> None:
        """An admin lets a failed payout be tried again, and it starts."""
        admin = self.shop.cast.admin.actor
        payout_id = self.one_payout.payout_id
        self.db.run(lambda tx: payouts_verbs.retry(tx, admin, payout_id=payout_id))
        self.db.run(lambda tx: payouts_verbs.process(tx, admin, payout_id=payout_id))
