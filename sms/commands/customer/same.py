"""`SAME`, `SAME MONDAY`, `SAME OFF`: the last basket again, at today's prices (DR-702).

With a day she is asked each week on the afternoon before; nothing comes without her yes.
"""

from decimal import Decimal

from core.errors import DomainError
from core.locations import service as locations
from core.orders import counter, fitting, quotes, weekly
from sms.answering import NOT_AN_ANSWER, Answer, about
from sms.commands.customer import quoting
from sms.context import Context, Outcome

WEEK = 7
# The days as people write them; a word is known by its beginning.
_DAYS = (
    ("mon", "jumatatu", "njumatatu", "jtt"),
    ("tue", "jumanne", "njumaine", "jnn"),
    ("wed", "jumatano", "njumatana", "jtn"),
    ("thu", "alhamisi", "aramithi", "alh"),
    ("fri", "ijumaa", "njumaa", "iju"),
    ("sat", "jumamosi", "njumamothi", "jmo"),
    ("sun", "jumapili", "kiumia", "jpi"),
)
# These mean the basket itself: what is ordered today comes tomorrow.
_NOW = ("today", "leo", "umuthi", "tomorrow", "kesho", "ruciu", "now", "sasa")


def same(ctx: Context) -> Outcome:
    """A quote for what she bought last; with a day, the weekly question."""
    if ctx.role != "customer" or ctx.user is None:
        return ctx.reply("wrong_role", dial=ctx.dial) if ctx.role else ctx.reply("same_none")
    when = str(ctx.reading.slots.get("when") or "").lower()
    if when and when not in _NOW:
        return _weekly(ctx, when)
    lines = counter.bought_last(ctx.tx, ctx.actor)
    place = locations.default_of(ctx.tx, ctx.user.user_id)
    if not lines or place is None:
        return ctx.reply("same_none")
    return quoting.offer(ctx, lines, place)


def off(ctx: Context) -> Outcome:
    """`SAME OFF`: she is asked no more."""
    if ctx.role == "customer":
        weekly.end(ctx.tx, ctx.actor)
    return ctx.reply("same_off")


def answered(ctx: Context) -> Answer:
    """Her answer to the weekly question. What costs something else by now is asked again (DR-1510)."""
    if ctx.reading.intent in ("confirm_no", "cancel"):
        return quoting.no(ctx)
    pays = ctx.reading.intent == "pay" and "order" not in ctx.reading.slots
    if ctx.reading.intent != "confirm_yes" and not pays:
        return NOT_AN_ANSWER
    said = about(ctx)
    view = quotes.quote_view(ctx.tx, int(said["quote_id"]))
    if view.status == "open" and view.expires_at > ctx.tx.now:
        return quoting.yes(ctx)
    place = quoting.place_of(ctx, view.quote_id)
    lines = quoting.lines_of(view)
    try:
        fitted = fitting.fit(ctx.tx, ctx.actor, lines=lines, location_id=place.location_id)
    except DomainError as error:
        ctx.close("refused")
        return quoting.refusal(ctx, error, product_id=lines[0].product_id, place=place)
    if fitted.quote is None or fitted.changed:
        ctx.close("changed")
        return quoting.offer(ctx, lines, place)
    again = quotes.quote_view(ctx.tx, fitted.quote.quote_id)
    if (again.asked, again.day.isoformat()) != (Decimal(said["total"]), said["day"]):
        ctx.close("changed")
        return quoting.put(ctx, again, code="quote_changed")
    method = str(ctx.reading.slots.get("method") or "mpesa")
    return quoting.accept(ctx, again.quote_id, method=method)


def _weekly(ctx: Context, when: str) -> Outcome:
    words = when.split()
    days = [
        day for day, names in enumerate(_DAYS) if any(w.startswith(name) for w in words for name in names)
    ]
    if len(days) != 1:
        return ctx.reply("same_which_day")
    if not counter.bought_last(ctx.tx, ctx.actor):
        return ctx.reply("same_none")
    weekly.begin(ctx.tx, ctx.actor, weekday=days[0])
    return ctx.reply("same_on", weekday=(days[0] - 1) % WEEK)
