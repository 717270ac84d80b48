"""What can go wrong with places."""

from core.errors import BadInput, Conflict


class UnknownWard(BadInput):
    """We do not know that ward."""

    code = "locations.unknown_ward"


class NotInKenya(BadInput):
    """That point is not in Kenya."""

    code = "locations.not_in_kenya"


class PlaceInUse(Conflict):
    """{count} open orders or farms need this place."""

    code = "locations.in_use"


class NotServed(Conflict):
    """Nothing is bought or sold in `place` yet; people there may register and see prices (DR-1212)."""

    code = "locations.not_served"
