"""What a customer hears of a request that brought no money, or no answer, and what she can do now."""

import pytest

from core.db import Database
from core.outbox.models import OutboxMessage
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from locales.catalogue import LANGUAGES
from locales.slots import WHYS, why
from mpesa.codes.stk import RESULTS
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop, failed, paid
from tests.proving import proves


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    shop = Shop(db, cast)
    shop.publish()
    return shop


def told(shop: Shop) -> list[tuple[str, str]]:
    """What she was texted, with the reason where one is given."""
    with shop.db.read() as tx:
        mine = tx.session.query(OutboxMessage).filter_by(user_id=shop.cast.customer.id)
        return [(row.code, row.values.get("why", "")) for row in mine.order_by(OutboxMessage.outbox_id)]


def again(shop: Shop, attempt: PaymentTransaction) -> None:
    who = shop.cast.customer
    shop.db.run(lambda tx: payments.pay(tx, who.actor, order_id=attempt.order_id, msisdn=who.phone))


@proves("P4")
@pytest.mark.parametrize("code", sorted(code for code, meant in RESULTS.items() if meant.final == "failed"))
def test_every_final_failure_has_its_reason_and_its_next_step(shop: Shop, code: str) -> None:
    attempt = shop.prompt(shop.order())
    meant = RESULTS[code]
    result = payments.Result(checkout_id="ws_CO_1", code=code, final="failed", text="", why=meant.why)
    assert shop.result(attempt, result) == "applied"
    text = "payment_failed_money" if code == "1" else "payment_failed"
    assert told(shop) == [(text, meant.why)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reasons_are_a_handful_and_each_is_said(language: str) -> None:
    assert {meant.why for meant in RESULTS.values()} == WHYS.keys()
    assert len({why(language, key) for key in WHYS}) == len(WHYS)


@proves("P4")
def test_after_the_last_request_only_the_paybill_is_named(shop: Shop) -> None:
    shop.set_to("mpesa.max_prompts", "1")
    shop.result(shop.prompt(shop.order()), failed())
    assert [code for code, _why in told(shop)] == ["payment_failed_last"]


@proves("P5")
@pytest.mark.parametrize(
    ("becomes", "text"),
    [("nothing", "prompt_silent"), ("unknown", "prompt_silent"), ("paid", ""), ("failed", "payment_failed")],
)
def test_three_minutes_without_a_result_she_is_asked_once(
    shop: Shop, clock: FixedClock, becomes: str, text: str
) -> None:
    attempt = shop.prompt(shop.order())
    match becomes:
        case "unknown":
            shop.db.run(lambda tx: payments.next_query(tx, attempt.transaction_id))
        case "paid":
            shop.result(attempt, paid(attempt))
        case "failed":
            shop.result(attempt, failed())
    clock.advance(seconds=179)
    shop.sweep()
    assert "prompt_silent" not in [code for code, _why in told(shop)]
    clock.advance(seconds=1)
    shop.sweep()
    shop.sweep()
    seen = [code for code, _why in told(shop)]
    assert seen.count("prompt_silent") == (text == "prompt_silent")
    assert not text or text in seen


def test_when_no_request_is_left_she_is_only_told_to_wait(shop: Shop, clock: FixedClock) -> None:
    shop.set_to("mpesa.max_prompts", "1")
    shop.prompt(shop.order())
    clock.advance(seconds=180)
    shop.sweep()
    assert told(shop) == [("prompt_silent_last", "")]


def test_an_older_request_that_fails_says_nothing_while_a_newer_one_may_be_paid(
    shop: Shop, clock: FixedClock
) -> None:
    """ "Text PAY" would be a third request beside one that is on the phone."""
    first = shop.prompt(shop.order())
    clock.advance(seconds=181)
    again(shop, first)
    shop.result(first, failed())
    assert "payment_failed" not in [code for code, _why in told(shop)]


def test_an_order_that_ends_while_m_pesa_is_silent_is_never_said_to_have_cost_nothing(
    shop: Shop, clock: FixedClock
) -> None:
    """Unknown is not failed: "nothing was taken" would be a guess."""
    shop.prompt(shop.order())
    for _minute in range(34):
        clock.advance(minutes=1)
        shop.sweep()
    assert told(shop)[-1] == ("order_expired_unclear", "")
