"""Every product in memory: by id, by letters, by what people text. A hop may not spend SQL on a search.

Built from the tables and read again like the settings (DR-1702), by the transaction that finds it old.
"""

import threading
import time
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rapidfuzz import fuzz, process
from sqlalchemy import Engine, select

from core.catalogue.errors import UnknownProduct
from core.catalogue.models import Category, Pack, Product
from core.catalogue.names import alternatives, short_names
from core.reference import several
from core.words import plain

NAME, SPELLING = 0, 1
NEAR_ENOUGH = 80
SHORTEST_GUESS = 4
MOST_READINGS = 5
# Searches kept: people type the same few words, and a hop has no time to compare them with all names.
MOST_SEARCHES = 2000


@dataclass(frozen=True)
class Entry:
    """One product.

    name_en, name_sw, name_ki  as the data has them; name_ki may be ""
    unit                       the one it is mostly sold in
    units                      unit -> kg in one; only those whose weight is known (DR-112), `unit` first
    unknown_units              units that cannot be sold until an admin says what they weigh
    """

    product_id: int
    slug: str
    name_en: str
    name_sw: str
    name_ki: str
    category: str
    unit: str
    units: Mapping[str, Decimal]
    unknown_units: frozenset[str]
    perishable: bool
    spellings: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True)
class _Key:
    text: str
    kind: int
    entry: Entry


@dataclass(frozen=True, eq=False)  # each edition is itself: what is derived from it is kept by it
class _Contents:
    entries: dict[int, Entry]
    by_slug: dict[str, Entry]
    names: dict[str, dict[int, str]]
    keys: tuple[_Key, ...]
    by_text: dict[str, list[_Key]]
    categories: dict[str, list[Entry]]
    searches: dict[str, list[Entry]] = field(default_factory=dict)


class ProductIndex:
    """The catalogue of this process; empty until the first transaction has refreshed it."""

    def __init__(self, max_age_seconds: float = 30) -> None:
        self._max_age = max_age_seconds
        self._read_at: float | None = None
        self._lock = threading.Lock()
        self._contents = _contents([], {}, {})

    def refresh(self, engine: Engine, *, now: bool = False) -> None:
        """Read the tables again if the copy is older than its age limit, still empty, or `now`."""
        due = self._read_at is None or time.monotonic() - self._read_at > self._max_age
        if not (now or due or not self._contents.entries) or not self._lock.acquire(blocking=now):
            return
        try:
            with engine.connect().execution_options(reading=True) as connection:
                products = connection.execute(select(Product.__table__).order_by(Product.product_id)).all()
                packs = connection.execute(select(Pack.__table__).order_by(Pack.pack_id)).all()
                categories = connection.execute(select(Category.category_id, Category.category_name)).all()
            by_product: dict[int, list[tuple[str, Decimal | None]]] = {}
            for pack in packs:
                by_product.setdefault(pack.product_id, []).append((pack.unit, pack.kg))
            contents = _contents(products, by_product, {row[0]: row[1] for row in categories})
            if contents.entries != self._contents.entries:  # what others derive from it lives on
                self._contents = contents
            self._read_at = time.monotonic()
        finally:
            self._lock.release()

    def outdate(self) -> None:
        """The tables are being changed: this process reads them again with its next transaction."""
        self._read_at = None

    @property
    def edition(self) -> Hashable:
        """Another object once a product has changed: what is derived from them is derived again."""
        return self._contents

    def entry(self, product_id: int) -> Entry:
        """The product with this id, active or not; raises UnknownProduct."""
        found = self._contents.entries.get(product_id)
        if found is None:
            raise UnknownProduct(id=product_id)
        return found

    def by_slug(self, slug: str) -> Entry:
        """The product with this id of data/products.csv; raises UnknownProduct."""
        found = self._contents.by_slug.get(slug)
        if found is None:
            raise UnknownProduct(slug=slug)
        return found

    def name(self, product_id: int, language: str) -> str:
        """What the product is called in a sentence (en, sw, kikuyu); a missing Kikuyu name is the Swahili
        one, a missing Swahili name the English one."""
        contents = self._contents
        for spoken in _SPOKEN[language]:
            found = contents.names[spoken].get(product_id)
            if found:
                return found
        raise UnknownProduct(id=product_id)

    def search(self, letters: str, limit: int = 8) -> list[Entry]:
        """Active products with `letters` in a name of any language or in a spelling; the best first.

        Called exactly so, beginning so, a later word beginning so, so in the middle; names before spellings.
        """
        wanted = plain(letters)
        contents = self._contents
        if wanted not in contents.searches:
            if len(contents.searches) >= MOST_SEARCHES:
                contents.searches.clear()
            contents.searches[wanted] = _search(contents, wanted) if wanted else []
        return list(contents.searches.get(wanted, ())[:limit])

    def read(self, words: str) -> list[tuple[Entry, int]]:
        """Products that `words` may mean, with a score to 100, the best first; [] if none is near.

        100 is a name or a known spelling; several at 100 (njugu) are truly ambiguous: ask.
        """
        wanted = plain(words)
        exact = {key.entry.product_id for key in self._contents.by_text.get(wanted, ()) if key.entry.active}
        if exact:
            return [(self._contents.entries[product_id], 100) for product_id in sorted(exact)]
        if len(wanted) < SHORTEST_GUESS:
            return []
        near = process.extract(
            wanted, list(self._contents.by_text), scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH, limit=20
        )
        scores: dict[int, int] = {}
        for text, score, _at in near:
            for key in self._contents.by_text[text]:
                if key.entry.active:
                    scores[key.entry.product_id] = max(int(score), scores.get(key.entry.product_id, 0))
        order = sorted(scores, key=lambda product_id: (-scores[product_id], product_id))
        return [(self._contents.entries[p], min(scores[p], 99)) for p in order[:MOST_READINGS]]

    def every(self) -> Collection[Entry]:
        """Every product, the withdrawn ones as well."""
        return self._contents.entries.values()

    def perishable_ids(self) -> frozenset[int]:
        """The ids of all products that do not keep (DR-401)."""
        return frozenset(entry.product_id for entry in self._contents.entries.values() if entry.perishable)

    def categories(self) -> list[str]:
        """The categories that hold products, in the data's order."""
        return list(self._contents.categories)

    def in_category(self, name: str) -> list[Entry]:
        """The active products of a category, in the data's order."""
        return list(self._contents.categories.get(name, ()))


_SPOKEN = {"en": ("en", "sw"), "sw": ("sw", "en"), "kikuyu": ("kikuyu", "sw", "en")}


def _search(contents: _Contents, wanted: str) -> list[Entry]:
    best: dict[int, tuple[int, int, int, str]] = {}
    for key in contents.keys:
        how = _how_well(wanted, key.text)
        if how is None or not key.entry.active:
            continue
        rank = (how, key.kind, len(key.text), key.entry.name_en)
        if rank < best.get(key.entry.product_id, (9, 0, 0, "")):
            best[key.entry.product_id] = rank
    return [contents.entries[product_id] for product_id in sorted(best, key=lambda p: best[p])]


def _how_well(wanted: str, text: str) -> int | None:
    if wanted == text:
        return 0
    if text.startswith(wanted):
        return 1
    if f" {wanted}" in text:
        return 2
    return 3 if wanted in text else None


def _contents(
    products: Sequence[object],
    packs: Mapping[int, Sequence[tuple[str, Decimal | None]]],
    categories: Mapping[int, str],
) -> _Contents:
    entries = [_entry(row, packs, categories) for row in products]
    keys: list[_Key] = []
    for entry in entries:
        seen = set()
        for name in (entry.name_en, entry.name_sw, entry.name_ki):
            for way in (*alternatives(name), name):
                text = plain(way)
                if text and text not in seen:
                    seen.add(text)
                    keys.append(_Key(text, NAME, entry))
        for spelling in entry.spellings:
            text = plain(spelling)
            if text and text not in seen:
                seen.add(text)
                keys.append(_Key(text, SPELLING, entry))
    by_text: dict[str, list[_Key]] = {}
    for key in keys:
        by_text.setdefault(key.text, []).append(key)
    in_categories: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.active:
            in_categories.setdefault(entry.category, []).append(entry)
    spellings = {entry.product_id: entry.spellings for entry in entries}
    names = {
        "en": short_names({e.product_id: e.name_en for e in entries}, spellings),
        "sw": short_names({e.product_id: e.name_sw for e in entries}, spellings),
        "kikuyu": short_names({e.product_id: e.name_ki for e in entries}, spellings),
    }
    return _Contents(
        entries={entry.product_id: entry for entry in entries},
        by_slug={entry.slug: entry for entry in entries},
        names=names,
        keys=tuple(keys),
        by_text=by_text,
        categories=in_categories,
    )


def _entry(
    row: object,
    packs: Mapping[int, Sequence[tuple[str, Decimal | None]]],
    categories: Mapping[int, str],
) -> Entry:
    product: Product = row  # type: ignore[assignment]  # a row of the products table has its columns
    known = sorted(packs.get(product.product_id, ()), key=lambda p: p[0] != product.unit_of_measure)
    return Entry(
        product_id=product.product_id,
        slug=product.slug,
        name_en=product.product_name,
        name_sw=product.name_sw,
        name_ki=product.name_ki,
        category=categories[product.category_id],
        unit=product.unit_of_measure,
        units={unit: kg for unit, kg in known if kg is not None},
        unknown_units=frozenset(unit for unit, kg in known if kg is None),
        perishable=product.is_perishable,
        spellings=tuple(several(product.spellings)),
        active=product.is_active,
    )
