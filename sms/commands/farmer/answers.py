"""What farmers answer to an open question (DR-1510)."""

from collections.abc import Mapping

from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number, say_yes_or_no
from sms.commands.customer import choosing
from sms.commands.farmer import prices, produce_answers, sell_answers, work_answers
from sms.context import Context


def _pickup_short(ctx: Context) -> Answer:
    if ctx.reading.intent not in ("confirm_yes", "confirm_no"):
        return NOT_AN_ANSWER
    return choosing.pickup_short(ctx, agree=ctx.reading.intent == "confirm_yes")


ANSWERS: Mapping[str, Answering] = {
    "pickup_short": Answering("yes_no", _pickup_short, say_yes_or_no),
    "price_of": Answering("choose_number", prices.picked, choose_by_number),
    **sell_answers.ANSWERS,
    **produce_answers.ANSWERS,
    **work_answers.ANSWERS,
}
