"""Order numbers, their tails and delivery codes, as people put them into a text (DR-110, DR-1205)."""

import re
from collections.abc import Sequence

from sms.lexicon import NAMING, UNITS
from sms.words import Token

# `A3B7`, `1042`, `240115A3B7`, `TUN240115A3B7`, `311`; digits alone are at most ten.
_REFERENCE = re.compile(r"(?=[a-z0-9]*\d)(?:[a-z0-9]{3,4}|\d{6}[a-z0-9]{4}|tun\d{6}[a-z0-9]{4})")
_TAIL = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{4}")
_CODE = re.compile(r"\d{4}")


def take(said: Sequence[Token]) -> tuple[str | None, list[Token]]:
    """The reference among the words, upper case, and the other words; pieces (`A3 B7`) are joined."""
    left = [token for token in said if token.text not in NAMING]
    for at, token in enumerate(left):
        if token.kind != "word" and _REFERENCE.fullmatch(token.text):
            return token.text.upper(), left[:at] + left[at + 1 :]
    joined = "".join(token.text for token in left)
    amount = any(token.text in UNITS for token in left)  # "50 kg" is no order's tail
    if len(left) > 1 and not amount and len(joined) > 3 and _REFERENCE.fullmatch(joined):
        return joined.upper(), []
    return None, left


def job_and_code(said: Sequence[Token]) -> tuple[str | None, str | None, list[Token]]:
    """(job, code, other words) of `A3B7 4821`, `4821 A3B7`, `311 4821`, `4821`, `A3B7`.

    A code is four digits; where two pieces could be one, the job comes first.
    """
    left = [token for token in said if token.text not in NAMING]
    pieces = [token for token in left if token.kind != "word" and _REFERENCE.fullmatch(token.text)][:2]
    rest = [token for token in left if token not in pieces]
    lettered = [t for t in pieces if _TAIL.fullmatch(t.text) or len(t.text) > 4]
    numbers = [t for t in pieces if t not in lettered]
    if lettered and numbers and _CODE.fullmatch(numbers[0].text):
        return lettered[0].text.upper(), numbers[0].text, rest
    if len(numbers) == 2 and _CODE.fullmatch(numbers[1].text):
        return numbers[0].text, numbers[1].text, rest
    if len(pieces) == 1:
        only = pieces[0]
        if not _CODE.fullmatch(only.text):
            return only.text.upper(), None, rest
        split = "".join(token.text for token in rest)  # "a3 b7 4821"
        return (split.upper(), only.text, []) if _TAIL.fullmatch(split) else (None, only.text, rest)
    joined = "".join(token.text for token in left)
    if not pieces and re.fullmatch(r"[a-z0-9]{4}\d{4}", joined) and _TAIL.fullmatch(joined[:4]):
        return joined[:4].upper(), joined[4:], []
    return None, None, left
