"""What people type, made comparable; what people write, made storable."""

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """`text` for comparing: lower case, no accents (gĩkwa is gikwa), no apostrophes (Murang'a is muranga),
    every other sign a single space."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", bare.lower())).strip()


def reason_of(said: object, limit: int = 160) -> str:
    """The reason somebody gives for what they do, as it is kept; "" where there is none, or no text."""
    return tidy(said, limit) if isinstance(said, str) else ""


def reference_of(said: object) -> str:
    """A provider's name for a payment, as it is compared: no spaces, upper case; "" where it is no text."""
    return _SPACE.sub("", said).upper() if isinstance(said, str) else ""


def tidy(text: str, limit: int) -> str:
    """`text` for storing: NFC, without control, bidi and other invisible characters, single spaces,
    `limit` characters at most (S9)."""
    spaced = _SPACE.sub(" ", unicodedata.normalize("NFC", text))
    visible = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    return visible.strip()[:limit].rstrip()
