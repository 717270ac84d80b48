"""What a callback changed, each record with the page it can be seen on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.ledger.models import JournalEntry, LedgerLine
from core.orders.models import OrderItem
from core.payments.models import PaymentTransaction


@dataclass(frozen=True)
class Change:
    """One record a callback changed (`payment:7`), and how.

    order_id  the order on whose page it stands; None where it has a page of its own, or none
    amount    what a ledger entry moved, KES
    """

    record: str
    what: str
    order_id: int | None = None
    amount: Decimal | None = None


def changes(tx: Tx, noted: Sequence[Mapping[str, str]]) -> list[Change]:
    """The notes of a row of the callback log, looked up."""
    ids: dict[str, set[int]] = {}
    for note in noted:
        name, _, number = note["record"].partition(":")
        if name in STANDS_ON and number.isdecimal():
            ids.setdefault(name, set()).add(int(number))
    orders = {
        f"{name}:{number}": order_id
        for name, numbers in ids.items()
        for number, order_id in tx.session.execute(STANDS_ON[name](numbers))
    }
    amounts = _moved(tx, ids.get("ledger", ()))
    return [
        Change(note["record"], note["what"], orders.get(note["record"]), amounts.get(note["record"]))
        for note in noted
    ]


def _moved(tx: Tx, entries: Iterable[int]) -> dict[str, Decimal]:
    if not entries:
        return {}
    asked = (
        select(LedgerLine.entry_id, func.sum(LedgerLine.amount))
        .where(LedgerLine.entry_id.in_(entries), LedgerLine.amount > 0)
        .group_by(LedgerLine.entry_id)
    )
    return {f"ledger:{entry_id}": debits for entry_id, debits in tx.session.execute(asked)}


def _payments(ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    table = PaymentTransaction
    return select(table.transaction_id, table.order_id).where(table.transaction_id.in_(ids))


def _items(ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    return select(OrderItem.order_item_id, OrderItem.order_id).where(OrderItem.order_item_id.in_(ids))


def _deliveries(ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    return select(Delivery.delivery_id, Delivery.order_id).where(Delivery.delivery_id.in_(ids))


def _offers(ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(DeliveryOffer.offer_id, Delivery.order_id)
        .join(Delivery, Delivery.delivery_id == DeliveryOffer.delivery_id)
        .where(DeliveryOffer.offer_id.in_(ids))
    )


def _entries(ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    return select(JournalEntry.entry_id, JournalEntry.order_id).where(JournalEntry.entry_id.in_(ids))


# A record that stands on its order's page, and how its order is found.
STANDS_ON = {
    "payment": _payments,
    "item": _items,
    "delivery": _deliveries,
    "offer": _offers,
    "ledger": _entries,
}
