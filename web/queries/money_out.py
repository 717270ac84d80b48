"""Money that goes out and waits for a person's word: refunds and payouts (8.3, section 13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.money import ZERO
from core.orders.models import Order
from core.payments import covering
from core.payments.models import Refund
from core.payouts import by_hand, waiting
from core.payouts.models import Payout
from core.users import service as users
from core.users.models import User
from web.queries import people

MOST = 50
LATEST = 20
ON_THE_WAY = ("approved", "sent", "unknown")


@dataclass(frozen=True)
class RefundLine:
    """A refund with the people in it.

    two    it takes two admins (DR-820); `mine` is why who looks at it cannot say yes: "" asked said gets
    has    KES of it that its order still has, while it waits for a yes (DR-821)
    """

    refund: Refund
    order: Order | None
    customer: User | None
    asked_by: User | None
    said_yes: User | None
    two: bool
    mine: str
    has: Decimal


@dataclass(frozen=True)
class Refunds:
    """Refunds by what they wait for: a yes, another try, the bank; then those under way and those over."""

    asked: Sequence[RefundLine]
    failed: Sequence[RefundLine]
    by_bank: Sequence[RefundLine]
    under_way: Sequence[RefundLine]
    over: Sequence[RefundLine]


@dataclass(frozen=True)
class PayoutLine:
    """A payout with its payee and who made it; `mine`: who looks at it made it or gets it (DR-1302)."""

    payout: Payout
    payee: User | None
    made_by: User | None
    mine: bool

    @property
    def what(self) -> str:
        """What it is paid for."""
        return self.payout.account.partition(":")[0].replace("_due", "")


@dataclass(frozen=True)
class Payouts:
    """Payouts by what they wait for; `total` KES of the first ones, `owed` by status what is on its way."""

    first: Sequence[PayoutLine]
    total: Decimal
    large: Sequence[PayoutLine]
    ready: Sequence[PayoutLine]
    held: Sequence[PayoutLine]
    failed: Sequence[PayoutLine]
    under_way: Sequence[PayoutLine]
    over: Sequence[PayoutLine]


@dataclass(frozen=True)
class WaitingLine:
    """Money that waits until its payee has named an M-Pesa number."""

    waits: waiting.Waits
    payee: User | None


@dataclass(frozen=True)
class UnclearLine:
    """A sending of unknown outcome: who `said` that it did not go out, and whether that is who looks at it.

    two    two admins have to say so
    payee  of a payout; `order` of a refund
    """

    held: by_hand.Held
    payee: User | None
    order: Order | None
    said: User | None
    mine: bool
    two: bool


def refunds(tx: Tx, actor: Actor) -> Refunds:
    """Every refund that is not over, and the last ones that are. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    open_ = _refunds(tx, actor, ("requested", "failed", *ON_THE_WAY), oldest=True)
    return Refunds(
        asked=[line for line in open_ if line.refund.status == "requested"],
        failed=[line for line in open_ if line.refund.status == "failed"],
        by_bank=[line for line in open_ if _at_the_bank(line.refund)],
        under_way=[
            line for line in open_ if line.refund.status in ON_THE_WAY and not _at_the_bank(line.refund)
        ],
        over=_refunds(tx, actor, ("completed", "rejected"), oldest=False),
    )


def payouts(tx: Tx, actor: Actor) -> Payouts:
    """Every payout that is not over, and the last ones that are. Raises NotAllowed."""
    users.may(tx, actor, "read", "payouts", own=False)
    open_ = select(Payout).where(Payout.open_for.is_not(None)).order_by(Payout.payout_id).limit(500)
    over = select(Payout).where(Payout.open_for.is_(None)).order_by(Payout.payout_id.desc()).limit(LATEST)
    lines = _payouts(tx, actor, tx.session.scalars(open_).all())
    first = [line for line in lines if line.payout.status == "pending" and line.payout.first_payout]

    def standing(*statuses: str) -> list[PayoutLine]:
        return [line for line in lines if line.payout.status in statuses and line not in first]

    return Payouts(
        first=first,
        total=sum((line.payout.amount for line in first), ZERO),
        large=standing("pending"),
        ready=standing("eligible"),
        held=standing("on_hold"),
        failed=standing("failed"),
        under_way=standing("processing", "unknown"),
        over=_payouts(tx, actor, tx.session.scalars(over).all()),
    )


def without_number(tx: Tx, actor: Actor) -> list[WaitingLine]:
    """Whose money waits for a number, the longest wait first. Raises NotAllowed."""
    found = waiting.for_number(tx, actor)
    known = people.by_id(tx, (one.payee_id for one in found))
    return [WaitingLine(one, known.get(one.payee_id)) for one in found]


def unclear(tx: Tx, actor: Actor, area: by_hand.Area) -> list[UnclearLine]:
    """Payouts or refunds whose outcome M-Pesa would not tell, the oldest first. Raises NotAllowed."""
    found = by_hand.held(tx, actor, area=area, limit=MOST)
    known = people.by_id(tx, (one.said_by for one in found))
    over = tx.setting(by_hand.TWO_OVER[area])
    return [
        UnclearLine(
            one,
            *_whose(tx, one.subject),
            known.get(one.said_by or 0),
            one.said_by is not None and one.said_by == actor.user_id,
            one.amount > over,
        )
        for one in found
    ]


def _whose(tx: Tx, subject: str) -> tuple[User | None, Order | None]:
    """Who is to get a payout, or the order of a refund; of neither, where the money had no order."""
    family, _, number = subject.partition(":")
    if family == "payout":
        payout = tx.session.get(Payout, int(number))
        return (None if payout is None else tx.session.get(User, payout.payee_id)), None
    refund = tx.session.get(Refund, int(number))
    if refund is None or refund.order_id is None:
        return None, None
    return None, tx.session.get(Order, refund.order_id)


def _at_the_bank(refund: Refund) -> bool:
    return refund.road == "bank" and refund.status == "approved"


def _refunds(tx: Tx, actor: Actor, statuses: Sequence[str], *, oldest: bool) -> list[RefundLine]:
    asked = (
        select(Refund, Order, User)
        .outerjoin(Order, Order.order_id == Refund.order_id)
        .outerjoin(User, User.user_id == Order.customer_id)
        .where(Refund.status.in_(statuses))
        .order_by(Refund.refund_id if oldest else Refund.refund_id.desc())
        .limit(MOST if oldest else LATEST)
    )
    rows = tx.session.execute(asked).all()
    known = people.by_id(
        tx, (user_id for row in rows for user_id in (row[0].requested_by, row[0].approved_by))
    )
    over = tx.setting("refund.two_person_over")
    return [
        RefundLine(
            refund,
            order,
            customer,
            known.get(refund.requested_by or 0),
            known.get(refund.approved_by or 0),
            refund.amount > over,
            _mine(actor, refund, customer),
            covering.there(tx, refund) if refund.status == "requested" else refund.amount,
        )
        for refund, order, customer in rows
    ]


def _mine(actor: Actor, refund: Refund, customer: User | None) -> str:
    if refund.requested_by == actor.user_id:
        return "asked"
    if customer is not None and customer.user_id == actor.user_id:
        return "gets"
    return "said" if refund.approved_by == actor.user_id else ""


def _payouts(tx: Tx, actor: Actor, rows: Sequence[Payout]) -> list[PayoutLine]:
    known = people.by_id(tx, (user_id for row in rows for user_id in (row.payee_id, row.created_by)))
    return [
        PayoutLine(
            row,
            known.get(row.payee_id),
            known.get(row.created_by or 0),
            actor.user_id in (row.created_by, row.payee_id),
        )
        for row in rows
    ]
