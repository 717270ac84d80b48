"""What can go wrong with the books."""

from core.errors import BadInput, Conflict


class StatementUnreadable(BadInput):
    """The file has no table of transactions that we can read (DR-1007)."""

    code = "books.statement_unreadable"


class CannotTakeBack(Conflict):
    """The entry does not stand, or money has moved because of it: that must be put right first."""

    code = "books.cannot_take_back"


class RefundUnderWay(CannotTakeBack):
    """Other money of the order is on its way back, since this transfer paid for it (DR-821)."""

    code = "books.refund_under_way"
