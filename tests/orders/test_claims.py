"""After the delivery: claims, and when an order is complete (O15, O16)."""

from decimal import Decimal

import pytest

from core.db import Tx
from core.errors import BadInput, DomainError, NotAllowed, NotFound, WrongState
from core.ledger import accounts
from core.orders import errors
from core.orders import service as orders
from core.orders.models import Claim, Order, OrderItem
from core.payments import service as payments
from core.payouts import service as payouts
from core.payouts import statements
from core.users.errors import Inactive
from core.users.models import User
from tests.helpers import FixedClock
from tests.orders.kit import balance, do, refunds, statuses
from tests.orders.shop import Shop
from tests.proving import proves


def delivered(shop: Shop, slug: str = "tomatoes", price: str = "80") -> tuple[Order, OrderItem]:
    """5 kg, handed over; complete_order is due a day later as after every delivery."""
    shop.publish("50", price, slug=slug)
    order = shop.accept(shop.quote("5", slug=slug))
    shop.bring_paid(order)
    return order, shop.items(order)[0]


def complain(shop: Shop, item: OrderItem, who: object = "customer", reason: str = "rotten") -> Claim:
    return do(shop, orders.open_claim, who, order_item_id=item.order_item_id, reason=reason)


def uphold(shop: Shop, claim: Claim, fault: str = "farmer", refund: str = "100", who: str = "admin") -> Claim:
    return do(
        shop,
        orders.uphold_claim,
        who,
        claim_id=claim.claim_id,
        fault=fault,
        refund=Decimal(refund),
        reason="seen",
    )


@proves("O16")
@pytest.mark.parametrize(
    ("slug", "hours", "open_"),
    [("tomatoes", 24, True), ("tomatoes", 25, False), ("beans", 72, True), ("beans", 73, False)],
)
def test_how_long_a_claim_may_take_depends_on_what_spoils(
    shop: Shop, clock: FixedClock, slug: str, hours: int, open_: bool
) -> None:
    _, item = delivered(shop, slug)
    clock.advance(hours=hours)
    if open_:
        assert complain(shop, item).claim_status == "open"
        return
    with pytest.raises(errors.ClaimTooLate) as late:
        complain(shop, item)
    assert late.value.values["hours"] == hours - 1


@proves("O16")
@pytest.mark.parametrize(
    ("fault", "farmer", "commission", "goodwill"),
    [
        ("farmer", "-270.00", "-30.00", "0.00"),
        ("rider", "-360.00", "-40.00", "100.00"),
        ("platform", "-360.00", "-40.00", "100.00"),
    ],
)
def test_an_upheld_claim_is_paid_by_whose_fault_it_is(
    shop: Shop, fault: str, farmer: str, commission: str, goodwill: str
) -> None:
    order, item = delivered(shop)
    claim = complain(shop, item)
    assert complain(shop, item).claim_id == claim.claim_id, "one open claim an item"
    assert [row.claim_id for row in do(shop, orders.open_claims, "admin")] == [claim.claim_id]
    for _ in range(2):
        uphold(shop, claim, fault)
    assert statuses(shop, order) == ("delivered", "delivered")
    assert refunds(shop, order) == [("claim", "100.00")]
    assert balance(shop, accounts.farmer_due(shop.cast.farmer.id)) == Decimal(farmer)
    assert balance(shop, accounts.COMMISSION) == Decimal(commission)
    assert balance(shop, accounts.GOODWILL) == Decimal(goodwill)
    assert shop.history(order)[-1] == "O16 order delivered>delivered"


@proves("O16")
def test_a_refused_claim_pays_nothing_and_is_answered(shop: Shop) -> None:
    order, item = delivered(shop)
    claim = complain(shop, item)
    for _ in range(2):
        do(shop, orders.refuse_claim, "admin", claim_id=claim.claim_id, reason="fresh on the photo")
    assert refunds(shop, order) == []
    assert "claim_refused" in shop.copies(shop.cast.customer)
    with pytest.raises(WrongState):
        uphold(shop, claim)


@proves("O16")
def test_no_more_goes_back_than_the_item_cost(shop: Shop) -> None:
    _, item = delivered(shop)
    first = complain(shop, item)
    with pytest.raises(errors.ClaimTooMuch) as refused:
        uphold(shop, first, refund="400.01")
    assert refused.value.values["maximum"] == "400.00"
    uphold(shop, first, refund="300")
    second = complain(shop, item)
    with pytest.raises(errors.ClaimTooMuch):
        uphold(shop, second, refund="100.01")
    uphold(shop, second, refund="100")


@pytest.mark.parametrize(
    ("fault", "refund", "reason"),
    [
        ("nobody", "100", "x"),
        ("farmer", "0", "x"),
        ("farmer", "-5", "x"),
        ("farmer", "1.005", "x"),
        ("farmer", "NaN", "x"),
        ("farmer", "100", " "),
    ],
)
def test_an_admin_says_whose_fault_how_much_and_why(shop: Shop, fault: str, refund: str, reason: str) -> None:
    _, item = delivered(shop)
    claim = complain(shop, item)
    with pytest.raises(BadInput):
        do(
            shop, orders.uphold_claim, "admin",
            claim_id=claim.claim_id, fault=fault, refund=Decimal(refund), reason=reason,
        )  # fmt: skip
    with pytest.raises(errors.ClaimUnknown):
        do(shop, orders.refuse_claim, "admin", claim_id=999, reason="x")


@proves("DR-211", "O16")
@pytest.mark.parametrize("who", ["farmer", "rider"])
def test_a_claim_is_the_customers_to_open_and_an_admins_to_decide(shop: Shop, who: str) -> None:
    _, item = delivered(shop)
    with pytest.raises(errors.ItemUnknown):
        complain(shop, item, who)
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(errors.ItemUnknown):
        complain(shop, item, stranger)
    with pytest.raises(BadInput):
        complain(shop, item, reason=" ")
    claim = complain(shop, item)
    for person in (who, "customer"):
        with pytest.raises(NotAllowed):
            uphold(shop, claim, who=person)
        with pytest.raises(DomainError):
            do(shop, orders.open_claims, person)


def test_what_was_not_delivered_is_no_claim(shop: Shop) -> None:
    shop.publish()
    (item,) = shop.items(shop.paid_order())
    with pytest.raises(WrongState):
        complain(shop, item)
    with pytest.raises(errors.ItemUnknown):
        do(shop, orders.open_claim, "customer", order_item_id=999, reason="rotten")


@proves("O15")
def test_an_open_claim_holds_the_completion_up_and_a_closed_one_does_not(
    shop: Shop, clock: FixedClock
) -> None:
    order, item = delivered(shop)
    claim = complain(shop, item)
    clock.advance(hours=24, minutes=1)
    shop.sweep()
    assert statuses(shop, order)[0] == "delivered"
    do(shop, orders.refuse_claim, "admin", claim_id=claim.claim_id, reason="fresh")
    clock.advance(hours=24, minutes=1)
    shop.sweep()
    assert statuses(shop, order)[0] == "completed"


@proves("O15")
def test_a_day_without_a_word_completes_the_order(shop: Shop, clock: FixedClock) -> None:
    order, _ = delivered(shop)
    clock.advance(hours=23, minutes=59)
    shop.sweep()
    assert statuses(shop, order)[0] == "delivered"
    clock.advance(minutes=2)
    shop.sweep()
    assert statuses(shop, order)[0] == "completed"
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    with pytest.raises(errors.OrderUnknown):
        do(shop, lambda tx, who: orders.complete(tx, who, order.order_id), stranger)


@proves("O16", "DR-1005")
def test_a_completed_order_may_be_claimed_too(shop: Shop, clock: FixedClock) -> None:
    order, item = delivered(shop, "beans")
    clock.advance(hours=30)
    shop.sweep()
    uphold(shop, complain(shop, item))
    assert statuses(shop, order)[0] == "completed"
    assert balance(shop, accounts.order_funds(order.order_id)) == Decimal("0.00")


@proves("DR-209")
def test_who_is_switched_off_neither_claims_nor_cancels_nor_completes(shop: Shop) -> None:
    order, item = delivered(shop)
    other = shop.accept(shop.quote("5"), "sms-2")

    def off(tx: Tx) -> None:
        tx.session.get_one(User, shop.cast.customer.id).is_active = False

    shop.db.run(off)
    for verb, what in (
        (orders.open_claim, {"order_item_id": item.order_item_id, "reason": "rotten"}),
        (orders.complete, {"order_id": order.order_id}),
        (orders.cancel, {"order_id": other.order_id}),
    ):
        with pytest.raises(Inactive):
            do(shop, verb, "customer", **what)
    assert shop.statuses(order)[0] == "delivered"
    assert shop.statuses(other)[0] == "pending_payment"


@proves("DR-211")
def test_what_is_not_hers_looks_as_if_it_were_not_there(shop: Shop) -> None:
    order, item = delivered(shop)
    stranger = shop.person("+254712000299", "customer", "Kinoo")
    for verb, name, there, how in (
        (orders.open_claim, "order_item_id", item.order_item_id, {"reason": "rotten"}),
        (orders.cancel_item, "order_item_id", item.order_item_id, {}),
        (orders.cancel, "order_id", order.order_id, {}),
        (payments.pay, "order_id", order.order_id, {"msisdn": "0712000299"}),
    ):
        told = []
        for number in (there, 999_999):
            with pytest.raises(NotFound) as refused:
                do(shop, verb, stranger, **{name: number}, **how)
            told.append((refused.value.code, sorted(refused.value.values)))
        assert told[0] == told[1], verb.__name__


@proves("DR-211")
def test_a_strangers_payout_looks_as_if_it_were_not_there(shop: Shop, clock: FixedClock) -> None:
    order, _ = delivered(shop)
    do(shop, orders.complete, "customer", order_id=order.order_id)
    clock.advance(hours=25)
    (payout,) = do(shop, payouts.create, "admin", payee_id=shop.cast.farmer.id)
    told = []
    for number in (payout.payout_id, 999_999):
        with pytest.raises(NotFound) as refused:
            do(shop, statements.one, "rider", payout_id=number)
        told.append((refused.value.code, sorted(refused.value.values)))
    assert told[0] == told[1]
