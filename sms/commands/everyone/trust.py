"""Answers about one's own account: an agent who asks, a payout number that is to change (DR-208, DR-221)."""

from typing import Any

from core.farms import agents
from core.listings import takedown
from core.users import payees
from sms.context import Context, Reply

YES, NO = "confirm_yes", "confirm_no"


def number_change(ctx: Context) -> Reply | None:
    """NO from the old number stops the change; YES lets it go on. None if the text is neither."""
    if _said(ctx) == YES:
        ctx.close("yes")
        return ctx.reply("number_goes_on")
    if _said(ctx) != NO:
        return None
    ctx.close("no")
    payees.stop_by_reply(
        ctx.tx,
        payee_number_id=int(_about(ctx)["payee_number_id"]),
        msisdn=ctx.message.msisdn,
        request_id=f"sms:{ctx.message.callback_id}",
    )
    return ctx.reply("number_stopped")


def agent(ctx: Context) -> Reply | None:
    """The farmer's YES or NO to a field agent. None if the text is neither."""
    if _said(ctx) not in (YES, NO):
        return None
    yes = _said(ctx) == YES
    ctx.close("yes" if yes else "no")
    agents.answer(ctx.tx, ctx.actor, agent_id=int(_about(ctx)["agent_id"]), yes=yes)
    person = str(_about(ctx)["person"])
    return (
        ctx.reply("agent_agreed", person=person, dial=ctx.dial)
        if yes
        else ctx.reply("agent_declined", person=person)
    )


def agent_listing(ctx: Context) -> Reply | None:
    """HAPANA takes down what an agent has listed or changed; YES is content. None if the text is neither."""
    if _said(ctx) == YES:
        ctx.close("yes")
        return ctx.reply("agent_content", dial=ctx.dial)
    if _said(ctx) != NO:
        return None
    ctx.close("no")
    listing = takedown.refuse(ctx.tx, ctx.actor, listing_id=int(_about(ctx)["listing_id"]))
    return ctx.reply("taken_down", product=listing.product_id, dial=ctx.dial)


def _about(ctx: Context) -> dict[str, Any]:
    assert ctx.question is not None, "there is something to answer"
    return dict(ctx.question.about)


def _said(ctx: Context) -> str:
    """YES or NO, unless it names an order: then it is about that, and not about what we asked here."""
    return "" if ctx.reading.slots else ctx.reading.intent
