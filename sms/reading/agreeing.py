"""A yes or a no, and what may stand behind it (DR-1510)."""

from collections.abc import Sequence

from sms import references
from sms.keywords import Keyword, keywords
from sms.lexicon import KIN, POLITE
from sms.reading import YES_NO, Reading
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token


def yes_or_no(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """A yes, a no; with the number of a job or an order, that which is refused or agreed to."""
    if text.asks or not lead:
        return None
    left = [t for t in rest if t.text not in POLITE]
    if not left and _is_talk(text, keyword):
        return Reading(intent, {}, 0.6, "confirm")
    if not left:
        return Reading(intent)
    words = [t.text for t in left]
    again = keywords().at(words, 0)
    if again and intent in again.intents and again.length == len(words):
        return Reading(intent)
    if text.awaiting in YES_NO and (tail := _tailed(text, intent, left)):
        return tail
    reference, others = references.take(rest)
    wish = intent == "confirm_no" and keyword.phrase in _REFUSED and text.awaiting is None
    if wish and text.role in (None, "customer") and reference and not others and len(reference) > 3:
        return Reading("cancel", {"order": reference}, 0.7, "confirm")  # "ndikwenda 1042"
    if (
        reference
        and not others
        and keyword.phrase != "1"
        and (not reference.isdigit() or text.role == "rider")
    ):
        if text.role == "rider" and text.awaiting is None and intent == "confirm_no":
            return Reading("rider_decline", {"job": reference})  # "sitaki 311"
        if text.role == "farmer" and text.awaiting is None and intent == "confirm_no":
            return Reading("farmer_reject", {"order": reference}, 0.7, "confirm")
        return Reading(intent, {"job": reference})
    return None


# Said of an order by its number they let it go.
_REFUSED = words_in("sitaki ndikwenda sikubali sijakubali ndiretikira") | {"i dont accept", "i do not accept"}


def _is_talk(text: Text, keyword: Keyword) -> bool:
    """`sawa mama`, `poa sana mambo` where nothing was asked; Kikuyu's ii beside Sheng, which is a zii."""
    around = {token.text for token in text.tokens} - set(keyword.phrase.split())
    return bool(around & (_SHENG if text.awaiting else _ADDRESSED)) and (
        text.awaiting is None or keyword.phrase == "ii"
    )


def of_a_job(text: Text) -> Reading | None:
    """`311 ok`, `A3B7 hapana`, of a rider: the job first, and then his yes or no.

    Not where a number was asked for ("450 sawa" is the cash he took), nor four digits: they are a code.
    """
    said = [token for token in text.tokens if token.kind != "sign"]
    if text.role != "rider" or text.asks or len(said) < 2 or text.awaiting == "choose_number":
        return None
    reference, left = references.take(said)
    if reference is not None and reference.isdigit() and len(reference) == 4:
        return None
    words = [token.text for token in left]
    keyword = keywords().at(words, 0)
    if reference is None or left != said[1:] or keyword is None or keyword.length != len(words):
        return None
    if "confirm_yes" in keyword.intents:
        return Reading("rider_accept", {"job": reference})
    return Reading("rider_decline", {"job": reference}) if "confirm_no" in keyword.intents else None


_SHENG = words_in("maze manze mazee buda mse msee mseh wasee bro bruh bana fam mwana")
_ADDRESSED = _SHENG | KIN | words_in(
    "mum mummy dad baby babe mzee boss mkuu brother rafiki ndugu friend dear sir madam mambo vipi niaje sema",
    "love darling sweetheart",
)  # fmt: skip


def _tailed(text: Text, intent: str, left: Sequence[Token]) -> Reading | None:
    """`yes bring it`, `no, too dear`: a yes with words that only agree, a no with any reason for it.

    A yes spends money: other words behind it are put back to her.
    """
    words = [t.text for t in left]
    if intent == "confirm_yes":
        if all(word in _AGREED for word in words) and words[0] != "of":  # "go ahead of me"
            return Reading(intent)
        strange = any(t.kind != "word" for t in left) or text.doubts(left) or text.wanted(left).items
        if strange or text.wanted(left).when or len(words) > 6 or set(words) & _TAKEN_BACK:
            return None
        return Reading(intent, {}, 0.6, "confirm")
    figures = any(t.kind in ("number", "mixed") for t in left)
    agreed = any((found := keywords().at([word], 0)) and "confirm_yes" in found.intents for word in words)
    return (
        None
        if figures or agreed or text.doubts(left).conditional or set(words) & _KEPT_ON
        else Reading(intent)
    )


_TAKEN_BACK = words_in(
    "but lakini only tu pekee badala instead wait subiri ngoja later baadaye badae call nipigie",
    "change badilisha",
    "less more more more zaidi another different nyingine other expensive ghali cheaper reduce",
    "punguza add ongeza",
    "cancel how much ngapi bei price why kwani what nini stop delivery problem shida see tuone think",
    "fikiria first",
    "kwanza until mpaka when then unless negotiate discount kidogo we can sir",
)
# A no that is none: "no problem, bring it", "no wait".
_KEPT_ON = words_in("problem shida wonder doubt wait need worries matter bring leta send tuma deliver order")
# Words behind a yes that agree once more, or say that she waits for it.
_AGREED = words_in(
    "send leta bring it deliver confirm order proceed go ahead i agree accept want nataka nakubali",
    "thibitisha",
    "endelea take nitachukua nachukua yes ndio ndiyo sure of course correct right sawa ok that is",
    "fine good iko",
    "poa im am coming nakuja come waiting nangoja nasubiri home nyumbani here hapa fast haraka",
    "quickly tuma nitumie",
    "niletee mlete ilete will pay nitalipa mpesa the my them me us we ready tayari niko nipo at",
    "once now sasa naenda nakam nitaenda going bei",
    "basi bas bwana kindly tu very much sana kabisa hiyo hizo zote all everything nimekubali ni",
    "have nayo ninayo ninazo nina",
    "iendelee leteni",
    "nirehere rehe ndehera njiani on way the job will",
)
