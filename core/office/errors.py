"""What can go wrong at the desk."""

from core.errors import NotFound


class DutyUnknown(NotFound):
    """There is no such work."""

    code = "office.duty_unknown"
