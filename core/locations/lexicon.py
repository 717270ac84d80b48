"""Words around place names, in the languages people mix; all as core.words.plain writes them."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parts of sub-county names that people leave out, and that alone name nothing.
QUALIFIERS = _set("north south east west central town township rural")

# What follows belongs to the door, not to the ward: "near Kabete police station".
LOCATING = _set(
    """
    near nearby next opposite opp behind beside along after before past around off
    karibu nyuma mbele kando mkabala baada kabla hapo pale hakuhi thutha mbere
    """
)

# "Thika road" is a road, wherever its end is.
ROADS = _set("road rd street st avenue ave highway superhighway hwy lane drive bypass barabara")

# Said with a place's name, and no part of a landmark.
PLACE_KINDS = _set("ward wadi county kaunti subcounty constituency sub town township area kenya mtaa estate")

# Lead to a place or away from it; stripped from the ends of a landmark.
FILLERS = _set(
    """
    i im am we live stay is my the to at in on from and please pls deliver delivery send bring place location
    niko naishi ninaishi nakaa nipo mimi ni kwa katika wa ya na hapa iko tuko nyumbani peleka leta tafadhali
    ndi ndikaraga njikaraga nii kwi niri hau
    """
)

# Everyday words that are hardly ever a misspelt place.
NOT_NAMES = (
    FILLERS
    | LOCATING
    | ROADS
    | PLACE_KINDS
    | QUALIFIERS
    | _set(
        """
        total shell petrol station stage stendi school shule primary secondary academy college university
        church kanisa mosque msikiti market soko hospital hospitali clinic dispensary shop duka kiosk house
        nyumba home gate plot flat apartment apartments court block floor bank chief police hotel bar butchery
        supermarket building jengo office ofisi kituo village kijiji river bridge daraja junction centre
        center mall plaza posta chini mbali ndani pembeni kona corner green blue white black nyeusi kubwa
        small ndogo upper lower ghorofa tank water maji bus matatu boda kwao view hill hills bay land
        """
    )
)

# Wards whose name is an everyday word, too: they count alone, or beside their own sub-county or county.
EVERYDAY_NAMES = _set(
    """
    airbase airport arabia bahari bahati bidii biashara california central engineer flamingo harambee hindi
    hospital kanuni kisima kola kuku kwa london mabatini majengo makutano mara mata maua milima miwani mulango
    municipality njia nyota pipeline puma racecourse railways ravine sabena sala salama saka sokoni soy
    township umoja utalii viwandani ziwa
    """
)
