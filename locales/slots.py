"""What may stand in a text, by name: how it is written, and how many septets it may take.

A slot's name says what it is, so a text reads `{product} from {farm}` and no caller formats anything. Values
that are words are cut to their budget; money, codes and numbers never are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.clock import nairobi
from core.msisdn import national
from locales.catalogue import translate
from locales.mark import FORMS, _, plural

WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "sw": ("Jtt", "Jnn", "Jtn", "Alh", "Iju", "Jmo", "Jpi"),
    "kikuyu": ("Jtt", "Jnn", "Jtn", "Arh", "Njm", "Jmo", "Kma"),
}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "sw": ("Jan", "Feb", "Mac", "Apr", "Mei", "Jun", "Jul", "Ago", "Sep", "Okt", "Nov", "Des"),
    "kikuyu": ("Njan", "Feb", "Mac", "Epu", "Mĩĩ", "Njun", "Njur", "Ago", "Sep", "Oki", "Nov", "Ndis"),
}
# One and many of each unit: one fits the unit slot (6 septets), many the units slot (7).
UNITS = {
    "kg": _("kg"),
    "g": _("g"),
    "piece": plural("pc", "pcs"),
    "bunch": plural("bunch", "bunches"),
    "bag": plural("bag", "bags"),
    "crate": plural("crate", "crates"),
    "litre": plural("litre", "litres"),
    "tray": plural("tray", "trays"),
    "dozen": _("dozen"),
    "bucket": plural("bucket", "buckets"),
    "debe": plural("debe", "debes"),
    "gorogoro": plural("goro", "goros"),
    "net": plural("net", "nets"),
    "carton": plural("carton", "cartons"),
    "punnet": plural("punnet", "punnets"),
    "bottle": plural("bottle", "bottles"),
    "tonne": plural("tonne", "tonnes"),
}
COUNTED = _("{qty} {unit}")
ABOUT = _("about {kg}kg")
A_CUSTOMER = _("a customer")
OF = _("{unit} of {kg}kg")
THIS_PHONE = _("this phone")
METHODS = {
    "mpesa": _("by M-Pesa"),
    "cash_on_delivery": _("in cash"),
    "bank_transfer": _("by bank"),
}
TRADES = {"wholesale": _("wholesale"), "retail": _("retail")}
# What became of a payout; what is under way has no word of its own.
STATES = {"paid": _("paid"), "failed": _("failed"), "on_hold": _("stopped")}
UNDER_WAY = _("on its way")
PARTIES = {"customer": _("buyer"), "farmer": _("farmer"), "rider": _("rider")}
# Why a payment request brought no money (core/payments/whys.py).
WHYS = {
    "money": _("too little money in M-Pesa"),
    "lapsed": _("cancelled, or not answered in time"),
    "phone": _("the phone was off or busy"),
    "pin": _("wrong M-Pesa PIN"),
    "locked": _("the M-Pesa PIN is locked"),
    "limit": _("over the day's limit of M-Pesa"),
    "busy": _("M-Pesa is busy"),
    "ours": _("a fault on our side"),
}
# What becomes of money that an order has too much (core/payments/coming_back.py).
BACKS = {
    "coming": _("comes back: we text you when it is there"),
    "kept": _("pays for your next order"),
}
# What has no weight that a buyer would have to be told.
UNPACKED = frozenset({"kg", "g", "litre", "tonne", "piece", "dozen"})
GLUED = frozenset({"kg", "g"})


@dataclass(frozen=True)
class Slot:
    """A slot: its septet budget, how its value is written, and the widest value for the fitting tests."""

    budget: int
    write: Callable[[str, Any], str]
    cut: bool = False
    widest: str = ""


def money(language: str, value: Decimal | str | int) -> str:
    """`400.00` as `KSh 400`, `1250.00` as `KSh 1,250`, `79.94` as `KSh 79.94`."""
    amount = Decimal(value)
    return f"KSh {amount:,.0f}" if amount == amount.to_integral() else f"KSh {amount:,.2f}"


def number(language: str, value: Decimal | str | int) -> str:
    """A plain number without trailing zeros: `5.00` as `5`, `2.50` as `2.5`."""
    return f"{Decimal(value).normalize():f}"


def distance(language: str, value: Decimal | str | int) -> str:
    """Kilometres as people say them: one decimal below ten, none above."""
    km = Decimal(value)
    return number(language, km.quantize(Decimal("0.1") if km < 10 else Decimal(1)))


def words(language: str, value: Any) -> str:
    """Text as it is, on one line."""
    return " ".join(str(value).split())


def unit_word(language: str, unit: str, quantity: Decimal = Decimal(1)) -> str:
    """A unit in words, one or many; a pack's size (`bag 90kg`) is left to the kg beside it."""
    bare = unit.split()[0]
    one, _star, many = translate(language, UNITS.get(bare, bare)).partition(FORMS)
    return one if quantity == 1 else many or one


def unit_words(language: str, unit: str) -> str:
    """A unit in words, of many."""
    return unit_word(language, unit, Decimal(2))


def counted(language: str, value: Mapping[str, Any]) -> str:
    """{"qty", "unit"} as `5kg`, `1 bunch`, `3 bunches`; in the order of the language (`mafungu 3`)."""
    count = Decimal(value["qty"])
    unit = str(value["unit"])
    word = unit_word(language, unit, count)
    if unit in GLUED:
        return f"{number(language, count)}{word}"
    return translate(language, COUNTED).format(qty=number(language, count), unit=word)


def quantity(language: str, value: Mapping[str, Any]) -> str:
    """{"qty", "unit", "kg"} as `5kg`, or `2 crates (about 128kg)` where a buyer must be told (DR-112)."""
    shown = counted(language, value)
    if value["unit"] in GLUED or value["unit"] == "litre" or not value.get("kg"):
        return shown
    kg = Decimal(value["kg"])
    about = translate(language, ABOUT).format(
        kg=number(language, kg.quantize(Decimal("1" if kg >= 10 else "0.1")))
    )
    return f"{shown} ({about})"


def short_quantity(language: str, value: Mapping[str, Any]) -> str:
    """As `quantity`, in fewer letters: `2 crates (128kg)`."""
    about = translate(language, ABOUT).partition("{")[0]
    return quantity(language, value).replace(f"({about}", "(", 1)


def pack(language: str, value: Mapping[str, Any]) -> str:
    """{"unit", "kg"} of one: `kg`, or `crate of 64kg` where a buyer must be told (DR-112)."""
    unit = str(value["unit"])
    word = unit_word(language, unit)
    if unit in UNPACKED or not value.get("kg") or Decimal(value["kg"]) < 1:
        return word
    return translate(language, OF).format(unit=word, kg=number(language, value["kg"]))


def bracketed(language: str, value: int) -> str:
    """How many there are beside a name, `(3)`; nothing where there is none."""
    return f"({value})" if value else ""


def when(language: str, value: Mapping[str, Any]) -> str:
    """{"day", "hours"}: `Wed 25`, or `Wed 25 06-11` where a part of the day was chosen."""
    return f"{day(language, value['day'])} {value['hours']}".rstrip()


def method(language: str, value: str) -> str:
    """A kind of payment, as in "pay by M-Pesa"."""
    return translate(language, METHODS[value])


def trade(language: str, value: str) -> str:
    """Which kind of market price it is (DR-507)."""
    return translate(language, TRADES[value])


def state(language: str, value: str) -> str:
    """How far a payout is, by its status."""
    return translate(language, STATES.get(value, UNDER_WAY))


def why(language: str, value: str) -> str:
    """Why a payment request brought no money."""
    return translate(language, WHYS[value])


def back(language: str, value: str) -> str:
    """What becomes of a sum that is not asked for any more, as in "KSh 400 comes back"."""
    return translate(language, BACKS[value])


def part(language: str, value: str) -> str:
    """Which part somebody has in an order."""
    return translate(language, PARTIES[value])


def times(language: str, value: int | str) -> str:
    """How many orders a line stands for: `(3)`."""
    return f"({number(language, value)})"


def day(language: str, value: date | str) -> str:
    """A date as `Wed 25`."""
    on = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return f"{WEEKDAYS[language][on.weekday()]} {on.day}"


def weekday(language: str, value: int) -> str:
    """A day of the week, Monday is 0, as `Mon`."""
    return WEEKDAYS[language][value]


def month(language: str, value: date | str) -> str:
    """The month of a date, short."""
    on = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return MONTHS[language][on.month - 1]


def clock_time(language: str, value: datetime | str) -> str:
    """A moment as `14:02`, Nairobi."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return nairobi(moment).strftime("%H:%M")


def phone(language: str, value: str) -> str:
    """A number as people write it."""
    return national(value)


def warning(language: str, value: Mapping[str, str]) -> str:
    """What an admin wrote in each language: a weather alert."""
    return words(language, value[language])


def payer(language: str, value: str) -> str:
    """Whose phone M-Pesa asks: the one in her hand, or the number that she has named instead."""
    return national(value) if value else translate(language, THIS_PHONE)


def customer(language: str, value: str) -> str:
    """A customer's first name; who ordered by text has none, and is then called what she is."""
    return words(language, value) or translate(language, A_CUSTOMER)


_AMOUNT = Slot(12, money, widest="KSh 9,999.50")
_PERSON = Slot(10, words, cut=True, widest="Wambuikkkk")
_COUNT = Slot(4, number, widest="9999")

SLOTS: dict[str, Slot] = {
    **dict.fromkeys(
        ("price", "total", "goods", "fee", "gets", "earning", "sum", "asked", "market", "minimum", "maximum",
         "pay", "due", "kept", "short"),
        _AMOUNT,
    ),
    **dict.fromkeys(("person", "name", "farmer", "rider"), _PERSON),
    "customer": Slot(10, customer, cut=True, widest="Wambuikkkk"),
    **dict.fromkeys(("left", "count", "minutes", "number", "choice", "stars"), _COUNT),
    "unread": Slot(6, bracketed, widest="(9999)"),
    "product": Slot(14, words, cut=True, widest="Mahindi mabich"),
    "amount_of": Slot(24, quantity, widest="12 bunches (about 144kg)"),
    "qty_of": Slot(15, counted, widest="9999.99 bunches"),
    **dict.fromkeys(("left_of", "number_of"), Slot(12, counted, widest="9999 bunches")),
    "amount_in": Slot(18, short_quantity, widest="12 bunches (144kg)"),
    "pack": Slot(17, pack, widest="bucket of 20.25kg"),
    "method": Slot(11, method, widest="kwa taslimu"),
    "times": Slot(5, times, widest="(999)"),
    "trade": Slot(9, trade, widest="wholesale"),
    "state": Slot(12, state, widest="on its way"),
    "why": Slot(36, why, widest="cancelled, or not answered in time!!"),
    "payer": Slot(10, payer, widest="0712345678"),
    "back": Slot(40, back, widest="comes back: we text you when it is there"),
    "part": Slot(9, part, widest="muguri"),
    "qty": Slot(7, number, widest="9999.99"),
    "unit": Slot(6, unit_word, widest="crates"),
    "units": Slot(7, unit_words, widest="bunches"),
    "farm": Slot(12, words, cut=True, widest="Green Valley"),
    "place": Slot(12, words, cut=True, widest="Kahawa Wenda"),
    "county": Slot(12, words, cut=True, widest="Tharaka-Nith"),
    "where": Slot(12, words, cut=True, widest="Wakulima Nai"),
    "label": Slot(20, words, cut=True, widest="behind the main gate"),
    "kind": Slot(10, words, cut=True, widest="ya kawaida"),
    "zone": Slot(10, words, cut=True, widest="Nyanda chi"),
    "line": Slot(44, words, cut=True, widest="99999.99 crates Mahindi mabich KSh 1,000,000"),
    "landmark": Slot(30, words, cut=True, widest="behind the total petrol statio"),
    "text": Slot(30, words, cut=True, widest="what the person has just texte"),
    "warning": Slot(130, warning, cut=True, widest="frost in the highlands tonight"),
    "answer": Slot(90, words, cut=True, widest="what our people write " * 4),
    "order": Slot(4, words, widest="A3B7"),
    "day": Slot(6, day, widest="Wed 25"),
    "month": Slot(4, month, widest="Njun"),
    "weekday": Slot(6, weekday, widest="Wed"),
    "when": Slot(12, when, widest="Wed 25 06-11"),
    "until": Slot(5, clock_time, widest="14:05"),
    "hours": Slot(5, words, widest="06-11"),
    "time": Slot(5, clock_time, widest="14:02"),
    "phone": Slot(10, phone, widest="0712345678"),
    "km": Slot(3, distance, widest="9.9"),
    "kg": Slot(7, number, widest="5000.25"),
    "percent": Slot(3, number, widest="100"),
    "otp": Slot(6, words, widest="482193"),
    "cooperative": Slot(14, words, cut=True, widest="Kikuyu Farmers"),
    "code": Slot(4, words, widest="4821"),
    "receipt": Slot(10, words, widest="UA11KX93QZ"),
    "plate": Slot(9, words, widest="KMFB 123C"),
    "dial": Slot(11, words, widest="*384*88632#"),
    "shortcut": Slot(14, words, widest="*384*88632*57#"),
    "sms": Slot(5, words, widest="20880"),
    "deposit": Slot(11, words, widest="R0712345678"),
    "reference": Slot(10, words, widest="240115A3B7"),
    "account": Slot(36, words, widest="Equity 0180291234567, Tunda Ltd Nbi"),
    "paybill": Slot(6, words, widest="174379"),
}  # fmt: skip

# Sentences: where they are cut it is shown that they go on.
GOES_ON = frozenset(("answer",))
# Slots that the text's `unit` is part of, and the number beside it; `units` is that unit alone, of many.
PAIRS = {"qty_of": "qty", "left_of": "left", "number_of": "number"}


def sentences(text: str, budget: int, length: Callable[[str], int]) -> str:
    """`text` within `budget` septets: whole sentences if that keeps at least half of it, else as `cut`."""
    short = cut(text, budget, length)
    end = max(short.rfind(mark) for mark in (". ", "! ", "? "))
    return short[: end + 1] if (end + 1) * 2 >= len(short) and short != text else short


def cut(text: str, budget: int, length: Callable[[str], int]) -> str:
    """`text` within `budget` septets: whole words if that keeps at least half of it, else cut hard."""
    if length(text) <= budget:
        return text
    short = text
    while length(short) > budget:
        short = short[:-1]
    at_word = short.rsplit(" ", 1)[0] if " " in short and not text[len(short) :].startswith(" ") else short
    return (at_word if len(at_word) * 2 >= len(short) else short).rstrip(" -/,(")
