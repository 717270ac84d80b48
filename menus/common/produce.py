"""Finding a product on a keypad: by letters in any of three languages, or by its kind."""

from collections.abc import Sequence

from core.catalogue.index import Entry
from core.words import plain, tidy
from locales.gsm import fold
from locales.mark import _
from menus.flow import Item
from menus.talk import Again, Talk

MOST_MATCHES = 30
CALLED_SO = 100
UNPACKED = frozenset({"kg", "g", "litre", "tonne", "piece", "dozen"})
NOT_KNOWN = _("We do not know {text}. Try other letters.")
IN_LETTERS = _("Write its name in letters.")
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
    """Letters by which at least one product is known."""
    letters = tidy(answer, 30)
    if not plain(letters).replace(" ", "").isalpha():  # digits are not repeated: they may be a code
        raise Again(IN_LETTERS)
    if not _meant(talk, letters):
        raise Again(NOT_KNOWN, text=letters)
    return letters


def only_match(talk: Talk) -> str:
    """Whether the letters name one product: the only one found, or the only one called exactly so."""
    letters = talk.slots["letters"]
    exact = [entry for entry, score in talk.parts.products.read(letters) if score == CALLED_SO]
    sure = exact or _meant(talk, letters)
    if len(sure) > 1:
        return "many"
    talk.slots["product"] = sure[0].product_id
    return "one"


def matches(talk: Talk) -> Sequence[Item]:
    """The products that the letters may mean, best first."""
    return _items(talk, _meant(talk, talk.slots["letters"]))


def categories(talk: Talk) -> Sequence[Item]:
    """The kinds of produce, in words that people use."""
    kinds = [kind for kind in talk.parts.products.categories() if talk.parts.products.in_category(kind)]
    return [Item(talk.words(KINDS.get(kind, kind)), kind) for kind in kinds]


def in_kind(talk: Talk) -> Sequence[Item]:
    """The products of slot `kind`."""
    return _items(talk, talk.parts.products.in_category(talk.slots["kind"]))


def unit_items(talk: Talk) -> Sequence[Item]:
    """The units in which slot `product` may be sold (DR-112), the usual one first."""
    entry = talk.parts.products.entry(talk.slots["product"])
    units = sorted(entry.units, key=lambda unit: unit != entry.unit)
    return [Item(_unit_words(talk, entry, unit), unit) for unit in units]


def _unit_words(talk: Talk, entry: Entry, unit: str) -> str:
    kg = entry.units[unit]
    text = PACK if unit not in UNPACKED and kg >= 1 else ONE_UNIT
    return talk.words(text, unit=unit, kg=kg)


def _meant(talk: Talk, letters: str) -> Sequence[Entry]:
    """Products with these letters in a name; failing that, those spelled nearly so."""
    products = talk.parts.products
    return products.search(letters, MOST_MATCHES) or [entry for entry, _score in products.read(letters)]


def _items(talk: Talk, entries: Sequence[Entry]) -> Sequence[Item]:
    names = [fold(talk.parts.products.name(entry.product_id, talk.language)) for entry in entries]
    return [
        Item(name[:1].upper() + name[1:], entry.product_id)
        for name, entry in zip(names, entries, strict=True)
    ]
