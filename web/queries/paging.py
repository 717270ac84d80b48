"""Pages by key: the newest first, older ones by the last id seen, never an offset and never a count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of rows, newest first; `older` is the id to continue before, None on the last page."""

    rows: Sequence[T]
    older: int | None


def page_of(rows: Sequence[T], size: int, key: Callable[[T], int]) -> Page[T]:
    """A page from `size` + 1 rows asked for: one too many means that there are older ones."""
    return Page(rows[:size], key(rows[size - 1]) if len(rows) > size else None)
