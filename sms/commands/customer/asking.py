"""Which product is meant, where a word may mean two; and the going on once it is known (DR-1510)."""

from core.catalogue.index import Entry
from sms.commands.customer import wish
from sms.context import Context, Reply


def product(ctx: Context, do: str) -> int | Reply | None:
    """The product that the text names: its id; None if it names none; else the question which, or that we do
    not know it.

    do  the intent that goes on with the answer
    """
    slots, products = ctx.reading.slots, ctx.tx.parts.products
    named = list(slots.get("candidates") or slots.get("products") or ())
    if slots.get("product"):
        named = [str(slots["product"])]
    if len(named) == 1:
        return products.by_slug(named[0]).product_id
    if not named:
        return wish.unknown(ctx, str(slots["raw"])) if slots.get("raw") else None
    return which(ctx, do, [products.by_slug(slug) for slug in named[:5]])


def which(ctx: Context, do: str, entries: list[Entry]) -> Reply:
    """Ask which of these is meant; a stranger, who cannot be asked, is told to name one."""
    options = [{"product": entry.product_id} for entry in entries]
    if ctx.user is None:
        return ctx.reply("price_choose", options=options)
    kept = {n: v for n, v in ctx.reading.slots.items() if n not in ("candidates", "products", "raw")}
    choices = [{"value": entry.slug} for entry in entries]
    if ctx.ask("which_product", about={"do": do, "slots": kept}, choices=choices) is None:
        return ctx.reply("answer_first")
    return ctx.reply("product_choose", options=options)
