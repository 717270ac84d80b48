"""Getting more back than was paid, or to somebody else: each way is tried, none works (DR-820, DR-821)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.errors import DomainError
from core.orders.models import Order
from core.payments import refunds, returning
from core.payments import service as payments
from core.payments.models import Refund
from tests.orders.shop import Shop, failed, paid
from tests.payments import till
from tests.proving import proves
from tests.races.starting import at_once

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
ON_MARIADB = pytest.mark.parametrize("store", ["mariadb"], indirect=True)
SISTER = "+254712000999"


def ask(shop: Shop, order: Order, amount: str, key: str = "a", who: Any = None) -> list[Refund]:
    actor = who or shop.cast.admin.actor
    return shop.db.run(
        lambda tx: refunds.request(
            tx, actor, order_id=order.order_id, amount=Decimal(amount), reason="x", request_key=key
        )
    )


def yes(shop: Shop, refund: Refund, who: Any = None, **to: Any) -> Refund:
    actor = who or till.second_admin(shop)
    return shop.db.run(lambda tx: refunds.approve(tx, actor, refund_id=refund.refund_id, **to))


def asked(shop: Shop, order: Order) -> Refund:
    """KSh 100 of a delivered order, asked for by an admin; another must say yes."""
    (refund,) = ask(shop, order, "100.00")
    assert refund.status == "requested"
    return refund


def more_than_paid(shop: Shop, order: Order) -> None:
    ask(shop, order, "499.01")


def more_than_is_left(shop: Shop, order: Order) -> None:
    ask(shop, order, "400.00")
    ask(shop, order, "100.00", "b", till.second_admin(shop))


def nothing(shop: Shop, order: Order) -> None:
    ask(shop, order, "0.00")


def less_than_nothing(shop: Shop, order: Order) -> None:
    ask(shop, order, "-100.00")


def to_another_number(shop: Shop, order: Order) -> None:
    yes(shop, asked(shop, order), road="b2c", to_number=SISTER)


def by_another_road(shop: Shop, order: Order) -> None:
    yes(shop, asked(shop, order), road="bank")


def by_who_asked(shop: Shop, order: Order) -> None:
    yes(shop, asked(shop, order), shop.cast.admin.actor)


def by_the_customer_herself(shop: Shop, order: Order) -> None:
    ask(shop, order, "100.00", who=shop.cast.customer.actor)


def of_an_order_that_nobody_paid(shop: Shop, order: Order) -> None:
    ask(shop, shop.order(key="sms-9"), "100.00")


def once_more_after_it_is_paid(shop: Shop, order: Order) -> None:
    refund = asked(shop, order)
    yes(shop, refund)
    till.send(shop, refund)
    shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="again"))


def tried_again_while_nobody_knows(shop: Shop, order: Order) -> None:
    refund = asked(shop, order)
    yes(shop, refund)
    till.send(shop, refund, "unknown")
    admin = shop.cast.admin.actor
    shop.db.run(lambda tx: returning.retry(tx, admin, refund_id=refund.refund_id))


def rejected_while_it_is_on_its_way(shop: Shop, order: Order) -> None:
    refund = asked(shop, order)
    yes(shop, refund)
    shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="x"))
    other = till.second_admin(shop)
    shop.db.run(lambda tx: refunds.reject(tx, other, refund_id=refund.refund_id, reason="no"))


# what is tried, how it is refused, what goes back all the same (KES), of 499.00 that were paid
ATTACKS: list[tuple[Callable[[Shop, Order], None], str, str]] = [
    (more_than_paid, "RefundTooHigh", "0.00"),
    (more_than_is_left, "RefundTooHigh", "400.00"),
    (nothing, "NothingToRefund", "0.00"),
    (less_than_nothing, "NothingToRefund", "0.00"),
    (to_another_number, "BadInput", "100.00"),
    (by_another_road, "BadInput", "100.00"),
    (by_who_asked, "RefundOwn", "100.00"),
    (by_the_customer_herself, "NotAllowed", "0.00"),
    (of_an_order_that_nobody_paid, "NothingToRefund", "0.00"),
    (once_more_after_it_is_paid, "WrongState", "100.00"),
    (tried_again_while_nobody_knows, "WrongState", "100.00"),
    (rejected_while_it_is_on_its_way, "WrongState", "100.00"),
]


@proves("DR-820", "DR-821", "INV-5")
@ONLY_SQLITE
@pytest.mark.parametrize(("attack", "refusal", "back"), ATTACKS, ids=[a[0].__name__ for a in ATTACKS])
def test_an_attack_is_refused(
    shop: Shop, attack: Callable[[Shop, Order], None], refusal: str, back: str
) -> None:
    shop.publish()
    order = shop.delivered_order()
    with pytest.raises(DomainError) as refused:
        attack(shop, order)
    assert type(refused.value).__name__ == refusal
    made = till.refunds(shop)
    assert str(sum((refund.amount for refund in made), Decimal("0.00"))) == back
    assert all(refund.to_number != SISTER for refund in made)
    till.sound(shop, order)


@proves("DR-821", "INV-5")
@ON_MARIADB
def test_two_admins_who_ask_at_once_get_no_more_than_was_paid(shop: Shop) -> None:
    shop.publish()
    order, other = shop.delivered_order(), till.second_admin(shop)
    outcomes = at_once(
        [
            lambda: ask(shop, order, "300.00", "mine"),
            lambda: ask(shop, order, "300.00", "hers", other),
            lambda: ask(shop, order, "300.00", "mine"),
        ]
    )
    assert sum(refund.amount for refund in till.refunds(shop)) == Decimal("300.00")
    assert outcomes["ok"] in (1, 2)
    till.sound(shop, order)


@proves("DR-811", "DR-821", "INV-5", "INV-10")
@ON_MARIADB
def test_who_cancels_while_she_pays_gets_it_back_once(shop: Shop) -> None:
    """Whatever comes first: the cancellation, the callback, the same callback again, a failure's callback."""
    shop.publish()
    for number in range(5):
        order = shop.order(key=f"sms-{number}")
        attempt = shop.prompt(order, f"ws_{number}")
        happy = paid(attempt, f"ws_{number}", f"RT{number:08d}")
        at_once(
            [
                lambda order=order: till.cancelled(shop, order),  # type: ignore[misc]
                lambda attempt=attempt, happy=happy: shop.result(attempt, happy),  # type: ignore[misc]
                lambda attempt=attempt, happy=happy: shop.result(attempt, happy),  # type: ignore[misc]
                lambda attempt=attempt, n=number: shop.result(attempt, failed(f"ws_{n}")),  # type: ignore[misc]
            ]
        )
        shop.sweep()
        back = [refund for refund in till.refunds(shop) if refund.order_id == order.order_id]
        assert shop.fresh(order).order_status == "cancelled"
        assert [refund.amount for refund in back] == [attempt.amount]
        till.sound(shop, order)
        with shop.db.read() as tx:
            assert payments.received(tx, order.order_id) == attempt.amount


@proves("DR-805", "DR-821")
@ONLY_SQLITE
def test_a_failure_that_comes_while_the_refund_is_on_its_way_changes_nothing(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    shop.result(attempt, paid(attempt))
    till.cancelled(shop, order)
    (refund,) = till.refunds(shop)
    shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key="x"))
    assert shop.result(attempt, failed()) == "mismatched"
    assert till.outcome_of(shop, "x", "paid") == "applied"
    assert shop.result(attempt, failed()) == "mismatched"
    assert [told[3] for told in till.told(shop)] == ["completed"]
    assert shop.balances().get("mpesa_payouts") == f"-{attempt.amount}"
    till.sound(shop, order)
