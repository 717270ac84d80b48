"""What makes a text doubtful: a no, the past, an if, a question, somebody else's words; and words that are
too near to produce or commands to be guessed at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sms.wording import words_in

NEGATIONS = words_in(
    "not dont doesnt didnt never cannot cant no without nor none havent hasnt isnt arent wasnt wont",
    "shouldnt",
    "couldnt wouldnt neither aint dnt stop",
    "sitaki hatutaki si sio siyo hapana bila usitume sina hakuna hatuna hana siwezi hatuwezi acha",
    "wacha siuzi",
    "sihitaji hatuhitaji simaanishi aca ndikwenda ndirenda tiga tiguo gutiri matiri",
)
# I do not want, cannot, do not sell: a letter off they still refuse, and are never taken for another word.
REFUSING = words_in("sitaki hatutaki sihitaji hatuhitaji siwezi hatuwezi siuzi usitume hakuna hatuna")
_NEGATED_VERB = re.compile(
    r"(?:sija|nisi|haja|haija|hatuja|hawaja|hazija|hauja|yaja|usi|msi|hai|hatu|hawa|siku|hatuku|hawaku|haku|sita"
    r"|hata(?=ku)|ndiraa?|ndina)[a-z]{3,}"
)
PASTS = words_in(
    "bought sold was were had yesterday ago already ordered did got gave went came saw used took last",
    "nimelipa nishalipa nimetuma jana juzi nimenunua tumenunua nilikuwa ilikuwa zilikuwa ulikuwa",
    "nishanunua ira",
)
_PAST_VERB = re.compile(
    r"(?:nili|tuli|ali|wali|uli|mli|zili|ili|vili|yali|ndire|ndira|nimesha|tumesha)[a-z]{3,}"
)
_NOT_PAST = words_in("alizeti uliza ulize mliman mlimani wali alikali iliyo ndirenda ndirendia ndirenda")
IFS = words_in(
    "or either au ama kana if ikiwa kama iwapo unless akiwa nikipata mkipata ukiwa mkiwa ungekuwa",
    "ningekuwa maybe perhaps",
    "labda pengine huenda ingekuwa whether angalau angekuwa nike kungekuwa korwo might wish should",
)
OTHERS = words_in(
    "he she they him her them his their said says told tell asked wife husband mother father sister",
    "brother",
    "neighbour neighbor friend somebody someone people who",
    "alisema amesema wamesema walisema aliniambia ameniambia ati eti anasema wanasema yeye wao mke",
    "mume jirani",
    "nasikia niliskia amenunua ameuza wameuza anauza",
)
# Somebody will do it, or may: it is not done now.
PLANNED = words_in("will shall may could would soon gonna almost nearly getting")
_OTHER_DAYS = words_in(
    "tomorrow tomorow tommorow tomoro tmrw tmr 2moro kesho kutwa rucui ruciu oke weekend next ijayo ujao jayo"
    " monday tuesday wednesday thursday friday saturday sunday jumatatu jumanne jumatano alhamisi ijumaa"
    " jumamosi jumapili",
)
# She buys, they want: somebody else's trade.
_OTHERS_VERB = re.compile(r"(?:wa|a)(?:na|me|ta)(?:nunua|agiza|uza|taka|hitaji|lipa|omba|leta)[a-z]*")
PAST_OK = words_in("sold")  # in a farmer's `sold out`
# Common words that are near to produce, and things that are not traded here.
NO_PRODUCE = words_in(
    "mwana msee",
    "money honest been being means mean bean lean rise prize price pride corner born worn team beat",
    "seat meat tell",
    "leave leaves live dry ripe cooking please plus apply maple ginge pepe peace piece gold coat boat road",
    "good food kitchen children checking china rick ride tomorrow tomorow today morning tonight tommorow",
    "nyama nyumba nyinyi nyingi nyingine nyeupe nyeusi unga sukari samaki mkate bread meat fish flour",
    "sugar salt",
    "chumvi oil mafuta soap sabuni soda water grapes zabibu plums peaches maji chakula mbolea",
    "fertilizer seeds",
    "mbegu dawa pesa kazi wakati mambo mtoto watoto mahali maisha mapema matatu matatizo maneno mama",
    "mayo mara",
    "huku kundi kunja tangu bora boda mbona mbuni mbili mboga kaka dada baba kama sana sawa saba sasa",
    "karibu kabisa kabla kesho kesha kila kwetu kwako kwangu viatu vitu watu vizuri vingine vingapi",
    "njema njaa njia nje ndani ndio ndiyo ndugu nataka naomba nani nini napenda nane nusu niko nipo",
    "malipo mali majina majibu market matokeo maoni masaa maswali machine machines manage main mail mails",
    "orders order offer cancel cabin cattle candle carry carrier carton cartoon cash cashew charge",
    "cheap check",
    "chicks children chama chapati chips cow cows cotton only online open opinion organ",
    "letter better bitter butter pilot pili popote party pause paper person personal pine pain",
    "range rate rider rides right ready real really return rent seven seen sell serious sir some simu son",
    "soon spin spend spring stall stock stop store sugar super supper thika thing think this those",
    "three time tired title toto tower town tray true tuesday tunda under until user uncle watch",
    "water wheel",
    "where white wish with woman women work world worth would year yours yesterday young zone hello",
    "help here",
    "home hope hotel house human hundred husband kindly kitu kiti kitabu kilo kila kisha kumi kuja",
    "kuwa kuna",
    "later letsa less light like line list little location long look love lunch living learn fridge fruit",
    "fresh french friend friday front full garage garden general german giving gift girl great green",
    "group grown",
    "mkubwa mtaa mtu mzuri mzigo msaada mwezi mwaka mvua mnyama mnunuzi muuzaji moja mia elfu mimi miaka",
    "accept arrive arrived appeal april august area agent again agree address account active avoid",
    "spanish banner banker banking manager dollar petrol petroli kerosene gas phone phones simu iphone",
    "laptop car cars gari toyota plot shamba land pikipiki bike viatu shoes nguo clothes kiwi pears",
    "pear matofali",
    "potion patio portion posta poster postal cable cabbie sale sales salary scale tail table stable",
    " mwangi maina njeri njoroge wambui kamau karanja kariuki muthoni wanjiru marigold mangu manga",
    "kiosk kabati kabila kazini kuchelewa chelewa michele michael nasri naso dan daniel diana ndani",
    " hasara hasira coffin cafe office toffee tear teas year bar bags bag boxes box",
    "thuku thuma thiku kuria ruiru embu mboga matunda viungo spices herbs lima remi timau",
    "kibanda kikapu kikombe mabati maziko mazishi mazungumzo mazuri mazoezi magari magazeti",
    "tomb automatic motor meter metre matter mattress mathe mathree number nambari nambayo",
    "banda bandana banners carol carousel parrot karata karate charity chilled chill chillin child",
    "beauty beetle brocade pumping pumped pump mashine mushy musician cousin pishi pipi",
    "cocoa cocacola eggnog egoist goal gout ghost honour horn honest hustle mild mile",
    "okay ochre yaani yangu jam ham yard card yani palm papa papers",
    "tree trees rubber lentils lettering spinner spinning gaelic finger fingers singer",
)
# Common words that are near to a command and must not be taken for one.
NO_KEYWORD = words_in(
    "other older border holder elder odor ode state states starts stars stare star stork stick shock sock",
    "stack stuck pride prize prime twice cell bell sill skill spell self hate late date gate fate",
    "race rite rats",
    "pack back pick park pays day say may lay bay ray play paid rely reply ready read real reads road",
    "lead steady",
    "house horse helps held shelf yelp kelp lest last lost mist most post coast cast past post least",
    "buys boy guy bus but bye by bid big bit wants went wait wand what want hunt aunt needs feed seed",
    " dove bone gone tone zone dine dune donor dozen stocks stops step stoop shop store stone story",
    "called cancer canal candle canned council console expect except accent access accident concept aspect",
    " nitalipa nitalala",
    "tailed mailed fall fell falls feel file fair fails tail sail jail mail derived arrives",
    " routes root rout router mute mouth some sane came name game fame lame shame family safe sale",
    " fellow hollow yellow allow follows below massage messages passage plane plate placed",
    "plan lace slice whether feather leather heather teams turns germs term",
    "mask task ask asks desk joint coin joins john register registered resistor menu men mean",
    "lists lift live life baggage luggage core cope come mode node cast case",
    " hell beer bee bye bear hail halo haki hasi hadi hata haya saidi said salaa lia lipu",
    " usa uzi uzee uzuri anzia panza agizo ghali ngari kula lala lulu futi fupi",
    "wapi wako wake wangu ondoka kataza katika kati katibu kukata katiba mbali mkubali kabila",
    " nauli nazo nunulia nyanya nitaka onyesha onja njaa nini njoo",
    " tayarisha funga fungua fungu vunja mvua pesa paka masaada lugwa",
    " ambiance amina shinda taka tuma tumia zaituni mwaka same sumu sema seme wali",
    "delay delayed relay display delivery delivers deliver delicious incline machine subject",
    "object project eject rejects reduce updated updates upset upgrade preview reviews",
    " compare company compete compile complex complained pavement basement",
    " product produce profits rating rated outline inline bread freak brake",
    " picket ticket pocket kicked packet licked hiccup taken talk tale bake lake make",
    " clean dear bear near hear year early correct connect select collected",
    " conform inform conference serious cure pure share shore smart short smarter",
    " remain reminding meaning training retaining lift lefty soft loft gift",
    " ndogo kidogo ndefu chache zamani vizuri mbaya rahisi ngumu laini moto baridi mrefu mfupi wengi",
    " mind mine mini kind hand band sand many body busy easy early soft hard full quite quiet quick",
    "quilt unit and ends bend send lend tend fend friend trend",
    " yea yet yen yesterday eyes kay oaky note node not hope rope nose none noon",
    " nikon nipige soko zako mafuta anga wewe wapi mapya wazi maini odds",
)


@dataclass(frozen=True)
class Doubts:
    """Why a text may not mean what its words look like."""

    negated: bool
    past: bool
    conditional: bool
    reported: bool

    def __bool__(self) -> bool:
        return self.negated or self.past or self.conditional or self.reported


def is_planned(words: Sequence[str]) -> bool:
    """Whether what is said is for another day, or only may be: `will change to 50 next week`."""
    return any(word in PLANNED or word in _OTHER_DAYS for word in words)


def doubts(words: Sequence[str]) -> Doubts:
    """The doubts that `words` (those outside a free text) raise."""
    return Doubts(
        negated=any(word in NEGATIONS or _NEGATED_VERB.fullmatch(word) for word in words),
        past=any(word in PASTS or (_PAST_VERB.fullmatch(word) and word not in _NOT_PAST) for word in words),
        conditional=any(word in IFS for word in words),
        reported=any(word in OTHERS or _OTHERS_VERB.fullmatch(word) for word in words),
    )
