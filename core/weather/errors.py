"""What can go wrong with weather alerts."""

from core.errors import BadInput, Conflict, NotFound


class AlertUnknown(NotFound):
    """There is no such alert."""

    code = "weather.unknown"


class AlertTypeUnknown(BadInput):
    """The kind of weather is not one of rules.TYPES."""

    code = "weather.type_unknown"


class SeverityUnknown(BadInput):
    """A severity is info, watch, warning or extreme."""

    code = "weather.severity_unknown"


class ZoneUnknown(BadInput):
    """The zone is not one that farms have (DR-305)."""

    code = "weather.zone_unknown"


class Nowhere(BadInput):
    """An alert is for a zone, for wards, or both."""

    code = "weather.nowhere"


class TimesWrong(BadInput):
    """An alert ends after it begins, and in the future."""

    code = "weather.times_wrong"


class TextMissing(BadInput):
    """An alert has a text in each of the three languages."""

    code = "weather.text_missing"


class TextTooLong(BadInput):
    """A text has `limit` characters at most, so that it is one SMS."""

    code = "weather.text_too_long"


class AlertOver(Conflict):
    """The alert was cancelled or has run out: there is nothing to extend or cancel."""

    code = "weather.over"
