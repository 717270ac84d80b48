"""After buying, on the keypad: only her own orders, each act once, and what every answer leaves behind."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select, update

from app import duties
from core.deliveries.models import Delivery
from core.duties.sweep import sweep
from core.orders.models import CancelRequest, Claim, Order, OrderItem
from core.outbox.models import OutboxMessage
from core.payment_methods.models import PaymentMethod
from core.payments.models import PaymentTransaction
from core.questions.models import Question
from core.reviews.models import Review
from core.traffic.models import Callback
from inbound.gateway import Gateway
from locales.errors import ERRORS
from tests.deliveries.road import Road
from tests.helpers import CUSTOMER, Cast, FixedClock
from tests.orders.shop import failed
from tests.proving import proves
from tests.ussd.phone import UssdPhone, in_redis, tells

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@pytest.fixture
def road(gateway: object, app: object, db: object, cast: Cast) -> Road:
    return Road(db, cast)  # type: ignore[arg-type]


@pytest.fixture
def phone(client: FlaskClient) -> UssdPhone:
    return UssdPhone(client, CUSTOMER)


def opened(phone: UssdPhone, *answers: str) -> str:
    """Her first order, and then these answers."""
    phone.dial("57")
    return phone.answer("1", *answers) if answers else phone.answer("1")


def rows(road: Road, kind: type) -> int:
    with road.db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(kind)) or 0


def many_orders(road: Road, count: int) -> Order:
    """The same finished order `count` times; the first one is returned."""
    order = road.delivered_order()
    with road.db.transaction() as tx:
        kept = tx.session.get_one(Order, order.order_id)
        values = {c.name: getattr(kept, c.key) for c in Order.__table__.columns if c.name != "order_id"}
        for number in range(count):
            tail = f"{ALPHABET[number // 20]}{ALPHABET[number % 20]}Z9"
            values |= {"order_number": f"TUN240601{tail}", "idempotency_key": f"old-{number}"}
            tx.session.add(Order(**values))
    return order


def test_a_list_has_49_lines_and_what_is_older_is_found_by_its_number(road: Road, phone: UssdPhone) -> None:
    road.publish()
    many_orders(road, 60)
    screen, seen = phone.dial("57"), []
    assert "71 Find one by its number" in screen
    while True:
        seen += [line.split()[1] for line in screen.splitlines()[1:] if line.split()[0] not in
                 ("0", "00", "71", "98")]  # fmt: skip
        if "98 More" not in screen or len(seen) >= 49:
            break
        screen = phone.answer("98")
    assert len(seen) == 49
    phone.answer("71")
    for typed in ("aaz9", " AA-Z9 ", "TUN240601AAZ9", "240601aaz9"):
        assert phone.answer(typed).startswith("CON AAZ9 was delivered"), typed
        phone.answer("0")


@proves("DR-110", "DR-211")
@pytest.mark.parametrize("typed", ["", "?", "12", "A3B7C", "AAAA", "TUN990101AAAA", "99 99", "1" * 40, "{x}"])
def test_what_is_no_order_of_hers_is_not_there(road: Road, phone: UssdPhone, typed: str) -> None:
    road.publish()
    many_orders(road, 50)
    phone.dial("57")
    phone.answer("71")
    screen = phone.answer(typed)
    assert "Which order?" in screen
    assert len(screen.splitlines()) >= 3, "one sentence says why"


@proves("DR-211")
def test_another_customer_sees_nothing_of_it(road: Road, client: FlaskClient) -> None:
    road.publish()
    order = road.delivered_order()
    stranger = road.person("+254712000777", "customer", "Kangemi", "Otieno")
    other = UssdPhone(client, stranger.phone)
    assert "no order yet" in other.dial("57")
    assert order.tail not in other.screen
    for path in ("1", "71", order.tail, order.order_number):
        assert order.tail not in UssdPhone(client, stranger.phone).dial(f"57*{path}")


@proves("O5", "O9")
def test_a_cancelled_order_is_cancelled_once_with_its_reason(road: Road, phone: UssdPhone) -> None:
    road.publish()
    order = road.paid_order()
    opened(phone, "4")
    first = phone.answer("1")
    assert first.startswith(f"END {order.tail} is cancelled. KSh")
    assert phone.post() == first, "a repeat of the hop"
    found = road.fresh(order)
    assert (found.order_status, found.cancel_reason) == ("cancelled", "customer")
    assert len([line for line in road.history(order) if line.startswith("O9")]) == 1


@proves("O10")
def test_her_reason_goes_to_our_people_once(road: Road, phone: UssdPhone) -> None:
    road.publish()
    order = road.paid_order()
    road.mark(order, "harvest")
    opened(phone, "4", "1", "2")
    phone.post()
    assert "You asked to cancel" in opened(phone, "4")
    with road.db.read() as tx:
        (asked,) = tx.session.scalars(select(CancelRequest)).all()
    assert (asked.order_id, asked.reason, asked.request_status) == (order.order_id, "takes too long", "open")


@proves("DR-807", "P4")
def test_paying_again_asks_the_phone_she_names_once_and_only_after_the_session(
    road: Road, phone: UssdPhone, clock: FixedClock
) -> None:
    road.publish()
    order = road.order()
    attempt = road.prompt(order)
    road.result(attempt, failed())
    opened(phone, "3", "2")
    for typed in ("", "0", "12", "0812345678", "+1 202 555 0100", "07120009099", "my son"):
        if typed != "0":
            assert "Which number pays" in phone.answer(typed), typed
    last = phone.answer("+254 712 000909")
    assert "0712000909" in last
    assert phone.post() == last
    with road.db.read() as tx:
        attempts = tx.session.scalars(select(PaymentTransaction).order_by("transaction_id")).all()
    assert [found.msisdn for found in attempts] == [CUSTOMER, "+254712000909"]
    due = next(d for d in road.due("stk_push") if d.subject_id == attempts[-1].transaction_id)
    wait = road.db.parts.settings.value("mpesa.prompt_delay_seconds")
    assert due.due_at == clock.now() + timedelta(seconds=wait), "no prompt shows over an open session"


def test_while_a_request_is_on_the_phone_no_second_one_goes_out(road: Road, phone: UssdPhone) -> None:
    road.publish()
    order = road.order()
    road.prompt(order)
    assert "wait 3 min" in opened(phone, "3")
    assert "wait 3 min" in phone.answer("1")
    assert rows(road, PaymentTransaction) == 1


@proves("O16")
def test_a_complaint_is_opened_once_and_says_what_she_wants(road: Road, phone: UssdPhone) -> None:
    road.publish()
    order = road.delivered_order()
    opened(phone, "7", "5")
    for typed in ("", "1", "..", "ab"):
        assert "What is wrong?" in phone.answer(typed), typed
    phone.answer("half of it * rotten", "2")
    phone.post()
    with road.db.read() as tx:
        (claim,) = tx.session.scalars(select(Claim)).all()
    assert claim.reason == "half of it * rotten; wants a part of the money back"
    assert "we have your complaint" in opened(phone, "7")
    assert road.fresh(order).order_status == "delivered"


@proves("O16")
def test_after_its_time_nobody_is_asked_for_a_complaint(
    road: Road, phone: UssdPhone, clock: FixedClock
) -> None:
    road.publish()
    road.delivered_order()
    clock.advance(hours=25)
    assert "too late to complain" in opened(phone, "7")
    assert rows(road, Claim) == 0


@proves("DR-1404", "DR-1402")
def test_stars_are_given_once_and_words_go_with_them(road: Road, phone: UssdPhone) -> None:
    road.publish()
    order = road.delivered_order()
    opened(phone, "8", "5")
    phone.post()
    assert road.fresh(order).order_status == "completed", "who is content confirms it (O15)"
    phone.answer("1", "good and fresh")
    phone.post()
    with road.db.read() as tx:
        found = tx.session.scalars(select(Review)).all()
    assert {(review.stars, review.text) for review in found} == {(5, "good and fresh")}
    assert len(found) == 2, "the item and the rider"
    assert "has its stars" in opened(phone, "8")


@proves("DR-815", "DR-1510")
def test_the_other_farm_is_taken_once_and_the_question_by_sms_is_over(road: Road, phone: UssdPhone) -> None:
    from core.orders import service as orders

    road.publish("50", "80")
    mwangi = road.person("+254712000111", "farmer", "Kabete", "Mwangi")
    road.publish("50", "80", farmer=mwangi)
    order = road.paid_order()
    item = road.items(order)[0]
    seller = road.cast.farmer if item.farmer_id == road.cast.farmer.id else mwangi
    road.act(orders.reject, seller, order_item_id=item.order_item_id, reason="hail")
    assert road.question(road.cast.customer) is not None
    assert "1 " in opened(phone)
    phone.answer("1")
    phone.post()
    assert rows(road, OrderItem) == 2
    assert road.question(road.cast.customer) is None
    with road.db.read() as tx:
        hers = select(Question.outcome).where(Question.user_id == road.cast.customer.id)
        assert tx.session.scalars(hers).all() == ["take"]


@proves("DR-1205", "DR-1904")
def test_a_code_on_the_screen_is_in_no_store_and_in_no_log(
    road: Road, phone: UssdPhone, redis: Redis
) -> None:
    road.publish()
    order = road.assigned()
    road.report_sms(order, "rider_and_code", "undelivered")
    code = road.code(order)
    last = opened(phone, "5", "1")
    assert code in last
    assert last.startswith("END ")
    assert not tells(in_redis(redis), code)
    with road.db.read() as tx:
        logged = [f"{row.reply}{row.request}" for row in tx.session.scalars(select(Callback))]
        assert tx.session.scalars(select(Delivery.code_shown_at)).one() is not None
    assert not [text for text in logged if tells(text, code)]


@proves("DR-1205", "DR-1904")
def test_a_code_that_she_could_not_see_is_shown_to_that_hop_again_and_then_forgotten(
    road: Road, phone: UssdPhone, gateway: Gateway, redis: Redis, clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """R2: the look is counted and the process dies before it answers; the network posts the hop again."""
    road.publish()
    order = road.assigned()
    road.report_sms(order, "rider_and_code", "undelivered")
    code = road.code(order)
    opened(phone, "5")
    with monkeypatch.context() as dying:
        dying.setattr("ussd.sessions.Sessions.save", lambda *a, **k: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            phone.answer("1")
    for lock in redis.scan_iter("tunda:ussd:l:*"):
        redis.delete(lock)
    assert code in phone.post()
    assert not tells(in_redis(redis), code)
    assert code in phone.post(), "and to a repeat of it"
    with road.db.read() as tx:
        sealed = select(Callback.sealed).where(Callback.sealed.is_not(None), Callback.kind == "ussd")
        assert not tells(str(tx.session.scalars(sealed).one()), code)
    clock.advance(minutes=11)
    while sweep(gateway.db, {"forget_reply": duties(gateway)["forget_reply"]}):
        pass
    with road.db.read() as tx:
        assert tx.session.scalars(sealed).all() == []
    assert "We show it here" not in opened(phone, "5"), "no second look"


@proves("DR-1504", "DR-207", "DR-1904")
def test_who_is_texted_no_more_sees_the_code_after_her_pin_and_neither_is_kept(
    road: Road, phone: UssdPhone, redis: Redis
) -> None:
    road.publish()
    order = road.assigned()
    with road.db.transaction() as tx:
        tx.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.user_id == road.cast.customer.id)
            .values(status="failed", error="UserInBlacklist")
        )
    assert "cannot reach this phone" in phone.dial()
    assert road.code(order) not in phone.answer("2")
    last = phone.answer("1", "7391", "7391")
    assert f"The code of {order.tail} is {road.code(order)}" in last
    with road.db.read() as tx:
        logged = [f"{row.reply}{row.request}" for row in tx.session.scalars(select(Callback))]
    for secret in ("7391", road.code(order)):
        assert not tells(in_redis(redis), secret)
        assert not [text for text in logged if tells(text, secret)]
    assert "PIN" in opened(UssdPhone(phone.client, CUSTOMER), "5", "1")


@proves("DR-304")
def test_ways_to_pay_are_kept_once_and_hidden_but_for_their_ends(
    road: Road, phone: UssdPhone, redis: Redis
) -> None:
    phone.dial()
    phone.answer("6", "71", "2")
    for typed in ("", "1", "0812345678", "abc", "071200090"):
        screen = phone.answer(typed)
        assert "Which M-Pesa number?" in screen, typed
    phone.answer("0712000909")
    phone.post()
    assert "07******09" in phone.screen
    assert "0712000909" not in phone.screen
    with road.db.read() as tx:
        (method,) = tx.session.scalars(select(PaymentMethod)).all()
    assert "712000909" not in method.phone_sealed
    assert method.default_of == road.cast.customer.id
    assert "712000909" not in in_redis(redis)


@pytest.mark.parametrize("key", ["5", "6", "9", "44", "*", "#", "cancel"])
def test_a_key_that_an_order_does_not_have(road: Road, phone: UssdPhone, key: str) -> None:
    road.publish()
    road.order()
    before = opened(phone)
    after = phone.answer(key)
    assert after != before
    assert before.splitlines()[-1] in after
    assert "4 Cancel it" in after


def test_what_core_refuses_is_said_above_the_same_screen(road: Road, phone: UssdPhone) -> None:
    """The farmer begins while she looks at "cancel it?": she is asked again, as things stand now."""
    road.publish()
    order = road.paid_order()
    opened(phone, "4")
    road.mark(order, "harvest")
    assert "our people decide" in phone.answer("1")
    assert road.fresh(order).order_status == "processing"
    assert ERRORS["orders.too_late_to_cancel"]
