"""What anybody answers to an open question about an account or a farm (DR-1510)."""

from collections.abc import Mapping

from sms import doubt
from sms.answering import NOT_AN_ANSWER, Answer, Answering, say_yes_or_no
from sms.commands.everyone import messaging, trust
from sms.context import Context


def _number_change(ctx: Context) -> Answer:
    return trust.number_change(ctx) or NOT_AN_ANSWER


def _agent(ctx: Context) -> Answer:
    return trust.agent(ctx) or NOT_AN_ANSWER


def _agent_listing(ctx: Context) -> Answer:
    return trust.agent_listing(ctx) or NOT_AN_ANSWER


ANSWERS: Mapping[str, Answering] = {
    "meant": Answering("yes_no", doubt.answer, say_yes_or_no),
    "number_change": Answering("yes_no", _number_change, say_yes_or_no),
    "agent": Answering("yes_no", _agent, say_yes_or_no),
    "agent_listing": Answering("yes_no", _agent_listing, say_yes_or_no),
    "message_to": messaging.MESSAGE_TO,
    "message_text": messaging.MESSAGE_TEXT,
}
