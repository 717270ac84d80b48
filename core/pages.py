"""Long lists in pages of `api.page_size` (20): what the API, and whoever shows lists, asks for (DR-409)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select

from core.db import Tx
from core.errors import BadPage

T = TypeVar("T")
# Farther than anybody turns pages: what lies behind is found by a narrower question.
MOST_PAGES = 500


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: `number` from 1 on, `more` whether another follows."""

    results: tuple[T, ...]
    number: int
    more: bool


S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def cut(tx: Tx, query: S, number: int) -> S:
    """The rows of an ordered `query` that page `number` shows (1 is the first).

    Raises BadPage (page).
    """
    size = int(tx.setting("api.page_size"))
    return query.limit(size).offset((_checked(number) - 1) * size)


def page_of(tx: Tx, query: Select[*tuple[Any, ...]], number: int, view: Callable[[Any], T]) -> Page[T]:
    """The rows of one page of an ordered `query`, each as `view` shows it; one statement.

    Raises BadPage (page).
    """
    size = int(tx.setting("api.page_size"))
    one_more = cut(tx, query, number).limit(size + 1)
    found = tx.session.execute(one_more).all()
    return Page(tuple(view(row) for row in found[:size]), number, len(found) > size)


def _checked(number: int) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MOST_PAGES:
        raise BadPage(page=str(number)[:12])
    return number
