"""The news of payouts, refunds and deposits in every order, over HTTP: sent once, paid once (R13, INV-10).

In `make test` every two happenings come in every order they can come in; with ARRIVALS=all (`make soak`)
every order there is is played.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import responses
from flask import Flask
from sqlalchemy import select

from core.cash.models import CashDeposit
from core.config import Config
from core.due_work import HANDLERS
from core.duties.sweep import sweep
from inbound.gateway import Gateway
from mpesa import callbacks, work
from tests.arrival.news import alarms_of
from tests.arrival.orders_of import Done, Happening, Table
from tests.arrival.sent_out import HEARD, PAYER_RECEIPT, WiredSending
from tests.arrival.wired import DOOR, played
from tests.deliveries.road import Road
from tests.helpers import Cast, FixedClock
from tests.mpesa import certificate, samples
from tests.orders.shop import Shop
from tests.payments import till
from tests.payouts import till as payouts
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
End = tuple[str, str]
STUCK = "payout_stuck"


@dataclass(frozen=True)
class Case:
    """Some news, how many orders of it there are, and how a payout, a refund and a reversal may end."""

    orders: int
    news: tuple[str, ...]
    payout: Collection[End]
    refund: Collection[End]


PAID, DONE = {("paid", "")}, {("completed", "")}
CASES: Mapping[str, Case] = {
    "paid": Case(360, ("answer", "paid", "paid*", "query", "timeout", "deadline"), PAID, DONE),
    "nobody heard the answer": Case(120, ("no_answer", "paid", "query", "timeout", "deadline"), PAID, DONE),
    "only asking tells": Case(120, ("no_answer", "pending", "query", "timeout", "deadline"), PAID, DONE),
    "it is there already": Case(120, ("duplicate", "paid", "query", "timeout", "deadline"), PAID, DONE),
    "asked too early": Case(120, ("no_answer", "not_found", "paid", "query", "deadline"), PAID, DONE),
    "refused": Case(
        360, ("answer", "failed", "failed*", "pending", "timeout", "deadline"),
        {("failed", STUCK)}, {("approved", "")},
    ),
    "two that cannot both be true": Case(
        120, ("answer", "paid", "failed", "query", "deadline"),
        PAID | {("paid", "payment_doubt")}, DONE | {("completed", "payment_doubt")},
    ),
    "somebody lies": Case(
        120, ("answer", "foreign", "paid", "query", "deadline"),
        PAID | {("paid", "payment_doubt")}, DONE | {("completed", "payment_doubt")},
    ),
}  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return samples.config(
        mpesa_calls_per_second=10_000,
        mpesa_payout_shortcode="600992",
        mpesa_initiator_name="tundaapi",
        mpesa_initiator_password=certificate.PASSWORD,
        mpesa_certificate=certificate.kept(tmp_path),
    )


@pytest.fixture
def begins(shop: Shop, table: Table, gateway: Gateway, clock: FixedClock) -> Any:
    """Puts a payout, a refund or a reversal on its way."""
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    mine = work.duties(gateway)
    handlers = {kind: mine[kind] for kind in HEARD}
    till.set_to(shop, "mpesa.float_min", "0.00")
    shop.publish()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:

        def begin(road: str) -> WiredSending:
            subject_id = _a_payout(shop, clock) if road == "payout" else _a_refund(shop, road)
            sent = WiredSending(
                shop, table, gateway.config, app.test_client(), handlers, net, road, subject_id
            )
            sent.leave()
            return sent

        yield begin


def _a_payout(shop: Shop, clock: FixedClock) -> int:
    payouts.earn(shop, clock)
    payouts.run(shop)
    payouts.approve_first(shop)
    (payout,) = payouts.payouts(shop, shop.cast.farmer)
    return payout.payout_id


def _a_refund(shop: Shop, road: str) -> int:
    """What she paid for an order that has ended; on its receipt if nobody can read her number."""
    order = shop.order()
    shop.refuse_prompt(order)
    till.cancelled(shop, order)
    payer = "254712000202" if road == "refund" else "2547*****999"
    till.typed(shop, till.reference(order), str(order.amount_asked), PAYER_RECEIPT, payer)
    (refund,) = till.refunds(shop)
    assert refund.road == ("b2c" if road == "refund" else "reversal")
    return refund.refund_id


def possible(name: str, done: Done) -> bool:
    """All of it can come before the answer of the call does."""
    return True


def happenings(one: WiredSending, *names: str) -> Mapping[str, Happening]:
    return {name: getattr(one, name.rstrip("*")) for name in names}


def end_of(one: WiredSending) -> End:
    """What it has come to; what left is what its end says."""
    balances = one.shop.balances()
    if one.road == "payout":
        (payout,) = payouts.payouts(one.shop, one.shop.cast.farmer)
        gone, there, status = payout.amount, balances.get("mpesa_payouts", "0.00"), payout.status
        left = -Decimal(there)
    else:
        (refund,) = till.refunds(one.shop)
        status, gone = refund.status, refund.amount
        there = balances.get("mpesa" if one.road == "reversal" else "mpesa_payouts", "0.00")
        left = refund.amount - Decimal(there) if one.road == "reversal" else -Decimal(there)
    assert left == (gone if status in ("paid", "completed") else 0)
    return status, alarms_of(one.shop)


@proves("INV-10", "DR-1303", "DR-821")
@ONLY_SQLITE
@pytest.mark.parametrize("road", ["payout", "refund", "reversal"])
@pytest.mark.parametrize("name", CASES)
def test_money_on_its_way_out(begins: Callable[[str], WiredSending], road: str, name: str) -> None:
    one, case = begins(road), CASES[name]
    played(
        one.table,
        case.news,
        lambda names: happenings(one, *names),
        possible,
        after_each=lambda: till.sound(one.shop),
        end=lambda: end_of(one),
        ends=case.payout if road == "payout" else case.refund,
        orders=case.orders,
        seed=f"{road} {name}",
        of=2,
    )


# --- deposits ---------------------------------------------------------------------------------------------


@proves("INV-10", "DR-904", "DR-803")
@ONLY_SQLITE
def test_a_riders_deposits(shop: Shop, cast: Cast, table: Table, gateway: Gateway) -> None:
    """He brings in what he took at a door, in two parts, each told twice, before or after he took it."""
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    client = app.test_client()
    handlers = {**HANDLERS, "read_c2b": work.duties(gateway)["read_c2b"]}
    road = Road(shop.db, cast)
    road.publish()
    order = road.cash_at_the_door()
    rest = int(order.amount_asked) - 100

    def typed(receipt: str, amount: int, **given: str) -> None:
        account = "R0" + cast.rider.phone[4:]
        body = samples.typed(f"{amount}.00", account, receipt=receipt, **given)
        answer = client.post(
            f"{DOOR}/c2b/confirmation", data=json.dumps(body), content_type="application/json"
        )
        assert answer.status_code == 200
        while sweep(shop.db, handlers):
            pass

    def hand_over() -> None:
        road.hand_over(order, cash=str(order.amount_asked))

    heard: Mapping[str, Happening] = {
        "hundred": lambda: typed("TFO1AA11AA", 100),
        "hundred*": lambda: typed("TFO1AA11AA", 100, OrgAccountBalance="7.00"),
        "rest": lambda: typed("TFO2BB22BB", rest),
        "rest*": lambda: typed("TFO2BB22BB", rest, MSISDN="2547*****303"),
        "handed_over": hand_over,
    }

    def end() -> tuple[str, ...]:
        balances = shop.balances()
        with shop.db.read() as tx:
            sums = [
                str(d.amount) for d in tx.session.scalars(select(CashDeposit).order_by(CashDeposit.amount))
            ]
        cash = next((sum_ for name, sum_ in balances.items() if name.startswith("rider_cash")), "0.00")
        return cash, balances["mpesa"], *sums, alarms_of(shop)

    played(
        table,
        tuple(heard),
        lambda names: {name: heard[name] for name in names},
        possible,
        after_each=lambda: till.sound(shop, order),
        end=end,
        ends={("0.00", str(order.amount_asked), "100.00", f"{rest}.00", "")},
        orders=30,
        seed="deposits",
        of=2,
    )
