"""Categories, products, packs, missing names: who may what, what is refused (DR-401, DR-112, DR-105)."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from core.actor import Actor
from core.audit.models import AuditRow
from core.catalogue import packs, products, suggestions, tree
from core.catalogue.errors import (
    BadWeight,
    CategoryInUse,
    NameMissing,
    NameTaken,
    PackUnknown,
    SourceMissing,
    SuggestionClosed,
    TooManySuggestions,
    TreeInCircle,
    TreeTooDeep,
    UnknownProduct,
    UnknownUnit,
)
from core.catalogue.models import Category, Product
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed, NotFound
from core.notifications.models import Notification
from tests.helpers import Cast, Person
from tests.listings.people import offer, seller
from tests.proving import proves

D = Decimal


def category(db: Database, name: str) -> int:
    with db.read() as tx:
        return tx.session.scalars(select(Category.category_id).where(Category.category_name == name)).one()


def audited(db: Database, what: str) -> list[dict[str, Any]]:
    with db.read() as tx:
        query = select(AuditRow).where(AuditRow.what == what).order_by(AuditRow.audit_id)
        return [row.changes for row in tx.session.scalars(query)]


def told(db: Database, who: Person) -> list[str]:
    with db.read() as tx:
        query = select(Notification.code).where(Notification.user_id == who.id)
        return list(tx.session.scalars(query.order_by(Notification.notification_id)))


# --- the tree ------------------------------------------------------------------------------------------


@proves("DR-401", "DR-213")
def test_an_admin_shapes_the_tree_and_everybody_reads_it(shelves: Database, cast: Cast) -> None:
    boss = cast.admin.actor
    top = shelves.run(lambda tx: tree.create(tx, boss, name=" Flowers "))
    rose = shelves.run(lambda tx: tree.create(tx, boss, name="Roses", parent_id=top.category_id))
    with shelves.read() as tx:
        below = tree.children(tx, cast.customer.actor, category_id=top.category_id)
        assert [(one.category_id, one.category_name, one.parent_id) for one in below] == [
            (rose.category_id, "Roses", top.category_id)
        ]
        assert {one.category_name for one in tree.categories(tx, cast.rider.actor)} >= {"Flowers", "Cereals"}
    renamed = shelves.run(lambda tx: tree.change(tx, boss, category_id=rose.category_id, name="Cut roses"))
    assert renamed.category_name == "Cut roses"
    with pytest.raises(CategoryInUse) as refused, shelves.transaction() as tx:
        tree.remove(tx, boss, category_id=top.category_id)
    assert refused.value.values == {"count": 1}
    shelves.run(lambda tx: tree.remove(tx, boss, category_id=rose.category_id))
    shelves.run(lambda tx: tree.remove(tx, boss, category_id=top.category_id))
    with pytest.raises(NotFound), shelves.transaction() as tx:
        tree.remove(tx, boss, category_id=top.category_id)
    assert len(audited(shelves, "category.create")) == 2


@proves("DR-401")
def test_the_tree_has_no_circle_and_at_most_four_levels(shelves: Database, cast: Cast) -> None:
    boss = cast.admin.actor

    def create(name: str, parent: int | None) -> int:
        return shelves.run(lambda tx: tree.create(tx, boss, name=name, parent_id=parent)).category_id

    levels = [create("Level 1", None)]
    for number in range(2, 5):
        levels.append(create(f"Level {number}", levels[-1]))
    with pytest.raises(TreeTooDeep):
        create("Level 5", levels[-1])
    for under in (levels[0], levels[1], levels[3]):
        with pytest.raises(TreeInCircle), shelves.transaction() as tx:
            tree.change(tx, boss, category_id=levels[0], parent_id=under)
    other = create("Other top", None)
    with pytest.raises(TreeTooDeep), shelves.transaction() as tx:
        tree.change(tx, boss, category_id=levels[0], parent_id=other)
    moved = shelves.run(lambda tx: tree.change(tx, boss, category_id=levels[1], parent_id=other))
    assert moved.parent_id == other
    with shelves.read() as tx:
        assert tree.under(tx, other) == {other, *levels[1:]}


@proves("DR-401")
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"name": " "}, NameMissing),
        ({"name": "Cereals"}, NameTaken),
        ({"name": "New", "parent_id": 10**6}, NotFound),
    ],
)
def test_a_category_that_cannot_be_is_refused(
    shelves: Database, cast: Cast, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal), shelves.transaction() as tx:
        tree.create(tx, cast.admin.actor, **said)


@proves("DR-213")
@pytest.mark.parametrize("role", ["customer", "farmer", "rider"])
def test_only_admins_touch_the_tree_and_the_packs(shelves: Database, cast: Cast, role: str) -> None:
    who: Actor = getattr(cast, role).actor
    cereals = category(shelves, "Cereals")
    verbs: list[Callable[[Tx], object]] = [
        lambda tx: tree.create(tx, who, name="Mine"),
        lambda tx: tree.change(tx, who, category_id=cereals, name="Mine"),
        lambda tx: tree.remove(tx, who, category_id=cereals),
        lambda tx: packs.set_pack(tx, who, product_id=1, unit="kg", kg=D(1), source="me"),
        lambda tx: packs.unknown(tx, who),
        lambda tx: suggestions.waiting(tx, who),
        lambda tx: suggestions.settle(tx, who, suggestion_id=1, product_id=1),
        lambda tx: suggestions.refuse(tx, who, suggestion_id=1),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed), shelves.transaction() as tx:
            verb(tx)


# --- products ------------------------------------------------------------------------------------------


@proves("DR-401")
def test_a_farmer_adds_a_product_and_the_index_finds_it_in_three_languages(
    shelves: Database, cast: Cast
) -> None:
    who = cast.farmer.actor
    fruits = category(shelves, "Fruits") if _has(shelves, "Fruits") else category(shelves, "Cereals")
    made = shelves.run(
        lambda tx: products.create(
            tx, who, category_id=fruits, name="Tree tomato jam", name_sw="jamu ya matunda",
            name_ki="njamu ya matunda ma mũtĩ", unit="bottle", kg=D("0.50"), is_perishable=False,
        )
    )  # fmt: skip
    with shelves.transaction() as tx:  # the next transaction reads the list again
        for letters in ("tree tomato j", "jamu ya", "njamu ya matunda ma muti"):
            assert [entry.product_id for entry in tx.parts.products.search(letters)] == [made.product_id]
        entry = tx.parts.products.entry(made.product_id)
        assert (entry.units, entry.perishable, entry.slug) == (
            {"bottle": D("0.50")},
            False,
            "tree-tomato-jam",
        )
        shown = products.read(tx, cast.customer.actor, product_id=made.product_id)
        assert shown.names == {
            "en": "Tree tomato jam",
            "sw": "jamu ya matunda",
            "kikuyu": "njamu ya matunda ma mũtĩ",
        }
    assert offer(
        shelves, seller(shelves, cast.farmer), "tree-tomato-jam", unit="bottle", quantity=D(4), price=D(200)
    ).kg_per_unit == D("0.50")


def _has(db: Database, name: str) -> bool:
    with db.read() as tx:
        return tx.session.scalar(select(Category).where(Category.category_name == name)) is not None


@proves("DR-401")
def test_the_lists_are_all_perishable_and_of_a_kind(shelves: Database, cast: Cast) -> None:
    with shelves.read() as tx:
        every = products.every(tx, cast.customer.actor)
        perishable = products.perishable(tx, cast.customer.actor)
        grains = products.in_category(
            tx, cast.customer.actor, category_id=category(shelves, "Grains and pulses")
        )
        stored = tx.session.scalars(select(Product).where(Product.is_active)).all()
    assert len(every) == len(stored) >= 74
    assert {one.product_id for one in perishable} == {p.product_id for p in stored if p.is_perishable}
    assert {"Maize (dry)", "Rice"} <= {one.product_name for one in grains}
    assert "Tomatoes" not in {one.product_name for one in grains}
    maize = next(one for one in every if one.product_name == "Maize (dry)")
    assert maize.units["bag 90kg"] == D(90)


@proves("DR-401", "DR-211")
def test_only_whoever_added_a_product_and_admins_change_it(shelves: Database, cast: Cast) -> None:
    who = cast.farmer.actor
    kind = category(shelves, "Cereals")
    made = shelves.run(lambda tx: products.create(tx, who, category_id=kind, name="Teff"))
    tomatoes = shelves.parts.products.by_slug("tomatoes").product_id
    with pytest.raises(UnknownProduct), shelves.transaction() as tx:
        products.change(tx, who, product_id=tomatoes, name="Mine")
    with pytest.raises(UnknownProduct), shelves.transaction() as tx:
        products.withdraw(tx, who, product_id=tomatoes)
    for stranger in (cast.customer.actor, cast.rider.actor):
        with pytest.raises(NotAllowed), shelves.transaction() as tx:
            products.change(tx, stranger, product_id=made.product_id, name="Mine")
        with pytest.raises(NotAllowed), shelves.transaction() as tx:
            products.create(tx, stranger, category_id=kind, name="Mine")
    changed = shelves.run(
        lambda tx: products.change(
            tx, who, product_id=made.product_id, name="White teff", name_sw="tefu", is_perishable=False
        )
    )
    assert (changed.product_name, changed.name_sw, changed.is_perishable) == ("White teff", "tefu", False)
    boss = cast.admin.actor
    shelves.run(lambda tx: products.change(tx, boss, product_id=made.product_id, category_id=kind))
    for _again in range(2):
        shelves.run(lambda tx: products.withdraw(tx, boss, product_id=made.product_id))
    with shelves.transaction() as tx:
        assert tx.parts.products.search("teff") == []
        assert made.product_id not in {one.product_id for one in products.every(tx, who)}
        with pytest.raises(UnknownProduct):
            products.read(tx, who, product_id=10**6)
    with pytest.raises(UnknownProduct):
        offer(shelves, seller(shelves, cast.farmer), changed.slug)
    assert len(audited(shelves, "product.withdraw")) == 1


WRONG_PRODUCTS: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"name": " "}, NameMissing),
    ({"name": "tomatoes"}, NameTaken),
    ({"name": "NYANYA"}, NameTaken),
    ({"category_id": 10**6}, NotFound),
    ({"unit": "wheelbarrow"}, UnknownUnit),
    ({"unit": "g"}, UnknownUnit),
    ({"unit": "bag 90kg", "kg": D(50)}, BadWeight),
    ({"unit": "crate", "kg": D(0)}, BadWeight),
    ({"unit": "crate", "kg": D("NaN")}, BadWeight),
    ({"unit": "crate", "kg": D("2000.01")}, BadWeight),
]


@proves("DR-401", "DR-112")
@pytest.mark.parametrize(("said", "refusal"), WRONG_PRODUCTS, ids=lambda value: str(value)[:40])
def test_a_product_that_cannot_be_is_refused(
    shelves: Database, cast: Cast, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    kind: dict[str, Any] = {"category_id": category(shelves, "Cereals"), "name": "Teff"}
    with pytest.raises(refusal), shelves.transaction() as tx:
        products.create(tx, cast.admin.actor, **(kind | said))


# --- packs ---------------------------------------------------------------------------------------------


@proves("DR-112", "DR-1801")
def test_no_weight_no_listing_until_an_admin_says_it_with_its_source(shelves: Database, cast: Cast) -> None:
    who, boss = seller(shelves, cast.farmer), cast.admin.actor
    goat = shelves.parts.products.by_slug("goat").product_id
    goats = {"unit": "piece", "quantity": D(2), "price": D(9000)}
    with pytest.raises(PackUnknown):
        offer(shelves, who, "goat", **goats)
    with shelves.read() as tx:
        assert (goat, "piece") in {(one.product_id, one.unit) for one in packs.unknown(tx, boss)}

    def say(kg: Decimal | None, source: str = "weighed at Dagoretti market") -> packs.PackView:
        return shelves.run(
            lambda tx: packs.set_pack(tx, boss, product_id=goat, unit="piece", kg=kg, source=source)
        )

    for _again in range(2):
        said = say(D(28))
    assert (said.kg, said.status, said.source) == (D(28), "confirmed", "weighed at Dagoretti market")
    first = offer(shelves, who, "goat", **goats)
    assert (first.kg_per_unit, first.price_per_kg) == (D(28), D("321.43"))
    say(D(30))
    assert offer(shelves, who, "goat", **goats).kg_per_unit == D(30)
    with shelves.read() as tx:
        assert tx.session.merge(first, load=False).kg_per_unit == D(28), "what is listed keeps its weight"
    say(None, "nobody knows after all")
    with pytest.raises(PackUnknown):
        offer(shelves, who, "goat", **goats)
    assert [row["kg"] for row in audited(shelves, "pack.set")] == [
        [None, "28.00"],
        ["28.00", "30.00"],
        ["30.00", None],
    ]


@proves("DR-112")
def test_a_farmer_says_what_her_own_pack_weighs(shelves: Database, cast: Cast) -> None:
    who = seller(shelves, cast.farmer)
    own = offer(shelves, who, "goat", unit="piece", quantity=D(2), price=D(9000), kg_per_unit=D("31.50"))
    assert (own.kg_per_unit, own.kg_is_hers) == (D("31.50"), True)
    heavy = offer(shelves, who, unit="crate 64kg", quantity=D(2), price=D(4000), kg_per_unit=D(60))
    assert (heavy.kg_per_unit, heavy.price_per_kg) == (D(60), D("66.67"))


WRONG_PACKS: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"source": " "}, SourceMissing),
    ({"unit": "wheelbarrow"}, UnknownUnit),
    ({"unit": "bag 90kg", "kg": D(80)}, BadWeight),
    ({"unit": "kg", "kg": D(2)}, BadWeight),
    ({"kg": D(0)}, BadWeight),
    ({"kg": D(-1)}, BadWeight),
    ({"kg": D("1.005")}, BadWeight),
    ({"kg": D("Infinity")}, BadWeight),
    ({"product_id": 10**6}, UnknownProduct),
]


@proves("DR-112")
@pytest.mark.parametrize(("said", "refusal"), WRONG_PACKS, ids=lambda value: str(value)[:40])
def test_a_weight_that_cannot_be_is_refused(
    shelves: Database, cast: Cast, said: dict[str, Any], refusal: type[DomainError]
) -> None:
    tomatoes = shelves.parts.products.by_slug("tomatoes").product_id
    right: dict[str, Any] = {"product_id": tomatoes, "unit": "crate", "kg": D(60), "source": "weighed"}
    with pytest.raises(refusal), shelves.transaction() as tx:
        packs.set_pack(tx, cast.admin.actor, **(right | said))


# --- what is not in the list -----------------------------------------------------------------------------


@proves("DR-401")
def test_a_missing_product_is_named_added_and_everybody_who_missed_it_is_told(
    shelves: Database, cast: Cast
) -> None:
    boss = cast.admin.actor

    def suggest(who: Person, name: str) -> int:
        return shelves.run(lambda tx: suggestions.suggest(tx, who.actor, name=name)).suggestion_id

    first = suggest(cast.farmer, " Sugar  CANE juice ")
    assert suggest(cast.farmer, "sugar cane juice") == first, "said twice, kept once"
    suggest(cast.customer, "Sugar cane juice")
    with shelves.read() as tx:
        waiting = suggestions.waiting(tx, boss)
        assert [(one.name, one.language, one.user_id) for one in waiting] == [
            ("Sugar CANE juice", "sw", cast.farmer.id),
            ("Sugar cane juice", "en", cast.customer.id),
        ]
        assert len(suggestions.waiting(tx, boss, after=first)) == 1
    made = shelves.run(
        lambda tx: products.create(
            tx, boss, category_id=category(shelves, "Cereals"), name="Cane juice", unit="litre", kg=D(1)
        )
    )
    shelves.run(lambda tx: suggestions.settle(tx, boss, suggestion_id=first, product_id=made.product_id))
    for person in (cast.farmer, cast.customer):
        assert told(shelves, person) == ["suggestion_added"]
    with shelves.transaction() as tx:
        assert [(e.product_id, s) for e, s in tx.parts.products.read("sugar cane juice")] == [
            (made.product_id, 100)
        ]
        assert suggestions.waiting(tx, boss) == []
    with pytest.raises(SuggestionClosed), shelves.transaction() as tx:
        suggestions.settle(tx, boss, suggestion_id=first, product_id=made.product_id)
    with pytest.raises(SuggestionClosed), shelves.transaction() as tx:
        suggestions.refuse(tx, boss, suggestion_id=first)


@proves("DR-401")
def test_a_name_we_do_not_take_up_is_answered_too(shelves: Database, cast: Cast) -> None:
    boss = cast.admin.actor
    made = shelves.run(lambda tx: suggestions.suggest(tx, cast.rider.actor, name="Snow"))
    shelves.run(
        lambda tx: suggestions.refuse(tx, boss, suggestion_id=made.suggestion_id, reason="does not grow")
    )
    assert told(shelves, cast.rider)[-1] == "suggestion_refused"
    with pytest.raises(NotFound), shelves.transaction() as tx:
        suggestions.refuse(tx, boss, suggestion_id=10**6)


@proves("DR-401")
@pytest.mark.parametrize(
    ("name", "refusal"),
    [("  ", NameMissing), ("!?", NameMissing), ("Tomatoes", NameTaken), ("nyanya", NameTaken)],
)
def test_what_is_in_the_list_is_not_missing(
    shelves: Database, cast: Cast, name: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal), shelves.transaction() as tx:
        suggestions.suggest(tx, cast.farmer.actor, name=name)


def test_nobody_fills_the_list_alone(shelves: Database, cast: Cast) -> None:
    def suggest(tx: Tx, number: int) -> object:
        return suggestions.suggest(tx, cast.farmer.actor, name=f"Thing {number} zz")

    for number in range(suggestions.MOST_OPEN):
        shelves.run(partial(suggest, number=number))
    with pytest.raises(TooManySuggestions), shelves.transaction() as tx:
        suggestions.suggest(tx, cast.farmer.actor, name="One more zz")
