"""Collecting, bringing, and the customer's code (D4 to D6, DR-1205, DR-1206, DR-214)."""

import logging
import threading
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.cash.errors import NotEnoughCash
from core.db import Tx
from core.deliveries import errors, service
from core.deliveries.models import Delivery
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.schema import METADATA
from tests.deliveries.road import Road
from tests.orders.shop import Shop
from tests.proving import proves


def wrong(shop: Shop, order: Order) -> str:
    """A code that is not the customer's."""
    return "0000" if shop.code(order) != "0000" else "1111"


def count(shop: Shop, order: Order) -> tuple[int, bool]:
    delivery = shop.delivery(order)
    return delivery.code_attempts, delivery.code_locked


def test_picked_up_is_on_the_way_once(shop: Shop) -> None:
    """D4, D5, O11; saying it again changes nothing."""
    shop.publish()
    order = shop.assigned()
    for _ in range(3):
        delivery = shop.pick_up(order)
    assert delivery.delivery_status == "in_transit"
    assert shop.texts(shop.cast.rider).count("bring") == 1


def test_goods_that_are_not_ready_are_not_picked_up(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    shop.mark(order, "accept")
    shop.db.parts.clock.advance(hours=9)  # type: ignore[attr-defined]
    shop.sweep()
    offer = shop.offer()
    assert offer is not None, "the search began before the goods were ready"
    shop.answer(offer)
    with pytest.raises(errors.GoodsNotReady):
        shop.pick_up(order)
    shop.mark(order, "ready")
    assert shop.pick_up(order).delivery_status == "in_transit"


def test_only_the_assigned_rider_moves_the_delivery(shop: Shop) -> None:
    """DR-1206, DR-211."""
    shop.publish()
    order = shop.assigned()
    mutua = shop.person("+254712000333", "rider", "Kinoo", "Mutua")
    with pytest.raises(errors.NoSuchJob):
        shop.pick_up(order, mutua)
    unassigned = shop.paid_order(key="sms-2")
    with pytest.raises(errors.NoSuchJob):
        shop.pick_up(unassigned)


@pytest.mark.parametrize("bare", [True, False])
def test_the_right_code_delivers_and_again_changes_nothing(shop: Shop, bare: bool) -> None:
    """D6, INV-10."""
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    code = shop.code(order)
    first, *repeats = [shop.deliver(code, None if bare else order) for _ in range(3)]
    assert (first.again, [done.again for done in repeats]) == (False, [True, True])
    assert first.earning == repeats[0].earning == shop.delivery(order).rider_earning
    assert shop.statuses(order)[0] == "delivered"
    assert shop.entries() == ["payment", "delivered_item", "delivered_fee", "rider_earning"]
    assert count(shop, order) == (0, False)


def test_the_same_code_from_two_workers_at_once_delivers_once(shop: Shop) -> None:
    """R12."""
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    code, start = shop.code(order), threading.Barrier(2)
    done = []

    def send() -> None:
        start.wait()
        done.append(shop.deliver(code, order).again)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert shop.entries().count("rider_earning") == 1


def test_a_wrong_code_changes_nothing_but_its_count(shop: Shop) -> None:
    """DR-214: counted in a transaction of its own, kept when the act is refused."""
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    for left in (4, 3):
        with pytest.raises(errors.WrongCode) as refused:
            shop.deliver(wrong(shop, order), order)
        assert refused.value.values == {"left": left}
    assert count(shop, order) == (2, False)
    assert shop.statuses(order)[0] == "out_for_delivery"
    shop.deliver(shop.code(order), order)
    assert shop.statuses(order)[0] == "delivered"


def test_a_repeated_message_is_not_another_try(shop: Shop) -> None:
    """DR-214: whoever died between counting and comparing counts once; a right fifth try is not lost."""
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    for _ in range(3):
        with pytest.raises(errors.WrongCode) as refused:
            shop.deliver(wrong(shop, order), order, once_key="sms:7")
        assert refused.value.values == {"left": 4}
    assert count(shop, order) == (1, False)
    for number in range(3):
        with pytest.raises(errors.WrongCode):
            shop.deliver(wrong(shop, order), order, once_key=f"sms:{number}")
    actor, right = shop.cast.rider.actor, shop.code(order)
    shop.db.run(lambda tx: service._count_try(tx, actor, order.tail, right, "sms:8"))  # and here it dies
    assert count(shop, order) == (5, True)
    shop.deliver(right, order, once_key="sms:8")
    assert shop.statuses(order)[0] == "delivered"


def test_the_fifth_wrong_code_locks_and_then_even_the_right_one_is_refused(shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    for _ in range(4):
        with pytest.raises(errors.WrongCode):
            shop.deliver(wrong(shop, order))
    with pytest.raises(errors.CodeLocked):
        shop.deliver(wrong(shop, order))
    with pytest.raises(errors.CodeLocked):
        shop.deliver(shop.code(order), order)
    assert count(shop, order) == (5, True)
    assert shop.statuses(order)[0] == "out_for_delivery"


def test_the_right_code_at_the_last_try_is_right(shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    for _ in range(4):
        with pytest.raises(errors.WrongCode):
            shop.deliver(wrong(shop, order))
    assert not shop.deliver(shop.code(order)).again


def test_a_bare_code_names_its_delivery_among_several(shop: Shop) -> None:
    """DR-1205: the codes of one rider's open deliveries differ; a right guess costs the others nothing."""
    shop.publish("200")
    jobs = [shop.assigned(f"sms-{number}") for number in range(3)]
    codes = [shop.code(job) for job in jobs]
    assert len(set(codes)) == 3
    assert shop.deliver(codes[1]).order_id == jobs[1].order_id
    assert [shop.statuses(job)[0] for job in jobs] == [
        "ready_for_delivery",
        "delivered",
        "ready_for_delivery",
    ]
    assert [count(shop, job) for job in jobs] == [(0, False)] * 3


def test_a_wrong_bare_code_counts_against_every_job_it_could_have_meant(shop: Shop) -> None:
    shop.publish("200")
    jobs = [shop.assigned(f"sms-{number}") for number in range(2)]
    guess = next(code for code in ("0000", "1111", "2222") if code not in {shop.code(job) for job in jobs})
    with pytest.raises(errors.WrongCode):
        shop.deliver(guess)
    assert [count(shop, job) for job in jobs] == [(1, False)] * 2


def test_two_jobs_with_one_code_are_asked_about(shop: Shop) -> None:
    """DR-1205: it can happen after a drop-out, since the code is kept."""
    shop.publish("200")
    first, second = shop.assigned("sms-1"), shop.assigned("sms-2")
    sealed = shop.delivery(first).code_sealed

    def clash(tx: Tx) -> None:
        tx.session.execute(
            update(Delivery).where(Delivery.order_id == second.order_id).values(code_sealed=sealed)
        )

    shop.db.run(clash)
    with pytest.raises(errors.WhichJob) as which:
        shop.deliver(shop.code(first))
    assert set(which.value.values["numbers"]) == {first.order_number, second.order_number}
    assert shop.deliver(shop.code(first), second).order_id == second.order_id


@pytest.mark.parametrize("nonsense", ["", "48 21", "ĩũ48", "4821 " * 100])
def test_nonsense_is_a_wrong_code(shop: Shop, nonsense: str) -> None:
    shop.publish()
    shop.assigned()
    with pytest.raises(errors.WrongCode):
        shop.deliver(nonsense)


def test_a_rider_without_a_job_has_no_code_to_send(shop: Shop) -> None:
    with pytest.raises(errors.NoSuchJob):
        shop.deliver("4821")


def test_skipped_steps_are_marked_implied(shop: Shop) -> None:
    """D6: the customer's code proves that the goods have changed hands, whatever nobody reported."""
    shop.publish()
    order = shop.paid_order()
    shop.mark(order, "accept")
    shop.db.parts.clock.advance(hours=9)  # type: ignore[attr-defined]
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    shop.deliver(shop.code(order), order)
    assert shop.statuses(order) == ("delivered", "delivered", "paid")
    (item,) = shop.items(order)
    assert item.implied == "harvested packed ready"
    assert f"farmer_due:{shop.cast.farmer.id}" in shop.balances()


def test_the_code_stands_nowhere_in_clear(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """DR-1205, S24: in no column of any table, in no log line."""
    shop.publish()
    with caplog.at_level(logging.DEBUG):
        order = shop.assigned()
        # A code as four digits may stand in an amount or a date by chance: take one that does not.
        code = shop.code(order)
        with pytest.raises(errors.WrongCode):
            shop.deliver(wrong(shop, order), order)
        shop.pick_up(order)
        shop.deliver(code, order)
    with shop.db.read() as tx:
        message = tx.session.scalars(
            select(OutboxMessage).where(OutboxMessage.code == "rider_and_code")
        ).one()
        assert message.values["code"] == {"secret": f"delivery:{shop.delivery(order).delivery_id}"}
        reference = {"categories", "products", "packs", "market_prices"}
        for table in METADATA.sorted_tables:
            if table.name in reference:
                continue
            for row in tx.session.execute(select(table)).mappings():
                for name, value in row.items():
                    assert f'"{code}"' not in str(value), f"{table.name}.{name}"
                    assert str(value) != code, f"{table.name}.{name}"
    assert not any(code in record.getMessage().split() for record in caplog.records)


@proves("DR-214", "DR-1205")
def test_another_code_under_the_same_key_is_another_try(shop: Shop) -> None:
    """Who chooses the names of his requests guesses no more often than others."""
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    right = shop.code(order)
    guesses = [f"{number:04}" for number in range(10) if f"{number:04}" != right][:6]
    for guess in guesses[:4]:
        for _ in range(2):  # a true repeat counts once
            with pytest.raises(errors.WrongCode):
                shop.deliver(guess, order, once_key="mine")
    assert count(shop, order) == (4, False)
    for guess in guesses[4:]:
        with pytest.raises(errors.CodeLocked):
            shop.deliver(guess, order, once_key="mine")
    with pytest.raises(errors.CodeLocked):
        shop.deliver(right, order, once_key="mine")


@proves("DR-214", "DR-1205")
def test_a_right_code_said_again_and_again_wipes_no_tries_of_another_job(road: Road) -> None:
    """One job's code is known and its cash kept back: it must not pay for guesses at the other job's code."""
    road.publish("200")
    known, other = road.cash_at_the_door(), road.on_the_way("sms-2")
    for _ in range(3):
        with pytest.raises(errors.WrongCode):
            road.deliver(wrong(road, other), other)
    for _ in range(4):
        with pytest.raises(NotEnoughCash):
            service.deliver(
                road.db, road.cast.rider.actor, order_ref=None, code=road.code(known), once_key="k",
                cash=Decimal(0),
            )  # fmt: skip
    assert (count(road, other), count(road, known)) == ((3, False), (0, False))
