"""The small words of three languages that texts are full of, and what each tells a reader.

Produce, keywords and numbers are in data/; here is what stands between them.
"""


def _set(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


def _each(value: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), value)


FILLERS = _set(
    "a an the of for me my us our i we you would like to please pls plz kindly some just only also",
    "could may have send give get bring buy need want order fresh now today good morning evening hi hello",
    "hey dear sir madam thanks thank each per there with is it in",
    "ya za wa la cha vya mimi sisi tafadhali tafadhari naomba nataka nahitaji ninahitaji nitumie nipe leo",
    "sasa habari mambo sawa tu pia hii hizo kila moja asante jambo kununua safi tamu mbichi",
    "kwangu",
    "cia wega ndaguthaitha ndenda uhoro njenderia niaje buda",
)
POLITE = _set(
    "please pls plz kindly thanks thank you thankyou ok okay hi hello hey sir madam bro boss",
    "asante sana shukrani tafadhali tafadhari sawa habari hujambo jambo sasa mambo mkuu ni na nakubali",
    "kabisa hakika ndaguthaitha uhoro wega ngatho niaje",
)
JOINS = _set("na and plus pamoja hamwe")
JOIN_SIGNS = frozenset(",;+&\n")
MONEY = _set("ksh kes sh shs kshs shilingi bob bei price @")
AFTER_A_SUM = _set("bob ksh shs sh")
PRICE_AT = _set("kwa at for")
PLACE_AT = _set("to at in near around mpaka hadi huku huko kwa nipelekee location")
PLACE_VERBS = _set("deliver delivered delivery send leta peleka pelekwa ilete")
NEGATORS = _set(
    "not dont doesnt didnt never cannot cant no without bought sold",
    "sitaki hatutaki si sio siyo hapana bila usitume nilinunua ndikwenda aca",
)
# Names of whole kinds: which of them is meant has to be asked.
KINDS = _set("matunda mboga fruit fruits vegetable vegetables veges nyeni nafaka cereals")

DUTY = _set("duty kazini kazi now sasa leo today work job wira")
CASH = _set("cash pesa taslimu mbeca")
BUT = _set("but only lakini tu badala instead no")
STARS = _set("stars star nyota njata")
NUMBERED = _set("no number namba option")
QUESTION_STARTS = _set("is are was were when where has have did does why who je mbona lini wapi")
STATUS_CUES = _set(
    "coming arriving arrive arrived reached late delayed where when yet",
    "lini wapi inakuja itafika imefika bado kufika nikii",
)
OWNED = _set("my our yangu yetu zangu zetu yakwa ciakwa")
ORDERED = _set("order orders oda delivery package mzigo")
# Words that open an order, but also `nataka kulipa`, `naomba bei ya nyanya`.
WANTING = _set("need want get nataka naomba nahitaji ndenda ningwenda oda order")
NAMING = _set("order orders oda job kazi namba number no wira la ya")
METHODS = (
    _each("mpesa", "mpesa pesa")
    | _each("cash_on_delivery", "cash taslimu cod")
    | _each("bank_transfer", "bank benki bengi")
)

UNITS = (
    _each("kg", "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramu kgm")
    | _each("g", "g gm gms gram grams gramu gramme")
    | _each("bunch", "bunch bunches fungu mafungu kifungu vifungu shada mashada kitita kiohe ciohe")
    | _each("crate", "crate crates kreti makreti kreate kireti")
    | _each("bag", "bag bags sack sacks gunia magunia mfuko mifuko mubuko mibuko ikunia makunia")
    | _each("tray", "tray trays trei treyi matrei")
    | _each("litre", "litre litres liter liters ltr ltrs lita rita l lt")
    | _each("piece", "piece pieces pc pcs kipande vipande head heads")
    | _each("debe", "debe debes madebe ndebe")
    | _each("dozen", "dozen dozens dazeni dz")
    | _each("gorogoro", "gorogoro korogoro goro")
    | _each("net", "net nets neti")
    | _each("bottle", "bottle bottles chupa")
    | _each("punnet", "punnet punnets paneti")
    | _each("bucket", "bucket buckets ndoo")
    | _each("carton", "carton cartons katoni")
    | _each("tonne", "tonne tonnes ton tons tani")
)
# Words that give their writer's language away; unit words not listed are said in all three.
TELLING = (
    _each("en", "of and the please pls for me want need to my i is with some send buy order")
    | _each("en", "bunch bunches bag bags sack sacks litre litres piece pieces bottle head heads")
    | _each("sw", "ya za wa la cha na kwa tafadhali naomba nataka leo sana mimi habari asante")
    | _each("sw", "fungu mafungu kifungu vifungu shada gunia magunia mfuko mifuko lita chupa ndoo")
    | _each("ki", "cia ndenda ningwenda ndaguthaitha uhoro niguo kuri muno")
    | _each("ki", "kiohe ciohe mubuko mibuko ikunia makunia ndebe rita")
)
# Numerals that agree with their noun ("mubuko umwe", "magunia mawili"); the data has the bare ones.
AGREEING = {
    "sw": {
        1: "mmoja kimoja", 2: "wawili viwili mawili", 3: "watatu vitatu matatu", 4: "wanne vinne manne",
        5: "watano vitano matano", 8: "vinane manane",
    },
    "ki": {
        1: "umwe rimwe gimwe kamwe", 2: "eri meri iri", 3: "atatu matatu", 4: "ana mana", 5: "atano matano",
    },
}  # fmt: skip
