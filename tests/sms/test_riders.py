"""The rider's texts, from a paid order to a delivered one (DR-1203 to DR-1206, DR-1404, DR-1509)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.questions.models import Question
from core.reviews.models import Review
from core.traffic.models import Callback
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.sms.conftest import Desk, sell

STRANGER = "+254712000909"


def told(desk: Desk, phone: str) -> list[str]:
    """What a phone was texted since it was last looked at."""
    mine = [m["message"] for m in desk.sent if m["to"] == phone]
    desk.sent[:] = [m for m in desk.sent if m["to"] != phone]
    return mine


def pay(desk: Desk, phone: str) -> None:
    """The prompt was answered with the PIN."""

    def work(tx: Tx) -> None:
        attempt = tx.session.scalars(select(PaymentTransaction).filter_by(msisdn=phone)).one()
        key = f"ws_{attempt.transaction_id}"
        payments.accepted(tx, attempt.transaction_id, merchant_request_id=key, checkout_request_id=key)
        paid = payments.Result(
            checkout_id=key, code="0", final="paid", text="", amount=attempt.amount,
            receipt="UA11KX93QZ", payer=phone, via="callback",
        )  # fmt: skip
        payments.result(tx, transaction_id=attempt.transaction_id, result=paid)

    desk.db.run(work)
    desk.work()


@pytest.fixture
def job(desk: Desk, cast: Cast) -> str:
    """A paid order, ready at the farm, on offer to the rider; the order's tail."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    pay(desk, CUSTOMER)

    def ready(tx: Tx) -> None:
        item = tx.session.scalars(select(OrderItem)).one()
        orders.mark(tx, cast.farmer.actor, order_item_id=item.order_item_id, event="ready")

    desk.db.run(ready)
    desk.work()
    return str(desk.look(Order)[0].order_number[-4:])


def code_of(desk: Desk) -> str:
    with desk.db.read() as tx:
        delivery = tx.session.scalars(select(Delivery)).one()
        assert delivery.code_sealed is not None
        return tx.parts.vault.open("delivery-code", delivery.code_sealed)


def test_yes_picked_and_the_bare_code_deliver_the_order(desk: Desk, job: str) -> None:
    """The whole road by text; each is told what DR-1509 lists, once."""
    assert told(desk, RIDER)[-1].startswith(f"Wira {job}: Wanjiku, Kinoo nginya Kangemi, 9.")
    told(desk, CUSTOMER)
    desk.text(RIDER, "II")
    assert told(desk, RIDER) == [
        f"Wira {job} ni waku: 5kg nyanya, Wanjiku, Kinoo, Kikuyu. 0712000101. Thutha tuma NINDOYA {job}"
    ]
    code = code_of(desk)
    assert told(desk, CUSTOMER) == [
        f"Order {job}: Kamau brings it, call 0712000303. Your code is {code}. "
        "Give it to the rider only when you hold the goods."
    ]
    desk.text(RIDER, f"PICKED {job}")
    assert told(desk, RIDER)[0].startswith(f"Twara {job} kuri Achieng, Kangemi, ")
    assert desk.text(CUSTOMER, "where is my order").startswith(f"Order {job}: on the way with Kamau")
    told(desk, CUSTOMER)
    desk.text(RIDER, code)
    assert told(desk, RIDER)[0].startswith(f"Ni wega: oda {job} niyakinya.")
    assert told(desk, CUSTOMER) == [
        f"Order {job} is delivered. Thank you! How was it? Reply 1 (bad) to 5 (very good)."
    ]
    assert desk.look(Order)[0].order_status == "delivered"
    assert desk.text(CUSTOMER, "5").startswith("Thank you, we noted 5 of 5.")
    assert desk.look(Question, kind="rating")[0].outcome == "rated 5"
    assert {review.stars for review in desk.look(Review)} == {5}
    assert desk.look(Order)[0].order_status == "completed"


def test_done_with_order_and_code_works_as_well(desk: Desk, job: str) -> None:
    desk.text(RIDER, f"YES {job}")
    desk.text(RIDER, "PICKED")
    desk.text(RIDER, f"done {job.lower()} {code_of(desk)}")
    assert desk.look(Order)[0].order_status == "delivered"


def test_a_wrong_code_says_so_changes_nothing_and_is_counted(desk: Desk, job: str) -> None:
    """DR-214, DR-1205."""
    desk.text(RIDER, "YES")
    desk.text(RIDER, "PICKED")
    wrong = "1234" if code_of(desk) != "1234" else "4321"
    before = desk.look(Order)[0].order_status
    assert desk.text(RIDER, f"DONE {job} {wrong}").endswith("Utigariirie maita 4.")
    assert desk.text(RIDER, wrong).endswith("Utigariirie maita 3.")
    assert desk.look(Order)[0].order_status == before
    for _try in range(3):
        locked = desk.text(RIDER, wrong)
    assert locked.startswith("Namba cia hitho njuru ni nyingi")
    assert desk.text(RIDER, code_of(desk)).startswith("Namba cia hitho njuru ni nyingi")
    assert desk.look(Order)[0].order_status == before


def test_the_same_text_twice_is_one_wrong_code(desk: Desk, job: str) -> None:
    """DR-214: a repeated message counts once."""
    desk.text(RIDER, "YES")
    wrong = "1234" if code_of(desk) != "1234" else "4321"
    desk.text(RIDER, wrong, id="same")
    desk.receive(RIDER, wrong, id="same")
    desk.work()
    assert desk.look(Delivery)[0].code_attempts == 1


def test_no_code_is_readable_anywhere(desk: Desk, job: str) -> None:
    """Issue 1.5, DR-1205: no log row, outbox row or question holds it; the wire did."""
    desk.text(RIDER, "YES")
    code = code_of(desk)
    desk.text(RIDER, f"DONE {job} {code}")
    assert any(code in m["message"] for m in desk.sent if m["to"] == CUSTOMER)
    rows = [str(r.__dict__) for r in desk.look(Callback) if r.sealed is None]
    assert len(rows) == len(desk.look(Callback))
    texts = [str(row.values) for phone in (CUSTOMER, RIDER, FARMER) for row in desk.outbox(phone)]
    # Ids, keys and times are digits of their own; a code stands alone or in words.
    shown = [f"{r.request} {r.reply} {r.changed} {r.error}" for r in desk.look(Callback)]
    assert not [line for line in texts + shown if f" {code}" in line or f"'{code}" in line]
    assert any("Your code is ****." in line for line in shown)


@pytest.mark.parametrize(
    "text", ["DONE {job} {code}", "PICKED {job}", "{code}", "ACCEPT {job}", "done {job} 0000"]
)
@pytest.mark.parametrize("phone", [CUSTOMER, FARMER, STRANGER])
def test_nobody_but_the_rider_moves_a_delivery(desk: Desk, job: str, text: str, phone: str) -> None:
    """DR-211, DR-1206, S8: a stranger's job looks like none at all."""
    desk.text(RIDER, "YES")
    before = desk.look(Delivery)[0].delivery_status
    known = desk.text(phone, text.format(job=job, code=code_of(desk)))
    other = desk.text(phone, text.format(job="ZZZ9", code="0000") + " ")
    assert desk.look(Delivery)[0].delivery_status == before
    hers = phone == FARMER and text.startswith("ACCEPT")  # the order is hers, though not the delivery
    assert (known == other) is not hers


def test_an_unknown_job_of_his_own_looks_the_same(desk: Desk, job: str) -> None:
    desk.text(RIDER, "YES")
    assert desk.text(RIDER, "PICKED ZZZ9") == desk.text(RIDER, "DONE ZZZ9 1234")


def test_no_asks_the_next_and_a_late_yes_hears_that_it_is_gone(desk: Desk, job: str) -> None:
    """DR-1203, DR-1204."""
    assert desk.text(RIDER, "aca").startswith("Ni wega, mutwari ungi niakuheo.")
    assert desk.look(DeliveryOffer)[0].offer_status == "declined"
    assert desk.text(RIDER, f"ACCEPT {job}").startswith(f"Wira {job} niwaheo mundu ungi.")


def test_a_yes_after_the_ten_minutes_is_too_late(desk: Desk, job: str) -> None:
    desk.clock.advance(minutes=11)
    assert desk.text(RIDER, "YES").startswith(f"Wira {job} niwaheo mundu ungi.")
    assert desk.look(Delivery)[0].rider_id is None


def test_a_second_yes_or_picked_hears_where_he_stands(desk: Desk, job: str) -> None:
    desk.text(RIDER, "YES")
    assert desk.text(RIDER, "YES").endswith(f"1 {job}")
    desk.text(RIDER, f"PICKED {job}")
    assert desk.text(RIDER, f"PICKED {job}").endswith(f"1 {job}")


def test_a_right_code_sent_again_is_said_again_and_nothing_moves(desk: Desk, job: str) -> None:
    """INV-10."""
    desk.text(RIDER, "YES")
    code = code_of(desk)
    first = desk.text(RIDER, code)
    assert desk.text(RIDER, f"DONE {job} {code}") == first


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("OFF", "Nduri wira-ini. Umuthi: "),
        ("ON", "Uri wira-ini. Wira uukaga na SMS"),
        ("siko", "Nduri wira-ini"),
        ("PICKED", "Nduri na wira ta ucio."),
        ("DONE A3B7", "Uria muguri namba ya hitho"),
        ("4821", "Nduri na wira ta ucio."),
        ("NOCODE", "Namba ya hitho i SMS-ini iitu"),
        ("FAILED A3B7 nobody home", "Nduri na wira ta ucio."),
        ("YES", "Gutiri wira wetereire icokio riaku."),
        ("NO", "Gutiri wira wetereire icokio riaku."),
        ("HELP", "NDI WIRA, NDIRI HO, NINDOYA A3B7"),
        ("5kg tomatoes", "Namba ino ni ya murimi kana mutwari"),
    ],
)
def test_a_riders_texts_without_a_job(desk: Desk, cast: Cast, text: str, reply: str) -> None:
    assert desk.text(RIDER, text).startswith(reply)


def test_on_without_an_approved_vehicle_is_told_where_to_get_one(desk: Desk, cast: Cast) -> None:
    from core.deliveries.models import Vehicle

    with desk.db.transaction() as tx:
        tx.session.scalars(select(Vehicle)).one().vehicle_status = "pending"
    desk.text(RIDER, "OFF")
    assert desk.text(RIDER, "ON").startswith("Nduri na ngari njitikirie. Hura *384*88632#")


def test_a_job_that_is_not_ready_cannot_be_picked(desk: Desk, job: str) -> None:
    desk.text(RIDER, "YES")
    with desk.db.transaction() as tx:
        tx.session.scalars(select(Order)).one().order_status = "processing"
    assert desk.text(RIDER, f"PICKED {job}").startswith(f"Oda {job} ndiri haaririe mugunda.")
    assert desk.look(Delivery)[0].delivery_status == "assigned"


def test_the_figures_of_the_story_hold(desk: Desk, job: str) -> None:
    order = desk.look(Order)[0]
    assert (order.subtotal, order.delivery_fee) == (Decimal(400), Decimal(99))


def test_every_text_about_an_order_and_every_answer_is_in_its_story(desk: Desk, job: str) -> None:
    """DR-1802: also a yes, a wrong code and a status, which change nothing of the order's own."""
    order_id = desk.look(Order)[0].order_id
    for text in ("blah", "YES", "YES"):
        desk.text(RIDER, text)
    code = code_of(desk)
    wrong = "1234" if code != "1234" else "4321"
    for text in (f"PICKED {job}", f"DONE {job} {wrong}", wrong, code):
        desk.text(RIDER, text)
    desk.text(CUSTOMER, "5")
    after = [row for row in desk.look(Callback) if row.msisdn in (RIDER, CUSTOMER)]
    lost = [row.request for row in after if row.order_id != order_id]
    assert [request.get("text") or request.get("code") for request in lost] == [
        "vehicle_approved", "5kg tomatoes", "quote",  # before there was an order
        "blah", "answer_yes_no",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["DONE ZZZ9 1234", "PICKED ZZZ9"])
def test_a_job_that_is_not_his_is_no_part_of_his_texts_story(desk: Desk, job: str, text: str) -> None:
    """S8."""
    desk.text(RIDER, "YES")
    desk.text(RIDER, text)
    assert desk.look(Callback, kind="sms")[-1].order_id is None


def test_who_ordered_by_text_and_has_no_name_is_called_a_customer(desk: Desk, cast: Cast) -> None:
    """DR-801, DR-1509: neither a place nor her number stands where a name would."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    for text in ("5kg tomatoes", "Kangemi, near the Total station", "YES"):
        desk.text(STRANGER, text)
    pay(desk, STRANGER)
    assert told(desk, FARMER)[-1].endswith("HAPANA BQ37? Kwa mteja, Kangemi.")

    def ready(tx: Tx) -> None:
        item = tx.session.scalars(select(OrderItem)).one()
        orders.mark(tx, cast.farmer.actor, order_item_id=item.order_item_id, event="ready")

    desk.db.run(ready)
    desk.text(RIDER, "YES")
    tail = desk.look(Order)[0].order_number[-4:]
    assert desk.text(RIDER, f"PICKED {tail}").startswith(
        f"Twara {tail} kuri muguri, Kangemi, near the Total station. Hura 0712000909."
    )
