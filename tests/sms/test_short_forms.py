"""Every short form in the three languages, as people of every role text it: what they are answered.

One story, one table: who texts what, and the message that comes back. Whatever is not somebody's own word is
answered with whose it is, or with the word that does what was meant; nothing is asked that cannot be done.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import update

from core.carts import service as carts
from core.payouts import naming
from core.questions.models import Question
from core.support import service as support
from tests.databases import Store
from tests.deliveries.road import Road
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.users.people import PIN, with_pin

# Who texts it; the order's number stands for one that is paid, ready and waits for a rider.
ANSWERS = """
C  orders             my_orders
C  Oda zangu tafadhali my_orders
F  orders             work_nothing
F  oders              work_nothing
R  orders             route_last
R  ODA ZANGU          route_last
R  my orders please   route_last
C  ready              farmers_only
C  tayari             farmers_only
R  ready              rider_words
R  iri tayari         rider_words
R  ready A3B7         rider_words
F  code               code_customers
F  namba ya siri      code_customers
F  code A3B7 pls      code_customers
R  namba ya siri      code_missing
R  code               code_missing
C  code #A3B7         code_none
C  collect            collect_paid
C  collect A3B7       collect_paid
C  nitachukua mwenyewe collect_paid
C  ninguka kuoya      collect_paid
F  collect            collect_customers
R  collect a3b7       rider_words
C  cart               basket_empty
C  KIKAPU             basket_empty
C  gikabu             basket_empty
C  show my cart pls   basket_empty
F  kikapu             wrong_role
R  cart               wrong_role
S  cart               basket_empty
C  clear              basket_cleared
F  clear              wrong_role
C  sikubali A3B7      did_you_mean
F  sikubali A3B7      work_ready_already
F  i don't accept A3B7 work_ready_already
C  balance            balance_none
C  salio              balance_none
R  balans             balance_empty
F  barañci            balance_empty
C  route              riders_only
F  njia               riders_only
C  vehicle            riders_only
C  decline            riders_only
C  on the way         riders_only
C  picked A3B7        riders_only
F  arrived A3B7       riders_only
C  harvested A3B7     farmers_only
R  packed A3B7        farmers_only
C  help cart          help_on_basket
C  help collect       help_on_collect
C  help code          help_on_code
R  help code          help_on_done
F  help orders        help_on_orders
C  cncl A3B7 pls      cancel_charged
C  stts A3B7          status_ready
C  status TUN250624A3B7 status_ready
C  tafadhali hali ya oda A3B7 status_ready
"""


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    """A hundred texts: on the quicker database."""
    opened = open_store("sqlite")
    opened.empty()
    return opened


@pytest.fixture
def road(desk: Desk, cast: Cast) -> Road:
    made = Road(desk.db, cast)
    made.publish("200")
    return made


def code_of(desk: Desk, phone: str, text: str) -> str:
    """The message that answers a text; what it asks is asked no more."""
    desk.text(phone, text)
    with desk.db.transaction() as tx:
        tx.session.execute(update(Question).where(Question.open_for == phone).values(open_for=None))
    return [row.code for row in desk.outbox(phone)][-1]


@proves("DR-1510")
def test_every_short_form_is_answered_with_what_to_do(desk: Desk, road: Road) -> None:
    road.set({"notify.answers_per_hour": "200"})
    road.assigned("sms-1")
    order = road.ready(road.paid_order(key="sms-2"))
    desk.work()
    phones = {"C": CUSTOMER, "F": FARMER, "R": RIDER, "S": "+254712999888"}
    wrong = []
    for row in ANSWERS.strip().splitlines():
        said, code = row.rsplit(maxsplit=1)
        who, text = said.split(maxsplit=1)
        text = text.strip().replace("A3B7", order.tail).replace("a3b7", order.tail.lower())
        if (told := code_of(desk, phones[who], text)) != code:
            wrong.append(f"{row}: {told}")
    assert wrong == [], "\n".join(wrong)


def test_the_basket_of_the_keypad_is_told_with_its_sum(desk: Desk, road: Road) -> None:
    listing = road.publish("50", slug="onions")
    road.act(carts.add, road.cast.customer, listing_id=listing.listing_id, quantity=Decimal(3))
    told = desk.text(CUSTOMER, "cart")
    assert told.startswith("3kg onions. In your basket, KSh ")
    assert "*59#" in told
    assert "CLEAR" in told
    desk.text(CUSTOMER, "empty my cart")
    assert desk.text(CUSTOMER, "whats in my cart?").startswith("Your basket is empty.")


def test_an_unpaid_order_is_collected_by_ordering_anew(desk: Desk, road: Road) -> None:
    order = road.order()
    road.refuse_prompt(order)
    desk.work()
    assert f"CANCEL {order.tail}" in desk.text(CUSTOMER, f"collect {order.tail}")


@proves("DR-208")
def test_a_balance_names_the_number_that_money_will_go_to(desk: Desk, road: Road) -> None:
    farmer = road.cast.farmer
    with_pin(desk.db, farmer)
    named = {"purpose": "payout", "msisdn": "+254712345678", "pin": PIN, "once_key": "hop-1"}
    naming.name_number(desk.db, farmer.actor, **named)
    told = desk.text(FARMER, "salio")
    assert "07******78" in told
    assert "namba ya zamani" in told


@proves("DR-1602", "DR-1509")
def test_a_long_answer_ends_with_its_sentence_and_says_where_the_rest_is(desk: Desk, road: Road) -> None:
    ticket = road.act(support.ask, road.cast.customer, text="where is my money")
    answer = "We have found your payment of last Tuesday. It comes back. " + "Our people look at it. " * 9
    road.act(support.write, road.cast.admin, ticket_id=ticket.ticket_id, text=answer)
    desk.work()
    [told] = [m["message"] for m in desk.sent if "Your question" in m["message"]]
    assert "Our people look at it... All of it: dial" in told
    assert not told.endswith("HELP and your words.")
