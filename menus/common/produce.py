"""Finding a product on a keypad: by letters in three languages, or by its kind; and naming a missing one."""

from collections.abc import Sequence

from core.catalogue import suggestions
from core.catalogue.errors import NameTaken
from core.catalogue.index import Entry
from core.words import plain, tidy
from locales.gsm import fold
from locales.mark import _
from menus.flow import Item, Option, Screen, act, ask, choose, fork, option, pick
from menus.talk import Again, Talk

MOST_MATCHES = 30
CALLED_SO = 100
UNPACKED = frozenset({"kg", "g", "litre", "tonne", "piece", "dozen"})
IN_LETTERS = _("Write its name in letters.")
BY_KIND = _("Choose by kind")
NOT_LISTED = _("Not in the list")
PACK = _("{unit} of {kg}kg")
ONE_UNIT = _("{unit}")

KINDS = {
    "Bulb vegetables": _("Onions, garlic"),
    "Cash crops": _("Coffee, tea, cane"),
    "Cereals": _("Maize, rice, cereals"),
    "Dairy and eggs": _("Milk and eggs"),
    "Fruit vegetables": _("Tomatoes, peppers"),
    "Fruits": _("Fruits"),
    "Herbs and spices": _("Herbs and spices"),
    "Leafy vegetables": _("Sukuma, leaves"),
    "Nuts": _("Nuts"),
    "Other": _("Other"),
    "Poultry and livestock": _("Chicken, livestock"),
    "Pulses": _("Beans and peas"),
    "Roots and tubers": _("Potatoes, roots"),
}


def named(talk: Talk, answer: str) -> str:
    """Letters, whether they name a product or not."""
    letters = tidy(answer, 30)
    if not plain(letters).replace(" ", "").isalpha():  # digits are not repeated: they may be a code
        raise Again(IN_LETTERS)
    return letters


def only_match(talk: Talk) -> str:
    """Whether the letters name one product (the only one found, or called exactly so), many, or none."""
    letters = talk.slots["letters"]
    exact = [entry for entry, score in talk.parts.products.read(letters) if score == CALLED_SO]
    sure = exact or _meant(talk, letters)
    if len(sure) != 1:
        return "many" if sure else "none"
    talk.slots["product"] = sure[0].product_id
    return "one"


def matches(talk: Talk) -> Sequence[Item]:
    """The products that the letters may mean, best first."""
    return product_items(talk, [entry.product_id for entry in _meant(talk, talk.slots["letters"])])


def categories(talk: Talk) -> Sequence[Item]:
    """The kinds of produce, in words that people use."""
    kinds = [kind for kind in talk.parts.products.categories() if talk.parts.products.in_category(kind)]
    return [Item(talk.words(KINDS.get(kind, kind)), kind) for kind in kinds]


def in_kind(talk: Talk) -> Sequence[Item]:
    """The products of slot `kind`."""
    entries = talk.parts.products.in_category(talk.slots["kind_of"])
    return product_items(talk, [entry.product_id for entry in entries])


def unit_items(talk: Talk) -> Sequence[Item]:
    """The units in which slot `product` may be sold (DR-112), the usual one first."""
    entry = talk.parts.products.entry(talk.slots["product"])
    units = sorted(entry.units, key=lambda unit: unit != entry.unit)
    return [Item(_unit_words(talk, entry, unit), unit) for unit in units]


def product_items(talk: Talk, product_ids: Sequence[int]) -> Sequence[Item]:
    """A line for each product, in its order."""
    names = [fold(talk.parts.products.name(product_id, talk.language)) for product_id in product_ids]
    return [
        Item(name[:1].upper() + name[1:], product_id)
        for name, product_id in zip(names, product_ids, strict=True)
    ]


def letters(talk: Talk) -> dict[str, str]:
    """What was typed."""
    return {"text": talk.slots["letters"]}


def suggest(talk: Talk) -> str:
    """Keep the name that is missing, for an admin (DR-401); what turns out to be in the list is taken."""
    try:
        suggestions.suggest(talk.tx, talk.actor, name=talk.slots["letters"])
    except NameTaken as known:
        talk.slots["product"] = known.values["id"]
        return "known"
    return "ok"


def product_steps(text: str, *, then: str, first: tuple[Option, ...] = ()) -> tuple[Screen, ...]:
    """The steps that end with slot `product` holding a product's id and go on to `then`; they begin with the
    question `text` on screen "product".

    first  choices of the conversation's own, from key 2 on
    """
    which = _("Which one?")
    missing = (option("97", NOT_LISTED, "unknown"),)
    return (
        ask(
            "product",
            text,
            parse=named,
            save="letters",
            then="found",
            options=(option("1", BY_KIND, "kinds"), *first),
        ),
        fork("found", only_match, ways={"one": then, "many": "products", "none": "unknown"}),
        pick("products", which, items=matches, save="product", then=then, options=missing),
        pick("kinds", _("What kind?"), items=categories, save="kind_of", then="in_kind"),
        pick(
            "in_kind",
            which,
            items=in_kind,
            save="product",
            then=then,
            options=(option("97", NOT_LISTED, "new_name"),),
        ),
        ask("new_name", _("What is it called? Write its name."), parse=named, save="letters", then="found"),
        ask(
            "unknown",
            _("We do not know {text} yet. Write other letters, or:"),
            values=letters,
            parse=named,
            save="letters",
            then="found",
            options=(option("1", _("Ask for it to be added"), "suggest"),),
            again="product",
        ),
        act("suggest", suggest, ways={"ok": "suggested", "known": then}),
        choose(
            "suggested",
            _("Thank you. We look at {text} and text you when it is in the list."),
            values=letters,
            options=(option("1", _("Another product"), "product"),),
        ),
    )


def _unit_words(talk: Talk, entry: Entry, unit: str) -> str:
    kg = entry.units[unit]
    text = PACK if unit not in UNPACKED and kg >= 1 else ONE_UNIT
    return talk.words(text, unit=unit, kg=kg)


def _meant(talk: Talk, letters: str) -> Sequence[Entry]:
    """Products with these letters in a name; failing that, those spelled nearly so."""
    products = talk.parts.products
    return products.search(letters, MOST_MATCHES) or [entry for entry, _score in products.read(letters)]
