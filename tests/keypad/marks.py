"""Who may read whose marks: each person has a name, a landmark and a number that cannot be mistaken for
another's.

A reply may hold a mark of somebody else only where the business ties the two together: an order that both
have a part in (also as the rider who is asked), a field agent's farmers, a helper's farmer. A farm's name
is no mark: it is painted on the gate.
"""

from dataclasses import dataclass

from sqlalchemy import or_, select

from core.db import Database, Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.orders.models import Order, OrderItem
from core.users.models import AgentConsent, Helper, User


@dataclass(frozen=True)
class Marked:
    """A person and what is hers alone."""

    user_id: int
    msisdn: str
    marks: tuple[str, ...]


class Marks:
    """The marks of everybody in a world."""

    def __init__(self, db: Database, people: list[Marked]) -> None:
        self._db = db
        self._people = people

    def strange(self, msisdn: str, body: str) -> list[str]:
        """The marks in `body` that whoever holds `msisdn` must not see."""
        hers = next((one for one in self._people if one.msisdn == msisdn), None)
        found = [
            (one, mark) for one in self._people for mark in one.marks if one.msisdn != msisdn and mark in body
        ]
        if not found:
            return []
        with self._db.read() as tx:
            tied = _tied(tx, hers.user_id) if hers else set()
        return [mark for one, mark in found if one.user_id not in tied]


def _tied(tx: Tx, user_id: int) -> set[int]:
    """Everybody with whom a person shares an order, a consent or a helper."""
    mine = select(Order.order_id).where(
        or_(
            Order.customer_id == user_id,
            Order.order_id.in_(select(OrderItem.order_id).where(OrderItem.farmer_id == user_id)),
            Order.order_id.in_(select(Delivery.order_id).where(Delivery.rider_id == user_id)),
            Order.order_id.in_(
                select(Delivery.order_id)
                .join(DeliveryOffer, DeliveryOffer.delivery_id == Delivery.delivery_id)
                .where(DeliveryOffer.rider_id == user_id)
            ),
        )
    )
    offered = (
        select(DeliveryOffer.rider_id)
        .join(Delivery, Delivery.delivery_id == DeliveryOffer.delivery_id)
        .where(Delivery.order_id.in_(mine))
    )
    same_part = select(User.user_role).where(User.user_id == user_id).scalar_subquery()
    of_orders = (
        select(Order.customer_id).where(Order.order_id.in_(mine)),
        select(OrderItem.farmer_id).where(OrderItem.order_id.in_(mine)),
        select(Delivery.rider_id).where(Delivery.order_id.in_(mine)),
        offered,
    )
    # Two farmers or two riders of one order know nothing of each other.
    by_orders = {one for query in of_orders for one in tx.session.scalars(query) if one is not None}
    alike = set(tx.session.scalars(select(User.user_id).where(User.user_role == same_part)))
    by_trust = (
        select(AgentConsent.farmer_id).where(AgentConsent.agent_id == user_id),
        select(AgentConsent.agent_id).where(AgentConsent.farmer_id == user_id),
        select(Helper.farmer_id).where(Helper.helper_id == user_id),
        select(Helper.helper_id).where(Helper.farmer_id == user_id),
    )
    return (by_orders - alike) | {one for query in by_trust for one in tx.session.scalars(query)}
