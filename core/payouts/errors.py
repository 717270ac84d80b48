"""What can go wrong with paying out."""

from core.errors import Conflict, NotAllowed, NotFound


class PayoutUnknown(NotFound):
    """There is no such payout, or not for this person."""

    code = "payouts.unknown"


class PayoutOpen(Conflict):
    """Another payout to that person is not over yet (DR-1303)."""

    code = "payouts.open"


class NothingToPay(Conflict):
    """`sum` KES could be paid out now, and that is too little."""

    code = "payouts.nothing_to_pay"


class NumberSilent(Conflict):
    """The payee's number was silent for too long and has to be verified again."""

    code = "payouts.number_silent"


class NumberNeeded(Conflict):
    """The payee has not said yet which M-Pesa number gets her money; `sum` KES waits."""

    code = "payouts.number_needed"


class PayoutOwn(NotAllowed):
    """Who created a payout does not approve it (DR-1302)."""

    code = "payouts.own"


class PayoutNeedsApproval(Conflict):
    """An admin has to approve it first (DR-1302)."""

    code = "payouts.needs_approval"


class ListChanged(Conflict):
    """The list of first payouts or its sum is not the one that was looked at."""

    code = "payouts.list_changed"


class PinTooFresh(Conflict):
    """The PIN was chosen a short while ago; no payout on request yet (DR-207, DR-208)."""

    code = "payouts.pin_too_fresh"


class AskFirst(Conflict):
    """M-Pesa has not been asked about it since it was sent, or has had no time to answer yet (DR-1303)."""

    code = "payouts.ask_first"


class StillUnderWay(Conflict):
    """M-Pesa, asked, says that it is still under way: nobody may call it failed yet."""

    code = "payouts.still_under_way"
