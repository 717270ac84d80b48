"""From a message's code and slots to the text that travels, in one language; secrets only here (DR-1205)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from locales.errors import ERRORS
from locales.gsm import SEGMENT, fold, septets
from locales.messages import MESSAGES
from locales.messages.kind import Message
from locales.notice import entry_of
from locales.slots import GOES_ON, cut, words
from locales.voice import Voice, slots_of

# Names that may be shortened in a quote, and the widest of them.
CUT = ("product", "farm", "where")
NAME = 14
STARS = "****"
ERROR = "error:"  # code of a refusal's sentence: error:orders.unknown


def is_secret(value: Any) -> bool:
    """Whether a slot's value stands for something that no table may hold."""
    return isinstance(value, dict) and set(value) == {"secret"}


def has_secret(values: Mapping[str, Any], kind: str) -> bool:
    """Whether any slot is a secret of `kind` ("delivery")."""
    return any(is_secret(value) and value["secret"].startswith(f"{kind}:") for value in values.values())


def hidden(_reference: str) -> str:
    """Stars in place of every secret: for the callback log."""
    return STARS


def render(
    voice: Voice, language: str, code: str, values: Mapping[str, Any], *, reveal: Callable[[str], str]
) -> str:
    """The text of message `code` for the wire.

    values  the outbox row's slots; `options` are the numbered choices of a question, `lines` the lines of an
            order, each a dict of slots of its own
    reveal  opens a secret's reference ("delivery:12")
    """
    if code.startswith(ERROR):
        why = voice.say(language, ERRORS[code.removeprefix(ERROR)], **values)
        return f"{why} {voice.say(language, MESSAGES['what_next'].text)}"
    message = MESSAGES[code]
    known = {name: reveal(value["secret"]) if is_secret(value) else value for name, value in values.items()}
    if message.listing == "quote":
        return _quote(voice, language, message, known)
    text = voice.say(language, message.text, **known)
    if not message.listing and message.shorter and _is_cut_off(text, message.shorter, known):
        return voice.say(language, message.shorter, **known)
    if message.listing == "before":
        shorter = voice.say(language, message.shorter, **known) if message.shorter else text
        paid = _kept(voice, language, message.text, known)
        texts = (_with(text, paid[0]), _with(shorter, paid[-1]))
        return _below_lines(voice, language, texts, values["lines"], values.get("missing", ()))
    if message.listing == "after":
        return _with_choices(
            text, [_entry(voice, language, option) for option in values["options"]], values.get("first", 1)
        )
    if message.listing == "shelf":
        return _with_offers(voice, language, text, values["options"])
    if message.listing == "below":
        return "\n".join([text, *(_entry(voice, language, line) for line in values["lines"])])
    return text


def _is_cut_off(text: str, instead: str, known: Mapping[str, Any]) -> bool:
    """Whether words of ours are longer than `text` holds, and all is known that is said `instead`."""
    cut_off = any(fold(words("", known[name])) not in text for name in GOES_ON & known.keys())
    return cut_off and set(slots_of(instead)) <= known.keys()


def _entry(voice: Voice, language: str, entry: Mapping[str, Any]) -> str:
    return fold(entry_of(voice.say, language, entry))


def _quote(voice: Voice, language: str, message: Message, known: Mapping[str, Any]) -> str:
    """An offer of one thing; where it is too long names are cut, then fewer words are used; sums, amounts and
    days are never cut."""
    text = message.text
    named = {name: known[name] for name in CUT if name in known}
    for width in (NAME, *range(NAME - 1, NAME - 10, -1)):
        said = voice.say(language, text, **{**known, **_cut_to(voice, language, named, width)})
        for paid in _kept(voice, language, text, known):
            offer = _with(said, paid)
            if septets(offer) <= SEGMENT:
                return offer
    if not message.shorter:
        return offer
    shorter = voice.say(language, message.shorter, **{**known, **_cut_to(voice, language, named, NAME)})
    fewer = _with(shorter, _kept(voice, language, text, known)[-1])
    line = {"amount_of": known["amount_of"], "product": known["product"]}
    return _below_lines(voice, language, (fewer, fewer), [line], ())


def _cut_to(voice: Voice, language: str, named: Mapping[str, Any], width: int) -> dict[str, str]:
    return {
        name: cut(voice.say(language, f"{{{name}}}", **{name: value}), width, septets)
        for name, value in named.items()
    }


def _kept(voice: Voice, language: str, text: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """What she really pays, in more words and in fewer: with what we keep for her (DR-103), or with what was
    missing at her last door (DR-902)."""
    code = next((name for name in ("kept", "short") if known.get(name)), "")
    if not code or not known.get("due") or "{kept}" in text:
        return ("",)
    codes = (f"quote_{code}", f"quote_{code}_short")
    return tuple(voice.say(language, MESSAGES[name].text, **known) for name in codes)


def _with(text: str, paid: str) -> str:
    """The offer, and behind its sums what she pays; before the numbered choices, where it has any."""
    if not paid:
        return text
    head, newline, choices = text.partition("\n")
    return f"{head.rstrip('.')}. {paid}{newline}{choices}"


def _below_lines(
    voice: Voice, language: str, texts: tuple[str, str], lines: Sequence[Any], missing: Sequence[int]
) -> str:
    """What is ordered, then the text: all words if one segment holds them, what is missing named too where it
    fits; else names are cut, then fewer words are used, then shorter amounts. What is too much even so goes
    out in two segments."""
    usual, shorter = texts
    gone = [{"say": "line_gone", "product": product} for product in missing]
    forms = [(usual, "amount_of", range(14, 13, -1), [*lines, *gone])] if gone else []
    forms += [(text, "amount_of", range(14, 7, -1), [*lines]) for text in (usual, shorter)]
    forms.append((shorter, "amount_in", range(14, 3, -1), [*lines]))
    for text, amount, widths, listed in forms:
        for width in widths:
            said = f"{', '.join(_line(voice, language, line, amount, width) for line in listed)}. {text}"
            if septets(said) <= SEGMENT:
                return said
    return said


def _line(voice: Voice, language: str, line: Mapping[str, Any], amount: str, width: int) -> str:
    if "product" not in line or "say" in line:
        return _entry(voice, language, line)
    product = cut(voice.say(language, "{product}", product=line["product"]), width, septets)
    if "amount_of" not in line:
        return product
    return f"{voice.say(language, f'{{{amount}}}', **{amount: line['amount_of']})} {product}"


def _with_offers(voice: Voice, language: str, text: str, offers: Sequence[Mapping[str, Any]]) -> str:
    """A numbered line an offer: what (or whose) it is, the price for one unit, the day of the harvest. Names
    are cut alike until all fit one segment, prices and days never."""
    for width in range(14, 3, -1):
        listed = [text]
        for at, offer in enumerate(offers, 1):
            name = voice.say(language, "{farm}" if "farm" in offer else "{product}", **offer)
            price = f"{Decimal(offer['price']):,.2f}".removesuffix(".00")
            rest = voice.say(language, "{unit} {day}", unit=offer["unit"], day=offer["day"])
            listed.append(f"{at} {cut(name, width, septets)} {price}/{rest}")
        if septets("\n".join(listed)) <= SEGMENT:
            break
    return "\n".join(listed)


def _with_choices(text: str, labels: list[str], first: int = 1) -> str:
    """The question and its numbered choices from `first` on, labels cut alike until all fit one segment."""
    for width in range(96, 3, -1):
        numbered = enumerate(labels, first)
        listed = "\n".join([text, *(f"{at} {label[:width].rstrip(' ,')}" for at, label in numbered)])
        if septets(listed) <= SEGMENT:
            return listed
    return listed
