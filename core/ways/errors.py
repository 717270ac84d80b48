"""What can go wrong with runs and collection points."""

from core.errors import Conflict, NotFound


class PointUnknown(NotFound):
    """No such collection point."""

    code = "ways.point_unknown"


class RunUnknown(NotFound):
    """No such run."""

    code = "ways.run_unknown"


class RunFull(Conflict):
    """The trip of `day` has no room for so many kg any more; `left` kg are free."""

    code = "ways.run_full"


class PointInUse(Conflict):
    """A run still stops there."""

    code = "ways.point_in_use"
