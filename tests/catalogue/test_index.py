"""Finding products by letters and by what people text; what they are called (DR-401, DR-112)."""

import threading
from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from core.catalogue.errors import UnknownProduct
from core.catalogue.index import ProductIndex
from core.catalogue.load import load_reference as load_catalogue
from core.catalogue.models import Category, Pack, Product
from core.catalogue.names import alternatives, short_names
from core.db import Database
from core.insights.load import load_reference
from core.insights.models import MarketPrice

LANGUAGES = ("en", "sw", "kikuyu")


@pytest.fixture
def products(db: Database) -> ProductIndex:
    """The real catalogue, read from the tables."""
    db.parts.products.refresh(db.engine, now=True)
    return db.parts.products


# letters | products, the best first
SEARCHES = [
    ("nya", ["tomatoes", "beans", "brinjal", "coriander"]),
    ("NYANYA", ["tomatoes"]),
    ("toma", ["tomatoes", "tree-tomato"]),
    ("vitunguu", ["onions"]),
    ("gĩtungũrũ", ["onions"]),
    ("gitunguru", ["onions"]),
    ("waru", ["irish-potatoes"]),
    ("beans", ["beans", "soybeans", "dolichos", "french-beans"]),
    ("sukuma", ["kale"]),
    ("hoho", ["capsicum"]),
    ("zzz", []),
    ("", []),
    ("*", []),
    ("🍅", []),
    ("x" * 500, []),
]


@pytest.mark.parametrize(("letters", "slugs"), SEARCHES)
def test_products_are_found_by_part_of_a_name_in_any_language(
    products: ProductIndex, letters: str, slugs: list[str]
) -> None:
    found = [entry.slug for entry in products.search(letters)]
    assert found == slugs


def test_a_beginning_beats_a_later_word_and_that_beats_the_middle(products: ProductIndex) -> None:
    slugs = [entry.slug for entry in products.search("nut", limit=20)]
    assert slugs.index("macadamia") < slugs.index("butternut")
    assert len(products.search("k", limit=3)) == 3


# what a customer texts | the reading | whether it is spelt as the data has it
TEXTED = [
    ("tomatoes", ["tomatoes"], True),
    ("tomatos", ["tomatoes"], True),
    ("nyanyaz", ["tomatoes"], False),
    ("potatoe", ["irish-potatoes"], False),
    ("onion", ["onions"], True),
    ("sukumawiki", ["kale"], True),
    ("Sukuma  WIKI!", ["kale"], True),
    ("njugu", ["pigeon-peas", "groundnuts"], True),
    ("kunde", ["cowpeas-dry", "cowpea-leaves"], True),
    ("tea", ["tea"], True),
    ("te", [], False),
    ("bricks", [], False),
    ("", [], False),
]


@pytest.mark.parametrize(("text", "slugs", "exact"), TEXTED)
def test_a_texted_word_is_read_tolerantly(
    products: ProductIndex, text: str, slugs: list[str], exact: bool
) -> None:
    read = products.read(text)
    assert [entry.slug for entry, _score in read] == slugs
    assert all((score == 100) is exact for _entry, score in read)


def test_every_product_is_read_by_each_of_its_own_names_and_spellings(products: ProductIndex) -> None:
    for name in products.categories():
        for entry in products.in_category(name):
            for word in (entry.name_en, entry.name_sw, *entry.spellings):
                assert entry in [found for found, score in products.read(word) if score == 100], word


def test_names_with_alternatives_are_split() -> None:
    assert alternatives("kitunguu (vitunguu)") == ["kitunguu", "vitunguu"]
    assert alternatives("limau (ndimu = lime)") == ["limau", "ndimu"]
    assert alternatives("Tomatoes") == ["Tomatoes"]
    assert alternatives("") == []


NAMES = [
    ("tomatoes", "tomatoes", "nyanya", "nyanya"),
    ("onions", "onions", "kitunguu", "gĩtungũrũ"),
    ("irish-potatoes", "Irish potatoes", "viazi", "waru"),
    ("bananas-ripe", "ripe bananas", "ndizi mbivu", "irigũ"),
    ("bananas-cooking", "cooking bananas", "matoke", "marigũ"),
    ("nightshade", "managu", "mnavu", "managu"),
    ("cowpeas-dry", "cowpeas", "kunde kavu", "thoroko"),
    ("beetroot", "beetroot", "biti", "biti"),
]


@pytest.mark.parametrize(("slug", "en", "sw", "ki"), NAMES)
def test_a_product_is_called_shortly_in_three_languages(
    products: ProductIndex, slug: str, en: str, sw: str, ki: str
) -> None:
    """A missing Kikuyu name is the Swahili one."""
    product_id = products.by_slug(slug).product_id
    assert [products.name(product_id, language) for language in LANGUAGES] == [en, sw, ki]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_products_are_called_the_same_even_cut_to_a_slot(
    products: ProductIndex, language: str
) -> None:
    everything = [e for c in products.categories() for e in products.in_category(c)]
    assert len(everything) == 74
    called = Counter(products.name(entry.product_id, language)[:14] for entry in everything)
    assert [name for name, count in called.items() if count > 1] == []


def test_namesakes_stay_alike_where_nothing_tells_them_apart() -> None:
    assert short_names({1: "kunde", 2: "kunde"}, {}) == {1: "kunde", 2: "kunde"}


def test_units_carry_their_kilograms_and_the_unknown_ones_are_named_dr112(products: ProductIndex) -> None:
    assert dict(products.by_slug("tomatoes").units) == {
        "kg": Decimal(1),
        "crate 64kg": Decimal(64),
        "bucket": Decimal(15),
        "piece": Decimal("0.10"),
    }
    goat = products.by_slug("goat")
    assert not goat.units
    assert goat.unknown_units == {"piece"}
    for category in products.categories():
        for entry in products.in_category(category):
            assert next(iter([*entry.units, *entry.unknown_units])) == entry.unit


def test_categories_keep_the_order_of_the_data(products: ProductIndex) -> None:
    assert products.categories()[:3] == ["Cereals", "Pulses", "Nuts"]
    assert [entry.slug for entry in products.in_category("Bulb vegetables")] == [
        "onions",
        "spring-onions",
        "garlic",
    ]
    assert products.in_category("Bricks") == []


def test_what_is_not_sold_is_unknown(products: ProductIndex) -> None:
    with pytest.raises(UnknownProduct):
        products.entry(10**6)
    with pytest.raises(UnknownProduct):
        products.by_slug("bricks")
    with pytest.raises(UnknownProduct):
        products.name(10**6, "en")


def test_loading_again_adds_nothing_and_overwrites_nothing(db: Database, products: ProductIndex) -> None:
    tomatoes = products.by_slug("tomatoes").product_id
    piece = (Pack.product_id == tomatoes) & (Pack.unit == "piece")
    db.run(lambda tx: tx.session.execute(update(Pack).where(piece).values(kg=Decimal("0.12"))))

    def counts() -> list[int | None]:
        with db.read() as tx:
            tables = (Product, Pack, Category, MarketPrice)
            return [tx.session.scalar(select(func.count()).select_from(t)) for t in tables]

    before = counts()
    try:
        load_catalogue(db)
        load_reference(db)
        assert products.by_slug("tomatoes").units["piece"] == Decimal("0.12")
        assert counts() == before
    finally:
        db.run(lambda tx: tx.session.execute(update(Pack).where(piece).values(kg=Decimal("0.10"))))
        products.refresh(db.engine, now=True)


def test_a_category_with_one_parent_hangs_below_it_and_the_others_stand_at_the_top_dr401(
    db: Database, products: ProductIndex
) -> None:
    with db.read() as tx:
        rows = tx.session.execute(
            select(Category.category_id, Category.category_name, Category.parent_id)
        ).all()
    name = {row[0]: row[1] for row in rows}
    tree = {row[1]: name.get(row[2] or 0) for row in rows}
    assert tree["Bulb vegetables"] == "Vegetables"
    assert (tree["Fruits"], tree["Other"], tree["Vegetables"]) == (None, None, None)


def test_a_product_taken_out_is_not_found_but_keeps_its_name(db: Database, products: ProductIndex) -> None:
    okra = products.by_slug("okra")
    off = Product.slug == "okra"
    db.run(lambda tx: tx.session.execute(update(Product).where(off).values(is_active=False)))
    try:
        products.refresh(db.engine, now=True)
        assert products.search("okra") == []
        assert products.read("okra") == []
        assert okra not in products.in_category("Fruit vegetables")
        assert products.name(okra.product_id, "sw") == "bamia"
    finally:
        db.run(lambda tx: tx.session.execute(update(Product).where(off).values(is_active=True)))
        products.refresh(db.engine, now=True)


def test_readers_and_a_refresh_do_not_disturb_each_other(db: Database) -> None:
    index = ProductIndex()
    index.refresh(db.engine, now=True)
    stop = threading.Event()
    wrong: list[str] = []

    def look() -> None:
        while not stop.is_set():
            if [e.slug for e in index.search("nyanya", limit=1)] != ["tomatoes"]:
                wrong.append("lost")

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        index.refresh(db.engine, now=True)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
