"""Money typed at the paybill: whose it is, however it is spelled, and what the same payment by prompt is."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.alarms import service as alarms
from core.errors import DomainError, NotAllowed, WrongState
from core.ledger import service as ledger
from core.ledger.models import JournalEntry
from core.orders import service as orders
from core.payments import paybill, refunds, service, suspense, taken_back
from core.payments.errors import AmountWrong, ReferenceWrong, RefundOwn
from tests.helpers import FixedClock
from tests.orders.shop import Shop, failed, paid
from tests.payments.till import in_suspense, reference, second_admin, send, sound, told, typed
from tests.payments.till import refunds as all_refunds
from tests.proving import proves


@proves("DR-111", "DR-803")
@pytest.mark.parametrize(
    "spell",
    [
        lambda r: r,
        lambda r: f"TUN{r}",
        lambda r: f"tun {r[:6]}-{r[6:]}".lower(),
        lambda r: f" {r[:6]} {r[6:]} ",
    ],
)
def test_an_order_is_known_by_its_reference_however_it_is_typed(
    shop: Shop, spell: Callable[[str], str]
) -> None:
    shop.publish()
    order = shop.order()
    assert typed(shop, spell(reference(order)), str(order.amount_asked)) == "applied"
    assert shop.statuses(order)[0::2] == ("confirmed", "paid")
    sound(shop, order)


@proves("DR-803", "DR-804", "INV-10")
@pytest.mark.parametrize("first", ["prompt", "paybill"])
def test_the_same_payment_by_prompt_and_by_paybill_is_one(shop: Shop, first: str) -> None:
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    deeds: list[Callable[[], str]] = [
        lambda: shop.result(attempt, paid(attempt, receipt="SAME123456")),
        lambda: typed(shop, reference(order), str(order.amount_asked), "SAME123456", attempt.msisdn[1:]),
    ]
    ordered = deeds if first == "prompt" else deeds[::-1]
    assert [deed() for deed in (*ordered, *ordered)] == ["applied", *["duplicate"] * 3]
    assert shop.balances()["mpesa"] == str(order.amount_asked)
    assert told(shop) == []
    sound(shop, order)


@proves("DR-803")
def test_a_query_brought_the_money_and_the_paybill_brings_the_receipt(shop: Shop) -> None:
    """DR-810 waits while an attempt lacks its receipt."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    shop.result(attempt, service.Result(checkout_id="ws_CO_1", code="0", final="paid", via="query"))
    assert shop.attempt(order).receipt_due
    assert typed(shop, reference(order), str(order.amount_asked), "LATEPAPER1") == "applied"
    kept = shop.attempt(order)
    assert (kept.receipt, kept.receipt_due) == ("LATEPAPER1", False)
    assert shop.balances()["mpesa"] == str(order.amount_asked), "no money moved"
    assert told(shop) == []


@proves("DR-803", "DR-804", "INV-10")
def test_the_money_of_a_late_prompt_that_settled_the_next_one_is_counted_once(
    shop: Shop, clock: FixedClock
) -> None:
    """Her first prompt was paid late, the second was open by then: its query shows no receipt (seed 16)."""
    shop.publish()
    order = shop.order()
    asked, late = str(order.amount_asked), shop.prompt(order)
    shop.result(late, failed("ws_CO_1"))
    clock.advance(seconds=20)
    shop.db.run(
        lambda tx: service.pay(
            tx, shop.cast.customer.actor, order_id=order.order_id, msisdn=shop.cast.customer.user.phone_number
        )
    )
    second = shop.prompt(order, "ws_CO_2")
    assert second.transaction_id != late.transaction_id
    clock.advance(seconds=5)
    assert typed(shop, reference(order), asked, "LATE000001", late.msisdn[1:]) == "applied"
    by_query = service.Result(checkout_id="ws_CO_1", code="0", final="paid", via="query")
    assert shop.result(late, by_query) == "mismatched", "a person is called, and nothing is counted"
    assert shop.result(late, paid(late, "ws_CO_1", "LATE000001")) == "duplicate"
    assert shop.result(second, failed("ws_CO_2")) == "duplicate"
    assert shop.balances()["mpesa"] == asked
    with shop.db.read() as tx:
        doubts = [
            one.subject for one in alarms.listed(tx, shop.cast.admin.actor) if one.kind == "payment_doubt"
        ]
    assert doubts == [], "the receipt has ended the doubt"
    sound(shop, order)


@proves("DR-803")
def test_another_persons_payment_does_not_settle_the_open_prompt(shop: Shop) -> None:
    """Both have paid: the second one goes back."""
    shop.publish()
    order = shop.order()
    attempt = shop.prompt(order)
    assert typed(shop, reference(order), str(order.amount_asked), payer="254799999999") == "applied"
    assert shop.attempt(order).method == "c2b"
    assert shop.result(attempt, paid(attempt)) == "applied"
    assert told(shop) == [("duplicate", str(order.amount_asked), "b2c", "approved")]
    sound(shop, order)


@proves("DR-803", "DR-810", "INV-10")
@pytest.mark.parametrize("known", ["by nothing yet", "by a query"])
def test_typed_and_said_yes_too_is_two_payments_in_whatever_order_they_are_told(
    shop: Shop, known: str
) -> None:
    """Her own payment takes the prompt's place; the prompt's twin and its callback are one other payment."""
    shop.publish()
    order = shop.order()
    asked, attempt = str(order.amount_asked), shop.prompt(order)
    if known == "by a query":
        shop.result(attempt, service.Result(checkout_id="ws_CO_1", code="0", final="paid", via="query"))
    assert typed(shop, reference(order), asked, "TYPED00001", "2547*****202") == "applied"
    assert typed(shop, reference(order), asked, "PROMPT0001", "2547*****202") == "applied"
    for _ in range(2):
        assert shop.result(attempt, paid(attempt, receipt="PROMPT0001")) == "duplicate"
    with shop.db.read() as tx:
        doubts = [one for one in alarms.listed(tx, shop.cast.admin.actor) if one.kind == "payment_doubt"]
    assert doubts == []
    assert [(cause, amount) for cause, amount, _, _ in told(shop)] == [("duplicate", asked)]
    sound(shop, order)


@proves("DR-804")
def test_the_receipt_with_another_amount_moves_nothing(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    asked = str(order.amount_asked)
    assert typed(shop, reference(order), asked) == "applied"
    assert typed(shop, reference(order), "1.00") == "mismatched"
    assert typed(shop, "NOBODY", asked) == "duplicate"
    assert shop.balances()["mpesa"] == asked


@proves("DR-809", "DR-808")
def test_a_part_is_told_waits_longer_and_goes_back_at_the_end(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    assert typed(shop, reference(order), "100.00") == "applied"
    assert shop.statuses(order)[0::2] == ("pending_payment", "partially_paid")
    assert "part_paid" in shop.texts(shop.cast.customer)
    clock.advance(minutes=31)
    shop.sweep()
    assert shop.fresh(order).order_status == "pending_payment", "30 minutes more"
    clock.advance(minutes=30)
    shop.sweep()
    assert shop.statuses(order)[0::2] == ("cancelled", "refund_pending")
    assert told(shop) == [("payment_timeout", "100.00", "b2c", "approved")]
    assert shop.texts(shop.cast.customer)[-1] == "order_expired_back"
    assert send(shop, all_refunds(shop)[0]) == "applied"
    assert shop.statuses(order)[2] == "refunded"
    assert f"order_funds:{order.order_id}" not in shop.balances(), "DR-1005"
    sound(shop, order)


@proves("DR-809")
def test_two_parts_make_a_whole_and_the_prompt_asks_for_the_rest(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    typed(shop, reference(order), "100.00")
    who = shop.cast.customer
    attempt = shop.db.run(
        lambda tx: service.pay(tx, who.actor, order_id=order.order_id, msisdn="0712 000 202")
    )
    assert attempt.amount == order.amount_asked - 100
    assert shop.result(attempt, paid(attempt)) == "applied"
    assert shop.statuses(order)[0::2] == ("confirmed", "paid")
    sound(shop, order)


@proves("DR-810")
@pytest.mark.parametrize(
    ("extra", "back", "credit"),
    [("9.00", None, "9.00"), ("10.00", "10.00", None), ("250.00", "250.00", None)],
)
def test_too_much_goes_back_or_is_kept_for_the_next_order(
    shop: Shop, extra: str, back: str | None, credit: str | None
) -> None:
    shop.publish()
    order = shop.order()
    shop.refuse_prompt(order)
    typed(shop, reference(order), str(order.amount_asked + Decimal(extra)))
    assert shop.fresh(order).order_status == "confirmed"
    assert [r[1] for r in told(shop)] == ([back] if back else [])
    with shop.db.read() as tx:
        assert str(service.credit(tx, shop.cast.customer.id)) == (credit or "0.00")
    if credit:
        assert shop.statuses(order)[2] == "paid"
        again = shop.order("5", "sms-2")
        assert shop.attempt(again).amount == again.amount_asked - Decimal(credit), "used on the next order"
    sound(shop, order)


@proves("DR-810")
def test_a_second_payment_is_told_once_in_one_message(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    before = len(shop.texts(shop.cast.customer))
    for _ in range(2):
        typed(shop, reference(order), str(order.amount_asked), "SECOND1234")
    assert told(shop) == [("duplicate", str(order.amount_asked), "b2c", "approved")]
    assert shop.texts(shop.cast.customer)[before:] == ["paid_twice"]
    send(shop, all_refunds(shop)[0])
    assert shop.statuses(order)[2] == "paid", "what nobody asked for does not count as a refund of the order"
    sound(shop, order)


class TestSuspense:
    """Money nobody knows (DR-812)."""

    @proves("DR-812")
    def test_it_is_kept_apart_and_the_payer_is_asked_if_we_know_her(self, shop: Shop) -> None:
        assert typed(shop, "MAMA MBOGA", "300.00") == "suspense"
        assert typed(shop, "MAMA MBOGA", "300.00") == "duplicate"
        assert shop.balances() == {"mpesa": "300.00", "suspense": "-300.00"}
        assert shop.texts(shop.cast.customer)[-1] == "money_unmatched"
        assert [(m.user_id, m.status) for m in in_suspense(shop)] == [(shop.cast.customer.id, "open")]
        assert typed(shop, "?", "300.00", "PB00000002", payer="2547*****149") == "suspense"
        assert in_suspense(shop)[1].user_id is None

    @proves("DR-812")
    def test_an_admin_matches_it_by_hand_once(self, shop: Shop) -> None:
        shop.publish()
        order = shop.order()
        shop.refuse_prompt(order)
        typed(shop, "WRONG", str(order.amount_asked))
        (money,) = in_suspense(shop)
        admin = shop.cast.admin.actor
        for _ in range(2):
            shop.db.run(
                lambda tx: suspense.match(
                    tx, admin, suspense_id=money.suspense_id, order_number=order.order_number
                )
            )
        assert shop.statuses(order)[0::2] == ("confirmed", "paid")
        assert "suspense" not in shop.balances()
        assert typed(shop, reference(order), str(order.amount_asked)) == "duplicate"
        with pytest.raises(NotAllowed):
            shop.db.run(
                lambda tx: suspense.match(
                    tx, shop.cast.customer.actor, suspense_id=money.suspense_id,
                    order_number=order.order_number,
                )
            )  # fmt: skip
        sound(shop, order)

    @proves("DR-812")
    def test_after_seven_days_it_goes_back(self, shop: Shop, clock: FixedClock) -> None:
        typed(shop, "WRONG", "300.00")
        clock.advance(days=6, hours=23)
        shop.sweep()
        assert in_suspense(shop)[0].status == "open"
        clock.advance(hours=1)
        shop.sweep()
        assert told(shop) == [("unmatched", "300.00", "b2c", "approved")]
        assert all_refunds(shop)[0].to_number == "+254712000202"
        assert send(shop, all_refunds(shop)[0]) == "applied"
        assert in_suspense(shop)[0].status == "returned"
        assert shop.balances() == {"mpesa": "300.00", "mpesa_payouts": "-300.00"}
        shop.publish()
        order = shop.order()
        with pytest.raises(WrongState):
            shop.db.run(
                lambda tx: suspense.match(
                    tx, shop.cast.admin.actor, suspense_id=in_suspense(shop)[0].suspense_id,
                    order_number=order.order_number,
                )
            )  # fmt: skip

    @proves("DR-812", "DR-807")
    def test_a_masked_payer_gets_it_by_reversal(self, shop: Shop) -> None:
        typed(shop, "WRONG", "300.00", payer="2547*****149")
        (money,) = in_suspense(shop)
        for _ in range(2):
            shop.db.run(
                lambda tx: suspense.give_back(tx, shop.cast.admin.actor, suspense_id=money.suspense_id)
            )
        assert told(shop) == [("unmatched", "300.00", "reversal", "requested")], "an admin asked for it"

    @proves("DR-812", "DR-820")
    def test_who_sends_it_back_early_does_not_approve_it(self, shop: Shop) -> None:
        typed(shop, "WRONG", "300.00", payer="2547*****149")
        (money,) = in_suspense(shop)
        admin = shop.cast.admin.actor
        shop.db.run(lambda tx: suspense.give_back(tx, admin, suspense_id=money.suspense_id))
        (refund,) = all_refunds(shop)
        with pytest.raises(RefundOwn):
            shop.db.run(lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id))
        shop.db.run(lambda tx: refunds.approve(tx, second_admin(shop), refund_id=refund.refund_id))
        assert told(shop) == [("unmatched", "300.00", "reversal", "approved")]


@proves("DR-904", "DR-803")
@pytest.mark.parametrize("ref", ["R0712000303", "r 0712-000-303", "R712000303", "R254712000303"])
def test_a_riders_deposit_is_told_to_the_cash_area_once(shop: Shop, ref: str) -> None:
    from core import events

    seen: list[events.DepositArrived] = []
    react = shop.db._react

    def listen(tx: object, happened: object) -> None:
        if isinstance(happened, events.DepositArrived):
            seen.append(happened)
        else:
            react(tx, happened)  # type: ignore[arg-type]

    shop.db._react = listen
    assert [typed(shop, ref, "700.00"), typed(shop, ref, "700.00")] == ["applied", "duplicate"]
    assert [(d.msisdn, d.amount, d.receipt) for d in seen] == [
        ("+254712000303", Decimal("700.00"), "PB00000001")
    ]


@proves("DR-803", "DR-904")
@pytest.mark.parametrize(
    ("ref", "amount", "verdict"),
    [
        ("order", "due", "ok"),
        ("order", "400", "wrong_amount"),
        ("order", "1", "wrong_amount"),
        ("order", "0", "wrong_amount"),
        ("NOBODY", "400", "unknown_reference"),
        ("TUN250624ZZZ9", "400", "unknown_reference"),
        ("R0712000303", "400", "ok"),
        ("R0712000202", "400", "unknown_reference"),
        ("R12", "400", "unknown_reference"),
    ],
)
def test_what_the_paybill_takes(shop: Shop, ref: str, amount: str, verdict: str) -> None:
    shop.publish()
    order = shop.order()
    told_ref = reference(order) if ref == "order" else ref
    told = order.amount_asked if amount == "due" else Decimal(amount)
    assert shop.db.run(lambda tx: paybill.c2b_validate(tx, told_ref, told)) == verdict


@proves("DR-803")
def test_the_paybill_takes_nothing_for_an_order_that_is_paid_or_over(shop: Shop) -> None:
    shop.publish()
    done = shop.paid_order()
    over = shop.order("5", "sms-2")
    shop.db.run(lambda tx: orders.cancel(tx, shop.cast.customer.actor, order_id=over.order_id))
    for order in (done, over):
        ref = reference(order)
        said = shop.db.run(lambda tx, r=ref: paybill.c2b_validate(tx, r, Decimal("400")))  # type: ignore[misc]
        assert said == "nothing_due"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"receipt": ""}, ReferenceWrong),
        ({"receipt": "a b"}, ReferenceWrong),
        ({"amount": "0.00"}, AmountWrong),
        ({"amount": "-5.00"}, AmountWrong),
    ],
)
def test_a_confirmation_that_cannot_be_one_is_refused(
    shop: Shop, change: dict[str, str], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        typed(shop, "X", change.get("amount", "10.00"), change.get("receipt", "PB00000001"))
    assert shop.balances() == {}


@proves("P6", "DR-1001")
def test_a_reversal_nobody_asked_for_is_booked_and_an_admin_called(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    attempt = shop.attempt(order)
    verdicts = [
        shop.db.run(
            lambda tx: taken_back.reversed_by_provider(
                tx, transaction_id=attempt.transaction_id, receipt="REV1234567"
            )
        )
        for _ in range(2)
    ]
    assert verdicts == ["applied", "duplicate"]
    assert shop.attempt(order).status == "reversed"
    with shop.db.read() as tx:
        first = ledger.entry_of(tx, "payment", attempt.transaction_id)
        back = ledger.entry_of(tx, "provider_reversal", attempt.transaction_id)
        assert first is not None
        assert tx.session.get_one(JournalEntry, back).reverses == first
    assert shop.balances() == {}
    assert shop.statuses(order)[0::2] == ("confirmed", "pending")
    assert shop.result(attempt, paid(attempt, f"ws_{'sms-1'}", attempt.receipt or "")) == "duplicate"
    assert shop.result(attempt, failed("ws_sms-1")) == "mismatched"
    sound(shop, order)
