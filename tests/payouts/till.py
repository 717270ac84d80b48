"""What tests of payouts do again and again, a transaction each."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.actor import Actor
from core.payouts import due, making, paying, service
from core.payouts.models import Payout
from core.users import login
from core.users import service as users
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop


def earn(shop: Shop, clock: FixedClock, key: str = "sms-1", *, free: bool = True) -> Any:
    """An order of 5 kg is delivered (400.00, the farmer's 360.00); free: completed, past its hold."""
    order = shop.delivered_order(key)
    if free:
        clock.advance(hours=25)
        shop.sweep()
        assert shop.fresh(order).order_status == "completed"
    return order


def boss(shop: Shop, number: int = 5) -> Actor:
    """Another admin."""
    msisdn = f"+25471200040{number}"

    def work(tx: Any) -> Actor:
        known = users.find(tx, msisdn)
        user = known or login.create_admin(
            tx, msisdn=msisdn, email=f"boss{number}@example.com", password="correct horse", one_time=False
        )
        tx.flush()
        return users.actor_for(user, "web")

    return shop.db.run(work)


def run(shop: Shop) -> None:
    """The daily run, and what it asks for."""
    shop.db.run(lambda tx: making.run(tx, 0))
    shop.sweep()


def payouts(shop: Shop, person: Person | None = None) -> list[Payout]:
    with shop.db.read() as tx:
        query = select(Payout).order_by(Payout.payout_id)
        if person is not None:
            query = query.where(Payout.payee_id == person.id)
        return list(tx.session.scalars(query))


def statuses(shop: Shop, person: Person | None = None) -> list[str]:
    return [payout.status for payout in payouts(shop, person)]


def approve_first(shop: Shop, who: Actor | None = None) -> None:
    """The list of first payouts is approved as it stands, and what is eligible starts."""
    actor = who or shop.cast.admin.actor

    def work(tx: Any) -> None:
        there = service.first_payouts(tx, actor)
        ids = [payout.payout_id for payout in there.payouts]
        service.approve_first(tx, actor, payout_ids=ids, total=there.total)
        paying.process_eligible(tx, 0)

    shop.db.run(work)


def send(shop: Shop, payout: Payout, outcome: str = "paid", receipt: str | None = None) -> str:
    """A channel sends it, and the result comes."""
    key = f"try-{payout.payout_id}-{payout.tries}"
    assert shop.db.run(lambda tx: paying.sending(tx, payout.payout_id, sent_key=key))
    return tell(shop, key, outcome, receipt or f"PO{payout.payout_id:08d}")


def tell(shop: Shop, key: str, outcome: str, receipt: str | None = None) -> str:
    told = receipt if outcome == "paid" else None
    return shop.db.run(
        lambda tx: paying.result(tx, sent_key=key, outcome=outcome, receipt=told)  # type: ignore[arg-type]
    )


def payable(shop: Shop, person: Person) -> str:
    with shop.db.read() as tx:
        return str(due.of_account(tx, due.accounts_of(person.id)[person.user.user_role == "rider"]).payable)


DAY = timedelta(days=1)
