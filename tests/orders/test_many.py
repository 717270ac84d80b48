"""A mark on many orders is one short answer, and each of them is marked once (DR-801, DR-407; issue 4)."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core.due_work import HANDLERS
from core.duties import service as duties
from core.orders import board, many
from core.orders import service as orders
from core.orders.models import AskedMark, Order
from tests.helpers import FixedClock
from tests.orders.kit import cancel, do, refunds, statuses
from tests.orders.shop import Shop
from tests.orders.statements import counted
from tests.orders.test_sums import day_of

FEW, MANY = many.AT_ONCE["accept"], 2 * many.AT_ONCE["accept"] + many.HELPING + 1


def placed(shop: Shop, count: int) -> list[Order]:
    """`count` paid orders of 5 kg each, all for one day."""
    shop.publish(str(5 * count + 5), "80")
    return [shop.paid_order("5", f"sms-{number}") for number in range(count)]


def rest(shop: Shop) -> list[AskedMark]:
    with shop.db.read() as tx:
        found = list(tx.session.query(AskedMark).order_by(AskedMark.mark_id))
        tx.session.expunge_all()
    return found


def board_of(shop: Shop) -> list[tuple[int, str]]:
    """(orders, marks) of each sum that the farmer sees."""
    with shop.db.read() as tx:
        found = board.summed(board.open_items(tx, shop.cast.farmer.actor))
    return [(one.orders, one.marks) for one in found]


def later(shop: Shop, *, seconds: float) -> None:
    clock = shop.db.parts.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds=seconds)


def of(shop: Shop, one: Order, **more: Any) -> dict[str, Any]:
    return {"product_id": shop.product(), "day": day_of(one), **more}


# Statements of the act itself, whether six orders are meant or twenty: measured, with a little air.
MOST = {"accept": 80, "ready": 100, "reject": 170, "less": 170}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # the same statements on both
@pytest.mark.parametrize("size", [FEW + 1, 4 * FEW])
@pytest.mark.parametrize("what", MOST)
def test_it_costs_the_same_for_six_orders_and_for_twenty(shop: Shop, what: str, size: int) -> None:
    """A hop that commits is bounded by a constant."""
    all_of_it = placed(shop, size)
    sold = of(shop, all_of_it[0])
    act = {
        "less": partial(do, shop, orders.short_sum, "farmer", **sold, quantity=Decimal(1)),
        "reject": partial(do, shop, orders.mark_sum, "farmer", **sold, event=what, reason="hail"),
    }.get(what, partial(do, shop, orders.mark_sum, "farmer", **sold, event=what))
    cost = counted(shop.db, act)
    print(f"{what} of {size}: {cost} statements")
    shop.sweep()
    assert cost <= MOST[what]
    assert {shop.items(one)[0].marked_until for one in all_of_it} == {None}


def test_all_is_done_once_the_first_at_once_and_the_sum_stays_whole_for_the_next_mark(shop: Shop) -> None:
    all_of_it = placed(shop, MANY)
    sold = of(shop, all_of_it[0])
    do(shop, orders.mark_sum, "farmer", **sold, event="accept")
    accepted = [shop.items(one)[0].accepted_at is not None for one in all_of_it]
    assert accepted == [True] * FEW + [False] * (MANY - FEW), "the oldest first"
    assert board_of(shop) == [(MANY, "ahp")]
    do(shop, orders.mark_sum, "farmer", **sold, event="harvest")
    do(shop, orders.mark_sum, "farmer", **sold, event="ready")
    assert board_of(shop) == [], "the rest of what leaves her hands is not shown, nor asked about again"
    shop.sweep()
    assert board_of(shop) == []
    assert {statuses(shop, one)[1] for one in all_of_it} == {"ready"}
    assert [(one.done, len(one.steps)) for one in rest(shop)] == [(MANY, MANY)] * 3
    assert {shop.items(one)[0].marked_until for one in all_of_it} == {None}
    assert shop.due("item_response") == []


def test_a_process_that_dies_between_two_helpings_leaves_nothing_undone_and_nothing_done_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_of_it = placed(shop, MANY)
    do(shop, orders.mark_sum, "farmer", **of(shop, all_of_it[0], event="reject", reason="hail"))
    taken = duties.take(shop.db, frozenset({"mark_rest"}))
    helping = many._helping
    monkeypatch.setattr(many, "_helping", lambda *given: helping(*given) and dies())
    with pytest.raises(SystemExit):
        HANDLERS["mark_rest"](shop.db, taken[0])
    monkeypatch.undo()
    assert [one.done for one in rest(shop)] == [many.AT_ONCE["reject"]], (
        "the helping and how far it is are one transaction"
    )
    later(shop, seconds=91)
    shop.sweep()
    assert {statuses(shop, one) for one in all_of_it} == {("cancelled", "rejected")}
    assert {tuple(refunds(shop, one)) for one in all_of_it} == {
        (("reject", "400.00"), ("no_supply", "99.00"))
    }


def dies() -> bool:
    raise SystemExit


def test_what_moved_meanwhile_stays_and_what_came_meanwhile_is_not_meant(shop: Shop) -> None:
    all_of_it = placed(shop, FEW + 3)
    do(shop, orders.mark_sum, "farmer", **of(shop, all_of_it[0], event="ready"))
    gone = all_of_it[-1]
    cancel(shop, "customer", gone)
    late = shop.paid_order("5", "sms-late")
    shop.sweep()
    assert {statuses(shop, one)[1] for one in all_of_it[:-1]} == {"ready"}
    assert statuses(shop, gone) == ("cancelled", "cancelled")
    assert statuses(shop, late)[1] == "pending"


def test_who_gets_what_is_decided_when_she_says_it(shop: Shop) -> None:
    """I5, I6: the shares are written down with her yes, so a later order cannot change them."""
    all_of_it = placed(shop, FEW + 3)
    there = Decimal(5 * (FEW + 1) + 3)
    do(shop, orders.short_sum, "farmer", **of(shop, all_of_it[0], quantity=there))
    shop.sweep()
    got = [shop.items(one)[0] for one in all_of_it]
    assert [item.fulfilled_quantity for item in got[: FEW + 2]] == [Decimal(5)] * (FEW + 1) + [Decimal(3)]
    assert got[-1].item_status == "rejected"
    assert got[FEW].accepted_at is not None


def test_a_worker_that_stands_still_hides_nothing_for_long(shop: Shop) -> None:
    all_of_it = placed(shop, MANY)
    do(shop, orders.mark_sum, "farmer", **of(shop, all_of_it[0], event="ready"))
    assert board_of(shop) == []
    later(shop, seconds=many.OUT_OF_SIGHT.total_seconds() + 1)
    assert board_of(shop) == [(MANY - FEW, "ahp")]
