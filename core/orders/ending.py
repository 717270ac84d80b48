"""How an order ends without being delivered: the status, its items, their stock, what is charged (7.3)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core import events, rows
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.duties import service as duties
from core.listings import service as listings
from core.money import ZERO, round2
from core.orders import amounts, history, recognition
from core.orders.machine import PREPARED
from core.orders.models import Order, OrderItem

# What rounding may have taken off the sum we were asked to be paid (DR-103).
ROUNDING = Decimal("0.49")
# What is due about an item that nobody has said yes to, and about one whose customer is asked.
ITEM_CLOCKS, ASKED = ("item_reminder", "item_response"), "replacement_timeout"


def no_supply(tx: Tx, actor: Actor, order: Order) -> None:
    """O8: nobody supplies anything; everything goes back, the delivery fee too (DR-802)."""
    cancel(tx, history.cascade(actor), order, "no_supply", reason="no_supply", cause="no_supply")


def cancel(
    tx: Tx,
    actor: Actor,
    order: Order,
    event: str,
    *,
    reason: str,
    cause: str,
    charged: Mapping[int, Decimal] | None = None,
    fee: Decimal = ZERO,
    why: str = "",
    lost: OrderItem | None = None,
) -> None:
    """Take the order's step to cancelled with all that follows; the order is locked.

    reason   kept on the order: payment_timeout, customer, admin, no_supply, refused, no_show, undeliverable
    cause    of the refund (DR-821)
    charged  KES by item id that the customer pays for prepared goods; `fee` KES of the delivery fee kept
    why      what a person wrote, for the history
    lost     an item whose goods do not exist: they are not for sale again (DR-412)

    Emits DueFell where the order asks for less now, and OrderCancelled.
    """
    charges = dict(charged or {})
    history.move_order(tx, actor, order, event, reason=why or reason)
    order.cancel_reason = reason
    order.cancelled_at = tx.now
    _end_items(tx, actor, order, "expire" if event == "deadline" else "cancel", reason=reason, lost=lost)
    before = order.amount_asked
    recognised = sum(charges.values(), ZERO) + fee
    amounts.charge_only(order, recognised)
    recognition.charge(tx, order, charges, fee=fee)
    tx.flush()
    if order.amount_asked < before:  # first: whoever is told of the end is told what comes back
        tx.emit(
            events.DueFell(order_id=order.order_id, cause=cause, cause_id=str(order.order_id), actor=actor)
        )
    tx.emit(events.OrderCancelled(order_id=order.order_id, reason=reason, actor=actor))


def charges(tx: Tx, order: Order, items: Sequence[OrderItem], percent: int) -> dict[int, Decimal]:
    """What these goods charge, KES by item id: `percent` of each, in all no more than we hold (DR-908)."""
    left = most(tx, order)
    found: dict[int, Decimal] = {}
    for item in items:
        value = min(round2(item.total_price * percent / 100), left)
        if value > ZERO:
            found[item.order_item_id] = value
            left -= value
    return found


def most(tx: Tx, order: Order) -> Decimal:
    """The most a cancelled order can charge, in KES: what was received for it."""
    funds = recognition.funds(tx, order)
    return funds + ROUNDING if funds > ZERO else ZERO


def perishable(tx: Tx, item: OrderItem) -> bool:
    """Whether the item's product spoils (7.3, O16)."""
    return tx.parts.products.entry(item.product_id).perishable


def forget_item(tx: Tx, item: OrderItem) -> None:
    """Nothing more is due about an item that is over."""
    kinds: tuple[str, ...] = () if item.accepted_at else ITEM_CLOCKS
    kinds += (ASKED,) if item.asked_until else ()
    for kind in kinds:
        duties.drop(tx, kind, item.order_item_id)
    item.asked_until = item.short_until = None


def audit_act(
    tx: Tx, actor: Actor, what: str, record: str, change: Sequence[str] = (), reason: str = ""
) -> None:
    """An admin's act goes to the audit trail (DR-1801); others' acts stand in the order's history."""
    if actor.role == "admin":
        changes = {"status": list(change)} if change else {}
        audit.record(tx, actor, what=what, record=record, changes=changes, reason=reason[:255])


def _end_items(
    tx: Tx, actor: Actor, order: Order, release: str, *, reason: str, lost: OrderItem | None
) -> None:
    """The live items end with their order; prepared perishables are not for sale again (7.3)."""
    moves: list[tuple[OrderItem, str]] = []
    back: list[listings.Giving] = []
    for item in sorted(order.items, key=lambda item: item.listing_id):
        was = item.item_status
        if was == "picked_up":
            moves.append((item, "come_back"))
        elif was in ("pending", *PREPARED):
            moves.append((item, "cancel"))
        else:
            continue
        if was == "pending" or not perishable(tx, item):
            back.append(listings.Giving(item.order_item_id, "short" if item is lost else release))
    clocks = [item.order_item_id for item in order.items if item.accepted_at is None]
    asked = [item.order_item_id for item in order.items if item.asked_until is not None]
    for item in order.items:
        item.asked_until = item.short_until = None
    rows.store_all(tx, order.items)
    history.move_items(tx, history.cascade(actor), moves, reason=reason)
    listings.give_back_all(tx, actor, back)
    duties.drop_all(tx, ITEM_CLOCKS, clocks)
    duties.drop_all(tx, (ASKED,), asked)
