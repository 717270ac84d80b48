"""Her own orders on a small screen: one look each, open ones first, and nobody else's (DR-110, DR-211)."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import pytest
from sqlalchemy import update

from core.actor import Actor
from core.db import Tx
from core.deliveries import choices, code_roads, codes, errors, purchases, tracking
from core.deliveries.models import Delivery
from core.money import ZERO
from core.orders import cancel_terms, purchase_items, replacing, service
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments import money_of
from core.payments.errors import PaymentUnknown
from core.reviews import service as reviews
from core.reviews import waiting
from core.users import pins
from core.users import service as users
from core.users.errors import PinWrong
from tests.deliveries.road import Road
from tests.helpers import FixedClock, Person
from tests.orders.kit import two_farms
from tests.proving import proves
from tests.ussd.counting import counting

T = TypeVar("T")


def looking(road: Road, read: Callable[[Tx, Actor], T], person: Person | None = None) -> tuple[T, int]:
    """What `read` finds, and how many statements it took."""
    with counting(road.db) as count, road.db.read() as tx:
        found = read(tx, (person or road.cast.customer).actor)
    return found, len(count.sql)


def one(road: Road, order: Order) -> purchases.PurchaseView:
    return looking(road, lambda tx, who: purchases.one(tx, who, order_id=order.order_id))[0]


def money(road: Road, order: Order) -> money_of.MoneyView:
    return looking(road, lambda tx, who: money_of.of_order(tx, who, order_id=order.order_id))[0]


def terms(road: Road, order: Order) -> cancel_terms.CancelTerms:
    return looking(road, lambda tx, who: cancel_terms.terms(tx, who, order_id=order.order_id))[0]


def cancelled(road: Road, order: Order) -> None:
    road.act(service.cancel, road.cast.customer, order_id=order.order_id)


@proves("DR-110")
def test_open_orders_stand_first_and_the_list_is_two_statements(road: Road, clock: FixedClock) -> None:
    road.publish("200")
    first = road.paid_order("5", key="a")
    clock.advance(minutes=20)
    second = road.order("6", key="b")
    cancelled(road, second)
    clock.advance(minutes=20)
    third = road.order("7", key="c")
    clock.advance(minutes=20)
    fourth = road.order("8", key="d")
    cancelled(road, fourth)
    found, statements = looking(road, purchases.mine)
    expected = [order.order_id for order in (third, first, fourth, second)]
    assert [line.order_id for line in found] == expected
    assert statements == 2
    assert found[-1].asked == road.fresh(second).came_to, "a cancelled one is named by what it came to"


@proves("DR-110", "DR-211")
def test_she_names_it_in_any_spelling_and_nobody_elses(road: Road, clock: FixedClock) -> None:
    road.publish("200")
    order = road.paid_order()
    number = order.order_number

    def named(text: str, person: Person | None = None) -> int:
        return looking(road, lambda tx, who: purchases.by_number(tx, who, text=text), person)[0]

    for text in (number, number.lower(), order.tail, f" {order.tail[:2]}-{order.tail[2:]} ", number[3:]):
        assert named(text) == order.order_id
    stranger = road.person("+254712000777", "customer", "Kangemi", "Otieno")
    for text in (number, order.tail, "", "XYZ", "TUN", "????", "A" * 40):
        with pytest.raises(OrderUnknown):
            named(text, stranger)
    clock.advance(minutes=20)
    other = road.paid_order("6", key="b")
    same = f"TUN240624{order.tail}"
    with road.db.transaction() as tx:
        tx.session.execute(update(Order).where(Order.order_id == other.order_id).values(order_number=same))
    with pytest.raises(OrderAmbiguous):
        named(order.tail)
    cancelled(road, other)
    assert named(order.tail) == order.order_id


@proves("DR-211")
def test_a_strangers_order_is_not_there(road: Road) -> None:
    road.publish()
    order = road.assigned()
    number = order.order_id
    for person in (road.person("+254712000777", "customer", "Kangemi"), road.cast.farmer, road.cast.rider):
        with road.db.read() as tx:
            with pytest.raises(OrderUnknown):
                purchases.one(tx, person.actor, order_id=number)
            with pytest.raises(OrderUnknown):
                cancel_terms.terms(tx, person.actor, order_id=number)
            with pytest.raises(PaymentUnknown):
                money_of.of_order(tx, person.actor, order_id=number)
            assert purchase_items.items(tx, person.actor, order_id=number) == []
            assert purchases.mine(tx, person.actor) == []
            assert code_roads.road(tx, person.actor, order_id=number) == "none"
            assert waiting.things(tx, person.actor, order_id=number) == []


@proves("DR-1603")
def test_each_step_and_the_rider_only_while_he_has_it(road: Road) -> None:
    road.publish()
    order = road.order()
    assert (one(road, order).step, one(road, order).person) == ("pending_payment", "")
    road.pay(order)
    assert one(road, order).step == "confirmed"
    road.mark(order, "harvest")
    assert one(road, order).step == "processing"
    road.mark(order, "ready")
    road.sweep()
    seen = one(road, order)
    assert (seen.step, seen.person, seen.phone, seen.has_code) == ("ready_for_delivery", "", "", False)
    offer = road.offer()
    assert offer is not None
    road.answer(offer)
    seen = one(road, order)
    assert (seen.step, seen.person, seen.phone) == ("assigned", "Kamau", road.cast.rider.phone)
    assert seen.has_code
    road.pick_up(order)
    assert one(road, order).step == "on_the_way"
    road.deliver(road.code(order), order)
    seen = one(road, order)
    assert (seen.step, seen.person, seen.phone, seen.has_code) == ("delivered", "", "", False)


def test_he_has_arrived_only_on_the_attempt_on_which_he_said_so(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.act(tracking.report, road.cast.rider, order_id=order.order_id, checkpoint="arrived")
    assert one(road, order).step == "arrived"
    road.later(minutes=5)
    road.fail(order)
    assert one(road, order).step == "failed"
    road.later(hours=12)
    assert one(road, order).step == "on_the_way"


def test_one_order_is_one_statement_and_its_lines_another(road: Road) -> None:
    road.publish()
    order = road.assigned()
    _, statements = looking(road, lambda tx, who: purchases.one(tx, who, order_id=order.order_id))
    assert statements == 1
    lines, statements = looking(road, lambda tx, who: purchase_items.items(tx, who, order_id=order.order_id))
    assert statements == 1
    assert [(line.item_status, line.claim, line.late) for line in lines] == [("ready", "", False)]
    _, statements = looking(road, lambda tx, who: money_of.of_order(tx, who, order_id=order.order_id))
    assert statements == 4


def test_what_cancelling_costs_is_said_by_stage(road: Road) -> None:
    both = two_farms(road)
    order = both.order
    paid = road.fresh(order).amount_asked
    assert (terms(road, order).stage, terms(road, order).back) == ("free", paid)
    both.mark("tomatoes", "ready")
    said = terms(road, order)
    price = both.tomatoes.total_price
    assert (said.stage, said.charged, said.back) == ("request", price, paid - price)
    asked = road.act(service.request_cancel, road.cast.customer, order_id=order.order_id)
    assert terms(road, order).stage == "asked"
    admin, number = road.cast.admin, asked.request_id
    road.act(service.decide_cancel, admin, request_id=number, grant=True, reason="she asked")
    assert terms(road, order).stage == "over"
    assert sum(back.sum for back in money(road, order).backs) == said.back


def test_on_the_way_it_can_only_be_turned_away(road: Road) -> None:
    road.publish()
    assert terms(road, road.on_the_way()).stage == "door"


def test_the_money_of_an_order_agrees_with_the_books(road: Road) -> None:
    road.publish()
    order = road.order()
    asked = road.fresh(order).amount_asked
    before = money(road, order)
    assert (before.received, before.due, before.on_phone, before.prompts_left) == (ZERO, asked, asked, 2)
    assert before.seconds > 0
    road.pay(order)
    after = money(road, order)
    assert (after.received, after.due, after.on_phone, after.wants_money) == (asked, ZERO, ZERO, False)
    cancelled(road, order)
    over = money(road, order)
    assert (over.asked, over.received) == (ZERO, asked)
    assert [(back.sum, back.state) for back in over.backs] == [(asked, "coming")]


def test_cash_is_due_until_the_door(road: Road) -> None:
    road.publish()
    order = road.cash_order()
    seen = money(road, order)
    assert (seen.at_the_door, seen.due, seen.wants_money) == (True, order.amount_asked, True)
    road.taken(order)
    road.pick_up(order)
    road.hand_over(order)
    seen = money(road, order)
    assert (seen.received, seen.due, seen.wants_money) == (order.amount_asked, ZERO, False)


@proves("DR-815")
def test_another_farm_is_asked_about_until_she_has_chosen(road: Road) -> None:
    road.publish("50", "80")
    mwangi = road.person("+254712000111", "farmer", "Kabete", "Mwangi")
    road.publish("50", "80", farmer=mwangi)
    order = road.paid_order()
    item = road.items(order)[0]
    seller = next(p for p in (road.cast.farmer, mwangi) if p.id == item.farmer_id)
    road.act(service.reject, seller, order_item_id=item.order_item_id, reason="hail")
    seen = one(road, order)
    assert (seen.asks, seen.asks_item_id) == ("replacement", item.order_item_id)
    assert looking(road, purchases.asking) == ([(order.order_id, "replacement")], 1)
    with road.db.read() as tx:
        offered = purchase_items.offered_farm(tx, road.cast.customer.actor, order_item_id=item.order_item_id)
        assert offered is not None
        assert (offered.price, offered.old_price, offered.quantity) == (Decimal(80), Decimal(80), Decimal(5))
        assert purchase_items.offered_farm(tx, mwangi.actor, order_item_id=item.order_item_id) is None
    road.act(replacing.choose, road.cast.customer, order_item_id=item.order_item_id, take=True)
    assert one(road, order).asks == ""


@proves("I5")
def test_less_than_half_is_asked_about_and_says_until_when(road: Road) -> None:
    road.publish()
    order = road.paid_order("10")
    item = road.items(order)[0]
    road.act(service.short, road.cast.farmer, order_item_id=item.order_item_id, quantity=item.quantity / 5)
    seen = one(road, order)
    assert (seen.asks, seen.asks_item_id) == ("short", item.order_item_id)
    with road.db.read() as tx:
        (line,) = purchase_items.items(tx, road.cast.customer.actor, order_id=order.order_id)
        assert (line.ordered, line.quantity) == (Decimal(10), Decimal(2))
        assert line.until is not None
    road.later(hours=3)
    assert one(road, order).asks == ""


@proves("DR-1212")
def test_without_a_rider_she_is_asked_and_then_no_more(road: Road) -> None:
    road.publish()
    order = road.paid_order()
    road.mark(order, "ready")
    with road.db.transaction() as tx:
        tx.session.execute(
            update(Delivery).where(Delivery.order_id == order.order_id).values(choice_asked_at=tx.now)
        )
    assert one(road, order).asks == "no_rider"
    road.act(choices.choose, road.cast.customer, order_id=order.order_id, choice="wait")
    assert one(road, order).asks == ""


@proves("DR-1205")
def test_she_is_asked_whether_she_has_it(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.ask_receipt(order)
    assert one(road, order).asks == "received"


@proves("DR-1205", "DR-1504")
def test_by_which_road_the_code_comes(road: Road) -> None:
    road.publish()
    order = road.assigned()
    customer = Person(road.cast.customer.user, users.actor_for(road.cast.customer.user, "ussd"))

    def by() -> str:
        return looking(road, lambda tx, who: code_roads.road(tx, who, order_id=order.order_id))[0]

    assert by() == "text"
    for _ in range(3):
        road.resend(order)
    assert by() == "used"
    road.report_sms(order, "code_again", "undelivered")
    assert by() == "look"
    with road.db.transaction() as tx:
        tx.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.order_id == order.order_id, OutboxMessage.user_id == customer.id)
            .values(status="failed", error="UserInBlacklist")
        )
    assert by() == "pin"
    with pytest.raises(errors.CodeNotOpen):
        road.act(codes.show_once, customer, order_id=order.order_id)
    road.act(pins.choose, customer, pin="4826", again="4826")

    def shown(pin: str, key: str, who: Person = customer) -> str:
        return codes.show_after_pin(road.db, who.actor, order_id=order.order_id, pin=pin, once_key=key)

    with pytest.raises(PinWrong):
        shown("1111", "k1")
    assert shown("4826", "k2") == road.code(order)
    assert shown("4826", "k3") == road.code(order), "as often as she asks: no other road brings it"
    with pytest.raises(errors.CodeNotOpen):
        shown("4826", "k4", road.cast.customer)  # an SMS is not the ordering phone's own screen


@proves("DR-1401", "DR-1402")
def test_what_waits_for_stars_and_her_words_with_all_of_them(road: Road, clock: FixedClock) -> None:
    road.publish()
    order = road.delivered_order()
    customer = road.cast.customer
    (waits,), statements = looking(road, waiting.orders)
    assert (waits.order_id, waits.rider, waits.lines, statements) == (order.order_id, "Kamau", 1, 1)
    things = looking(road, lambda tx, who: waiting.things(tx, who, order_id=order.order_id))[0]
    assert [thing.name for thing in things][-1] == "Kamau"
    assert len(things) == 2
    item = things[0].order_item_id
    road.act(reviews.review_item, customer, order_item_id=item, stars=4)
    assert len(looking(road, lambda tx, who: waiting.things(tx, who, order_id=order.order_id))[0]) == 1
    road.act(reviews.rate_order, customer, order_id=order.order_id, stars=5)
    assert looking(road, waiting.orders)[0] == []
    assert road.act(waiting.add_words, customer, order_id=order.order_id, text=" very   fresh ") == 2
    assert road.act(waiting.add_words, customer, order_id=order.order_id, text="again") == 0
    stranger = road.person("+254712000777", "customer", "Kangemi")
    assert road.act(waiting.add_words, stranger, order_id=order.order_id, text="mine") == 0


def test_after_the_window_nothing_waits_for_stars(road: Road, clock: FixedClock) -> None:
    road.publish()
    road.delivered_order()
    clock.advance(days=31)
    assert looking(road, waiting.orders)[0] == []
