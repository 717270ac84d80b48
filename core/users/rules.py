"""What a password, a PIN, an e-mail address may look like. Plain Python, no session."""

import re
from itertools import pairwise

from core.users.errors import (
    EmailWrong,
    PasswordTooLong,
    PasswordTooShort,
    PhotoWrong,
    PinNotFourDigits,
    PinsDiffer,
    PinTooEasy,
)

PASSWORD_LENGTH = 8
PASSWORD_LONGEST = 200
EMAIL_LONGEST = 255
URL_LONGEST = 255
_PIN = re.compile(r"[0-9]{4}")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\\]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_PHOTO = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(?::[0-9]{1,5})?/[\x21-\x7e]*", re.IGNORECASE)


def check_password(password: str) -> None:
    """Raises PasswordTooShort, PasswordTooLong (count) (DR-205)."""
    if len(password) < PASSWORD_LENGTH:
        raise PasswordTooShort(count=PASSWORD_LENGTH)
    if len(password) > PASSWORD_LONGEST:
        raise PasswordTooLong(count=PASSWORD_LONGEST)


def check_pin(pin: str, again: str) -> None:
    """Four digits typed twice, none of those that anybody would try first (DR-207).

    Raises PinNotFourDigits, PinTooEasy, PinsDiffer.
    """
    if not _PIN.fullmatch(pin):
        raise PinNotFourDigits
    if is_easy(pin):
        raise PinTooEasy
    if pin != again:
        raise PinsDiffer


def is_easy(pin: str) -> bool:
    """Whether a PIN is a digit or a pair repeated (0000, 1212), or a run up or down (1234, 9876, 8901)."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return pin[:2] == pin[2:] or steps in ({1}, {9})


def email(text: str) -> str:
    """`text` as an address is stored: trimmed, lower case; raises EmailWrong."""
    address = text.strip().lower()
    if len(address) > EMAIL_LONGEST or not _EMAIL.fullmatch(address):
        raise EmailWrong
    return address


def photo_url(text: str) -> str:
    """`text` as the address of a picture; only https, which runs nothing in a page. Raises PhotoWrong."""
    url = text.strip()
    if len(url) > URL_LONGEST or not _PHOTO.fullmatch(url):
        raise PhotoWrong
    return url
