"""`MSG A3B7 I am at the gate`: words to another party of an order (DR-1603)."""

from core.orders import service as orders
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.support import flood, messages, own
from core.support.own import PartyLine
from core.words import tidy
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number
from sms.context import Context, Outcome, Reply
from sms.keywords import keywords
from sms.words import folded

LONGEST = 320
MOST_CHOICES = 4


def message(ctx: Context) -> Outcome:
    """Send it to the other party; of several it is asked to whom."""
    if ctx.user is None:
        return ctx.reply("help", dial=ctx.dial)
    order = _order(ctx)
    if isinstance(order, Reply):
        return order
    order_id, number = order
    words = own_words(ctx)
    people = own.people(ctx.tx, ctx.actor, order_id=order_id)
    ctx.order_id = order_id
    if not people:
        return ctx.reply("message_nobody", order=number[-4:])
    if len(people) == 1:
        return _to(ctx, number, people[0], words) if words else _ask_text(ctx, number, people[0])
    few = people[:MOST_CHOICES]
    ctx.ask(
        "message_to",
        about={"number": number, "order_id": order_id, "text": words},
        choices=[{"value": one.user_id} for one in few],
    )
    return ctx.reply("message_to", order=number[-4:], options=[_party(one) for one in few])


def own_words(ctx: Context) -> str:
    """What stands behind the command and the number, as it was written."""
    text = " ".join(ctx.message.text.split())
    named = str(ctx.reading.slots.get("order") or "")
    said = folded(text).split()
    keyword = keywords().at([word.strip(":,.#") for word in said], 0)
    rest = text.split()[keyword.length if keyword else 1 :]
    if named and rest and rest[0].strip(":,.#").upper().endswith(named[-4:]):
        rest = rest[1:]
    return tidy(" ".join(rest).lstrip(":,. "), LONGEST)


def _order(ctx: Context) -> tuple[int, str] | Reply:
    named = ctx.reading.slots.get("order")
    if named:
        try:
            order = orders.by_number(ctx.tx, ctx.actor, str(named))
        except OrderAmbiguous as several:
            return ctx.reply("order_which", options=[{"label": n} for n in several.values["numbers"][:5]])
        except OrderUnknown:
            return ctx.reply("order_unknown")
        return order.order_id, order.order_number
    mine = [one for one in own.orders(ctx.tx, ctx.actor) if one.status not in ("completed", "cancelled")]
    if len(mine) == 1:
        return mine[0].order_id, mine[0].number
    return ctx.reply("message_which") if mine else ctx.reply("message_no_order")


def _party(one: PartyLine) -> dict[str, str]:
    return {"name": one.first_name, "part": one.part}


def _ask_text(ctx: Context, number: str, one: PartyLine) -> Reply:
    ctx.ask("message_text", about={"number": number, "to": one.user_id, "person": one.first_name})
    return ctx.reply("message_text", person=one.first_name, order=number[-4:])


def _to(ctx: Context, number: str, one: PartyLine, words: str) -> Reply:
    sent = messages.send(ctx.tx, ctx.actor, order_ref=number, to_user_id=one.user_id, text=words)
    code = "message_sent" if flood.texted(ctx.tx, sent.message_id) else "message_kept"
    return ctx.reply(code, person=one.first_name, order=number[-4:])


def _party_of(ctx: Context, user_id: int, order_id: int) -> PartyLine | None:
    people = own.people(ctx.tx, ctx.actor, order_id=order_id)
    return next((one for one in people if one.user_id == user_id), None)


def _picked(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        return NOT_AN_ANSWER
    about = answering.about(ctx)
    ctx.order_id = int(about["order_id"])
    ctx.close("answered")
    one = _party_of(ctx, int(chosen), ctx.order_id)
    if one is None:
        return ctx.reply("message_nobody", order=about["number"][-4:])
    if not about["text"]:
        return _ask_text(ctx, about["number"], one)
    return _to(ctx, about["number"], one, about["text"])


def _written(ctx: Context) -> Answer:
    """The next text is the message, unless it is plainly a command."""
    if ctx.reading.intent not in ("text", "confirm_no", "mpesa_confirmation"):
        return NOT_AN_ANSWER
    about = answering.about(ctx)
    ctx.close("answered")
    order = orders.by_number(ctx.tx, ctx.actor, about["number"])
    ctx.order_id = order.order_id
    one = _party_of(ctx, int(about["to"]), order.order_id)
    if one is None:
        return ctx.reply("message_nobody", order=about["number"][-4:])
    return _to(ctx, about["number"], one, tidy(ctx.message.text, LONGEST))


def _text_again(ctx: Context) -> Outcome:
    about = answering.about(ctx)
    return ctx.reply("message_text", person=about["person"], order=about["number"][-4:])


MESSAGE_TO = Answering("choose_number", _picked, choose_by_number)
MESSAGE_TEXT = Answering("text", _written, _text_again)
