"""What can go wrong with tickets and messages."""

from core.errors import BadInput, Conflict, NotFound


class TicketUnknown(NotFound):
    """There is no such ticket of yours."""

    code = "support.ticket_unknown"


class TextMissing(BadInput):
    """Nothing was written."""

    code = "support.text_missing"


class TextTooLong(BadInput):
    """More than a message may have; `limit` characters."""

    code = "support.text_too_long"


class KindUnknown(BadInput):
    """No such kind of ticket."""

    code = "support.kind_unknown"


class PriorityUnknown(BadInput):
    """No such priority."""

    code = "support.priority_unknown"


class DisputeNeedsOrder(BadInput):
    """A dispute about money names its order."""

    code = "support.dispute_needs_order"


class TooLateToReopen(Conflict):
    """The ticket ended too long ago; `days` is how long it may be opened again."""

    code = "support.too_late_to_reopen"


class NotStaff(BadInput):
    """Tickets are given to admins only."""

    code = "support.not_staff"


class NotAParty(NotFound):
    """You share no order with that person."""

    code = "support.not_a_party"


class MessageUnknown(NotFound):
    """There is no such message for you."""

    code = "support.message_unknown"
