"""What can go wrong with farms."""

from core.errors import BadInput


class FarmNameMissing(BadInput):
    """Please give your farm a name."""

    code = "farms.name_missing"
