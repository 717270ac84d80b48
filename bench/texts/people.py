"""Who texts, and how: habits that change a sentence but not its meaning."""

import random
import re
from dataclasses import dataclass

# How people write the things they grow and eat: (id in the data, language, ways of writing it).
FOODS = (
    ("tomatoes", "en", "tomatoes|tomatos|tomatoe|tomatoez|tomates|tomatose|tomatoess|tmatoes|tomaotes"),
    ("tomatoes", "sw", "nyanya|nyanyaa|nyanyas|nyaya|Nyanya|nyannya|nyanyah"),
    ("onions", "en", "onions|onion|oniones|onionz|onoins|unions|onionss"),
    ("onions", "sw", "vitunguu|kitunguu|vitungu|kitungu|vitungguu|fitunguu|vitunguuu|bitunguu"),
    ("irish-potatoes", "en", "potatoes|potatos|pototoes|potatoe|potatoz|irish potatoes|potatoess"),
    ("irish-potatoes", "sw", "viazi|viasi|viazii|viaz"),
    ("irish-potatoes", "ki", "waru|warru|waruu|walu"),
    ("kale", "en", "sukuma wiki|sukuma|skuma|sukumawiki|sukuma wik|skumawiki|kale|sukuma wiiki"),
    ("cabbage", "en", "cabbage|cabbages|cabage|cabbagge|cabagge|cabbege"),
    ("cabbage", "sw", "kabichi|kabiji|kabichii|kabejj|kabeji"),
    ("carrots", "en", "carrots|carrot|carots|carrotts|karrots|carrotz"),
    ("carrots", "sw", "karoti|karotti|karot|kalotti"),
    ("maize-dry", "sw", "mahindi|maindi|mahidi|mahinndi"),
    ("maize-dry", "ki", "mbembe|mbebe|mbembee"),
    ("beans", "en", "beans|beanns|beens"),
    ("beans", "sw", "maharagwe|maharage|mahragwe|maragwe|maharagwee"),
    ("eggs", "en", "eggs|egggs|eggz"),
    ("eggs", "sw", "mayai|mayayi|mayaii"),
    ("eggs", "ki", "matumbi|matumbii"),
    ("milk", "en", "milk|millk|milkk"),
    ("milk", "sw", "maziwa|maziwaa|maziwah|mazzwa"),
    ("avocado", "en", "avocado|avocados|ovacado|avocadoes|avacados|avocadoo|ovacadoes"),
    ("mangoes", "en", "mangoes|mangos|mangoe|mangoess"),
    ("mangoes", "sw", "maembe|embe|maembee"),
    ("bananas-ripe", "sw", "ndizi|ndizii|ndisi"),
    ("spinach", "en", "spinach|spinnach|spinarch|spinach|supinach"),
    ("capsicum", "sw", "hoho|pilipili hoho|hohoo"),
    ("coriander", "sw", "dhania|dania|dhaniya|thania"),
    ("garlic", "en", "garlic|galic|garlik|gallic"),
    ("ginger", "en", "ginger|gingerr|jinger"),
    ("ginger", "sw", "tangawizi|tangawisi|tangawizii"),
    ("watermelon", "en", "watermelon|watermellon|water melon|watermelons"),
    ("pineapple", "en", "pineapple|pineaple|pineapples|pinapple"),
    ("pineapple", "sw", "mananasi|nanasi|mananas"),
    ("oranges", "sw", "machungwa|machungwaa|machugwa"),
    ("green-grams", "sw", "ndengu|dengu|ndengguu"),
    ("green-peas", "sw", "minji|minjii"),
    ("butternut", "en", "butternut|buttenut|butternuts|butanut"),
    ("cucumber", "en", "cucumber|cucumbers|cucamber|cucumba"),
    ("sweet-potatoes", "en", "sweet potatoes|sweet potatos|sweetpotatoes"),
    ("sweet-potatoes", "ki", "ngwaci|ngwacii"),
    ("arrowroots", "sw", "nduma|ndumaa"),
    ("rice", "sw", "mchele|mchelle|mcheele"),
    ("honey", "sw", "asali|asalli"),
    ("pawpaw", "sw", "papai|papaii|mapapai"),
)  # fmt: skip
# Measures: (the data's word, of one, of many, of Swahili, of Kikuyu); each product's own below.
MEASURES = {
    "kg": "kg|kgs|kilo|kilos|KG|Kgs|kg.|kilograms",
    "bunch": "bunch|bunches|fungu|mafungu",
    "crate": "crate|crates|kreti",
    "bag": "bag|bags|gunia|magunia|sack",
    "tray": "tray|trays|trei",
    "litre": "litre|litres|lita|ltrs|liters",
    "piece": "pieces|pcs|piece",
    "debe": "debe|debes",
}
SOLD = {
    "tomatoes": "kg crate", "onions": "kg", "irish-potatoes": "kg bag debe", "kale": "bunch kg",
    "cabbage": "piece kg",
    "carrots": "kg bag", "maize-dry": "bag kg debe", "beans": "kg bag", "eggs": "tray piece", "milk": "litre",
    "avocado": "piece kg", "mangoes": "piece kg", "bananas-ripe": "bunch piece", "spinach": "bunch kg",
    "coriander": "bunch", "watermelon": "piece kg", "pineapple": "piece", "oranges": "piece kg",
    "arrowroots": "piece kg",
    "pawpaw": "piece kg", "cucumber": "kg piece",
}  # fmt: skip
SAID = {
    language: {int(pair.split("=")[0]): pair.split("=")[1] for pair in pairs.split("|")}
    for language, pairs in {
        "sw": "1=moja|2=mbili|3=tatu|4=nne|5=tano|6=sita|7=saba|8=nane|10=kumi|12=kumi na mbili|"
        "15=kumi na tano|20=ishirini|25=ishirini na tano|30=thelathini|50=hamsini|100=mia moja|"
        "150=mia moja hamsini|200=mia mbili",
        "en": "1=one|2=two|3=three|4=four|5=five|6=six|7=seven|8=eight|10=ten|12=twelve|15=fifteen|20=twenty|"
        "25=twenty five|30=thirty|50=fifty|100=one hundred|200=two hundred",
        "ki": "2=igiri|3=ithatu|4=inya|5=ithano|10=ikumi",
    }.items()
}
GREETS = ("Hi, ", "Hello ", "Habari, ", "good morning. ", "Sasa, ", "Niaje, ", "Hallo, ", "Hi Tunda ")
THANKS = ("", " please", " thanks", " asante", " tafadhali", " plz", " thank you", " asante sana")


@dataclass(frozen=True)
class Typist:
    """A person at a small keypad.

    slips     how often a letter of a long word goes wrong
    shouts    writes in capitals
    glues     leaves out the space between a number and what it counts
    chats     greets, thanks and asks how one is
    """

    language: str
    slips: float
    shouts: bool
    glues: bool
    chats: float
    dots: float

    def writes(self, chance: random.Random, sentence: str) -> str:
        """The sentence as this person sends it."""
        if self.glues:
            sentence = re.sub(
                r"(\d) (kgs?|kilos?|ltrs|pcs|crates?|bags?|trays?|bunches)\b", r"\1\2", sentence
            )
        if chance.random() < self.chats:
            before = chance.choice(GREETS)
            behind = chance.choice(THANKS)
            sentence = before + sentence + behind
        if chance.random() < self.dots:
            sentence += chance.choice((".", "!", "..", " ", "  ", " 🙏", " 👍", "!!"))
        if self.shouts:
            return sentence.upper()
        return sentence[:1].upper() + sentence[1:] if chance.random() < 0.4 else sentence


def somebody(chance: random.Random) -> Typist:
    """A person unlike the last."""
    return Typist(
        language=chance.choice(("en", "sw", "sw", "ki", "mixed")),
        slips=chance.choice((0.0, 0.0, 0.0, 0.3)),
        shouts=chance.random() < 0.12,
        glues=chance.random() < 0.4,
        chats=chance.choice((0.0, 0.1, 0.6)),
        dots=chance.choice((0.0, 0.2, 0.5)),
    )


def slipped(chance: random.Random, word: str, much: float) -> str:
    """A long word with one letter doubled, dropped or swapped, as often as this person slips."""
    if len(word) < 7 or " " in word or chance.random() > much:
        return word
    at = chance.randrange(2, len(word) - 1)
    match chance.randrange(3):
        case 0:
            return word[:at] + word[at] + word[at:]
        case 1:
            return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
