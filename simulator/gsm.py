"""The GSM 03.38 alphabet as handsets and operators count it: septets, segments, what a screen can show."""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[]~|€\f")


@dataclass(frozen=True)
class Size:
    """What a text costs: `units` are septets in GSM-7 and UTF-16 code units in UCS-2."""

    encoding: str
    units: int
    segments: int

    @property
    def room(self) -> int:
        """How many units the segments begun would hold in all."""
        one, each = (160, 153) if self.encoding == "GSM-7" else (70, 67)
        return one if self.segments == 1 else each * self.segments


def measure(text: str) -> Size:
    """The size of a text message. A double-width character is never split over two segments."""
    if is_gsm(text):
        return _size("GSM-7", [2 if c in EXTENSION else 1 for c in text], one=160, each=153)
    return _size("UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text], one=70, each=67)


def is_gsm(text: str) -> bool:
    """Whether every character has a place in the alphabet."""
    return all(c in BASIC or c in EXTENSION for c in text)


def septets(text: str) -> int:
    """The length on a USSD screen; a character outside the alphabet counts as the `?` that is shown."""
    return sum(2 if c in EXTENSION else 1 for c in text)


def shown(text: str, limit: int) -> tuple[str, bool]:
    """What the operator brings to the screen: `?` for what GSM lacks, cut at `limit` septets; was it cut?"""
    kept: list[str] = []
    left = limit
    for character in text:
        left -= 2 if character in EXTENSION else 1
        if left < 0:
            return "".join(kept), True
        kept.append(character if character in BASIC or character in EXTENSION else "?")
    return "".join(kept), False


def _size(encoding: str, widths: list[int], *, one: int, each: int) -> Size:
    units = sum(widths)
    if units <= one:
        return Size(encoding, units, 1)
    segments, room = 1, each
    for width in widths:
        if width > room:
            segments, room = segments + 1, each
        room -= width
    return Size(encoding, units, segments)
