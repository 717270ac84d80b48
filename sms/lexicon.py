"""The small words of three languages that texts are full of, and what each tells a reader.

Produce, keywords and numbers are in data/; here is what stands between them. What makes a text doubtful is in
sms.reading.signs.
"""

from sms.wording import phrases_in, words_in


def _each(value: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), value)


FILLERS = words_in(
    "a an the of for me my us our i we you would like to please pls plz plse kindly some just only",
    "also too",
    "could may can have send give get bring buy need want order fresh good hi hello im ill id iam am ive",
    "hey dear sir madam thanks thank each there with is it in are be so here well then these those this",
    "about x pc now sasa urgently quickly asap more quality best ripe big clean u ur your da de n",
    "will take purchase",
    "ya za wa la cha vya mimi sisi tafadhali tafadhari naomba nataka nahitaji ninahitaji nitumie nipe",
    "habari mambo sawa tu pia hii hizo hizi kila asante jambo kununua safi tamu mbichi zile ile zangu",
    "kwangu haraka nzuri kubwa mbivu ninunulie niletee nipatie nataka tunataka tunahitaji hapa sana kwani",
    "niuzie tupatie tuletee nipelekee niwekee naeza pata naweza kupata kuagiza kuorder niagizie nitachukua",
    "nachukua",
    "cia wega ndaguthaitha ndenda uhoro njenderia niaje buda ngwenda nindenda ningwenda ni tu muno riu",
)
# What may stand around a command and changes nothing.
POLITE = words_in(
    "please pls plz plse kindly thanks thank you thankyou thnx thx ok okay hi hello hey sir madam bro boss",
    "asante sana shukrani tafadhali tafadhari tafadhal sawa habari hujambo jambo sasa mambo mkuu ni na",
    "nakubali kabisa hakika ndaguthaitha uhoro wega ngatho niaje dear tunda my friend welcome karibu u",
    "bana msee mwana buda maze wasee manze boss madam mse wenu yenu zenu",
    "ahsante ahsanteni aki jamani rafiki ndugu mama baba brother sister mkubwa tu muno ta hapo",
)
# Whom one greets so; behind "my" they are people.
KIN = words_in("sister mama baba kaka dada")
GREETINGS = phrases_in(
    "helo|helo there|good morning|good afternoon|good evening|good day|habari yako|habari zenu",
    "habari ya asubuhi",
    "habari za asubuhi|habari za leo|habari gani|habari ya leo|habari ya jioni|habari za jioni",
    "habari yenu|habari|hallo|hello|hello there|hi|hi there|hey|hae|hey there|mambo|mambo vipi|sasa",
    "niaje mwana|sema msee|sema mwana",
    "sasa buda|niaje|niaje buda|niaje boss|vipi|hujambo|hamjambo|jambo|shikamoo|salamu|salaam",
    "uhoro waku|uhoro wanyu|wimwega|muriega|wi mwega|natie|dear|dear sir|dear tunda|sir|madam|tunda",
    "tunda market|boss|bro|brother|buda|mkuu|how are you|hope you are well|hope you are fine",
    "hope youre well|please|pls|plz|plse|kindly|tafadhali|tafadhari|ndaguthaitha|samahani|excuse me",
    "sorry|pole|thanks|thank you|asante|asante sana|mum|mama|mzee|ndugu|rafiki|my friend|sema|yo|oya",
    "hongera|naomba kuuliza|nauliza|i am asking|just asking|team|admin|customer care|siku njema",
    "have a good day|have a nice day|god bless|god bless you|mungu akubariki|regards",
    "thank you very much|thanks a lot|thanks in advance|asanteni|ngatho|thx|thnx|jamani|aki",
)
JOINS = words_in("na and plus pamoja hamwe then pia alafu halafu kisha")
JOIN_SIGNS = frozenset(",;+&\n")
MONEY = words_in("ksh kes sh shs kshs shilingi bob bei price @ ciringi shillings shilling kshilingi")
AFTER_A_SUM = words_in("bob ksh kes shs sh kshs shillings shilling ciringi")
PRICE_AT = words_in("kwa at for")
EACH = words_in("each kila per every")
PLACE_AT = words_in("to at in near around mpaka hadi huku huko kwa nipelekee location karibu from")
PLACE_VERBS = words_in(
    "deliver delivered delivery send tuma leta peleka pelekwa ilete ipelekwe iletwe bring deliva"
)
# Names of whole kinds: which of them is meant has to be asked.
KINDS = words_in("matunda mboga fruit fruits vegetable vegetables veges nyeni nafaka cereals")
# What the product's categories are asked for by.
CATEGORIES = (
    _each("fruits", "matunda fruit fruits")
    | _each("vegetables", "mboga vegetable vegetables veges nyeni veggies")
    | _each("cereals", "nafaka cereal cereals")
)
WHEN = words_in(
    "today tomorrow tonight morning afternoon evening noon monday tuesday wednesday thursday friday",
    "saturday",
    "sunday weekend tomorow tommorow tomorrows 2moro tmrw",
    "tomoro tomorrw today tonite todays leo kesho kutwa asubuhi jioni mchana usiku",
    "jumatatu jumanne jumatano alhamisi ijumaa jumamosi jumapili",
    "rucui umuthi njumatatu njumaine njumatano njumamothi kiumia oke kesho",
)
WHEN_AROUND = words_in("on by for before this next coming from siku ya wiki ijayo early hii mapema week")

DUTY = words_in("duty kazini kazi now sasa leo today work job wira im i am niko")
CASH = words_in("cash pesa taslimu mbeca")
BUT = words_in("but only lakini tu badala instead no pekee peke")
STARS = words_in("stars star nyota njata out of")
NUMBERED = words_in("no number namba option nambari choice chaguo ya the la")
QUESTION_STARTS = words_in(
    "is are was were when where has have did does why je mbona lini wapi what whats how"
)
STATUS_CUES = words_in(
    "way njiani itakuja coming arriving arrive arrived reached late delayed where when yet sent",
    "dispatched delivered come",
    "lini wapi inakuja itafika imefika bado kufika nikii haijafika haujafika ikowapi imetumwa imechelewa",
    "umefika itakuja iko nikuu reri",
)
OWNED = words_in("my our yangu yetu zangu zetu yakwa ciakwa wangu wetu")
ORDERED = words_in("order orders oda odaa delivery package mzigo parcel odha oder")
NAMING = words_in("order orders oda job kazi namba number no wira la ya nambari ref oder")
METHODS = (
    _each("mpesa", "mpesa pesa lipanampesa stk")
    | _each("cash_on_delivery", "cash taslimu cod keshi")
    | _each("bank_transfer", "bank benki bengi banki transfer")
)

UNITS = (
    _each(
        "kg", "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramu kgm kgz killo kilso kig"
    )
    | _each("kg", "kl kls")
    | _each("g", "g gm gms gram grams gramu gramme")
    | _each("bunch", "bunch bunches fungu mafungu kifungu vifungu shada mashada kitita vitita bundle bundles")
    | _each("bunch", "bunchs buch mikungu mkungu kiohe ciohe")
    | _each("crate", "crate crates kreti makreti kreate kireti creti makrate krates krate cret crets")
    | _each(
        "bag", "bag bags sack sacks gunia magunia mfuko mifuko mubuko mibuko ikunia makunia begi mabegi bagi"
    )
    | _each("tray", "tray trays trei treyi matrei trey treys matray")
    | _each("litre", "litre litres liter liters ltr ltrs lita rita l lt lts litres malita lit")
    | _each("piece", "piece pieces pc pcs kipande vipande head heads pieces peace pece pieses")
    | _each("debe", "debe debes madebe ndebe")
    | _each("dozen", "dozen dozens dazeni dz dazen doz")
    | _each("gorogoro", "gorogoro korogoro goro magorogoro")
    | _each("net", "net nets neti manet")
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
AGREEING: dict[str, dict[float, str]] = {
    "sw": {
        1: "mmoja kimoja", 2: "wawili viwili mawili", 3: "watatu vitatu matatu", 4: "wanne vinne manne",
        5: "watano vitano matano", 8: "vinane manane",
    },
    "ki": {
        1: "umwe rimwe gimwe kamwe", 2: "eri meri iri twiri", 3: "atatu matatu itatu tutatu",
        4: "ana mana", 5: "atano matano itano tutano", 6: "atandatu matandatu", 8: "inana anana manana",
    },
}  # fmt: skip
# Numbers and fractions that the data lacks; a phrase's words are joined by _.
NUMERALS: dict[str, dict[float, str]] = {
    "en": {
        0.25: "quarter", 0.75: "three_quarters", 13: "thirteen", 14: "fourteen", 16: "sixteen",
        17: "seventeen", 18: "eighteen", 19: "nineteen", 40: "fourty", 4: "fore", 8: "eigt", 90: "ninty",
    },
    "sw": {0.75: "robo_tatu", 1: "mosi", 5: "tanu", 1000: "alfu", 30: "salasini selasini", 40: "arubaini"},
    "sheng": {5: "ngovo kobole", 10: "kinde ikongo", 20: "mbaw blue", 500: "jirongo", 1000: "thou tenga"},
    "ki": {
        0.5: "nuthu", 5: "ithaano", 9: "kenda",
        200: "magana_meri", 300: "magana_matatu", 400: "magana_mana", 500: "magana_matano",
        30: "mirongo_itatu", 40: "mirongo_ina",
        60: "mirongo_itandatu", 70: "mirongo_mugwanja", 80: "mirongo_inana", 90: "mirongo_kenda",
        6: "ithathatu itandatu",
    },
}  # fmt: skip
