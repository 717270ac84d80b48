"""Who carries how much cash, and who may be given more (DR-903)."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select

from core.cash import rules
from core.cash.models import CashCollection
from core.db import Tx


def standings(tx: Tx, rider_ids: Collection[int]) -> dict[int, rules.Standing]:
    """What each of these riders carries; whoever carries nothing is left out."""
    query = held_by().where(CashCollection.open_for.in_(rider_ids))
    rows = tx.session.execute(query)
    return {row.open_for: rules.Standing(row.taken - row.settled, row.oldest) for row in rows}


def held_by() -> Select[int | None, Decimal, Decimal, datetime]:
    """What each carrier took and has not brought in wholly: the sums, and since when."""
    return select(
        CashCollection.open_for,
        func.sum(CashCollection.amount).label("taken"),
        func.sum(CashCollection.settled).label("settled"),
        func.min(CashCollection.collected_at).label("oldest"),
    ).group_by(CashCollection.open_for)


def standing(tx: Tx, rider_id: int) -> rules.Standing:
    """What one rider carries."""
    return standings(tx, [rider_id]).get(rider_id, rules.Standing())


def settings(tx: Tx) -> rules.Limits:
    """The limits as they are set now."""
    return rules.Limits(
        most=tx.setting("cod.rider_cash_limit"),
        due_hours=tx.setting("cod.deposit_due_hours"),
        hard_percent=tx.setting("cod.hard_limit_percent"),
    )


def may_carry_cash(tx: Tx, rider_id: int) -> bool:
    """Whether the rider may be offered an order that is paid at the door."""
    return rules.may_carry_cash(standing(tx, rider_id), settings(tx), tx.now)


def blocked(tx: Tx, rider_id: int) -> bool:
    """Whether the rider gets no offers at all until he has brought money in."""
    return rules.blocked(standing(tx, rider_id), settings(tx))
