"""Order numbers: drawn until one is free, and read as people write them (DR-109 to DR-111)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.orders import numbers, rules
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.models import Order
from core.parts import SystemChance
from tests.orders.shop import Shop
from tests.proving import proves

C = TypeVar("C")


class Scripted:
    """Chance that draws these letters, again and again."""

    def __init__(self, letters: str) -> None:
        self.letters, self.drawn = letters, 0

    def choice(self, options: Sequence[C]) -> C:
        self.drawn += 1
        wanted: Any = self.letters[(self.drawn - 1) % len(self.letters)]
        assert wanted in options
        return wanted  # type: ignore[no-any-return]


def draw(shop: Shop, letters: str) -> tuple[str, int]:
    chance = Scripted(letters)
    with shop.db.read() as tx:
        tx.parts = replace(tx.parts, chance=chance)  # type: ignore[arg-type]
        return numbers.draw(tx), chance.drawn


def number_of(shop: Shop, order: Order, number: str) -> None:
    def work(tx: Any) -> None:
        tx.session.get_one(Order, order.order_id).order_number = number

    shop.db.run(work)


@proves("DR-109")
def test_a_taken_number_is_drawn_again(shop: Shop) -> None:
    shop.publish()
    number_of(shop, shop.order(), "TUN250624A3B7")
    assert draw(shop, "A3B7" + "C4D8")[0] == "TUN250624C4D8"


@proves("DR-109")
def test_ten_collisions_in_a_row_fail_loudly(shop: Shop) -> None:
    shop.publish()
    number_of(shop, shop.order(), "TUN250624A3B7")
    with pytest.raises(numbers.NumbersExhausted):
        draw(shop, "A3B7")
    with pytest.raises(numbers.NumbersExhausted):
        draw(shop, "A3B7" * 10 + "C4D8")
    assert draw(shop, "A3B7" * 9 + "C4D8")[0] == "TUN250624C4D8", "the tenth may still be free"


@proves("DR-109")
def test_words_and_amounts_are_drawn_again_without_counting_as_tries(shop: Shop) -> None:
    number, drawn = draw(shop, "ABCD" * 12 + "25KG" + "C4D8")
    assert (number, drawn) == ("TUN250624C4D8", 56)


@proves("DR-109")
@given(st.randoms(use_true_random=False))
def test_every_good_tail_makes_a_number_of_the_documents_form(random: Any) -> None:
    tail = "".join(random.choice(rules.ALPHABET) for _ in range(4))
    if rules.good_tail(tail):
        assert any(c.isalpha() for c in tail)
        assert any(c.isdigit() for c in tail)
        assert rules.NUMBER.fullmatch(f"TUN250624{tail}")
        assert not set("IO01") & set(tail)


def test_production_draws_from_a_cryptographic_source() -> None:
    import secrets
    from unittest import mock

    with mock.patch.object(secrets, "choice", return_value="A") as choice:
        assert SystemChance().choice(rules.ALPHABET) == "A"
    choice.assert_called_once_with(rules.ALPHABET)


@proves("DR-110")
@pytest.mark.parametrize("typed", ["a3b7", " A3-B7", "tun250624a3b7", "TUN 250624-A3B7", "250624a3b7"])
def test_case_spaces_and_dashes_do_not_matter(shop: Shop, typed: str) -> None:
    shop.publish()
    order = shop.order()
    number_of(shop, order, "TUN250624A3B7")
    with shop.db.read() as tx:
        assert numbers.find(tx, shop.cast.customer.actor, typed).order_id == order.order_id


@proves("DR-110")
def test_several_open_orders_with_one_tail_are_asked_about(shop: Shop) -> None:
    shop.publish()
    first = shop.order("5", "a")
    number_of(shop, first, "TUN250623A3B7")
    shop.refuse_prompt(first)
    number_of(shop, shop.order("6", "b"), "TUN250624A3B7")
    with shop.db.read() as tx:
        with pytest.raises(OrderAmbiguous) as several:
            numbers.find(tx, shop.cast.customer.actor, "A3B7")
        assert sorted(several.value.values["numbers"]) == ["TUN250623A3B7", "TUN250624A3B7"]
        assert numbers.find(tx, shop.cast.customer.actor, "TUN250623A3B7").order_id == first.order_id


@proves("DR-110")
def test_a_strangers_order_is_not_there_and_does_not_make_a_tail_unclear(shop: Shop) -> None:
    shop.publish()
    mine = shop.order("5", "a")
    number_of(shop, mine, "TUN250623A3B7")
    other = shop.person("+254712000222", "customer", "Kangemi")
    from decimal import Decimal

    from core.orders.quotes import Line

    theirs = shop.accept(shop.quote_lines(Line(shop.product(), Decimal(5)), customer=other), "b", other.actor)
    number_of(shop, theirs, "TUN250624A3B7")
    with shop.db.read() as tx:
        assert numbers.find(tx, shop.cast.customer.actor, "A3B7").order_id == mine.order_id
        with pytest.raises(OrderUnknown):
            numbers.find(tx, shop.cast.customer.actor, "TUN250624A3B7")


@proves("DR-110")
@pytest.mark.parametrize("typed", ["", "A3B", "A3B77", "hello", "TUN250624", "ZZZ9", "%%%%", "____"])
def test_what_names_no_order_is_unknown(shop: Shop, typed: str) -> None:
    shop.publish()
    shop.order()
    with shop.db.read() as tx, pytest.raises(OrderUnknown):
        numbers.find(tx, shop.cast.customer.actor, typed)


@proves("DR-111")
@given(st.from_regex(r"TUN[0-9]{6}[A-HJ-NP-Z2-9]{4}", fullmatch=True), st.data())
def test_the_reference_has_ten_characters_and_leads_back_in_any_spelling(number: str, data: Any) -> None:
    reference = rules.reference(number)
    assert len(reference) == 10
    for form in (number, reference):
        spaced = "".join(c + data.draw(st.sampled_from(["", " ", "-"])) for c in form)
        for spelling in (spaced, spaced.lower()):
            assert rules.whole_number(spelling) == number
