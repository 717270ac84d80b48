"""Finding one of 1,450 wards on a keypad: by its first letters, or by county and sub-county."""

from collections.abc import Sequence

from core.locations.places import County, Ward
from core.words import plain, tidy
from locales.gsm import fold
from locales.mark import _
from menus.flow import Item, Screen, ask, option, pick
from menus.talk import Again, Talk

MOST_MATCHES = 40
FEW = 3
NO_WARD = _("No ward begins with {text}. Try fewer letters.")
NO_COUNTY = _("No county begins with {text}.")
IN_LETTERS = _("Write letters, for example KIN.")


def ward_letters(talk: Talk, answer: str) -> str:
    """Letters with which at least one ward begins."""
    letters = _letters(answer)
    if not talk.parts.places.starting_with(letters, 1):
        raise Again(NO_WARD, text=letters)
    return letters


def county_letters(talk: Talk, answer: str) -> str:
    """Letters with which at least one county begins."""
    letters = _letters(answer)
    if not _counties(talk, letters):
        raise Again(NO_COUNTY, text=letters)
    return letters


def matching_wards(talk: Talk) -> Sequence[Item]:
    """The wards that begin with slot `letters`; the sub-county stands beside a name where it helps."""
    wards = talk.parts.places.starting_with(talk.slots["letters"], MOST_MATCHES)
    names = [ward.ward for ward in wards]
    return [Item(_label(ward, len(wards) <= FEW or names.count(ward.ward) > 1), ward.code) for ward in wards]


def matching_counties(talk: Talk) -> Sequence[Item]:
    """The counties that begin with slot `letters`."""
    return [Item(fold(county.name), county.code) for county in _counties(talk, talk.slots["letters"])]


def subcounties(talk: Talk) -> Sequence[Item]:
    """The sub-counties of slot `in_county`."""
    inside = talk.parts.places.subcounties(talk.slots["in_county"])
    return [Item(fold(subcounty.name), subcounty.code) for subcounty in inside]


def wards_inside(talk: Talk) -> Sequence[Item]:
    """The wards of slot `in_subcounty`."""
    return [Item(fold(w.ward), w.code) for w in talk.parts.places.wards_of(talk.slots["in_subcounty"])]


def ward_steps(*, then: str) -> tuple[Screen, ...]:
    """The steps that end with slot `ward` holding a ward's code and go on to `then`."""
    found = _("Choose your ward:")
    return (
        ask(
            "ward",
            _("Which ward? Write its first letters, for example KIN."),
            parse=ward_letters,
            save="letters",
            then="wards",
            options=(option("1", _("Find it by county"), "county"),),
        ),
        pick("wards", found, items=matching_wards, save="ward", then=then),
        ask(
            "county",
            _("Which county? Write its first letters, for example KIA."),
            parse=county_letters,
            save="letters",
            then="counties",
        ),
        pick(
            "counties",
            _("Choose your county:"),
            items=matching_counties,
            save="in_county",
            then="subcounties",
        ),
        pick(
            "subcounties",
            _("Choose your sub-county:"),
            items=subcounties,
            save="in_subcounty",
            then="wards_inside",
        ),
        pick("wards_inside", found, items=wards_inside, save="ward", then=then),
    )


def _letters(answer: str) -> str:
    letters = tidy(answer, 30)
    if not plain(letters).replace(" ", "").isalpha():  # digits are not repeated: they may be a code
        raise Again(IN_LETTERS)
    return letters


def _counties(talk: Talk, letters: str) -> list[County]:
    wanted = plain(letters)
    return [
        county
        for county in talk.parts.places.counties()
        if any(plain(name).startswith(wanted) for name in (county.name, *county.aliases))
    ]


def _label(ward: Ward, with_subcounty: bool) -> str:
    name = fold(ward.ward)
    return f"{name}, {fold(ward.subcounty)}" if with_subcounty and ward.subcounty != ward.ward else name
