"""What verbs are given, looked at in one way: sums, reasons, references, pages."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core import pages
from core.db import Database
from core.errors import BadPage
from core.money import some
from core.users.models import User
from core.words import reason_of, reference_of


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        (Decimal("0.01"), "0.01"),
        ("12.5", "12.50"),
        (3, "3.00"),
        (0, None),
        (Decimal("-1"), None),
        (Decimal("0.005"), None),
        (Decimal("NaN"), None),
        (Decimal(10) ** 10, None),
        (1.5, None),
        ("ten", None),
        (None, None),
        ([1], None),
    ],
)
def test_a_sum_is_exact_and_above_nothing_or_none(given: object, amount: str | None) -> None:
    assert some(given) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("said", "kept"),
    [(" rotten \n half ", "rotten half"), ("  ", ""), (None, ""), (7, ""), ("x" * 200, "x" * 160)],
)
def test_a_reason_is_tidy_and_bounded_and_what_is_no_text_is_none(said: object, kept: str) -> None:
    assert reason_of(said) == kept


@pytest.mark.parametrize(("said", "known"), [(" ft 24\t9x ", "FT249X"), ("", ""), (None, ""), (9, "")])
def test_a_reference_is_compared_without_spaces_in_upper_case(said: object, known: str) -> None:
    assert reference_of(said) == known


@pytest.mark.parametrize("page", [0, -1, pages.MOST_PAGES + 1, True, "1", 1.0, None])
def test_a_page_that_is_none_is_refused_before_anything_is_read(db: Database, page: int) -> None:
    with pytest.raises(BadPage), db.read() as tx:
        pages.cut(tx, select(User), page)
