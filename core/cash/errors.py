"""What can go wrong with cash at the door and with bringing it in."""

from core.errors import BadInput, Conflict, NotFound


class CashInvalid(BadInput):
    """That is no sum of cash: whole shillings, not below zero, at most `maximum`."""

    code = "cash.invalid"


class NotEnoughCash(Conflict):
    """`due` is to be collected and only `sum` was given: the goods are not handed over (DR-902)."""

    code = "cash.not_enough"


class CashUnsure(Conflict):
    """`due` is to be taken for `order`; whether it was `sum` has to be asked first (DR-902)."""

    code = "cash.unsure"


class RiderUnknown(NotFound):
    """Nobody who carries cash has that id."""

    code = "cash.rider_unknown"


class MoreThanOwed(Conflict):
    """At most `maximum` can be set off, written off or banked (DR-904)."""

    code = "cash.more_than_owed"


class ReasonMissing(BadInput):
    """That needs a reason in writing (DR-904)."""

    code = "cash.reason_missing"


class SlipIsTransfer(Conflict):
    """That slip stands as a transfer of `sum` KES for `order` (DR-813)."""

    code = "cash.slip_is_transfer"


class ReferenceUsed(Conflict):
    """That bank reference or key has been entered before with another sum."""

    code = "cash.reference_used"
