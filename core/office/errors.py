"""What can go wrong at the desk."""

from core.errors import BadInput, Conflict, NotFound


class DutyUnknown(NotFound):
    """There is no such work."""

    code = "office.duty_unknown"


class WhyMissing(BadInput):
    """Whoever reads a number in full says why (DR-1801)."""

    code = "office.why_missing"


class NoNumber(NotFound):
    """This row of the callback log is about no phone."""

    code = "office.no_number"


class NotAgain(Conflict):
    """This callback bears no key by which a repeat would be known, or is still being worked on."""

    code = "office.not_again"
