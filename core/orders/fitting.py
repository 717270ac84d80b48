"""A quote for as much of a wish as can be had: what is short is made less, what is gone is left out (DR-414).

Nothing of it happens silently: whoever shows the quote says what had to change, and asks.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal

from core.actor import Actor
from core.db import Tx
from core.errors import DomainError
from core.listings.errors import NotEnoughStock
from core.orders import quotes
from core.orders.errors import BelowMinimum, NothingForSale, QuantityTooSmall
from core.orders.models import Quote
from core.orders.planning import ANY, Line, Wanted

Why = Literal["less", "gone", "least", "more"]


@dataclass(frozen=True)
class Changed:
    """What of a wish was made otherwise.

    why  less: only `now` of it is left; gone: nobody sells it there; least: it is sold from `now` up; more:
         `now` of it makes the order as large as it must be (DR-703)
    """

    product_id: int
    unit: str
    asked: Decimal
    now: Decimal
    why: Why


@dataclass(frozen=True)
class Fitted:
    """A quote and what had to change for it; None where nothing of the wish can be had."""

    quote: Quote | None
    changed: tuple[Changed, ...]


def fit(
    tx: Tx,
    actor: Actor,
    *,
    lines: Sequence[Line],
    location_id: int,
    wanted: Wanted = ANY,
    only: Set[int] | None = None,
    fill_up: bool = False,
) -> Fitted:
    """Offer as much of `lines` as there is, from a product's least quantity up.

    fill_up  what comes to less than the least order becomes the nearest order that works (DR-703); else, and
             where nothing has enough, BelowMinimum is raised

    Raises what `quotes.quote` raises for the place and the way.
    """
    wish, changed = list(lines), list[Changed]()
    for _try in range(2 * len(wish) + 2):
        if not wish:
            break
        try:
            made = quotes.quote(tx, actor, lines=wish, location_id=location_id, wanted=wanted, only=only)
        except (NotEnoughStock, NothingForSale, QuantityTooSmall) as error:
            wish, said = _as_far_as_there_is(wish, error)
        except BelowMinimum as below:
            if not fill_up or (filled := _filled_up(wish, below)) is None:
                raise
            wish, said = filled
        else:
            return Fitted(made, tuple(changed))
        changed += said
    return Fitted(None, tuple(changed))


def _as_far_as_there_is(wish: Sequence[Line], error: DomainError) -> tuple[list[Line], list[Changed]]:
    now: dict[tuple[int, str | None], tuple[Decimal, Why]] = {}
    for said in error.values.get("lines", [error.values]):
        product_id = int(said["product_id"])
        if isinstance(error, NotEnoughStock):
            left = Decimal(str(said["left"]))
            now[product_id, str(said["unit"])] = left, "less" if left > 0 else "gone"
        elif isinstance(error, QuantityTooSmall):
            now[product_id, str(said["unit"])] = Decimal(str(said["minimum"])), "least"
        else:
            now[product_id, None] = Decimal(0), "gone"
    kept, changed = list[Line](), list[Changed]()
    for line in wish:
        found = next((value for key, value in now.items() if _is_about(line, *key)), None)
        if found is None:
            kept.append(line)
            continue
        quantity, why = found
        changed.append(Changed(line.product_id, line.unit or "", line.quantity, quantity, why))
        if quantity > 0:
            kept.append(Line(line.product_id, quantity, line.unit))
    return kept, changed


def _is_about(line: Line, product_id: int, unit: str | None) -> bool:
    """Whether a refusal is about this line: the same product, in the unit named, if one is."""
    return line.product_id == product_id and (
        unit is None or line.unit is None or unit in (line.unit, line.unit.split()[0])
        or unit.split()[0] == line.unit
    )  # fmt: skip


def _filled_up(wish: Sequence[Line], below: BelowMinimum) -> tuple[list[Line], list[Changed]] | None:
    """The first line that has enough is made more, to a whole number of its unit."""
    missing = Decimal(below.values["minimum"]) - Decimal(below.values["total"])
    picks: Sequence[dict[str, Any]] = below.values.get("picks", ())
    for pick in picks:
        quantity: Decimal = pick["quantity"]
        more = (quantity + missing / pick["price"]).to_integral_value(ROUND_CEILING)
        if more > pick["left"]:
            continue
        said = Changed(pick["product_id"], pick["unit"], quantity, more, "more")
        filled = [
            Line(line.product_id, more, line.unit) if _is_about(line, said.product_id, said.unit) else line
            for line in wish
        ]
        return filled, [said]
    return None
