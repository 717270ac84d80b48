"""`WEATHER`: the gravest warning where the sender is, and a calm word when there is none (DR-1601)."""

from core.clock import nairobi_date
from core.locations import hers as own_places
from core.weather import here
from sms.context import Context, Outcome


def weather(ctx: Context) -> Outcome:
    """What is in force or to come at her places and farms."""
    if ctx.user is None:
        return ctx.reply("help", dial=ctx.dial)
    found = here.warnings(ctx.tx, ctx.actor)
    if found:
        gravest = found[0]
        begun = gravest.valid_from <= ctx.tx.now
        day = nairobi_date(gravest.valid_to if begun else gravest.valid_from)
        return ctx.reply("weather_now" if begun else "weather_coming", day=day, warning=dict(gravest.texts))
    ward = own_places.ward_of(ctx.tx, ctx.actor)
    if ward is None:
        return ctx.reply("weather_where", dial=ctx.dial)
    return ctx.reply("weather_calm", place=ctx.tx.parts.places.get(ward).ward)
