"""The ledger (section 10): balanced, once per key, never changed; and the postings of one order."""

from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from core.audit.guard import AppendOnly
from core.db import Database, Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.ledger.models import JournalEntry, LedgerLine
from core.settings.models import SystemSetting
from tests.orders.shop import Shop
from tests.proving import proves


def post(db: Database, lines: dict[str, str], kind: str = "payment", source: str = "1") -> bool:
    amounts = {account: Decimal(amount) for account, amount in lines.items()}
    return db.run(lambda tx: ledger.post(tx, kind, source, amounts)) is not None


@proves("DR-1001", "INV-1")
def test_an_entry_must_balance(db: Database) -> None:
    """DR-1001."""
    with pytest.raises(ledger.Unbalanced):
        post(db, {"mpesa": "100.00", "order_funds:1": "-99.99"})


def test_an_entry_names_known_accounts_only(db: Database) -> None:
    """DR-1004."""
    with pytest.raises(ledger.Unbalanced):
        post(db, {"mpesa": "100.00", "pocket": "-100.00"})


@proves("DR-1004")
@pytest.mark.parametrize(
    ("account", "known"),
    [
        ("mpesa", True),
        ("farmer_due:7", True),
        ("farmer_due", False),
        ("farmer_due:x", False),
        ("mpesa:7", False),
    ],
)
def test_which_accounts_are_known(account: str, known: bool) -> None:
    assert accounts.known(account) is known


@proves("DR-1002")
def test_the_same_key_posts_once(db: Database) -> None:
    """DR-1002."""
    assert post(db, {"mpesa": "100.00", "order_funds:1": "-100.00"})
    assert not post(db, {"mpesa": "100.00", "order_funds:1": "-100.00"})
    with db.read() as tx:
        assert ledger.balance(tx, "mpesa") == Decimal("100.00")
        assert ledger.total(tx) == Decimal("0.00")


def test_lines_of_nothing_are_left_out_and_an_empty_entry_is_none(db: Database) -> None:
    assert not post(db, {"delivery_fees": "0.00", "order_funds:1": "0.00"})
    with db.read() as tx:
        assert ledger.balance(tx, "delivery_fees") == Decimal("0.00")


@proves("DR-1001")
def test_entries_are_never_changed_or_deleted(db: Database) -> None:
    """DR-1001, DR-212."""
    post(db, {"mpesa": "100.00", "order_funds:1": "-100.00"})
    with pytest.raises(AppendOnly):
        db.run(lambda tx: tx.session.execute(update(LedgerLine).values(amount=Decimal("1.00"))))
    with pytest.raises(AppendOnly):
        db.run(lambda tx: tx.session.execute(delete(JournalEntry)))


@proves("DR-103", "DR-1005")
@pytest.mark.parametrize(
    ("price", "quantity", "residue"),
    [
        ("80.00", "5", None),
        ("79.90", "5", "0.50"),  # 399.50: a whole shilling more is asked, 50 cents are ours to round (DR-103)
        ("79.97", "4", "-0.12"),  # 319.88: 320 asked
        ("80.10", "2", "0.20"),  # 160.20: 160 asked, 20 cents are given away
    ],
)
def test_whole_shillings_are_asked_and_the_cents_go_to_rounding(
    shop: Shop, price: str, quantity: str, residue: str | None
) -> None:
    shop.publish("50", price)
    order = shop.order(quantity)
    shop.bring_paid(order)
    rounding = shop.balances().get("rounding")
    expected = order.total_amount - order.amount_asked
    assert (Decimal(rounding) if rounding else Decimal(0)) == expected
    assert (rounding is None) == (residue is None)
    assert f"order_funds:{order.order_id}" not in shop.balances(), "DR-1005"


def test_free_delivery_has_no_fee_and_still_pays_the_rider(shop: Shop) -> None:
    """DR-1104: the earning comes from the fee before the waiver."""
    shop.publish("50", "80")
    order = shop.order("25")
    shop.pay(order)
    shop.mark(order, "ready")
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    shop.pick_up(order)
    done = shop.deliver(shop.code(order))
    assert order.delivery_fee == Decimal("0.00")
    assert done.earning == (order.delivery_fee_waived * Decimal("0.8")).quantize(Decimal("0.01"))
    balances = shop.balances()
    assert "delivery_fees" not in balances
    assert balances["rider_cost"] == str(done.earning)


def test_a_commission_changed_later_does_not_touch_old_orders(shop: Shop) -> None:
    """DR-1101, DR-1702: never retroactive."""
    shop.publish()
    order = shop.assigned()

    def raise_commission(tx: Tx) -> None:
        tx.session.add(SystemSetting(name="commission.percent", value="50.00", updated_at=tx.now))

    shop.db.run(raise_commission)
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    shop.pick_up(order)
    shop.deliver(shop.code(order))
    assert shop.balances()["commission"] == "-40.00"
