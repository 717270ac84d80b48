"""A command as it is texted plainly, in the person's own language: `CANCEL A3B7`, `UZA 50 kg nyanya 80`."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.catalogue.index import ProductIndex
from core.reference import rows
from sms.reading import Reading

# The word that our texts write for a command whose word is not in data/keywords.csv: en, sw, ki.
_WRITTEN: Mapping[str, tuple[str, str, str]] = {
    "agent_accept": ("ACCEPT FOR", "KUBALI KWA", "ITIKIRA KWA"),
    "agent_add": ("ADD FOR", "ONGEZA KWA", "ONGERERA KWA"),
    "agent_list": ("LIST FOR", "UZIA", "ENDERIA"),
    "agent_ready": ("READY FOR", "TAYARI KWA", "IRI TAYARI KWA"),
    "agent_stock": ("STOCK FOR", "STOKI KWA", "MATIGARI MA"),
    "cart": ("CART", "KIKAPU", "GIKABU"),
    "clear": ("CLEAR", "FUTA KIKAPU", "RUTA GIKABU"),
    "code_again": ("CODE", "NAMBA YA SIRI", "NAMBA YAKWA"),
    "collect": ("COLLECT", "NITACHUKUA MWENYEWE", "NINGUKA KUOYA"),
    "complain": ("COMPLAIN", "LALAMIKO", "TETA"),
    "farmer_accept": ("ACCEPT", "KUBALI", "ITIKIRA"),
    "farmer_balance": ("BALANCE", "SALIO", "BARANCI"),
    "farmer_harvested": ("HARVESTED", "NIMEVUNA", "NDAGETHA"),
    "farmer_less": ("LESS", "PUNGUFU", "NYIHIA"),
    "farmer_orders": ("ORDERS", "ODA ZANGU", "ODA CIAKWA"),
    "farmer_packed": ("PACKED", "NIMEPAKIA", "NDAPAKA"),
    "farmer_price_change": ("PRICE", "BEI", "THOGORA"),
    "farmer_ready": ("READY", "TAYARI", "IRI TAYARI"),
    "farmer_reject": ("REJECT", "KATAA", "REGA"),
    "farmer_statement": ("STATEMENT", "TAARIFA", "MARIHI"),
    "farmer_take_down": ("REMOVE", "ONDOA", "EHERIA"),
    "follow": ("FOLLOW", "FUATA", "RUMIRIRA"),
    "late": ("LATE", "CHELEWA", "CERERWO"),
    "message": ("MSG", "UJUMBE", "IRA"),
    "more": ("MORE", "ZAIDI", "MAKIRIA"),
    "my_orders": ("MY ORDERS", "ODA ZANGU", "ODA CIAKWA"),
    "nocode": ("NOCODE", "HANA NAMBA", "NDARI NA NAMBA"),
    "place_change": ("PLACE", "MAHALI", "HANDU"),
    "refund": ("REFUND", "NIRUDISHIE PESA", "NJOKERIA MBECA"),
    "rider_arrived": ("ARRIVED", "NIMEFIKA", "NDAKINYA"),
    "rider_back": ("RETURNED", "IMERUDI", "NDACOKIA"),
    "rider_cash": ("CASH", "TASLIMU", "MBECA CIA MOKO"),
    "rider_decline": ("DECLINE", "KATAA", "REGA"),
    "rider_deposit": ("DEPOSIT", "WEKA PESA", "IGA MBECA"),
    "rider_on_the_way": ("ON THE WAY", "NIKO NJIANI", "NDI NJIRA"),
    "rider_route": ("ROUTE", "NJIA", "NJIRA"),
    "rider_vehicle": ("VEHICLE", "CHOMBO", "NGARI YAKWA"),
    "same": ("SAME", "RUDIA", "O TA MBERE"),
    "same_off": ("SAME OFF", "RUDIA ACHA", "TIGA SAME"),
    "terms": ("TERMS", "MASHARTI", "MAWATHO"),
    "unfollow": ("UNFOLLOW", "USIFUATE", "TIGA KURUMIRIRA"),
    "weather": ("WEATHER", "HALI YA HEWA", "RIERA"),
}
# What a word about stock does, where it does not say how much there is.
_MORE = ("ADD", "ONGEZA", "ONGERERA")
_NONE = ("SOLD OUT", "IMEISHA", "NIITHIRITE")
_AT = {"en": 0, "sw": 1, "ki": 2}
_UNSAID = frozenset(("items", "candidates", "error", "op"))
_OF_AN_ITEM = ("qty", "unit", "product", "raw", "price")


def keyword_of(intent: str, language: str) -> str:
    """The word for a command in a language (en, sw, kikuyu): the same that the help texts say."""
    spoken = "ki" if language == "kikuyu" else language
    given = _given().get((intent, spoken))
    return given or _WRITTEN[intent][_AT[spoken]]


def spelled(reading: Reading, language: str, products: ProductIndex) -> str:
    """The command as this person would text it plainly, produce by its name in her language."""
    said = [_opening(reading, language)]
    for item in reading.items:
        said += [_word(name, item.get(name), language, products) for name in _OF_AN_ITEM]
    for name, value in reading.slots.items():
        if name not in _UNSAID:
            said.append(_word(name, value, language, products))
    return " ".join([*filter(None, said), *(("per", reading.per) if reading.per else ())])


def _opening(reading: Reading, language: str) -> str:
    at = _AT["ki" if language == "kikuyu" else language]
    if reading.slots.get("op") == "add":
        return _MORE[at]
    if reading.intent == "farmer_stock_update" and any(item.get("qty") == 0 for item in reading.items):
        return _NONE[at]
    return keyword_of(reading.intent, language)


def _word(name: str, value: Any, language: str, products: ProductIndex) -> str:
    if not value:  # nothing of what is sold out is left to be said
        return ""
    if name == "product":
        return products.name(products.by_slug(str(value)).product_id, language)
    return str(value)


@cache
def _given() -> Mapping[tuple[str, str], str]:
    """The words that the data calls a command's own."""
    return {
        (row["intent"], row["lang"]): row["keyword"]
        for row in rows("keywords.csv")
        if row["primary"] == "yes"
    }
