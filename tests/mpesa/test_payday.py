"""The whole road of a shilling, by real calls: she pays by prompt, the farmer and the rider are paid.

The simulator's wallets say what really moved; the keypad and the texts say what people read on the way.
"""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.ledger import accounts
from core.ledger import service as ledger
from core.outbox.models import OutboxMessage
from inbound.gateway import Gateway
from sms import inbox
from tests.helpers import CALLBACK_SECRET, Person
from tests.mpesa.test_against_simulator import Town, config, doors, simulator, store, town
from tests.payouts import till
from tests.proving import proves
from tests.ussd.phone import UssdPhone

__all__ = ["config", "doors", "simulator", "store", "town"]

FLOAT = 10_000


class Reader:
    """People's phones: what they text and what comes back, what they dial and read."""

    def __init__(self, town: Town, gateway: Gateway, client: FlaskClient) -> None:
        town.handlers["read_sms"] = inbox.read_sms(gateway)
        self.town = town
        self.client = client
        self.texts = 0

    def text(self, person: Person, words: str) -> tuple[str, dict[str, str]]:
        """Text something; the code and the values of the answer."""
        self.texts += 1
        form = {
            "from": person.phone,
            "to": "20880",
            "text": words,
            "id": f"payday-{self.texts}",
            "linkId": "",
            "date": f"{self.town.clock.now():%Y-%m-%d %H:%M:%S}",
            "networkCode": "63902",
        }
        assert self.client.post(f"/cb/{CALLBACK_SECRET}/sms", data=form).status_code == 200
        self.town.work()
        with self.town.db.read() as tx:
            mine = select(OutboxMessage).where(OutboxMessage.msisdn == person.phone)
            row = tx.session.scalars(mine.order_by(OutboxMessage.outbox_id.desc()).limit(1)).one()
            return row.code, dict(row.values)

    def earnings(self, person: Person, *keys: str) -> str:
        """Dial, Earnings (the keys of the person's role), and what is behind them."""
        phone = UssdPhone(self.client, person.phone)
        phone.dial()
        return phone.answer("4" if person.user.user_role == "farmer" else "3", *keys)


@pytest.fixture
def reader(town: Town, gateway: Gateway, client: FlaskClient) -> Reader:
    return Reader(town, gateway, client)


def delivered_by_real_money(town: Town) -> Decimal:
    """She pays by prompt on her phone, and what she ordered is brought; the sum she paid."""
    shop, buyer = town.shop, town.shop.cast.customer
    shop.publish()
    order = shop.order()
    before = Decimal(town.wallet(buyer.phone))
    town.clock.advance(seconds=5)
    town.control("/clock", at=town.clock.now().isoformat())
    town.until(lambda: shop.attempt(order).status == "requested")
    town.until(lambda: town.prompted(buyer.phone))
    town.control(f"/phones/{buyer.phone}/prompt", pin="1234")
    town.until(lambda: shop.fresh(order).order_status == "confirmed")
    assert before - Decimal(town.wallet(buyer.phone)) == order.amount_asked
    shop.mark(order, "ready")
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    shop.bring(order)
    return order.amount_asked


@proves("DR-1302", "DR-1304", "DR-1005")
def test_from_the_customers_wallet_to_the_farmers_and_the_riders(town: Town, reader: Reader) -> None:
    shop, (farmer, rider) = town.shop, (town.shop.cast.farmer, town.shop.cast.rider)
    town.control("/tills", amount=FLOAT)
    wallets = {who: Decimal(town.wallet(who.phone)) for who in (farmer, rider)}
    paid = delivered_by_real_money(town)

    # The same evening: earned, and held for a day.
    assert reader.text(farmer, "STATEMENT")[0] == "statement_empty"
    assert reader.text(farmer, "BALANCE")[0] == "balance_held"
    assert "360" in reader.earnings(farmer)

    # The next day: free. Hers is looked at once, his is too small for a day's run.
    town.clock.advance(hours=25)
    town.work()
    assert reader.text(farmer, "BALANCE")[1]["sum"] == "360.00"
    assert reader.text(farmer, "PAYOUT")[0] == "keypad_payout"
    till.run(shop)
    assert (till.statuses(shop, farmer), till.statuses(shop, rider)) == (["pending"], [])
    assert "KSh 360: " in reader.earnings(farmer)
    till.approve_first(shop)
    town.until(lambda: till.statuses(shop, farmer) == ["paid"])
    assert Decimal(town.wallet(farmer.phone)) - wallets[farmer] == 360
    assert "360" in reader.earnings(farmer, "2"), "her last payouts"
    code, values = reader.text(farmer, "STATEMENT")
    assert (code, "360.00" in str(values)) == ("statement", True)

    # His KSh 79.20 wait a week under the least that is paid, then go as well, less the cents (DR-104).
    assert reader.text(rider, "BALANCE")[0] == "balance_small"
    town.clock.advance(days=5)
    till.run(shop)
    assert till.statuses(shop, rider) == []
    town.clock.advance(days=1, hours=1)
    till.run(shop)
    assert till.statuses(shop, rider) == ["pending"], "a rider's first one is looked at as well"
    till.approve_first(shop)
    town.until(lambda: till.statuses(shop, rider) == ["paid"])
    assert Decimal(town.wallet(rider.phone)) - wallets[rider] == 79
    assert till.payable(shop, rider) == "0.20"
    assert "79" in reader.earnings(rider, "2")

    # Both books say the same: ours, and the simulator's.
    town.sound()
    with town.db.read() as tx:
        ours = {name: ledger.balance(tx, name) for name in (accounts.MPESA, accounts.MPESA_PAYOUTS)}
        fees = ledger.balance(tx, accounts.PROVIDER_FEES)
    assert ours == {accounts.MPESA: paid, accounts.MPESA_PAYOUTS: -(360 + 79) - fees}
    assert town.utility() == FLOAT + sum(ours.values()), "one shortcode takes and pays here"
