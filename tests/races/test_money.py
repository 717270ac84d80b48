"""Two at once at the same money: it comes once, goes back once, is paid out once, is delivered once."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select

from core.actor import Actor
from core.books import correcting
from core.cash import deposits
from core.cash.models import CashCollection
from core.db import Database, Tx
from core.deliveries import service as deliveries
from core.orders import claims
from core.orders.models import Order
from core.orders.quotes import Line
from core.payments import bank, refunds, returning, standing, suspense
from core.payments.models import Refund
from core.payouts import making, paying
from core.payouts import service as payouts
from core.payouts.models import Payout
from tests.deliveries.road import Road
from tests.helpers import Cast, Person
from tests.invariants.checks import judge
from tests.payments import till
from tests.payments.till import TODAY, in_suspense, second_admin, set_to, typed
from tests.proving import proves
from tests.races.starting import at_once

Verb = Callable[..., object]


@pytest.fixture
def road(db: Database, cast: Cast) -> Road:
    """The counter with the road behind it; there is plenty to sell, and small sums may be sent."""
    road = Road(db, cast)
    road.publish("900", "80")
    return road


def both(road: Road, *deeds: tuple[Verb, Actor, dict[str, Any]]) -> dict[str, int]:
    """Each in a transaction of its own at the same moment; afterwards every invariant holds."""
    outcomes = at_once([partial(road.db.run, partial(_do, verb, actor, what)) for verb, actor, what in deeds])
    with road.db.read() as tx:
        judge(tx)
    return dict(outcomes)


def _do(verb: Verb, actor: Actor, what: dict[str, Any], tx: Tx) -> None:
    verb(tx, actor, **what)


def admins(road: Road) -> tuple[Actor, Actor]:
    return road.cast.admin.actor, second_admin(road)


def count(road: Road, query: Any) -> Any:
    with road.db.read() as tx:
        return tx.session.scalar(query)


@proves("DR-813", "INV-5")
def test_one_transfer_entered_for_two_orders_pays_one(road: Road) -> None:
    one, other = (_order_of(road, f"+25471300000{n}") for n in range(2))
    slip = {"bank_reference": "FT25175ABC", "amount": one.amount_asked, "paid_on": TODAY}
    first, second = admins(road)
    outcomes = both(
        road,
        (bank.bank_paid, first, slip | {"order_id": one.order_id}),
        (bank.bank_paid, second, slip | {"order_id": other.order_id}),
    )
    assert outcomes == {"ok": 1, "payments.reference_used": 1}
    assert road.balance("bank") == str(one.amount_asked)


@proves("DR-813")
def test_a_large_transfer_that_is_struck_out_and_approved_at_once_ends_one_way(road: Road) -> None:
    set_to(road, "bank.two_person_over", "1.00")
    order = _order_of(road, "+254713000001")
    first, second = admins(road)
    payment = road.db.run(
        lambda tx: bank.bank_paid(
            tx, first, order_id=order.order_id, bank_reference="FT1001", amount=order.amount_asked,
            paid_on=TODAY,
        )
    )  # fmt: skip
    which = {"transaction_id": payment.transaction_id}
    outcomes = both(
        road,
        (bank.approve_bank, second, which),
        (bank.refuse_bank, first, which | {"reason": "not ours"}),
        (bank.approve_bank, second, which),
    )
    assert outcomes in ({"ok": 2, "wrong_state": 1}, {"ok": 1, "wrong_state": 2})
    assert road.balance("bank") in ("0.00", str(order.amount_asked))


@proves("DR-903", "DR-1205")
def test_a_delivery_is_made_once_and_its_cash_taken_once(road: Road) -> None:
    """Two phones with the right code, and an admin by hand, each with another sum."""
    order = road.cash_at_the_door()
    code, due = road.code(order), order.amount_asked
    admin = road.cast.admin.actor

    def hands_over(sum_: Decimal, key: str) -> object:
        return deliveries.deliver(
            road.db, road.cast.rider.actor, order_ref=order.tail, code=code, once_key=key, cash=sum_
        )

    override = partial(
        deliveries.override, actor=admin, order_id=order.order_id, reason="her phone is off", cash=due + 20
    )
    at_once(
        [
            partial(hands_over, due, "sms:a"),
            partial(hands_over, due + 5, "sms:b"),
            partial(road.db.run, override),
        ]
    )
    with road.db.read() as tx:
        judge(tx)
        taken = tx.session.scalars(select(CashCollection)).all()
    assert len(taken) == 1
    assert road.balance(f"rider_cash:{road.cast.rider.id}") == str(taken[0].amount)
    assert road.entries().count("rider_earning") == 1
    assert road.entries().count("delivered_item") == 1


@proves("DR-820", "DR-821", "O16")
def test_a_claim_that_two_admins_uphold_gives_back_once(road: Road) -> None:
    order = road.delivered_order()
    [item] = road.items(order)
    claim = road.act(claims.open_claim, road.cast.customer, order_item_id=item.order_item_id, reason="rotten")
    first, second = admins(road)
    told = {"claim_id": claim.claim_id, "refund": Decimal("100.00"), "reason": "seen"}
    asked = {"order_id": order.order_id, "amount": order.amount_asked, "reason": "all", "request_key": "k1"}
    outcomes = both(
        road,
        (claims.uphold, first, told | {"fault": "farmer"}),
        (claims.uphold, second, told | {"fault": "platform"}),
        (refunds.request, second, asked),
    )
    assert outcomes["ok"] <= 2
    assert count(road, select(func.count()).where(Refund.cause == "claim")) <= 1  # the other took all
    asked_back = count(road, select(func.sum(Refund.amount)).where(Refund.order_id == order.order_id))
    assert asked_back <= order.amount_asked


@proves("DR-821", "DR-807")
def test_a_refund_that_two_admins_have_paid_at_the_bank_counts_once(road: Road) -> None:
    first, second = admins(road)
    order = _order_of(road, "+254713000001")
    much = order.amount_asked + 100
    road.db.run(
        lambda tx: bank.bank_paid(
            tx, first, order_id=order.order_id, bank_reference="FT1001", amount=much, paid_on=TODAY
        )
    )
    [refund] = till.refunds(road)
    paid_by = {"refund_id": refund.refund_id}
    outcomes = both(
        road,
        (returning.paid_by_hand, first, paid_by | {"reference": "BNK1"}),
        (returning.paid_by_hand, second, paid_by | {"reference": "BNK2"}),
    )
    assert outcomes == {"ok": 1, "wrong_state": 1}
    assert road.balance("bank") == str(order.amount_asked)


@proves("DR-821")
def test_two_workers_send_one_refund_once(road: Road) -> None:
    order = road.cash_at_the_door()
    road.hand_over(order)
    [item] = road.items(order)
    claim = road.act(claims.open_claim, road.cast.customer, order_item_id=item.order_item_id, reason="rotten")
    told = {"claim_id": claim.claim_id, "fault": "platform", "refund": Decimal(100), "reason": "seen"}
    road.act(claims.uphold, road.cast.admin, **told)
    [refund] = till.refunds(road)
    assert (refund.road, refund.status) == ("b2c", "approved")

    def sends(tx: Tx, name: str) -> None:
        returning.sending(tx, refund.refund_id, sent_key=name)

    outcomes = at_once([partial(road.db.run, partial(sends, name=name)) for name in ("a", "b")])
    assert outcomes == {"ok": 1, "wrong_state": 1}


@proves("DR-1303", "INV-8")
def test_an_account_is_paid_out_once_however_many_ask(road: Road) -> None:
    road.delivered_order()
    road.later(days=3)
    farmer, (first, second) = road.cast.farmer.id, admins(road)
    at_once(
        [
            partial(road.db.run, partial(_do, payouts.create, first, {"payee_id": farmer})),
            partial(road.db.run, partial(_do, payouts.create, second, {"payee_id": farmer})),
            partial(road.db.run, lambda tx: making.pay_out(tx, farmer)),
        ]
    )
    with road.db.read() as tx:
        judge(tx)
        made = tx.session.scalars(select(Payout).where(Payout.account == f"farmer_due:{farmer}")).all()
    [payout] = made
    both(road, *((payouts.approve, who, {"payout_id": payout.payout_id}) for who in (first, second)))
    road.db.run(lambda tx: paying.process_eligible(tx, 0))
    went: list[bool] = []

    def sends(name: str) -> None:
        went.append(road.db.run(lambda tx: paying.sending(tx, payout.payout_id, sent_key=name)))

    at_once([partial(sends, "a"), partial(sends, "b")])
    assert sorted(went) == [False, True]


@proves("DR-904", "DR-1303", "INV-8")
def test_what_a_rider_has_earned_is_set_off_or_paid_out_and_never_both(road: Road) -> None:
    road.hand_over(road.cash_at_the_door())
    road.later(days=3)
    rider, (first, second) = road.cast.rider.id, admins(road)
    earned = -Decimal(road.balance(f"rider_due:{rider}"))
    both(
        road,
        (deposits.set_off, first, {"rider_id": rider, "amount": earned, "reason": "x", "once_key": "a"}),
        (deposits.set_off, second, {"rider_id": rider, "amount": earned, "reason": "x", "once_key": "b"}),
        (payouts.create, second, {"payee_id": rider}),
    )
    road.db.run(lambda tx: paying.process_eligible(tx, 0))
    assert Decimal(road.balance(f"rider_due:{rider}")) <= 0
    assert road.entries().count("cash_set_off") + road.entries().count("payout_started") <= 1


@proves("DR-904", "INV-5")
def test_cash_is_counted_in_and_banked_once(road: Road) -> None:
    road.hand_over(road.cash_at_the_door())
    rider, (first, second) = road.cast.rider.id, admins(road)
    held = Decimal(road.balance(f"rider_cash:{rider}"))
    told = {"rider_id": rider, "amount": held, "once_key": "form-1"}
    assert both(road, *((deposits.count_in, who, told) for who in (first, second))) == {"ok": 2}
    assert road.balance("office_cash") == str(held)
    slips = ({"amount": held, "bank_reference": ref} for ref in ("SLIP1", "SLIP2"))
    outcomes = both(road, *((deposits.bank, who, s) for who, s in zip((first, second), slips, strict=True)))
    assert (outcomes, road.balance("bank")) == ({"ok": 1, "cash.more_than_owed": 1}, str(held))


@proves("DR-812", "INV-5")
def test_unknown_money_finds_one_order_or_goes_back(road: Road) -> None:
    one, other = (_order_of(road, f"+25471300000{n}") for n in range(2))
    first, second = admins(road)
    ways: tuple[tuple[tuple[Verb, Order | None], ...], ...] = (
        ((suspense.match, one), (suspense.match, other)),
        ((suspense.match, one), (suspense.give_back, None)),
        ((suspense.give_back, None), (suspense.give_back, None)),
    )
    for number, deeds in enumerate(ways):
        typed(road, "mboga", "499.00", f"PB0000000{number}")
        which = {"suspense_id": in_suspense(road)[-1].suspense_id}
        what: list[dict[str, Any]] = [
            which if to is None else which | {"order_number": to.order_number} for _, to in deeds
        ]
        outcomes = both(road, (deeds[0][0], first, what[0]), (deeds[1][0], second, what[1]))
        assert outcomes in ({"ok": 1, "wrong_state": 1}, {"ok": 2}), number
        moved = sum(road.entries().count(kind) for kind in ("suspense_matched", "suspense_returned"))
        assert moved <= number + 1


@proves("DR-902", "DR-103")
def test_credit_is_spent_once_also_where_the_two_orders_share_no_shelf(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two farms, two channels: only the money is hers in common; both look at it at the same moment."""
    look = standing.credit

    def looked_at_by_both(tx: Tx, user_id: int) -> Decimal:
        there = look(tx, user_id)
        sleep(0.3)
        return there

    monkeypatch.setattr(standing, "credit", looked_at_by_both)
    customer, other = road.cast.customer, road.person("+254713000077", "farmer", "Kinoo")
    road.publish("900", "80", slug="onions", farmer=other)
    first = road.cash_at_the_door()
    road.hand_over(first, cash=str(first.amount_asked + 300))
    offers = [
        road.quote_lines(Line(road.product(slug), Decimal(5), "kg"), customer=customer)
        for slug in ("tomatoes", "onions")
    ]
    at_once([partial(road.accept, offer, f"apart-{n}") for n, offer in enumerate(offers)])
    with road.db.read() as tx:
        judge(tx)
    assert road.balance(f"customer_credit:{customer.id}") == "0.00"


def _order_of(road: Road, msisdn: str, quantity: str = "5") -> Order:
    """An order of somebody new."""
    buyer: Person = road.person(msisdn, "customer", "Kangemi")
    line = Line(road.product(), Decimal(quantity), "kg")
    return road.accept(road.quote_lines(line, customer=buyer), f"of-{msisdn}", buyer.actor)


@proves("DR-904", "DR-1001")
def test_counted_cash_goes_to_the_bank_or_its_counting_is_taken_back_and_never_both(road: Road) -> None:
    first, second = admins(road)
    order = road.cash_at_the_door()
    road.hand_over(order)
    what = {"rider_id": road.cast.rider.id, "amount": order.amount_asked, "once_key": "k1"}
    deposit = road.act(deposits.count_in, road.cast.admin, **what)
    outcomes = both(
        road,
        (deposits.bank, first, {"amount": order.amount_asked, "bank_reference": "EQ77"}),
        (correcting.take_back, second, {"record": f"deposit:{deposit.deposit_id}", "reason": "twice"}),
    )
    assert sorted(outcomes.values()) == [1, 1]
    assert outcomes["ok"] == 1
    assert road.balance("office_cash") == "0.00"
