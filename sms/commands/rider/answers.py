"""What riders answer to an open question (DR-1510)."""

from collections.abc import Mapping

from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number, say_yes_or_no
from sms.commands.rider import door, offered, road, undone
from sms.context import Context, Outcome


def _offer(ctx: Context) -> Answer:
    match ctx.reading.intent:
        case "confirm_yes" | "rider_accept":
            return offered.accept(ctx)
        case "confirm_no" | "rider_decline":
            return offered.decline(ctx)
    return NOT_AN_ANSWER


def _farm(ctx: Context) -> Answer:
    farm_id = road.chosen_farm(ctx)
    return NOT_AN_ANSWER if farm_id is None else road.at_farm(ctx, farm_id)


def _failed(ctx: Context) -> Answer:
    yes = answering.yes(ctx)
    return NOT_AN_ANSWER if yes is None else undone.sure(ctx, yes=yes)


def _given_back(ctx: Context) -> Answer:
    yes = answering.yes(ctx)
    return NOT_AN_ANSWER if yes is None else offered.given_back(ctx, yes=yes)


def _route(ctx: Context) -> Answer:
    return NOT_AN_ANSWER


def _nothing_asked(ctx: Context) -> Outcome:
    return ctx.reply("offer_none")


ANSWERS: Mapping[str, Answering] = {
    "offer": Answering("rider_offer", _offer, say_yes_or_no),
    "cash_taken": Answering("choose_number", door.cash_said, door.say_sum),
    "pickup_which": Answering("choose_number", _farm, choose_by_number),
    "fail_why": Answering("choose_number", undone.why, choose_by_number),
    "fail_sure": Answering("yes_no", _failed, say_yes_or_no),
    "drop_sure": Answering("yes_no", _given_back, say_yes_or_no),
    "route": Answering("route", _route, _nothing_asked),
}
