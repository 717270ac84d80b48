"""What can go wrong with places."""

from core.errors import BadInput


class UnknownWard(BadInput):
    """We do not know that ward."""

    code = "locations.unknown_ward"


class NotInKenya(BadInput):
    """That point is not in Kenya."""

    code = "locations.not_in_kenya"
