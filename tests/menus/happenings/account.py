"""What happens meanwhile to accounts, money and questions."""

from contextlib import suppress
from decimal import Decimal

from sqlalchemy import func, select, update

from core.actor import Actor
from core.db import Database, Tx
from core.errors import DomainError
from core.ledger import postings
from core.ledger import service as ledger
from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.payouts import paying
from core.payouts.models import Payout
from core.support import service as support
from core.support.models import Ticket
from core.users import pins
from core.users import service as users
from tests.menus.stage import Stage
from tests.payouts.till import approve_first, boss, earn, payouts, run, send


def pin(stage: Stage, digits: str) -> None:
    """The farmer has a PIN."""
    choose_pin(stage.db, stage.cast.farmer.phone, digits)


def pin_of(stage: Stage, msisdn: str, digits: str) -> None:
    """Somebody has a PIN."""
    choose_pin(stage.db, msisdn, digits)


def choose_pin(db: Database, msisdn: str, digits: str) -> None:
    """The person behind a number has chosen a PIN."""

    def choose(tx: Tx) -> None:
        user = users.find(tx, msisdn)
        assert user is not None
        pins.choose(tx, users.actor_for(user, "ussd"), pin=digits, again=digits)

    db.run(choose)


def farmer_at(stage: Stage, msisdn: str, ward: str) -> None:
    """Another farmer, with a farm."""
    stage.things[msisdn] = stage.shop.person(msisdn, "farmer", ward, "Njeri")


def earned(stage: Stage, msisdn: str, shillings: str) -> None:
    """That farmer has earned so much, and nothing of it is held."""
    account = f"farmer_due:{stage.things[msisdn].id}"
    lines = {account: -Decimal(shillings), "goodwill": Decimal(shillings)}
    stage.db.run(lambda tx: ledger.post(tx, "test_earned", 1, lines))


def payout_paid(stage: Stage) -> None:
    """Our staff have checked the first payout, and M-Pesa has paid it."""
    approve_first(stage.shop, boss(stage.shop))
    send(stage.shop, payouts(stage.shop, stage.cast.farmer)[-1])


def refunded_at_her_fault(stage: Stage, shillings: str) -> None:
    """A buyer gets money back for goods that she had been paid for."""
    order, farmer = stage.things["order"], stage.cast.farmer
    sum_, ours = Decimal(shillings), Decimal(0)
    stage.db.run(lambda tx: postings.refund_of_farmer(tx, 1, order.order_id, farmer.id, sum_, ours))


def next_payout_paid(stage: Stage) -> None:
    """Another order is delivered and past its hold, and what is due is paid."""
    earn(stage.shop, stage.clock, "later")
    run(stage.shop)
    stage.db.run(lambda tx: paying.process_eligible(tx, 0))
    send(stage.shop, payouts(stage.shop, stage.cast.farmer)[-1])


def dispute(stage: Stage) -> None:
    """The customer says that money is missing for the order."""
    order = stage.things["order"]
    stage.db.run(
        lambda tx: support.open_ticket(
            tx,
            stage.cast.customer.actor,
            text="too little",
            kind="money_dispute",
            order_ref=order.order_number,
        )
    )


def answered(stage: Stage, *words: str) -> None:
    """Our staff answer the newest question."""
    text = " ".join(words)
    stage.db.run(lambda tx: support.write(tx, stage.cast.admin.actor, ticket_id=_newest(tx), text=text))


def settled(stage: Stage) -> None:
    """Our staff hold the newest question for settled."""
    stage.db.run(lambda tx: support.resolve(tx, stage.cast.admin.actor, ticket_id=_newest(tx), text="Done."))


def blocked(stage: Stage) -> None:
    """The provider refuses our texts to the farmer, who opted out there."""
    stage.shop.publish()
    stage.shop.paid_order()
    stage.db.run(
        lambda tx: tx.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.msisdn == stage.cast.farmer.phone)
            .values(error=blacklist.REFUSED)
        )
    )


def _newest(tx: Tx) -> int:
    found = tx.session.scalar(select(func.max(Ticket.ticket_id)))
    assert found is not None
    return int(found)


def pin_shut(stage: Stage, msisdn: str, times: str) -> None:
    """Somebody has typed wrong PINs until it locked, so many times today; the third closes it."""
    for lock in range(int(times)):
        if lock:
            stage.clock.advance(minutes=31)
        for typed in range(3):
            with suppress(DomainError):
                actor = _actor(stage, msisdn)
                key = f"shut:{stage.clock.now()}:{typed}"
                pins.with_pin(stage.db, actor, pin="2580", once_key=key, work=lambda tx: None)


def payout_is(stage: Stage, status: str) -> None:
    """The farmer's payout stands so."""
    stage.db.run(lambda tx: tx.session.execute(update(Payout).values(status=status)))


def small_money(stage: Stage) -> None:
    """The least that is paid out is more than what the farmer has."""
    stage.shop.set_to("payout.min_amount", "500.00")


def payout_made(stage: Stage) -> None:
    """The least is what it was, and the daily run has come."""
    stage.shop.set_to("payout.min_amount", "100.00")
    run(stage.shop)


def owing(stage: Stage) -> None:
    """A claim of a customer's was upheld after the farmer had been paid."""
    account = f"farmer_due:{stage.cast.farmer.id}"
    stage.db.run(
        lambda tx: ledger.post(
            tx, "test_claim", 1, {account: Decimal("900.00"), "goodwill": Decimal("-900.00")}
        )
    )


def _actor(stage: Stage, msisdn: str) -> Actor:
    with stage.db.read() as tx:
        user = users.find(tx, msisdn)
        assert user is not None
        return users.actor_for(user, "ussd")


def pin_reset(stage: Stage) -> None:
    """Our staff have made sure who she is and taken the farmer's PIN away."""
    farmer = stage.cast.farmer.id
    stage.db.run(lambda tx: pins.reset(tx, stage.cast.admin.actor, user_id=farmer, reason="called"))
