"""Order numbers, their tails, delivery codes and phone numbers, as people text them (DR-110, DR-1205)."""

import re
from collections.abc import Sequence

from core.msisdn import NotKenyanMobile, e164
from sms.lexicon import NAMING, UNITS
from sms.words import Token

# `A3B7`, `1042`, `240115A3B7`, `TUN240115A3B7`, `311`; digits alone are at most ten.
_REFERENCE = re.compile(r"(?=[a-z0-9]*\d)(?:[a-z0-9]{3,4}|\d{5,6}|\d{6}[a-z0-9]{4}|tun\d{6}[a-z0-9]{4})")
_TAIL = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{4}")
_WHOLE = re.compile(r"(?:tun)?\d{6}[a-z0-9]{4}")
_CODE = re.compile(r"\d{4}")


def take(said: Sequence[Token]) -> tuple[str | None, list[Token]]:
    """The reference among the words, upper case, and the other words; pieces (`A3 B7`, `TUN 250624 A3B7`) are
    joined."""
    left = [token for token in said if token.kind != "sign"]
    joined = _joined(left)
    if joined:
        return joined
    for at, token in enumerate(left):
        of_unit = at + 1 < len(left) and left[at + 1].text in UNITS and left[at + 1].start - token.end < 3
        if at + 2 < len(left) and left[at + 2].kind == "number":  # "punguza 1042 kilo 20"
            of_unit = of_unit and len(token.text) < 4
        if token.kind in ("number", "mixed") and _REFERENCE.fullmatch(token.text) and not of_unit:
            before = at
            while before and left[before - 1].text in NAMING:
                before -= 1
            return token.text.upper(), left[:before] + left[at + 1 :]
    return None, left


def _joined(left: list[Token]) -> tuple[str, list[Token]] | None:
    """A reference written in two or three pieces that stand together, and the rest."""
    figures = [token.kind in ("number", "mixed") for token in left]
    for at in range(len(left)):
        for length in (3, 2):
            part = left[at : at + length]
            if len(part) < length or not any(figures[at : at + length]):
                continue
            if any(token.text in UNITS for token in part):
                continue
            text = "".join(token.text for token in part)
            pieces = all(
                token.kind in ("number", "mixed") or token.text == "tun" or len(token.text) < 3
                for token in part
            )
            split_tail = length == 2 and all(
                len(t.text) == 2 and any(c.isdigit() for c in t.text) for t in part
            )
            if pieces and (_WHOLE.fullmatch(text) if len(text) > 4 else split_tail and _TAIL.fullmatch(text)):
                return text.upper(), left[:at] + left[at + length :]
    return None


def phone_of(said: Sequence[Token]) -> tuple[str | None, list[Token]]:
    """The Kenyan mobile number among the words as +254..., and the other words."""
    for token in said:
        if token.kind == "phone":
            try:
                return e164(token.text.replace("-", "").replace(" ", "")), [t for t in said if t is not token]
            except NotKenyanMobile:
                continue
    return None, list(said)


def job_and_code(said: Sequence[Token]) -> tuple[str | None, str | None, list[Token]]:
    """(job, code, other words) of `A3B7 4821`, `4821 A3B7`, `311 4821`, `4821`, `A3B7`.

    A code is four digits; where two pieces could be one, the job comes first.
    """
    left = [token for token in said if token.text not in NAMING and token.kind != "sign"]
    coded = next((at for at, token in enumerate(left) if token.text in ("code", "kodi", "pin")), None)
    if coded is not None and coded + 1 < len(left) and _CODE.fullmatch(left[coded + 1].text):
        job, rest = take(left[:coded] + left[coded + 2 :])
        return job, left[coded + 1].text, rest
    pieces = [
        token for token in left if token.kind in ("number", "mixed") and _REFERENCE.fullmatch(token.text)
    ][:2]
    rest = [token for token in left if token not in pieces]
    lettered = [t for t in pieces if _TAIL.fullmatch(t.text) or len(t.text) > 4]
    numbers = [t for t in pieces if t not in lettered]
    if lettered and numbers and _CODE.fullmatch(numbers[0].text):
        return lettered[0].text.upper(), numbers[0].text, rest
    if len(numbers) == 2 and _CODE.fullmatch(numbers[0].text) and len(numbers[1].text) == 3:
        return numbers[1].text, numbers[0].text, rest  # "code 4821 job 311"
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
