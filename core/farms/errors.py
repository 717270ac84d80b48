"""What can go wrong with farms."""

from core.errors import BadInput, NotFound


class NoFarm(NotFound):
    """You have no farm with us yet."""

    code = "farms.no_farm"


class FarmNameMissing(BadInput):
    """Please give your farm a name."""

    code = "farms.name_missing"
