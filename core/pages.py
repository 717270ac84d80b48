"""Long lists in pages of `api.page_size` (20): what the API, and whoever shows lists, asks for (DR-409)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select

from core.db import Tx
from core.errors import BadInput

T = TypeVar("T")
# Farther than anybody turns pages: what lies behind is found by a narrower question.
MOST_PAGES = 500


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: `number` from 1 on, `more` whether another follows."""

    results: tuple[T, ...]
    number: int
    more: bool


def page_of(tx: Tx, query: Select[*tuple[Any, ...]], number: int, view: Callable[[Any], T]) -> Page[T]:
    """The rows of one page of an ordered `query`, each as `view` shows it; one statement.

    Raises BadInput(page) for a page that is none.
    """
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MOST_PAGES:
        raise BadInput(page=number)
    size = tx.setting("api.page_size")
    found = tx.session.execute(query.offset((number - 1) * size).limit(size + 1)).all()
    return Page(tuple(view(row) for row in found[:size]), number, len(found) > size)
