"""What can go wrong with alarms."""

from core.errors import NotFound


class AlarmUnknown(NotFound):
    """There is no such alarm."""

    code = "alarms.unknown"
