"""A payee's money as her phone shows it: the same sums as the payout run, in a few narrow looks (DR-1304)."""

from decimal import Decimal
from typing import Any

import pytest

from core.clock import nairobi
from core.payouts import due, earnings
from core.payouts.earnings import EarningsView
from core.support import service as support
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, boss, earn, payouts, run, send
from tests.proving import proves


def now(shop: Shop, person: Person) -> EarningsView:
    with shop.db.read() as tx:
        seen = earnings.now(tx, person.actor)
        there = [due.of_account(tx, account) for account in due.accounts_of(person.id)]
    assert seen.owed == sum(d.owed for d in there)
    assert seen.payable == sum(d.payable for d in there)
    return seen


def held(view: EarningsView) -> list[tuple[Decimal, str]]:
    return [(one.amount, one.why) for one in view.held]


@proves("DR-1301", "DR-1304")
@pytest.mark.parametrize("who", ["farmer", "rider"])
def test_the_sums_are_those_of_the_payout_run_at_every_step(who: str, shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    person: Person = getattr(shop.cast, who)
    share = {"farmer": Decimal("360.00"), "rider": Decimal("79.20")}[who]
    assert now(shop, person) == EarningsView(Decimal(0), Decimal(0), (), Decimal(0), ())
    shop.delivered_order()
    assert held(now(shop, person)) == [(share, "not_over")]
    clock.advance(hours=24)
    shop.set_to("payout.hold_hours", "48")
    shop.sweep()
    seen = now(shop, person)
    assert held(seen) == [(share, "too_soon")]
    assert seen.held[0].until is not None
    clock.advance(hours=25)
    assert (now(shop, person).payable, now(shop, person).held) == (share, ())


@proves("DR-1301", "DR-1602")
def test_what_is_argued_about_is_held_until_it_is_settled(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    farmer = shop.cast.farmer
    order = earn(shop, clock)
    customer, number = shop.cast.customer.actor, order.order_number
    ticket: Any = shop.db.run(
        lambda tx: support.open_ticket(
            tx, customer, text="too little", kind="money_dispute", order_ref=number
        )
    )
    assert held(now(shop, farmer)) == [(Decimal("360.00"), "argued")]
    shop.db.run(lambda tx: support.resolve(tx, shop.cast.admin.actor, ticket_id=ticket.ticket_id))
    assert now(shop, farmer).payable == Decimal("360.00")


@proves("DR-1304")
def test_payouts_and_the_month_are_told_with_what_was_ours(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    farmer = shop.cast.farmer
    earn(shop, clock)
    with shop.db.read() as tx:
        month = earnings.month(tx, farmer.actor)
        assert nairobi(earnings.payday(tx)).strftime("%a %H:%M") == "Thu 10:00"
        late = earnings.payday(tx, after=clock.now().replace(hour=8))
    assert (month.orders, month.gross, month.commission, month.net) == (
        1,
        Decimal(400),
        Decimal(40),
        Decimal(360),
    )
    assert nairobi(late).strftime("%a %H:%M") == "Thu 10:00"
    run(shop)
    assert [(p.amount, p.status, p.first) for p in now(shop, farmer).last] == [
        (Decimal(360), "pending", True)
    ]
    approve_first(shop, boss(shop))
    send(shop, payouts(shop, farmer)[0])
    assert [p.status for p in now(shop, farmer).last] == ["paid"]
    assert now(shop, farmer).owed == Decimal(0)
    assert now(shop, shop.cast.customer) == EarningsView(Decimal(0), Decimal(0), (), Decimal(0), ())
