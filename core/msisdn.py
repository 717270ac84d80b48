"""Phone numbers: one person, one MSISDN, whatever the spelling (DR-108)."""

import re

import phonenumbers
from phonenumbers import carrier

from core.errors import BadInput

MOBILE = re.compile(r"\+254[17][0-9]{8}")


class NotKenyanMobile(BadInput):
    """Not a Kenyan mobile number in any spelling of DR-108."""

    code = "msisdn.not_kenyan_mobile"


def e164(text: str) -> str:
    """`text` as `+254712345678`; raises NotKenyanMobile."""
    raw = "+" + text.strip() if text.strip().startswith("254") else text
    try:
        number = phonenumbers.parse(raw, "KE")
    except phonenumbers.NumberParseException:
        raise NotKenyanMobile from None
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not MOBILE.fullmatch(spelled) or number.extension:
        raise NotKenyanMobile
    return spelled


def is_kenyan_mobile(msisdn: str) -> bool:
    """Whether `msisdn` is already the stored form of a Kenyan mobile number."""
    return MOBILE.fullmatch(msisdn) is not None


def other_network(msisdn: str) -> bool:
    """Whether the number was given out by another network than Safaricom, which runs M-Pesa.

    A hint only: numbers are carried over, and some of the others have M-Pesa all the same. What stands in the
    place of an erased person's number (DR-1902) is of no network.
    """
    if not is_kenyan_mobile(msisdn):
        return False
    name = carrier.name_for_number(phonenumbers.parse(msisdn), "en")
    return bool(name) and name != "Safaricom"


def national(msisdn: str) -> str:
    """`+254712345678` as people write it: `0712345678`."""
    return "0" + msisdn.removeprefix("+254") if msisdn.startswith("+254") else msisdn


def masked(msisdn: str) -> str:
    """`07******78`, the only form a log may hold (DR-1904)."""
    local = national(msisdn)
    return local[:2] + "*" * max(len(local) - 4, 0) + local[-2:] if len(local) > 4 else "*" * len(local)
