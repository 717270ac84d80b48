"""Where the customer is: her free-text answer against the real places; `PLACE Kangemi, Total` (DR-303)."""

from typing import Any

from core.locations import service as locations
from core.locations.places import Ward
from sms.commands.customer import redo, wish
from sms.commands.customer.buy import customer, for_this_order
from sms.context import Context, Outcome

MOST_CHOICES = 5


def move(ctx: Context) -> Outcome:
    """`PLACE ...`: the sender's place from now on; alone, it asks."""
    if ctx.role and ctx.role != "customer":
        return ctx.reply("not_by_sms", dial=ctx.dial)
    customer(ctx)
    text = str(ctx.reading.slots.get("place", ""))
    if not text:
        ctx.ask("place", about={"wish": []})
        return ctx.reply("place_plain")
    return heard(ctx, text, [])


def heard(
    ctx: Context, text: str, wanted: list[dict[str, Any]], *, then: dict[str, Any] | None = None
) -> Outcome:
    """Take `text` as the place: kept if it is certain, asked about if it may be several, else asked again.

    then  what goes on once it is known: {"do": an intent, "slots": ...}

    What names no place is the landmark; without one it is taken too, nobody is asked twice.
    """
    found = ctx.tx.parts.places.in_text(text)
    if not found.candidates:
        if ctx.question is None or ctx.question.kind != "place":
            ctx.ask("place", about={"wish": wanted, "then": then})
        return ctx.reply("place_again")
    if found.certain:
        return keep(ctx, found.candidates[0].code, found.landmark, wanted, then=then)
    likely = found.candidates[:MOST_CHOICES]
    ctx.close("several places")
    ctx.ask(
        "choose_place",
        about={"wish": wanted, "landmark": found.landmark, "then": then},
        choices=[{"value": ward.code} for ward in likely],
    )
    return ctx.reply("place_choose", options=[{"label": _label(ward)} for ward in likely])


def keep(
    ctx: Context,
    ward_code: int,
    landmark: str,
    wanted: list[dict[str, Any]],
    *,
    then: dict[str, Any] | None = None,
) -> Outcome:
    """Store the place, then go on with what was wanted; one order's place never becomes her usual one."""
    ctx.close("answered")
    if wanted:
        wants = wish.restored(wanted)
        for want in wants:
            want.location_id = for_this_order(ctx, ward_code, landmark)
        return wish.go_on(ctx, wants)
    usual = locations.default_of(ctx.tx, ctx.actor.user_id or 0)
    if then and usual is not None:  # to look somewhere else is not to move there
        elsewhere = {} if usual.ward_code == ward_code else {"ward": ward_code}
        return redo.go_on(ctx, str(then["do"]), then["slots"] | elsewhere)
    kept = locations.add(ctx.tx, ctx.actor, ward_code=ward_code, landmark=landmark, default=True)
    if then:
        return redo.go_on(ctx, str(then["do"]), then["slots"])
    if kept.landmark:
        return ctx.reply("place_kept", place=kept.ward, landmark=kept.landmark)
    return ctx.reply("place_kept_bare", place=kept.ward)


def _label(ward: Ward) -> str:
    return f"{ward.ward}, {ward.subcounty}" if ward.ward != ward.subcounty else f"{ward.ward}, {ward.county}"
