"""What can go wrong with reviews."""

from core.errors import BadInput, Conflict, NotAllowed, NotFound


class ReviewUnknown(NotFound):
    """No such review for this person, or nothing of hers that could be reviewed (DR-211)."""

    code = "reviews.unknown"


class NotDelivered(Conflict):
    """Only what was delivered can be rated (DR-1401)."""

    code = "reviews.not_delivered"


class StarsOutOfBounds(BadInput):
    """A rating is a whole number from 1 to 5 (DR-1402)."""

    code = "reviews.stars"


class TextTooLong(BadInput):
    """A review has `limit` characters at most (DR-1402)."""

    code = "reviews.text_too_long"


class WindowClosed(Conflict):
    """`days` after the delivery nothing of it is rated any more (DR-1402)."""

    code = "reviews.window_closed"


class AlreadyReviewed(Conflict):
    """There is one review of each item and of each delivery, and it says something else (DR-1401)."""

    code = "reviews.already"


class EditClosed(Conflict):
    """A review can be changed or taken back for `days` days (DR-1402)."""

    code = "reviews.edit_closed"


class ReviewHidden(Conflict):
    """An admin has hidden this review; its author cannot change it any more."""

    code = "reviews.hidden"


class OwnReview(NotAllowed):
    """Nobody rates herself (DR-1404)."""

    code = "reviews.own"


class ReasonMissing(BadInput):
    """Whoever hides a review says why (DR-1402)."""

    code = "reviews.reason_missing"
