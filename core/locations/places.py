"""The wards of Kenya, in memory: by letters, by code, by county and sub-county.

Reading a place out of free text is core/locations/reading.py.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import NamedTuple, Self

from core.locations.errors import UnknownWard
from core.locations.reading import Gazetteer, Name, PlaceReading
from core.reference import DATA, rows, several
from core.words import plain

EARTH_KM = 6371.0088
# A degree north is so many km everywhere, a degree east at least so many in Kenya (latitude 6 at most).
KM_A_DEGREE = radians(1) * EARTH_KM
KM_A_DEGREE_EAST = KM_A_DEGREE * 0.99


class Point(NamedTuple):
    """A position in degrees, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward: `code` 1 to 1450 is official; lat and lon a usable point inside it."""

    code: int
    ward: str
    subcounty: str
    county: str
    county_code: int
    lat: float
    lon: float
    subcounty_code: int = 0

    @property
    def point(self) -> Point:
        """Its usable point."""
        return Point(self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class Subcounty:
    """A constituency: `code` 1 to 290."""

    code: int
    name: str
    county_code: int


@dataclass(frozen=True, slots=True)
class County:
    """A county: `code` 1 to 47, its middle, and other spellings people use."""

    code: int
    name: str
    lat: float
    lon: float
    aliases: tuple[str, ...]

    @property
    def point(self) -> Point:
        """Its middle."""
        return Point(self.lat, self.lon)


class Places:
    """Every ward, built once per process; all look-ups are in memory."""

    def __init__(self, wards: list[Ward], counties: list[County]) -> None:
        self._wards = {ward.code: ward for ward in wards}
        self._counties = {county.code: county for county in counties}
        self._by_subcounty: dict[int, list[Ward]] = {}
        self._subcounties: dict[int, Subcounty] = {}
        for ward in wards:
            self._by_subcounty.setdefault(ward.subcounty_code, []).append(ward)
            self._subcounties.setdefault(
                ward.subcounty_code, Subcounty(ward.subcounty_code, ward.subcounty, ward.county_code)
            )
        # Each name from each of its words on, sorted: a prefix is one slice. 0: from the name's first word.
        starts = []
        for ward in wards:
            words = plain(ward.ward).split()
            for first in range(len(words)):
                starts.append((" ".join(words[first:]), min(first, 1), ward.code))
        self._starts = sorted(starts)

    @classmethod
    def from_files(cls, folder: Path = DATA) -> Self:
        """The places of data/places.csv and data/counties.csv."""
        wards = [
            Ward(
                code=int(row["ward_code"]),
                ward=row["ward"],
                subcounty=row["subcounty"],
                county=row["county"],
                county_code=int(row["county_code"]),
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                subcounty_code=int(row["subcounty_code"]),
            )
            for row in rows("places.csv", folder)
        ]
        counties = [
            County(
                code=int(row["county_code"]),
                name=row["county"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                aliases=tuple(several(row["aliases"])),
            )
            for row in rows("counties.csv", folder)
        ]
        return cls(wards, counties)

    def get(self, code: int) -> Ward:
        """The ward with this code; raises UnknownWard."""
        ward = self._wards.get(code)
        if ward is None:
            raise UnknownWard(code=code)
        return ward

    def starting_with(self, letters: str, limit: int = 8) -> list[Ward]:
        """Wards of which a word begins with `letters` (case and signs do not matter).

        First the wards that are called exactly so, then names that begin so, then later words; then by name.
        """
        wanted = plain(letters)
        if not wanted:
            return []
        best: dict[int, int] = {}
        for at in range(bisect_left(self._starts, (wanted,)), len(self._starts)):
            rest, later_word, code = self._starts[at]
            if not rest.startswith(wanted):
                break
            rank = 0 if rest == wanted and not later_word else 1 + later_word
            best[code] = min(rank, best.get(code, rank))
        order = sorted(best, key=lambda code: (best[code], self._wards[code].ward, code))
        return [self._wards[code] for code in order[:limit]]

    def all(self) -> list[Ward]:
        """Every ward, by code."""
        return sorted(self._wards.values(), key=lambda ward: ward.code)

    def counties(self) -> list[County]:
        """Every county, by name."""
        return sorted(self._counties.values(), key=lambda county: county.name)

    def county(self, code: int) -> County:
        """The county with this code (1 to 47)."""
        return self._counties[code]

    def subcounties(self, county_code: int) -> list[Subcounty]:
        """The sub-counties of a county, by name."""
        inside = (s for s in self._subcounties.values() if s.county_code == county_code)
        return sorted(inside, key=lambda subcounty: subcounty.name)

    def wards_of(self, subcounty_code: int) -> list[Ward]:
        """The wards of a sub-county, by name."""
        return sorted(self._by_subcounty.get(subcounty_code, []), key=lambda ward: ward.ward)

    def wards_near(self, point: Point, km: float, subcounty: tuple[str, str] = ("", "")) -> list[int]:
        """Codes of the wards whose middle is at most `km` from `point`, and of all wards of `subcounty`
        (county, sub-county)."""
        lat, lon = point
        north, east = km / KM_A_DEGREE, km / KM_A_DEGREE_EAST
        return [
            ward.code
            for ward in self._wards.values()
            if (ward.county, ward.subcounty) == subcounty
            # Most are outside the square around the circle, which is told without a sine.
            or (
                abs(ward.lat - lat) <= north
                and abs(ward.lon - lon) <= east
                and km_between(ward.point, point) <= km
            )
        ]

    def in_text(self, text: str) -> "PlaceReading[Ward]":
        """What place a free text names, and what is left of it as landmark."""
        return self._gazetteer.read(text)

    @cached_property
    def _gazetteer(self) -> "Gazetteer[Ward]":
        names = [Name("ward", ward.ward, (ward,)) for ward in self._wards.values()]
        names += [
            Name("subcounty", subcounty.name, tuple(self.wards_of(subcounty.code)))
            for subcounty in self._subcounties.values()
        ]
        for county in self._counties.values():
            inside = tuple(ward for ward in self._wards.values() if ward.county_code == county.code)
            names += [Name("county", spelling, inside) for spelling in (county.name, *county.aliases)]
        return Gazetteer(names)


def km_between(a: Point, b: Point) -> float:
    """Great-circle kilometres between two points."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
    return 2 * EARTH_KM * asin(sqrt(sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2))
