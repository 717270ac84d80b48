"""What riders answer to an open question (DR-1510)."""

from collections.abc import Mapping

from sms.answering import NOT_AN_ANSWER, Answer, Answering, say_yes_or_no
from sms.commands.rider import jobs
from sms.context import Context


def _offer(ctx: Context) -> Answer:
    match ctx.reading.intent:
        case "confirm_yes" | "rider_accept":
            return jobs.accept(ctx)
        case "confirm_no" | "rider_decline":
            return jobs.decline(ctx)
    return NOT_AN_ANSWER


ANSWERS: Mapping[str, Answering] = {
    "offer": Answering("rider_offer", _offer, say_yes_or_no),
}
