"""What people want to say, with its meaning; and sentences that only look like a command."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.texts.people import FOODS, MEASURES, SAID, SOLD, Typist, slipped, somebody


@dataclass(frozen=True)
class Labelled:
    """A text with what it means."""

    text: str
    intent: str
    slots: dict[str, Any]
    kind: str
    role: str | None = None
    awaiting: str | None = None


@dataclass
class Writer:
    """Makes texts by chance, the same for the same seed.

    held  0 or 1: which half of the spellings and sentences it may use
    """

    chance: random.Random
    held: int
    made: list[Labelled] = field(default_factory=list)

    def half(self, ways: list[str] | tuple[str, ...]) -> str:
        """One of this half's ways; of short lists any."""
        mine = [way for at, way in enumerate(ways) if at % 2 == self.held]
        return self.chance.choice(mine if len(ways) > 3 and mine else list(ways))

    def item(self, who: Typist) -> tuple[str, dict[str, Any], str]:
        """(words, slots, the product's words) of so much of something."""
        product, _language, ways = self.chance.choice(FOODS)
        name = slipped(self.chance, self.half(ways.split("|")), who.slips)
        unit = self.chance.choice(SOLD.get(product, "kg").split())
        measure = self.half(MEASURES[unit].split("|"))
        amount: float = self.chance.choice((1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 25, 50))
        spoken = SAID.get(who.language, {}).get(int(amount))
        written = spoken if spoken and self.chance.random() < 0.4 else str(amount)
        if self.chance.random() < 0.08 and unit in ("kg", "litre"):
            amount, written = self.chance.choice(
                ((0.5, "half"), (0.5, "nusu"), (0.5, "1/2"), (1.5, "1.5"), (2.5, "2 na nusu"), (2.5, "2 1/2"))
            )
        shape = self.chance.random()
        if shape < 0.4:
            words = f"{written} {measure} {name}"
        elif shape < 0.55:
            words = (
                f"{written} {measure} of {name}" if who.language == "en" else f"{written} {measure} za {name}"
            )
        elif shape < 0.8:
            words = f"{name} {measure} {written}"
        else:
            words = f"{name} {written} {measure}"
        return words, {"product": product, "qty": amount, "unit": unit}, name

    def say(
        self, who: Typist, sentence: str, intent: str, slots: dict[str, Any], kind: str, **hints: str | None
    ) -> None:
        """Keep a text."""
        self.made.append(Labelled(who.writes(self.chance, sentence), intent, slots, kind, **hints))


ORDERING = tuple(
    (
        "{} |order {}|nataka {}|I need {}|naomba {}|buy {}|please send me {}|niletee {}|nahitaji {}|"
        "can I get {}|nunua {}|gura {}|ndenda {}|I would like {}|agiza {}|nipatie {}|get me {}|want {}|"
        "i want to buy {}|tunataka {}|"
    )
    .strip("|")
    .split("|")
)
SELLING = tuple(
    (
        "sell {} at {}|nauza {} kwa {}|sell {} @{}|nauza {} bei {}|I am selling {} at {} each|"
        "uza {} @ {}/=|nataka kuuza {} kwa {} kila moja|selling {} ksh {}|ndirendia {} kwa {}|"
        "I want to sell {} at kes {}|"
    )
    .strip("|")
    .split("|")
)
ASKING = tuple(
    (
        "price of {}|bei ya {}|how much is {}|{} bei gani|{} ni pesa ngapi|price {}|thogora wa {}|"
        "{} price?|what is the price of {} today|bei ya {} leo?|how much are {}?|{} ni ngapi|"
    )
    .strip("|")
    .split("|")
)
STOCKING = ("stock {}", "remaining {}", "nimebaki na {}", "update {}", "stock ya {}", "I have left {}")
GONE = ("{} zimeisha", "sold out {}", "{} imeisha", "{} finished", "{} sold out", "{} zimekwisha")
ORDERS = ("A3B7", "1042", "K7PQ", "TUN250624A3B7", "311", "Z9XW", "2207", "M4TT")
# A number's commands: (sentence, intent, role, what the number is called).
ABOUT = tuple(
    (sentence, intent, role or None, name)
    for sentence, intent, role, name in (
        row.split("|")
        for row in (
            "status {}|status||order",
            "where is my order {}|status||order",
            "oda {} iko wapi|status||order",
            "hali ya oda {}|status||order",
            "cancel {}|cancel||order",
            "cancel my order {}|cancel||order",
            "ghairi oda {}|cancel||order",
            "futa oda {}|cancel||order",
            "pay {}|pay||order",
            "lipa {}|pay||order",
            "nataka kulipa oda {}|pay||order",
            "pay for order {}|pay||order",
            "accept {}|farmer_accept|farmer|order",
            "nakubali {}|farmer_accept|farmer|order",
            "ready {}|farmer_ready|farmer|order",
            "{} iko tayari|farmer_ready|farmer|order",
            "packed {}|farmer_packed|farmer|order",
            "nimevuna {}|farmer_harvested|farmer|order",
            "accept {}|rider_accept|rider|job",
            "nimechukua {}|rider_picked|rider|job",
            "picked {}|rider_picked|rider|job",
            "on the way {}|rider_on_the_way|rider|job",
            "arrived {}|rider_arrived|rider|job",
            "nimefika {}|rider_arrived|rider|job",
            "i have picked {}|rider_picked|rider|job",
            "nocode {}|nocode|rider|job",
            "decline {}|rider_decline|rider|job",
            "nakataa {}|rider_decline|rider|job",
        )
    )
)
BARE = tuple(
    (sentence, intent, role or None)
    for sentence, intent, role in (
        row.split("|")
        for row in (
            "help|help|",
            "msaada|help|",
            "nisaidie|help|",
            "balance|farmer_balance|farmer",
            "salio langu|farmer_balance|farmer",
            "my balance|farmer_balance|farmer",
            "on|rider_on|rider",
            "niko kazini|rider_on|rider",
            "off duty|rider_off|rider",
            "nimetoka kazi|rider_off|rider",
            "list|list_products|",
            "mko na nini leo|list_products|",
            "what do you have|list_products|",
            "leo|list_products|",
            "ratiba|rider_route|rider",
            "my route|rider_route|rider",
            "same again|same|",
        )
    )
)
ANSWERS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("yes", "confirm_yes", {}, "quote_confirm"),
    ("ndiyo", "confirm_yes", {}, "quote_confirm"),
    ("sawa", "confirm_yes", {}, "quote_confirm"),
    ("yes bring it", "confirm_yes", {}, "quote_confirm"),
    ("ndio leta", "confirm_yes", {}, "quote_confirm"),
    ("ii", "confirm_yes", {}, "quote_confirm"),
    ("no", "confirm_no", {}, "quote_confirm"),
    ("hapana", "confirm_no", {}, "quote_confirm"),
    ("no its too expensive", "confirm_no", {}, "quote_confirm"),
    ("aca", "confirm_no", {}, "quote_confirm"),
    ("2", "choose", {"choice": 2}, "choose_number"),
    ("no. 3", "choose", {"choice": 3}, "choose_number"),
    ("namba mbili", "choose", {"choice": 2}, "choose_number"),
    ("5", "rate", {"stars": 5}, "rate"),
    ("4 stars", "rate", {"stars": 4}, "rate"),
    ("nyota tano", "rate", {"stars": 5}, "rate"),
    ("yes", "confirm_yes", {}, "rider_offer"),
    ("hapana", "confirm_no", {}, "item_available"),
)
# Nothing may be done on these.
TALK = tuple(
    (
        "is my {q} order coming?|yes but only 3kg|stopping by tomorrow|I bought {q} yesterday|"
        "nilinunua {q} jana|sitaki {p} tena|dont send {q}|my {p} have blight|"
        "{p} zangu zimeharibika na mvua|who stole my {p}|if you have {p} I will take {q}|"
        "kama mna {p} nitachukua {q}|she said she wants {q}|he told me {p} are sweet|stop calling me|"
        "start a new life|help me pay school fees|cancel culture|listening to music|"
        "the rate of the dollar|my {p} farm needs rain|nauza gari yangu|selling my phone|accept Jesus|"
        "done eating|off to work|picked my kids|I am ready to marry|failed the exam|yes we can|no problem|"
        "pay me back my 500|on Sunday we go to church|late night party|arrived in Mombasa yesterday|"
        "please dont cancel my order {o}|usighairi oda {o}|{o} is not ready|sijachukua {o}|"
        "i have not picked {o}|bado sijavuna {o}|have you accepted {o}?|can you accept {o}?|asdf qwer|"
        "nakupenda sana|happy birthday|vipi buda tuko wapi leo|mama anaumwa|ati ulinunua {q}?|"
        "alisema ataleta {q}|we no longer need {q}|hatutaki {p}|usilete {q}|no more {p} for me please|"
        "were the {p} good?|the {p} were very sweet|God bless the farmers|kesho tukutane saa nne|"
        "I will think about the {p}|maybe {q} next month|yes or no?|why did you stop|the order of the day|"
        "list of prayers|weather you like it or not|more fire|same to you|code of conduct|clear skies|"
        "route 66|my balance is your problem|reject evil|ready or not|packed lunch|ongeza bidii|"
        "toa sadaka|kubali yaishe|acha kelele|simama imara|lipa deni lako|ondoka hapa|mkulima ni mfalme|"
        "bei ya maisha|{p} iko aje na wewe|did you get the {p}?|when do {p} ripen?|how do I plant {p}?|"
    )
    .strip("|")
    .split("|")
)


def texts(seed: int, count: int, held: int) -> list[Labelled]:
    """`count` texts by people unlike each other; `held` picks the half of spellings and sentences."""
    writer = Writer(random.Random(seed * 2 + held), held)
    makers: list[Callable[[Writer, Typist], None]] = [
        _order,
        _order,
        _order,
        _many,
        _many,
        _sell,
        _price,
        _stock,
        _number,
        _number,
        _bare,
        _answer,
        _answer,
        _talk,
        _talk,
        _talk,
        _done,
    ]
    while len(writer.made) < count:
        writer.chance.choice(makers)(writer, somebody(writer.chance))
    return writer.made


def _order(w: Writer, who: Typist) -> None:
    words, slots, _name = w.item(who)
    w.say(who, w.half(ORDERING).format(words).strip(), "order", {"items": [slots]}, "order")


def _many(w: Writer, who: Typist) -> None:
    found = [w.item(who) for _ in range(w.chance.choice((2, 2, 3)))]
    if len({slots["product"] for _, slots, _ in found}) < len(found):
        return
    between = w.chance.choice((", ", " and ", " na ", "\n", " + "))
    words = between.join(item[0] for item in found)
    w.say(
        who,
        w.half(ORDERING).format(words).strip(),
        "order",
        {"items": [item[1] for item in found]},
        "several",
    )


def _sell(w: Writer, who: Typist) -> None:
    words, slots, _name = w.item(who)
    price = w.chance.choice((20, 35, 80, 120, 350, 1500, 3500))
    written = w.chance.choice((str(price), f"{price:,}", str(price)))
    w.say(
        who,
        w.half(SELLING).format(words, written),
        "farmer_list",
        {"items": [slots], "price": price},
        "sell",
        role=w.chance.choice(("farmer", None)),
    )


def _price(w: Writer, who: Typist) -> None:
    product, _language, ways = w.chance.choice(FOODS)
    w.say(
        who,
        w.half(ASKING).format(w.half(ways.split("|"))),
        "price",
        {"product": product},
        "price",
        role=w.chance.choice((None, "customer")),
    )


def _stock(w: Writer, who: Typist) -> None:
    words, slots, name = w.item(who)
    if w.chance.random() < 0.5:
        w.say(
            who,
            w.half(STOCKING).format(words),
            "farmer_stock_update",
            {"items": [slots]},
            "stock",
            role="farmer",
        )
    else:
        gone = {"product": slots["product"], "qty": 0, "unit": None}
        w.say(
            who, w.half(GONE).format(name), "farmer_stock_update", {"items": [gone]}, "stock", role="farmer"
        )


def _number(w: Writer, who: Typist) -> None:
    number = w.chance.choice(ORDERS)
    sentence, intent, role, name = w.chance.choice([row for at, row in enumerate(ABOUT) if at % 2 == w.held])
    written = w.chance.choice((number, number.lower(), "#" + number, "no. " + number))
    w.say(who, sentence.format(written), intent, {name: number}, "order number", role=role)


def _bare(w: Writer, who: Typist) -> None:
    sentence, intent, role = w.chance.choice(BARE)
    w.say(who, sentence, intent, {}, "one word", role=role)


def _answer(w: Writer, who: Typist) -> None:
    sentence, intent, slots, awaiting = w.chance.choice(ANSWERS)
    quiet = Typist(who.language, 0, who.shouts, False, 0, who.dots)
    w.say(quiet, sentence, intent, slots, "answer", awaiting=awaiting)


def _done(w: Writer, who: Typist) -> None:
    job, code = w.chance.choice(ORDERS), f"{w.chance.randrange(10000):04}"
    if job.isdigit() and len(job) == 4:
        return
    cash = w.chance.choice((None, 450, 1250))
    sentence = w.chance.choice(
        (
            "done {} {}",
            "DONE {} {}",
            "delivered {} code {}",
            "nimefikisha {} {}",
            "imefika {} {}",
            "dropped {} {}",
        )
    )
    words = sentence.format(job, code) + (f" cash {cash}" if cash else "")
    slots: dict[str, Any] = {"job": job, "code": code} | ({"cash": cash} if cash else {})
    w.say(
        Typist(who.language, 0, who.shouts, False, 0, 0),
        words,
        "rider_done",
        slots,
        "hand-over",
        role="rider",
    )


def _talk(w: Writer, who: Typist) -> None:
    words, _slots, name = w.item(who)
    sentence = w.half(TALK).format(q=words, p=name, o=w.chance.choice(ORDERS))
    w.say(
        Typist(who.language, 0, who.shouts, False, 0, who.dots),
        sentence,
        "unknown",
        {},
        "talk",
        role=w.chance.choice((None, None, "customer", "farmer", "rider")),
    )
