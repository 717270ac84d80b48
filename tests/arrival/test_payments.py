"""A payment's news in every order: by prompt, by paybill, by bank, at the door (R13, INV-10).

Whatever comes first, each sum counts once, and the order ends in one of the ways that its case allows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pytest

from core.orders.models import Order
from core.payments import service as payments
from tests.arrival.news import End, OneOrder
from tests.arrival.orders_of import Done, Happening, Table
from tests.arrival.wired import ALL
from tests.deliveries.road import Road
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.payments import till
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
ON_MARIADB = pytest.mark.parametrize("store", ["mariadb"], indirect=True)
KEPT, NOTHING = ("confirmed", "once", "nothing", ""), ("cancelled", "nothing", "nothing", "")
GIVEN_BACK = ("cancelled", "once", "once", "")
TWICE = {("confirmed", "twice", "once", ""), ("cancelled", "twice", "twice", "")}
AT_HER_DOOR = {("delivered", "once", "nothing", ""), ("delivered", "twice", "once", "")}
# It pays for the order as a transfer, and the same money lies in suspense: an admin looks (DR-813).
APART = {("confirmed", "twice", "nothing", "unknown_money"), ("cancelled", "twice", "once", "unknown_money")}
DOUBTED = {(*end[:3], "payment_doubt") for end in (KEPT, GIVEN_BACK)}


@dataclass(frozen=True)
class Case:
    """Some news, how every order of it may end, and how many orders there are.

    over_http  in `make test` it is played by test_over_http.py alone
    """

    news: tuple[str, ...]
    ends: Collection[End]
    orders: int
    over_http: bool = False


def case(orders: int, ends: Collection[End], *news: str) -> Case:
    return Case(news, ends, orders)


def over_http(orders: int, ends: Collection[End], *news: str) -> Case:
    return Case(news, ends, orders, over_http=True)


def here(cases: Mapping[str, Case]) -> list[str]:
    """The names of those that are played here."""
    return [name for name, one in cases.items() if ALL or not one.over_http]


CASES = {
    "a prompt is paid": case(
        1890, {KEPT, GIVEN_BACK}, "answer", "callback", "callback*", "query", "twin", "cancel", "deadline"
    ),
    "nobody heard the answer": case(
        360, {KEPT, GIVEN_BACK}, "no_answer", "callback", "query", "twin", "cancel", "deadline"
    ),
    "a prompt fails": case(80, {NOTHING}, "answer", "failure", "pending", "cancel", "deadline"),
    "it fails, she pays at the paybill": case(
        120, {KEPT, GIVEN_BACK}, "answer", "failure", "by_hand", "cancel", "deadline"
    ),
    "paid at the paybill and by the prompt": case(
        480, TWICE, "answer", "callback", "by_hand", "query", "cancel", "deadline"
    ),
    "her sister pays too": case(120, TWICE, "answer", "callback", "by_another", "cancel", "deadline"),
    "paid, and reported as failed": case(
        120, {KEPT, GIVEN_BACK, *DOUBTED}, "answer", "callback", "failure", "cancel", "deadline"
    ),
    "in two parts": case(120, {KEPT, GIVEN_BACK}, "failure", "part", "rest", "cancel", "deadline"),
}
AT_THE_BANK = {
    "a transfer": case(12, {KEPT, GIVEN_BACK}, "entered", "entered*", "cancel", "deadline_of_bank"),
    "two transfers": case(24, TWICE, "entered", "second_transfer", "cancel", "deadline_of_bank"),
    "a transfer, and she pays at the paybill too": over_http(
        60, TWICE, "entered", "entered*", "by_hand", "cancel", "deadline_of_bank"
    ),
    "what she typed at the paybill is entered as a transfer": over_http(
        24, {KEPT, GIVEN_BACK, *APART}, "under_its_receipt", "by_hand", "cancel", "deadline_of_bank"
    ),
}
BY_TWO = {
    "a large transfer": case(
        20, {KEPT, GIVEN_BACK}, "entered", "approved", "approved*", "cancel", "deadline_of_bank"
    ),
    "one approves, one strikes out": over_http(
        40, {KEPT, GIVEN_BACK, NOTHING}, "entered", "approved", "struck", "cancel", "deadline_of_bank"
    ),
    "struck out, and paid at the paybill": over_http(
        60, {KEPT, GIVEN_BACK}, "entered", "struck", "by_hand", "cancel", "deadline_of_bank"
    ),
}
AT_THE_DOOR = {
    "a prompt at the door": case(
        270, AT_HER_DOOR, "answer", "callback", "callback*", "query", "twin", "handed_over",
    ),
    "cash, for the prompt failed": case(
        45, {("delivered", "once", "nothing", "")}, "answer", "failure", "failure*", "pending", "handed_over"
    ),
    "the prompt fails, she pays at the paybill": over_http(
        24, AT_HER_DOOR, "answer", "failure", "by_hand", "handed_over"
    ),
    "she would cancel at the door, and time goes by": over_http(
        120, AT_HER_DOOR, "answer", "callback", "cancel", "deadline", "handed_over"
    ),
}  # fmt: skip


def possible(name: str, done: Done) -> bool:
    """M-Pesa is asked about a prompt only under the name that its answer, or a callback, has brought; a
    second admin sees only what a first one has entered."""
    if name in ("query", "pending"):
        return bool(done & {"answer", "callback", "failure"})
    return name not in ("approved", "struck") or "entered" in done


def happenings(one: OneOrder, *names: str) -> Mapping[str, Happening]:
    """By name; "callback*" is the callback again."""
    return {name: getattr(one, name.rstrip("*")) for name in names}


def ends_as_allowed(one: OneOrder, case: Case) -> None:
    found = one.table.play(
        happenings(one, *case.news), after_each=one.sound, at_the_end=one.end, possible=possible
    )
    strange = {end: road for end, road in found.roads.items() if end not in case.ends}
    assert not strange
    assert found.orders == case.orders


@pytest.fixture
def one(shop: Shop, table: Table) -> OneOrder:
    shop.publish()
    return OneOrder(shop, table, shop.order())


@proves("INV-10", "DR-803", "DR-804", "DR-805", "DR-806", "DR-811")
@ONLY_SQLITE
@pytest.mark.parametrize("name", CASES)
def test_by_mpesa(one: OneOrder, name: str) -> None:
    ends_as_allowed(one, CASES[name])


def at_the_bank(shop: Shop, name: str) -> Order:
    """An order that is to be paid by transfer, as this case has it."""
    if name in BY_TWO:
        till.set_to(shop, "bank.two_person_over", "100.00")
    shop.publish()
    return till.bank_order(shop)


@proves("INV-10", "DR-813", "DR-811")
@ONLY_SQLITE
@pytest.mark.parametrize("name", here(AT_THE_BANK | BY_TWO))
def test_at_the_bank(shop: Shop, table: Table, name: str) -> None:
    ends_as_allowed(OneOrder(shop, table, at_the_bank(shop, name)), (AT_THE_BANK | BY_TWO)[name])


def at_the_door(shop: Shop, cast: Cast) -> tuple[Road, Order]:
    """A rider stands at her door, and she has asked for a prompt instead of cash."""
    road = Road(shop.db, cast)
    road.publish()
    order = road.cash_at_the_door()
    road.act(payments.pay, cast.customer, order_id=order.order_id, msisdn=cast.customer.phone)
    return road, order


@proves("INV-10", "DR-902", "DR-810")
@ONLY_SQLITE
@pytest.mark.parametrize("name", here(AT_THE_DOOR))
def test_at_the_door(shop: Shop, cast: Cast, table: Table, name: str) -> None:
    road, order = at_the_door(shop, cast)
    ends_as_allowed(OneOrder(road, table, order), AT_THE_DOOR[name])


@ON_MARIADB
@pytest.mark.parametrize(
    "road",
    [
        "cancel > answer > twin > callback > callback* > query > deadline",
        "deadline > answer > cancel > twin > callback > query",
        "twin > callback > answer > query > deadline > cancel",
    ],
)
def test_on_mariadb_it_is_the_same(one: OneOrder, road: str) -> None:
    """Orders in which the paybill's confirmation of a prompt that had failed was once counted twice, and one
    that was always right."""
    names = road.split(" > ")
    one.table.play_one(happenings(one, *names), names, after_each=one.sound)
    assert one.end() in (KEPT, GIVEN_BACK)
