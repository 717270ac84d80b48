"""Cash at the door: the sum, change, a little short, M-Pesa and cash mixed (DR-901, DR-902, DR-903)."""

from decimal import Decimal

import pytest

from core.actor import Actor
from core.cash import collecting, errors
from core.cash.models import CashCollection
from core.deliveries import door_prompt, routes, views
from core.deliveries.errors import NoSuchJob
from core.errors import BadInput, NotAllowed
from core.orders.models import Order
from core.payments import housekeeping, money_of, paybill
from core.payments import service as payments
from core.payments.errors import PromptOpen
from tests.deliveries.road import Road
from tests.orders.shop import paid
from tests.proving import proves

RIDER = "rider_cash:{}"


def due(road: Road, order: Order) -> Decimal:
    with road.db.read() as tx:
        return collecting.to_collect(tx, road.fresh(order))


def credit(road: Road) -> str:
    """What the customer has with us; below zero what she owes."""
    return str(-Decimal(road.balance(f"customer_credit:{road.cast.customer.id}")))


@proves("DR-901", "O14")
def test_the_rider_sees_the_very_sum_and_takes_it(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    assert due(road, order) == order.amount_asked
    with road.db.read() as tx:
        (stop,) = routes.of_rider(tx, road.cast.rider.actor)
        (view,) = views.listed(tx, road.cast.rider.actor)
    assert stop.collect == view.collect == order.amount_asked
    assert "bring_cash" in road.texts(road.cast.rider)
    done = road.hand_over(order)
    assert (done.taken, done.change, done.short) == (order.amount_asked, Decimal(0), Decimal(0))
    assert road.statuses(order) == ("delivered", "delivered", "paid")
    assert road.balance(RIDER.format(road.cast.rider.id)) == str(order.amount_asked)
    assert road.balance(f"order_funds:{order.order_id}") == "0.00"
    assert due(road, order) == 0


@proves("DR-901")
def test_of_a_paid_order_nothing_is_collected(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    assert due(road, order) == 0
    assert "bring_cash" not in road.texts(road.cast.rider)
    road.hand_over(order, cash="100")
    assert RIDER.format(road.cast.rider.id) not in road.balances()


@proves("DR-902")
def test_change_is_kept_for_the_customer(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    done = road.hand_over(order, cash=str(order.amount_asked + 50))
    assert (done.change, done.short) == (Decimal(50), Decimal(0))
    assert credit(road) == "50.00"
    assert road.balance(RIDER.format(road.cast.rider.id)) == str(order.amount_asked + 50)
    assert "change_kept" in road.copies(road.cast.customer)
    assert road.statuses(order)[2] == "paid"


def test_what_she_will_never_pay_is_written_off_by_an_admin_once(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    road.hand_over(order, cash=str(order.amount_asked - 10))
    admin, customer_id = road.cast.admin.actor, road.cast.customer.id

    def write_off(actor: Actor, reason: str = "moved away") -> Decimal:
        return road.db.run(
            lambda tx: housekeeping.write_off_debt(
                tx, actor, user_id=customer_id, reason=reason, request_key="w1"
            )
        )

    with pytest.raises(NotAllowed):
        write_off(road.cast.rider.actor)
    with pytest.raises(BadInput):
        write_off(admin, reason=" ")
    assert write_off(admin) == Decimal("10.00")
    assert Decimal(credit(road)) == 0
    assert write_off(admin) == Decimal("0.00")


@proves("DR-902")
def test_a_little_short_is_taken_and_asked_of_her_next_order(road: Road) -> None:
    road.publish()
    first = road.cash_at_the_door()
    done = road.hand_over(first, cash=str(first.amount_asked - 10))
    assert (done.taken, done.short) == (first.amount_asked - 10, Decimal(10))
    assert credit(road) == "-10.00"
    assert "short_owed" in road.copies(road.cast.customer)
    assert road.balance(f"order_funds:{first.order_id}") == "0.00"
    second = road.cash_at_the_door(key="cash-2")
    assert due(road, second) == second.amount_asked + 10
    road.hand_over(second)
    assert Decimal(credit(road)) == 0
    assert road.balance(f"order_funds:{second.order_id}") == "0.00"


@pytest.mark.parametrize(("beyond", "kept"), [(7, None), (10, None), (14, "4.00")])
@proves("DR-902", "DR-810")
def test_what_paid_an_old_debt_is_not_kept_for_her_next_order(
    road: Road, beyond: int, kept: str | None
) -> None:
    """Her own page and REFUND by text: only what is hers to spend is called kept."""
    road.publish()
    first = road.cash_at_the_door()
    road.hand_over(first, cash=str(first.amount_asked - 10))
    second = road.cash_at_the_door(key="cash-2")
    road.hand_over(second, cash=str(second.amount_asked + beyond))
    with road.db.read() as tx:
        seen = money_of.of_order(tx, road.cast.customer.actor, order_id=second.order_id)
    backs = {back.state: str(back.sum) for back in seen.backs}
    assert (backs.get("owed"), backs.get("kept")) == (f"{min(beyond, 10)}.00", kept)
    assert Decimal(credit(road)) == beyond - 10


@proves("DR-902")
def test_more_missing_than_that_and_nothing_is_handed_over(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    asked = order.amount_asked
    for _ in range(7):  # the code was right every time, so it is never locked
        with pytest.raises(errors.NotEnoughCash) as refused:
            road.hand_over(order, cash=str(asked - 11))
        assert refused.value.values == {"due": asked, "sum": asked - 11}
    assert road.statuses(order)[0] == "out_for_delivery"
    assert road.delivery(order).code_attempts == 0
    assert "cod_collected" not in road.entries()
    road.hand_over(order)


@proves("DR-902")
def test_cash_and_mpesa_may_be_mixed_at_the_door(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    attempt = road.act(
        payments.pay, road.cast.customer, order_id=order.order_id, msisdn=road.cast.customer.phone
    )
    assert attempt.amount == order.amount_asked
    road.prompt(order)
    road.result(attempt, paid(attempt))
    assert due(road, order) == 0, "all of it came by M-Pesa"
    done = road.hand_over(order)
    assert done.taken == 0
    assert road.statuses(order) == ("delivered", "delivered", "paid")


@proves("DR-902")
def test_the_rider_has_her_phone_asked_for_what_she_has_not_in_cash(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    with pytest.raises(NoSuchJob):
        road.act(door_prompt.ring, road.cast.farmer, order_id=order.order_id, cash=Decimal(300))
    with pytest.raises(errors.CashInvalid):
        road.act(door_prompt.ring, road.cast.rider, order_id=order.order_id, cash=order.amount_asked)
    rung = road.act(door_prompt.ring, road.cast.rider, order_id=order.order_id, cash=Decimal(300))
    rest = order.amount_asked - 300
    assert (rung.sum, rung.cash, rung.msisdn) == (rest, Decimal(300), road.cast.customer.phone)
    assert road.act(door_prompt.state, road.cast.rider, order_id=order.order_id) == "open"
    with pytest.raises(PromptOpen):
        road.act(door_prompt.ring, road.cast.rider, order_id=order.order_id, cash=Decimal(300))
    attempt = road.prompt(order)
    road.result(attempt, paid(attempt))
    assert road.act(door_prompt.state, road.cast.rider, order_id=order.order_id) == "paid"
    assert due(road, order) == 300
    assert "door_paid" in road.texts(road.cast.rider)
    assert "door_got" in road.texts(road.cast.customer)
    done = road.hand_over(order)
    assert done.taken == 300
    assert road.statuses(order) == ("delivered", "delivered", "paid")


@proves("DR-902")
def test_all_of_it_by_mpesa_and_he_is_told_to_take_nothing(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    road.act(door_prompt.ring, road.cast.rider, order_id=order.order_id, cash=Decimal(0))
    attempt = road.prompt(order)
    road.result(attempt, paid(attempt))
    assert "door_paid_all" in road.texts(road.cast.rider)
    assert "door_got_all" in road.texts(road.cast.customer)


@proves("DR-902")
def test_mpesa_may_take_any_part_of_what_is_paid_at_the_door(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    asked = order.amount_asked
    with road.db.read() as tx:
        verdicts = [paybill.c2b_validate(tx, order.order_number, a) for a in (asked - 300, asked, asked + 1)]
    assert verdicts == ["ok", "ok", "wrong_amount"]


@proves("DR-902")
def test_what_came_by_mpesa_is_not_collected_again(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    half = Decimal(100)
    road.db.run(
        lambda tx: paybill.c2b_confirm(tx, receipt="TFO1AA11AA", reference=order.order_number, amount=half)
    )
    assert due(road, order) == order.amount_asked - half
    road.hand_over(order)
    assert road.balance(RIDER.format(road.cast.rider.id)) == str(order.amount_asked - half)
    assert road.statuses(order)[2] == "paid"


@pytest.mark.parametrize("sum_", ["-1", "0.50", "1000000", "NaN", "Infinity"])
def test_what_is_no_sum_of_cash(road: Road, sum_: str) -> None:
    road.publish()
    order = road.cash_at_the_door()
    with pytest.raises(errors.CashInvalid):
        road.hand_over(order, cash=sum_)
    assert road.delivery(order).code_attempts == 0, "the code was not even looked at"


@proves("DR-903")
def test_cash_is_the_debt_of_whoever_took_it_once(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    code = road.code(order)
    for _ in range(3):
        road.hand_over(order, code=code)
    with road.db.read() as tx:
        rows = tx.session.query(CashCollection).all()
    assert [(row.rider_id, row.order_id, row.amount, row.open_for) for row in rows] == [
        (road.cast.rider.id, order.order_id, order.amount_asked, road.cast.rider.id)
    ]
    assert road.entries().count("cod_collected") == 1


@proves("DR-906", "D7")
def test_refused_at_the_door_counts_against_her(road: Road) -> None:
    from core.orders import cash_rules

    road.set({"cod.max_refusals": "1"})
    road.publish()
    order = road.cash_at_the_door()
    road.fail(order, "refused")
    with road.db.read() as tx:
        assert cash_rules.blocked_until(tx, road.cast.customer.id) is not None
