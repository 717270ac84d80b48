"""How the books stand: every account, the sum of all, and every order whose money is not placed yet, and why.

`make ledger-check`, the console's page and the nightly check read the same (DR-1003, DR-1005).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.ledger import accounts, checks, reading
from core.ledger import service as ledger
from core.money import ZERO
from core.orders.models import Order
from core.payments import checks as payment_checks
from core.payments.models import Refund
from core.users import service as users

AT_ONCE = 200
ON_THE_WAY = ("confirmed", "processing", "ready_for_delivery", "out_for_delivery")
OVER = ("completed", "cancelled")


@dataclass(frozen=True)
class Reason:
    """Why money of an order is where it is; `code` names a sentence, `amount` KES if it is about a sum.

    part_paid          the rest is awaited
    on_its_way         paid, and not delivered yet
    taken_back         M-Pesa took a payment back: somebody pays, or it is written off
    refund_<status>    a refund is asked for, approved, sent, unknown or failed
    refund_decide      an admin has to say by which road it goes
    refund_by_bank     an admin has to pay it at the bank
    unexplained        nobody knows: an alarm
    fault              `words` say what does not add up: an alarm
    """

    code: str
    amount: Decimal | None = None
    record: str = ""
    since: datetime | None = None
    words: str = ""

    @property
    def wrong(self) -> bool:
        """Whether this must not be."""
        return self.code in ("unexplained", "fault")


@dataclass(frozen=True)
class OpenOrder:
    """An order with money of which something is to happen yet.

    held      KES in its funds; below zero: it lacks them
    promised  KES that go back to the payer
    """

    order_id: int
    number: str
    status: str
    held: Decimal
    promised: Decimal
    why: tuple[Reason, ...]


@dataclass(frozen=True)
class Family:
    """All accounts of one kind that hold something: `farmer_due` of how many people, together how much."""

    name: str
    count: int
    balance: Decimal


@dataclass(frozen=True)
class Standing:
    """The books at one moment.

    accounts  every account that is not 0.00, by name, KES; below zero where we owe or have earned
    total     of all lines ever written: 0.00, or something is badly wrong
    faults    what is wrong, in words with ids; nothing, as a rule
    """

    at: datetime
    accounts: Mapping[str, Decimal]
    total: Decimal
    orders: Sequence[OpenOrder]
    faults: Sequence[str]
    families: Sequence[Family] = field(default=())

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self.total == ZERO and not self.faults and not any(r.wrong for o in self.orders for r in o.why)


def look(tx: Tx, actor: Actor) -> Standing:
    """The books for somebody who may read money. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    return now(tx)


def now(tx: Tx) -> Standing:
    """The books at this moment, every account and every open order looked at."""
    held = reading.standing(tx)
    return Standing(
        at=tx.now,
        accounts=held,
        total=ledger.total(tx),
        orders=open_orders(tx, held),
        faults=checks.faults(tx),
        families=families(held),
    )


def families(held: Mapping[str, Decimal]) -> list[Family]:
    """The accounts summed by kind; the plain ones stand for themselves."""
    sums: dict[str, list[Decimal]] = defaultdict(list)
    for account, balance in held.items():
        sums[account.partition(":")[0]].append(balance)
    names = sorted(accounts.PLAIN) + sorted(accounts.OWNED)
    return [Family(name, len(sums[name]), sum(sums[name], ZERO)) for name in names]


def open_orders(tx: Tx, held: Mapping[str, Decimal]) -> list[OpenOrder]:
    """The orders whose funds or promised refunds are not 0.00, oldest first, each with its reasons."""
    order_ids = sorted({int(owner) for owner in _owners(held, "order_funds", "refunds_due")})
    found: list[OpenOrder] = []
    for start in range(0, len(order_ids), AT_ONCE):
        few = order_ids[start : start + AT_ONCE]
        orders = {o.order_id: o for o in tx.session.scalars(select(Order).where(Order.order_id.in_(few)))}
        refunds = _refunds(tx, few)
        found += [
            _open_order(tx, order_id, orders.get(order_id), refunds[order_id], held) for order_id in few
        ]
    return found


def _open_order(
    tx: Tx, order_id: int, order: Order | None, refunds: Sequence[Refund], held: Mapping[str, Decimal]
) -> OpenOrder:
    funds = -held.get(accounts.order_funds(order_id), ZERO)
    promised = -held.get(accounts.refunds_due(order_id), ZERO)
    if order is None:  # money of an order that is not there
        return OpenOrder(order_id, "", "", funds, promised, (Reason("unexplained", funds),))
    why = list(_why(order, funds, refunds))
    why += [Reason("fault", words=fault) for fault in payment_checks.order_faults(tx, order_id)]
    if not why:
        why.append(Reason("unexplained", funds or promised))
    return OpenOrder(order_id, order.order_number, order.order_status, funds, promised, tuple(why))


def _why(order: Order, funds: Decimal, refunds: Sequence[Refund]) -> Iterator[Reason]:
    if funds < ZERO:
        yield Reason("taken_back", -funds)
    elif funds > ZERO and order.order_status == "pending_payment":
        yield Reason("part_paid", funds, since=order.created_at)
    elif funds > ZERO and order.order_status in ON_THE_WAY:
        yield Reason("on_its_way", funds, since=order.updated_at)
    under_way = [refund for refund in refunds if refund.status != "rejected"]
    for refund in under_way:
        yield _of_refund(refund)
    if refunds and not under_way and funds > ZERO and order.order_status in OVER:
        yield Reason("refund_refused", funds, f"refund:{refunds[-1].refund_id}", refunds[-1].settled_at)


def _of_refund(refund: Refund) -> Reason:
    code = f"refund_{refund.status}"
    if refund.status in ("requested", "approved") and refund.road == "decide":
        code = "refund_decide"
    elif refund.status == "approved" and refund.road == "bank":
        code = "refund_by_bank"
    since = refund.sent_at or refund.approved_at or refund.requested_at
    return Reason(code, refund.amount, f"refund:{refund.refund_id}", since)


def _refunds(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[Refund]]:
    query = select(Refund).where(Refund.order_id.in_(order_ids), Refund.status != "completed")
    found: dict[int, list[Refund]] = defaultdict(list)
    for refund in tx.session.scalars(query.order_by(Refund.refund_id)):
        assert refund.order_id is not None
        found[refund.order_id].append(refund)
    return found


def _owners(held: Mapping[str, Decimal], *families: str) -> Iterator[str]:
    for account in held:
        family, _, owner = account.partition(":")
        if family in families:
            yield owner
