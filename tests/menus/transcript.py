"""Conversations written down as anyone can read them, and played again through the real route.

    # farmer registers and sells                     a heading, kept
    phone +254712000101                              whose phone it is from here on
    dial                                             a new session (`dial 2*1`: with a suffix)
      CON Karibu Tunda. Wewe ni:                     what stands on the screen, two spaces in
    > 1                                              an answer
    @a paid order                                    what happens meanwhile (conftest.py), or an unseen answer

`pytest --rewrite-transcripts` writes the screens as they are now; the diff is what is reviewed.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from flask.testing import FlaskClient

from tests.ussd.phone import UssdPhone

FOLDER = Path(__file__).parent / "transcripts"
_INDENT = "  "


def play(file: Path, client: FlaskClient, meanwhile: Mapping[str, Callable[[], str | None]]) -> str:
    """The transcript with the screens as they come now."""
    phone = UssdPhone(client, "+254712000101")
    lines: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(_INDENT):
            continue
        lines.append(line)
        if line.startswith("phone "):
            phone = UssdPhone(client, line.removeprefix("phone "))
        elif line.startswith("@"):
            answer = meanwhile[line.removeprefix("@").strip()]()
            lines += _shown(phone.answer(answer)) if answer else []
        elif re.fullmatch(r"dial( .*)?", line):
            lines += _shown(phone.dial(line.removeprefix("dial").strip()))
        elif line.startswith(">"):
            lines += _shown(phone.answer(line.removeprefix(">").removeprefix(" ")))
    return "\n".join(lines) + "\n"


def _shown(screen: str) -> list[str]:
    return [_INDENT + line for line in screen.split("\n")]
