"""What can go wrong with following."""

from core.errors import BadInput, Conflict


class PlaceMissing(BadInput):
    """Neither a ward was given nor has the person a place of her own."""

    code = "following.place_missing"


class FollowsTooMany(Conflict):
    """Somebody follows `limit` products at most."""

    code = "following.too_many"


class PeriodWrong(BadInput):
    """The first day must not come after the last."""

    code = "following.period_wrong"
