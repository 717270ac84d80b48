"""What the tests of items, cancelling and claims share: an order of two farms, and verbs in one line."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from core.ledger import service as ledger
from core.orders import service as orders
from core.orders.models import Order, OrderItem
from core.orders.quotes import Line
from core.payments.models import Refund
from core.settings.models import SystemSetting
from tests.helpers import Person
from tests.orders.shop import Shop

T = TypeVar("T")
MWANGI = "+254712000111"


@dataclass
class TwoFarms:
    """5 kg tomatoes at 80.00 from the farmer of the cast, 5 kg onions (which keep) at 60.00 from Mwangi."""

    shop: Shop
    mwangi: Person
    order: Order

    @property
    def tomatoes(self) -> OrderItem:
        return self.shop.items(self.order)[0]

    @property
    def onions(self) -> OrderItem:
        return self.shop.items(self.order)[1]

    def mark(self, which: str, event: str) -> None:
        item = getattr(self, which)
        who = self.shop.cast.farmer if which == "tomatoes" else self.mwangi
        self.shop.mark_item(item, event, who.actor)

    def ready(self) -> None:
        self.mark("tomatoes", "ready")
        self.mark("onions", "ready")


def two_farms(shop: Shop, *, pay: bool = True, second: str = "onions", method: str = "mpesa") -> TwoFarms:
    shop.publish("50", "80")
    mwangi = shop.person(MWANGI, "farmer", "Kabete", "Mwangi")
    shop.publish("50", "60", slug=second, farmer=mwangi)
    lines = (Line(shop.product(), Decimal("5"), "kg"), Line(shop.product(second), Decimal("5"), "kg"))
    order = shop.accept(shop.quote_lines(*lines), method=method)
    if pay and method == "mpesa":
        assert shop.pay(order) == "applied"
    return TwoFarms(shop, mwangi, order)


def do(shop: Shop, verb: Callable[..., T], actor: Any, **named: Any) -> T:
    """One verb in a transaction of its own; `actor` a name of the cast, a person, or an actor."""
    person = getattr(shop.cast, actor) if isinstance(actor, str) else actor
    who = person.actor if isinstance(person, Person) else person
    return shop.db.run(lambda tx: verb(tx, who, **named))


def asks_to_cancel(shop: Shop, key: str) -> Order:
    """A paid order that is harvested already and that its customer asks to cancel (O10)."""
    order = shop.paid_order(key=key)
    shop.mark(order, "harvest")
    do(shop, orders.request_cancel, "customer", order_id=order.order_id)
    return order


def cancel(shop: Shop, who: Any, order: Order, **named: Any) -> Order:
    return do(shop, orders.cancel, who, order_id=order.order_id, **named)


def amounts(shop: Shop, order: Order) -> tuple[str, str]:
    """What the order costs, and what it asks for."""
    found = shop.fresh(order)
    return str(found.total_amount), str(found.amount_asked)


def refunds(shop: Shop, order: Order) -> list[tuple[str, str]]:
    """(cause, KES) of every refund of the order."""
    with shop.db.read() as tx:
        query = select(Refund).where(Refund.order_id == order.order_id).order_by(Refund.refund_id)
        return [(row.cause, str(row.amount)) for row in tx.session.scalars(query)]


def balance(shop: Shop, account: str) -> Decimal:
    with shop.db.read() as tx:
        return ledger.balance(tx, account)


def statuses(shop: Shop, order: Order) -> tuple[str, ...]:
    """Order, then its items."""
    found = shop.fresh(order)
    return (found.order_status, *(item.item_status for item in found.items))


def setting(shop: Shop, name: str, value: str) -> None:
    """Change a named setting for all that follows."""
    shop.db.run(lambda tx: tx.session.add(SystemSetting(name=name, value=value, updated_at=tx.now)))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
