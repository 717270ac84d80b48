"""What a product is called, as it is said in a sentence and on a narrow screen.

The data gives a name per language, some with an alternative or a qualifier in brackets: "kitunguu
(vitunguu)", "Beans (dry)", "limau (ndimu = lime)". The short name is the first alternative; a longer one
gives way to another that fits 14 characters; where two products would be called the same, the qualifier
comes back.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

SHORT = 14
# English words that keep their capital inside a sentence.
PROPER = ("African", "Irish", "French")
_BRACKETS = re.compile(r"\(([^)]*)\)")


def alternatives(name: str) -> list[str]:
    """Each way the data writes a name, the main one first: "kitunguu (vitunguu)" gives both."""
    main = " ".join(_BRACKETS.sub(" ", name).split())
    inside = [part.split("=")[0].strip() for part in _BRACKETS.findall(name)]
    return [word for word in dict.fromkeys((main, *inside)) if word]


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: "Tomatoes" is tomatoes, "Irish potatoes" stays."""
    return name if name.startswith(PROPER) else name[:1].lower() + name[1:]


def short_names(names: Mapping[int, str], spellings: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """One short name for each product of one language; no two alike if the data allows it.

    names      product_id -> name as the data has it; products without a name in this language are left out
    spellings  product_id -> what people type for it
    """
    chosen = {product_id: _fitting(name) for product_id, name in names.items() if name}
    count = Counter(chosen.values())
    for product_id, name in chosen.items():
        if count[name] > 1:
            chosen[product_id] = _told_apart(name, names[product_id], spellings.get(product_id, ()))
    return chosen


def _fitting(name: str) -> str:
    """The first alternative that fits, else the first."""
    ways = [in_sentence(way) for way in alternatives(name)]
    return next((way for way in ways if len(way) <= SHORT), ways[0])


def _told_apart(short: str, name: str, spellings: Sequence[str]) -> str:
    """With what tells it from its namesake: its qualifier in front, or its fullest spelling."""
    qualifier = [way for way in alternatives(name)[1:] if in_sentence(way) != short]
    if qualifier:
        return f"{qualifier[0]} {short}"
    return max(
        (spelling for spelling in spellings if spelling.startswith(f"{short} ")), key=len, default=short
    )
