"""Where people may buy and sell (DR-1212): `service.wards`, ward codes with commas, empty for everywhere."""

from functools import lru_cache

from core.db import Tx
from core.locations.errors import NotServed


def served(tx: Tx, ward_code: int) -> bool:
    """Whether people in this ward may buy and sell now."""
    wards = _codes(tx.setting("service.wards"))
    return not wards or ward_code in wards


def check(tx: Tx, ward_code: int) -> None:
    """Raises NotServed (place) where nothing is bought or sold yet."""
    if not served(tx, ward_code):
        raise NotServed(place=tx.parts.places.get(ward_code).ward)


@lru_cache(maxsize=8)
def _codes(setting: str) -> frozenset[int]:
    return frozenset(int(code) for code in setting.replace(",", " ").split())
