"""A rider's texts on the road: late, cash at the door, not handed over, route, purse, vehicle (9, 12)."""

from decimal import Decimal
from functools import partial

import pytest

from core.actor import system
from core.deliveries import offers, vehicles
from core.deliveries.models import Delivery, Vehicle
from core.events import DepositArrived
from core.questions.models import Question
from core.users import service as users
from core.users import staff
from locales.catalogue import LANGUAGES
from locales.gsm import SEGMENT, septets
from sms import texts
from tests.deliveries.road import Road
from tests.helpers import CUSTOMER, RIDER, Cast
from tests.orders.kit import two_farms
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.sms.test_messages import VALUES, VOICE


@pytest.fixture
def road(desk: Desk, cast: Cast) -> Road:
    """Produce for sale; rider and customer read English."""
    shop = Road(desk.db, cast)
    shop.publish("200")
    for person in (cast.rider, cast.customer):
        shop.act(users.set_language, person, language="en")
    desk.work()
    return shop


def told(desk: Desk, phone: str, since: int) -> list[str]:
    """What a phone was texted after so many messages."""
    return [m["message"] for m in desk.sent[since:] if m["to"] == phone]


def status(desk: Desk) -> str:
    """The delivery's status."""
    return str(desk.look(Delivery)[-1].delivery_status)


def test_the_words_of_the_way(desk: Desk, road: Road) -> None:
    """On the way before it is collected, picked, on the way, arrived; each says what comes next (DR-1208)."""
    order = road.assigned()
    tail = order.tail
    assert desk.text(RIDER, "ON THE WAY").startswith(f"{tail} is not with you yet.")
    assert desk.text(RIDER, "ARRIVED").startswith(
        "Noted: you are at the farm. When you have it all, text PICKED"
    )
    assert desk.text(RIDER, f"PICKED {tail}").startswith(f"Bring {tail} to Achieng")
    assert desk.text(RIDER, "on the way").startswith(f"Noted: {tail} is on the way to Achieng, Kangemi")
    assert desk.text(RIDER, "nimefika").startswith("Noted: you are at the door. Ask Achieng for the code")


@proves("DR-1208")
def test_late_tells_the_customer_the_new_time_and_each_time_once(desk: Desk, road: Road) -> None:
    order = road.on_the_way()
    desk.work()
    before = len(desk.sent)
    reply = desk.text(RIDER, "LATE 30")
    assert reply.startswith(f"Achieng is told: {order.tail} comes at about ")
    time = reply[-6:-1]
    assert told(desk, CUSTOMER, before) == [
        f"Order {order.tail}: Kamau is late, sorry, and comes at about {time}. Call 0712000303."
    ]
    before = len(desk.sent)
    assert desk.text(RIDER, "nitachelewa dakika 30") == reply
    assert told(desk, CUSTOMER, before) == []
    assert desk.text(RIDER, "LATE").startswith("How late will you be?")


@proves("DR-1208")
def test_her_status_repeats_the_lateness_while_it_is_so(desk: Desk, road: Road) -> None:
    order = road.on_the_way()
    desk.work()
    time = desk.text(RIDER, "LATE 30").split("about ")[1][:5]
    assert desk.text(CUSTOMER, "STATUS").startswith(
        f"Order {order.tail}: Kamau is late and comes at about {time}, call "
    )
    desk.clock.advance(minutes=40)
    assert desk.text(CUSTOMER, "STATUS").startswith(f"Order {order.tail}: on the way with Kamau")


@proves("DR-1506")
def test_a_code_that_came_too_late_leaves_who_brings_it(desk: Desk, road: Road) -> None:
    """The provider is switched off for a quarter of an hour: the code is useless by then, the name is not."""
    before = len(desk.sent)
    order = road.assigned()
    desk.clock.advance(minutes=11)
    desk.work()
    said = told(desk, CUSTOMER, before)
    assert [one for one in said if "Your code is" in one] == []
    assert said[-1].startswith(f"Order {order.tail}: Kamau brings it, call ")
    assert said[-1].endswith(f"text CODE {order.tail} for it.")


@proves("DR-901", "DR-902", "DR-1205")
def test_cash_that_is_the_very_sum_needs_no_question(desk: Desk, road: Road) -> None:
    order = road.cash_at_the_door()
    due = int(order.amount_asked)
    desk.text(RIDER, f"DONE {order.tail} {road.code(order)} {due}")
    assert status(desk) == "delivered"
    assert desk.text(RIDER, "CASH").startswith(f"You hold KSh {due} cash of ours. Bring it in by ")


@proves("DR-902")
@pytest.mark.parametrize(
    ("said", "answer", "taken"),
    [("", "YES", 0), ("", "{due}", 0), (" {more}", "YES", 50), (" {more}", "{due}", 0), ("", "{more}", None)],
)
def test_a_sum_that_is_not_said_or_not_the_very_one_is_asked(
    desk: Desk, road: Road, said: str, answer: str, taken: int | None
) -> None:
    order = road.cash_at_the_door()
    due = int(order.amount_asked)
    sums = {"due": due, "more": due + 50}
    reply = desk.text(RIDER, f"DONE {order.tail} {road.code(order)}" + said.format(**sums))
    assert reply.startswith("The code is right")
    assert status(desk) == "in_transit"
    assert desk.look(Delivery)[0].code_attempts == 0, "the code was right"
    desk.text(RIDER, answer.format(**sums))
    if taken is None:  # another sum than he is asked for is put back once more
        assert status(desk) == "in_transit"
        desk.text(RIDER, "YES")
        taken = 50
    assert status(desk) == "delivered"
    assert road.balance(f"rider_cash:{road.cast.rider.id}") == f"{due + taken}.00"


@proves("DR-902")
def test_too_little_keeps_the_goods_and_no_answer_is_guessed(desk: Desk, road: Road) -> None:
    order = road.cash_at_the_door()
    code, due = road.code(order), int(order.amount_asked)
    assert "is too little: keep the goods" in desk.text(RIDER, f"DONE {order.tail} {code} {due - 100}")
    desk.text(RIDER, code)
    assert desk.text(RIDER, code).startswith(("The code is right", f"Is KSh {due}")), "the code is no sum"
    assert desk.text(RIDER, "HAPANA").startswith(f"Nothing is noted. Take KSh {due} cash")
    assert status(desk) == "in_transit"


def test_a_code_that_waits_for_its_sum_is_in_no_row_in_clear(desk: Desk, road: Road) -> None:
    """DR-1205."""
    order = road.cash_at_the_door()
    code = road.code(order)
    desk.text(RIDER, f"DONE {order.tail} {code}")
    [question] = desk.look(Question, kind="cash_taken")
    assert code not in [str(value) for value in question.about.values()]


def test_cash_for_what_is_paid_is_given_back(desk: Desk, road: Road) -> None:
    order = road.on_the_way()
    reply = desk.text(RIDER, f"DONE {order.tail} {road.code(order)} 450")
    assert reply.startswith(f"{order.tail} is paid already: give KSh 450 back.")
    assert status(desk) == "in_transit"


def test_nocode_of_a_cash_order_says_take_the_cash_first(desk: Desk, road: Road) -> None:
    order = road.cash_at_the_door()
    assert f"Take KSh {int(order.amount_asked)} cash first." in desk.text(RIDER, "mteja hana code")
    desk.text(CUSTOMER, "YES")
    assert status(desk) == "delivered"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FAILED {tail} nobody home", "absent"),
        ("FAILED {tail} customer not picking calls", "absent"),
        ("imeshindikana {tail} hayuko", "absent"),
        ("FAILED {tail} wrong address", "wrong_place"),
        ("FAILED {tail} amekataa", "refused"),
        ("FAILED {tail} imeharibika", "damaged"),
    ],
)
def test_failed_says_what_it_would_mean_and_a_yes_does_it(
    desk: Desk, road: Road, text: str, reason: str
) -> None:
    """D7: he says that he has called; a NO changes nothing."""
    order = road.on_the_way()
    asked = desk.text(RIDER, text.format(tail=order.tail))
    assert ("Have you called 0712000202?" in asked) is (reason in ("absent", "wrong_place"))
    assert status(desk) == "in_transit"
    assert desk.text(RIDER, "NO").startswith(f"OK, {order.tail} stays yours")
    assert status(desk) == "in_transit"
    desk.text(RIDER, text.format(tail=order.tail))
    reply = desk.text(RIDER, "YES")
    assert reply.startswith("Noted: ")
    delivery = desk.look(Delivery)[0]
    assert (delivery.delivery_status, delivery.failed_reason) == ("failed", reason)
    if reason in ("refused", "damaged"):
        assert f"Then text RETURNED {order.tail}" in reply
        assert desk.text(RIDER, f"RETURNED {order.tail}").startswith("Noted: the goods of")
        assert status(desk) == "returned"


def test_failed_without_a_reason_asks_for_its_number(desk: Desk, road: Road) -> None:
    order = road.on_the_way()
    asked = desk.text(RIDER, f"FAILED {order.tail}")
    assert asked.split("\n")[1:] == [
        "1 nobody there", "2 wrong place", "3 does not want it", "4 goods are spoiled", "5 another reason",
    ]  # fmt: skip
    assert "Have you called" in desk.text(RIDER, "1")
    desk.text(RIDER, "NDIYO")
    assert desk.look(Delivery)[0].failed_reason == "absent"


@pytest.mark.parametrize("text", ["FAILED {tail} puncture", "DECLINE {tail}"])
def test_what_is_not_collected_yet_goes_to_another_rider_after_a_yes(
    desk: Desk, road: Road, text: str
) -> None:
    """D3."""
    order = road.assigned()
    assert desk.text(RIDER, text.format(tail=order.tail)).startswith(f"Give {order.tail} back?")
    assert status(desk) == "assigned"
    assert desk.text(RIDER, "YES") == f"OK, {order.tail} goes to another rider."
    assert status(desk) == "pending"


def test_his_cancel_gives_the_job_back_or_asks_why_it_failed(desk: Desk, road: Road) -> None:
    """D3, D7: the order itself is the customer's to cancel."""
    order = road.assigned()
    assert desk.text(RIDER, f"CANCEL {order.tail}").startswith("Give ")
    assert desk.text(RIDER, "NO") != ""
    assert status(desk) == "assigned"
    road.pick_up(order)
    assert desk.text(RIDER, "CANCEL").startswith(f"{order.tail}: why could you not hand it over?")
    assert status(desk) == "in_transit"


@proves("DR-1207")
def test_the_route_in_order_with_landmarks_two_stops_a_text(desk: Desk, road: Road) -> None:
    first = road.assigned("sms-1")
    second = road.taken(road.cash_order(key="cash-2"))
    page = desk.text(RIDER, "ROUTE")
    assert page.split("\n")[0] == "Your way, MORE shows the rest:"
    assert [line[:14] for line in page.split("\n")[1:]] == [
        f"1 Collect {first.tail}", f"2 Collect {second.tail}",
    ]  # fmt: skip
    rest = desk.text(RIDER, "MORE").split("\n")
    assert rest[0] == "Your way:"
    assert {line[:13] for line in rest[1:]} == {f"3 Bring {first.tail}:", f"4 Bring {second.tail},"}
    assert f"take KSh {int(second.amount_asked)}" in "".join(rest)
    assert septets(page) <= SEGMENT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stop", ["stop_pickup", "stop_unready", "stop_drop", "stop_cash", "stop_back"])
@pytest.mark.parametrize("code", ["route", "route_last"])
def test_two_of_the_longest_stops_fit_one_segment_with_their_numbers_whole(
    code: str, stop: str, language: str
) -> None:
    """DR-1509: landmarks are shortened, phone numbers and sums never."""
    options = [VALUES | {"say": stop}] * 2
    sent = texts.render(VOICE, language, code, {"options": options, "first": 9}, reveal=texts.hidden)
    assert septets(sent) <= SEGMENT, sent
    assert sent.count("0712345678") == 2
    assert sent.count("100,000") == (2 if stop == "stop_cash" else 0)


@pytest.mark.parametrize("text", ["ROUTE", "MORE", "njia"])
def test_no_stops_no_route(desk: Desk, road: Road, text: str) -> None:
    if text != "njia":
        assert desk.text(RIDER, text) == "Nothing waits for you to collect or to bring now."


@proves("DR-903", "DR-904")
def test_cash_and_deposit(desk: Desk, road: Road) -> None:
    assert desk.text(RIDER, "CASH") == "You hold no cash of ours."
    order = road.cash_at_the_door()
    road.hand_over(order)
    held = desk.text(RIDER, "cash yangu")
    assert "M-Pesa paybill 174379, account R0712000303" in held
    assert desk.text(RIDER, "DEPOSIT 300") == held, "his word brings nothing in"
    happened = DepositArrived(RIDER, Decimal(300), "TFO1AA11AA", 1, system("pay"))
    desk.db.run(lambda tx: tx.emit(happened))
    left = int(order.amount_asked) - 300
    assert desk.text(RIDER, "DEPOSIT").startswith("KSh 300 came in ")
    assert f"You still hold KSh {left}" in desk.text(RIDER, "nimeweka pesa")


def test_off_says_what_the_day_was(desk: Desk, road: Road) -> None:
    order = road.cash_at_the_door()
    assert desk.text(RIDER, "OFF").startswith("Off duty. ROUTE shows what is still yours.")
    done = road.hand_over(order)
    reply = desk.text(RIDER, "OFF")
    assert reply.startswith(
        f"You are off duty. Today: 1 trip, earned KSh {done.earning:,.2f}".removesuffix(".00")
    )
    assert f"You hold KSh {int(order.amount_asked)} cash of ours." in reply


@proves("DR-903")
def test_on_says_what_keeps_jobs_away(desk: Desk, road: Road) -> None:
    road.set({"cod.rider_cash_limit": "300.00"})
    before = len(desk.sent)
    order = road.cash_at_the_door()
    road.hand_over(order)
    desk.work()
    sum_held = int(order.amount_asked)
    at_once = [text for text in told(desk, RIDER, before) if text.startswith("You hold KSh")]
    assert len(at_once) == 1, "told once, at once"
    expected = "no jobs at all" if sum_held > 450 else "no cash jobs"
    assert expected in at_once[0]
    assert expected in desk.text(RIDER, "ON")


@proves("DR-1203")
def test_being_put_off_duty_is_told_at_once(desk: Desk, road: Road) -> None:
    """By silence, and by an admin."""
    for n in range(3):
        road.ready(road.paid_order(key=f"sms-{n}"))
        offer = road.offer()
        assert offer is not None
        desk.db.run(partial(offers.timed_out, offer_id=offer.offer_id))
    desk.work()
    mine = [m["message"] for m in desk.sent if m["to"] == RIDER]
    assert mine[-1].startswith("You are off duty now: several jobs in a row had no answer from you.")
    desk.text(RIDER, "ON")
    desk.text(RIDER, "NO")
    [vehicle] = desk.look(Vehicle)
    desk.db.run(lambda tx: vehicles.deactivate(tx, road.cast.admin.actor, vehicle_id=vehicle.vehicle_id))
    desk.work()
    mine = [m["message"] for m in desk.sent if m["to"] == RIDER]
    assert mine[-1].startswith("You are off duty now: we have put your vehicle away")


def test_whose_account_is_closed_is_told_that_he_is_off_duty(desk: Desk, road: Road) -> None:
    road.act(staff.deactivate, road.cast.admin, user_id=road.cast.rider.id, reason="left us")
    desk.work()
    assert [m["message"] for m in desk.sent if m["to"] == RIDER][-1].startswith(
        "You are off duty now: your account is closed"
    )


@proves("DR-1209")
def test_the_vehicle_by_text(desk: Desk, road: Road) -> None:
    assert "is approved for up to 60kg" in desk.text(RIDER, "VEHICLE")
    [vehicle] = desk.look(Vehicle)
    road.act(vehicles.deactivate, road.cast.rider, vehicle_id=vehicle.vehicle_id)
    assert desk.text(RIDER, "VEHICLE").startswith("Text VEHICLE, what it is")
    assert desk.text(RIDER, "VEHICLE pikipiki kmgz 777b").startswith("Thank you. We check KMGZ 777B")
    assert desk.text(RIDER, "VEHICLE") == "Your vehicle KMGZ 777B waits for approval. We text you."


def test_an_order_of_two_farms_is_collected_farm_by_farm(desk: Desk, road: Road) -> None:
    """D4: PICKED never says of a farm that he has not been to that he has."""
    made = two_farms(road)
    made.ready()
    road.sweep()
    order = made.order
    desk.text(RIDER, f"ACCEPT {order.tail}")
    asked = desk.text(RIDER, "PICKED").split("\n")
    assert asked[0] == f"{order.tail}: at which farm have you collected? Reply its number:"
    assert len(asked) == 4
    assert asked[3] == "3 all of them"
    assert desk.text(RIDER, "1").startswith(f"Noted. The rest of {order.tail} waits at ")
    assert status(desk) == "assigned"
    assert desk.text(RIDER, "PICKED").startswith(f"Bring {order.tail} to ")
    assert status(desk) == "in_transit"
