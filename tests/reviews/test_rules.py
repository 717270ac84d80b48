"""Bounds and the mean of reviews: plain rules (DR-1402, DR-1403)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reviews import rules
from core.reviews.errors import StarsOutOfBounds, TextTooLong
from tests.proving import proves

D = Decimal

# stars together | reviews | rating
MEANS = [
    (9, 2, "4.5"),
    (5, 1, "5.0"),
    (1, 1, "1.0"),
    (13, 3, "4.3"),
    (14, 3, "4.7"),
    (17, 4, "4.3"),  # 4.25, half-up
    (89, 20, "4.5"),  # 4.45
    (87, 20, "4.4"),  # 4.35
]


@proves("DR-1403")
@pytest.mark.parametrize(("stars", "reviews", "expected"), MEANS)
def test_a_rating_is_the_mean_with_one_decimal_half_up(stars: int, reviews: int, expected: str) -> None:
    assert str(rules.rating(stars, reviews)) == expected


@proves("DR-1403")
def test_without_reviews_there_is_no_rating() -> None:
    assert rules.rating(0, 0) is None


@proves("DR-1403")
@given(st.lists(st.integers(1, 5), min_size=1, max_size=300))
def test_a_rating_is_within_half_a_tenth_of_the_exact_mean(stars: list[int]) -> None:
    found = rules.rating(sum(stars), len(stars))
    assert found is not None
    assert D(min(stars)) <= found <= D(max(stars))
    assert abs(found - D(sum(stars)) / len(stars)) <= D("0.05")


@proves("DR-1402")
@pytest.mark.parametrize("stars", [0, 6, -1, 4.5, "5", None, True, D(3)])
def test_stars_are_whole_numbers_from_one_to_five(stars: object) -> None:
    with pytest.raises(StarsOutOfBounds):
        rules.check_stars(stars)


@proves("DR-1402")
def test_each_whole_number_from_one_to_five_is_a_rating() -> None:
    assert [rules.check_stars(stars) for stars in range(1, 6)] == [1, 2, 3, 4, 5]


@proves("DR-1402")
def test_a_text_has_three_hundred_characters_at_most() -> None:
    assert rules.check_text("x" * 300) == "x" * 300
    for bad in ("x" * 301, None, 7, ["good"]):
        with pytest.raises(TextTooLong) as refused:
            rules.check_text(bad)
        assert refused.value.values == {"limit": 300}


@proves("DR-1402")
def test_a_window_ends_with_its_last_moment() -> None:
    since = datetime(2025, 6, 24, 12, tzinfo=UTC)
    last = since + timedelta(days=30)
    assert rules.is_within(since, last, 30)
    assert not rules.is_within(since, last + timedelta(microseconds=1), 30)
