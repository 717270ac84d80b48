"""What Safaricom takes back at its own desk, to the end: wallets, statement, question, books, texts (P6)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
import requests
from redis import Redis

from core.actor import Actor
from core.books import differences, importing, reconciling
from core.config import Config
from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.orders.models import Order
from core.payments import standing
from inbound.gateway import Gateway
from mpesa import register, reversal
from mpesa.client import Daraja
from mpesa.pace import Pace
from tests import databases
from tests.mpesa.test_against_simulator import Town, config, doors, simulator, town
from tests.payments.till import reference, second_admin
from tests.proving import proves

__all__ = ["config", "doors", "simulator", "town"]


@pytest.fixture
def store(request: pytest.FixtureRequest, open_store: Callable[[str], databases.Store]) -> databases.Store:
    """The database that a case names."""
    store = open_store(request.param)
    store.empty()
    return store


@pytest.fixture
def desk(gateway: Gateway, config: Config, redis: Redis) -> Callable[[str, int], None]:
    """Somebody at Safaricom, who has a payment or a part of it reversed; nobody tells us of it."""
    line = Daraja(config, redis, gateway.parts.vault, pace=Pace(redis, 1000))

    def take_back(receipt: str, shillings: int) -> None:
        body = reversal.payload(
            config, receipt=receipt, shillings=shillings, what="complaint", token="x" * 32
        )
        nowhere = f"{config.mpesa_api_url}/nowhere"
        answer = line.call(reversal.PATH, body | {"ResultURL": nowhere, "QueueTimeOutURL": nowhere})
        assert answer.body["ResponseCode"] == "0", answer.body

    return take_back


def pays(town: Town, order: Order, shillings: int) -> None:
    """The customer pays from her phone's own menu."""
    payer = town.shop.cast.customer.phone
    town.control(f"/phones/{payer}/pay", account=reference(order), amount=shillings, pin="1234")


def brings_statement(town: Town) -> None:
    file = requests.get(f"{town.url}/control/statement.csv", timeout=10).text
    importing.take(town.db, town.shop.cast.admin.actor, till="both", text=file)


def say(tx: Tx, who: Actor) -> None:
    (row,) = differences.listed(tx, who)
    differences.close(tx, who, difference_id=row.difference_id, how="reversed", reason="seen in the portal")


@proves("P6", "DR-803", "DR-1007")
@pytest.mark.parametrize(
    ("store", "part"), [("mariadb", 0), ("sqlite", 0), ("sqlite", 100)], indirect=["store"],
    ids=["mariadb-whole", "sqlite-whole", "sqlite-part"],
)  # fmt: skip
def test_it_is_found_in_the_statement_asked_about_booked_told_and_paid_again(
    town: Town, config: Config, desk: Callable[[str, int], None], part: int
) -> None:
    shop, buyer = town.shop, town.shop.cast.customer
    assert register.main([], config=config) == 0
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    asked, wallet, till = int(order.amount_asked), Decimal(town.wallet(buyer.phone)), town.utility()
    pays(town, order, asked)
    town.until(lambda: shop.fresh(order).order_status == "confirmed")
    paid = shop.attempt(order)

    desk(paid.receipt or "", part or asked)
    gone = part or asked
    town.until(lambda: wallet - Decimal(town.wallet(buyer.phone)) == asked - gone)
    assert shop.attempt(order).status == "succeeded", "nobody has told us"
    before = len(shop.texts(buyer))
    brings_statement(town)
    if part:
        town.until(lambda: [one.status for one in town.requests("status")] == ["told"])
        for who in (shop.cast.admin.actor, second_admin(shop)):
            assert shop.balances()["mpesa"] == f"{asked}.00"
            town.db.run(lambda tx, who=who: say(tx, who))  # type: ignore[misc]
    else:
        town.until(lambda: shop.attempt(order).status == "reversed")
    assert shop.texts(buyer)[before:] == ["payment_taken_back"]
    with town.db.read() as tx:
        due = standing.still_due(tx, tx.session.get_one(Order, order.order_id))
        assert due == gone

    pays(town, order, gone)
    town.until(lambda: shop.fresh(order).payment_status == "paid")
    assert shop.texts(buyer)[-1] == "paid_again"
    brings_statement(town)
    town.db.run(lambda tx: reconciling.nightly(tx, 0))
    with town.db.read() as tx:
        assert differences.listed(tx, shop.cast.admin.actor) == []
        assert ledger.balance(tx, accounts.MPESA) == town.utility() - till == asked
    town.sound(order)
