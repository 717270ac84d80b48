"""Answers to the one open question of a number (DR-1510): which room answers which kind."""

from collections.abc import Mapping

from sms.answering import NOT_AN_ANSWER, Answer, Answering
from sms.commands.agent import answers as agent
from sms.commands.customer import answers as customer
from sms.commands.everyone import answers as everyone
from sms.commands.farmer import answers as farmer
from sms.commands.rider import answers as rider
from sms.context import Context, Outcome

ANSWERS: Mapping[str, Answering] = {
    **customer.ANSWERS, **farmer.ANSWERS, **rider.ANSWERS, **agent.ANSWERS, **everyone.ANSWERS
}  # fmt: skip


def awaiting(kind: str) -> str:
    """What the reader is told to expect while a question of `kind` is open."""
    return ANSWERS[kind].awaiting


def answer(ctx: Context) -> Answer:
    """What the text does to the open question, or NOT_AN_ANSWER."""
    assert ctx.question is not None, "there is something to answer"
    answering = ANSWERS.get(ctx.question.kind)
    return answering.answer(ctx) if answering else NOT_AN_ANSWER


def remind(ctx: Context) -> Outcome:
    """A text that neither answers the open question nor is a command: say what would answer it."""
    assert ctx.question is not None, "there is something to be reminded of"
    answering = ANSWERS.get(ctx.question.kind)
    return answering.remind(ctx) if answering else ctx.reply("not_understood", dial=ctx.dial)
