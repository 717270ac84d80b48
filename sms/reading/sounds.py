"""How a word sounds to a Kenyan ear: spellings that differ by what people hear alike become the same."""

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_RUNS = re.compile(r"(.)\1+")
# What is written, and what is heard; in this order.
_SAME = tuple(
    (pair.split("=")[0], pair.split("=")[1])
    for pair in [
        "ph=f",
        "ck=k",
        "qu=kw",
        "q=k",
        "x=ks",
        "ou=u",
        "ee=i",
        "oo=u",
        "ea=i",
        "dh=d",
        "th=d",
        "tch=c",
        "ch=c",
        "sh=c",
        "z=s",
        "l=r",
        "y=i",
        "v=f",
        "ng=g",
        "mb=b",
        "nd=d",
        "nj=j",
        "gh=g",
        "h=",
        "w=u",
    ]
)
_VOWELS = re.compile(r"[aeiou]+")


def sound(word: str) -> str:
    """`word` by its sound: doubled letters single, l as r, th as d, a plural's s gone."""
    said = _RUNS.sub(r"\1", word.replace(" ", ""))
    for written, heard in _SAME:
        said = said.replace(written, heard)
    if len(said) > 4 and said.endswith("s"):
        said = said[:-1]
    if len(said) > 4 and said.endswith("e"):
        said = said[:-1]
    return _RUNS.sub(r"\1", said.replace("c", "k"))


def skeleton(word: str) -> str:
    """The consonants of `word`, doubled ones single: what is left when a hurried thumb drops the vowels."""
    return _RUNS.sub(r"\1", _VOWELS.sub("", word.replace(" ", "")))


def squeezed(word: str) -> str:
    """`word` without drawn-out letters: `yesss` is yes, `nyanyaa` nyanya."""
    return _RUNS.sub(r"\1", word)


def lacks_one(whole: str, word: str) -> bool:
    """Whether `word` is `whole` with one letter left out."""
    return any(whole[:at] + whole[at + 1 :] == word for at in range(len(whole)))


def within(word: str, known: Sequence[str], steps: int) -> list[str]:
    """Those of `known` that are at most so many slips of the thumb from `word`, in their order."""
    near = {name for name, *_far in extract(word, known, scorer=OSA.distance, score_cutoff=steps, limit=None)}
    return [name for name in known if name in near] if near else []
