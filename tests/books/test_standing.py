"""The books as they stand: every account, 0.00 in all, every open order and why (DR-1003, DR-1005)."""

from decimal import Decimal

import pytest

from core.books import standing
from core.errors import NotAllowed
from core.ledger import postings
from core.payments import refunds as verbs
from core.payments import returning
from core.payments.machine import REFUND_OPEN
from tests.orders.shop import Shop
from tests.payments.till import cancelled, outcome_of, reference, refunds, send, set_to, typed
from tests.proving import proves
from tools import books as printed
from web import reasons


def now(shop: Shop) -> standing.Standing:
    with shop.db.read() as tx:
        return standing.now(tx)


def codes(shop: Shop) -> list[tuple[str, str, str, list[str]]]:
    """Each open order: status, held, promised, why."""
    return [(o.status, str(o.held), str(o.promised), [r.code for r in o.why]) for o in now(shop).orders]


@proves("DR-1003", "DR-1005")
def test_from_the_order_to_the_payout_every_account_is_there_and_the_sum_is_nought(shop: Shop) -> None:
    shop.publish()
    assert now(shop).accounts == {}
    assert now(shop).right
    order = shop.paid_order()
    assert codes(shop) == [("confirmed", "499.00", "0.00", ["on_its_way"])]
    assert {k: str(v) for k, v in now(shop).accounts.items()} == shop.balances()
    shop.mark(order, "ready")
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    shop.bring(order)
    found = now(shop)
    assert found.orders == []
    assert found.total == 0
    assert found.right
    assert {f.name: str(f.balance) for f in found.families if f.count} == {
        "commission": "-40.00",
        "delivery_fees": "-99.00",
        "farmer_due": "-360.00",
        "mpesa": "499.00",
        "rider_cost": "79.20",
        "rider_due": "-79.20",
    }


@proves("DR-1005")
def test_each_stage_of_a_part_payment_and_its_refund_says_why_the_money_is_here(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    typed(shop, reference(order), "200.00")
    assert codes(shop) == [("pending_payment", "200.00", "0.00", ["part_paid"])]
    set_to(shop, "refund.auto_approve_max", "100.00")
    cancelled(shop, order)
    assert codes(shop) == [("cancelled", "200.00", "0.00", ["refund_requested"])]
    (refund,) = refunds(shop)
    shop.db.run(lambda tx: verbs.approve(tx, shop.cast.admin.actor, refund_id=refund.refund_id))
    assert codes(shop) == [("cancelled", "0.00", "200.00", ["refund_approved"])]
    send(shop, refund, "unknown")
    assert codes(shop) == [("cancelled", "0.00", "200.00", ["refund_unknown"])]
    assert outcome_of(shop, f"refund-{refund.refund_id}-{refund.tries}", "paid") == "applied"
    assert codes(shop) == []


@proves("DR-1005", "DR-821")
@pytest.mark.parametrize("far", ["requested", "approved"])
def test_money_of_a_refund_that_was_refused_or_called_off_is_no_riddle(shop: Shop, far: str) -> None:
    set_to(shop, "refund.auto_approve_max", "0.00" if far == "requested" else "1000.00")
    shop.publish()
    order, admin = shop.paid_order(), shop.cast.admin.actor
    cancelled(shop, order)
    (refund,) = refunds(shop)
    assert codes(shop)[0][3] == [f"refund_{far}"]
    no = verbs.reject if far == "requested" else returning.stop
    shop.db.run(lambda tx: no(tx, admin, refund_id=refund.refund_id, reason="not hers") and None)
    assert codes(shop) == [("cancelled", "499.00", "0.00", ["refund_refused"])]
    again = {"order_id": order.order_id, "amount": Decimal("499.00"), "reason": "hers", "request_key": "k"}
    shop.db.run(lambda tx: verbs.request(tx, admin, **again) and None)  # type: ignore[arg-type]
    assert codes(shop)[0][3] == ["refund_requested"]


@proves("DR-1003", "DR-1005")
def test_money_that_nobody_can_explain_is_said_aloud(shop: Shop) -> None:
    shop.publish()
    order = shop.delivered_order()
    shop.db.run(lambda tx: postings.payment_matched(tx, 999, order.order_id, Decimal("7.00"), till="mpesa"))
    found = now(shop)
    assert not found.right
    lines = "\n".join(printed.lines(found, ["ledger_lines: update"]))
    assert f"{order.order_number}  delivered" in lines
    assert "payments say 499.00, the ledger 506.00" in lines
    assert "WRONG: what is written once can be changed: ledger_lines: update" in lines
    assert lines.endswith("THE BOOKS ARE NOT RIGHT.")


@proves("DR-1003")
def test_what_is_printed_is_every_account_the_sum_and_the_reasons_in_plain_words(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    assert list(printed.lines(now(shop), [])) == [
        "The books, Tue 24 Jun 2025, 09:30:00",
        "KES; below zero: we owe it to somebody, or have earned it.",
        "",
        "mpesa                                 499.00  M-Pesa, the paybill",
        f"{f'order_funds:{order.order_id}':<28}         -499.00  Held for orders, {order.order_id}",
        "sum of all lines                        0.00",
        "",
        f"{order.order_number}  confirmed  (accounts :{order.order_id})",
        "  we hold 499.00, promised back 0.00",
        "  - Paid; confirmed since Tue 24 Jun, 09:30. On delivery it goes to the farmer, the rider and us.",
        "",
        "The books are right.",
    ]


@proves("DR-222")
def test_whoever_may_not_read_money_sees_no_books(shop: Shop) -> None:
    with shop.db.read() as tx:
        assert standing.look(tx, shop.cast.admin.actor).right
        for person in (shop.cast.customer, shop.cast.farmer, shop.cast.rider):
            with pytest.raises(NotAllowed):
                standing.look(tx, person.actor)


def test_every_reason_there_is_has_its_sentence() -> None:
    assert {f"refund_{status}" for status in REFUND_OPEN} <= set(reasons.SENTENCES)
    for code in reasons.SENTENCES:
        said = reasons.sentence(standing.Reason(code, Decimal("1.00"), words="x"), "confirmed")
        assert said
        assert "{" not in said
