"""Our part: one rate for all, or a farmer's or a category's own, copied when an order is placed (DR-1101)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.audit.models import AuditRow
from core.catalogue.models import Category, Product
from core.db import Database
from core.errors import BadInput, DomainError, NotAllowed, NotFound
from core.listings import commission, rules
from tests.catalogue.shelves import put_back
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves

D = Decimal


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    return Shop(db, cast)


def set_rate(shop: Shop, scope: str, subject_id: int, percent: Any) -> None:
    boss = shop.cast.admin.actor
    shop.db.run(
        lambda tx: commission.set_rate(
            tx, boss, scope=scope, subject_id=subject_id, percent=percent, reason="agreed"
        )
    )


def rate(shop: Shop) -> Decimal:
    with shop.db.read() as tx:
        return commission.rate(tx, farmer_id=shop.cast.farmer.id, product_id=shop.product())


def category(shop: Shop) -> int:
    with shop.db.read() as tx:
        return tx.session.get_one(Product, shop.product()).category_id


@proves("DR-1101")
def test_the_farmers_own_rate_beats_the_categorys_and_that_the_setting(shop: Shop) -> None:
    assert rate(shop) == D("10.00")
    set_rate(shop, "category", category(shop), D("8"))
    assert rate(shop) == D("8.00")
    set_rate(shop, "farmer", shop.cast.farmer.id, D("5.5"))
    assert rate(shop) == D("5.50")
    other = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    with shop.db.read() as tx:
        assert commission.rate(tx, farmer_id=other.id, product_id=shop.product()) == D("8.00")
    set_rate(shop, "farmer", shop.cast.farmer.id, None)
    set_rate(shop, "category", category(shop), None)
    assert rate(shop) == D("10.00")


def test_a_category_without_a_rate_has_that_of_its_parent(shop: Shop) -> None:
    def work(tx: Any) -> int:
        parent = Category(category_name="All that grows")
        tx.session.add(parent)
        tx.flush()
        tx.session.get_one(Category, category(shop)).parent_id = parent.category_id
        return parent.category_id

    with put_back(shop.db):
        set_rate(shop, "category", shop.db.run(work), D("7"))
        assert rate(shop) == D("7.00")


@proves("DR-1101")
def test_the_rate_is_copied_onto_the_item_when_the_order_is_placed(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    set_rate(shop, "farmer", shop.cast.farmer.id, D("5"))
    later = shop.quote("6")
    shop.refuse_prompt(order)
    assert [item.commission_percent for item in shop.items(order)] == [D("10.00")]
    assert [item.commission_percent for item in shop.items(shop.accept(later, "b"))] == [D("5.00")]


@proves("DR-1101")
def test_goods_pay_commission_and_the_delivery_fee_does_not(shop: Shop) -> None:
    shop.publish("50", "80")
    order = shop.delivered_order()
    balances = shop.balances()
    assert balances["commission"] == "-40.00", "10 % of 400.00"
    assert balances["delivery_fees"] == str(-order.delivery_fee)


@proves("DR-1107")
def test_the_farmer_is_told_what_her_own_rate_leaves_her(shop: Shop) -> None:
    from core.notifications.models import Notification

    set_rate(shop, "farmer", shop.cast.farmer.id, D("5"))
    shop.publish("50", "80")
    with shop.db.read() as tx:
        query = select(Notification).where(
            Notification.user_id == shop.cast.farmer.id, Notification.code == "listed"
        )
        assert tx.session.scalars(query).one().values["gets"] == "76.00"


@proves("DR-1107", "DR-1101")
@given(st.decimals("0.01", "99999.99", places=2), st.decimals("0", "50", places=2))
def test_what_she_gets_and_what_we_keep_is_the_whole_price(value: Decimal, percent: Decimal) -> None:
    ours, hers = rules.commission(value, percent), rules.farmer_gets(value, percent)
    assert ours + hers == value
    assert 0 <= ours <= value
    assert abs(ours - value * percent / 100) <= D("0.005")


@pytest.mark.parametrize(
    ("scope", "subject", "percent", "error"),
    [
        ("everybody", 1, D(5), BadInput),
        ("farmer", 99_999, D(5), NotFound),
        ("category", 99_999, D(5), NotFound),
        ("farmer", 0, D("50.01"), BadInput),
        ("farmer", 0, D("-0.01"), BadInput),
        ("farmer", 0, D("NaN"), BadInput),
        ("farmer", 0, D("1.001"), BadInput),
        ("farmer", 0, 5.0, BadInput),
        ("farmer", 0, "5", BadInput),
    ],
)
def test_a_rate_that_cannot_be_is_refused(
    shop: Shop, scope: str, subject: int, percent: Any, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        set_rate(shop, scope, subject or shop.cast.farmer.id, percent)
    assert rate(shop) == D("10.00")


@pytest.mark.parametrize("role", ["customer", "farmer", "rider"])
def test_only_admins_set_rates(shop: Shop, role: str) -> None:
    actor = getattr(shop.cast, role).actor
    with pytest.raises(NotAllowed):
        shop.db.run(
            lambda tx: commission.set_rate(
                tx, actor, scope="farmer", subject_id=shop.cast.farmer.id, percent=D(1), reason="mine"
            )
        )


def test_a_rate_is_audited_and_the_same_again_changes_nothing_dr1801(shop: Shop) -> None:
    for percent in (D("5"), D("5"), D("6"), None, None):
        set_rate(shop, "farmer", shop.cast.farmer.id, percent)
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "commission.rate"))
        assert [row.changes["percent"] for row in rows] == [[None, "5"], ["5.00", "6"], ["6.00", None]]
