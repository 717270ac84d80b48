"""The first page: the day in figures, what waits for a human, what is late, and that all is quiet."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.alarms import service as alarms
from core.db import Database
from core.duties.models import Duty, Heartbeat
from core.outbox.models import OutboxMessage
from core.payments import service as payments
from core.traffic import service as traffic
from core.users import login
from tests.helpers import ADMIN, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser


def figures(browser: Browser) -> str:
    """The strip of the day, label after figure as it is seen."""
    pairs = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", browser.text("/"))
    return " ".join(f"{figure} {label}" for label, figure in pairs)


def test_the_day_in_figures_begins_at_midnight_in_nairobi(
    boss: Browser, shop: Shop, clock: FixedClock
) -> None:
    assert "0 orders placed 0 paid 0 delivered KES 0.00 paid by customers" in figures(boss)
    shop.paid_order("5", "a")
    shop.order("5", "b")
    assert "2 orders placed 1 paid 0 delivered KES 499.00 paid by customers" in figures(boss)
    clock.advance(hours=14, minutes=29)
    boss.sign_in(ADMIN, "correct horse")
    assert "2 orders placed" in figures(boss)
    clock.advance(minutes=1)
    assert "0 orders placed 0 paid 0 delivered KES 0.00 paid by customers" in figures(boss)


def beat(db: Database, part: str, ago: timedelta) -> None:
    db.run(lambda tx: tx.session.add(Heartbeat(part=part, at=tx.now - ago)))


def test_a_quiet_day_says_so(browser: Browser, db: Database) -> None:
    beat(db, "worker", timedelta(seconds=5))
    assert "All quiet. Nothing waits for you." in browser.plain("/")


@proves("DR-1803")
def test_alarms_are_the_first_thing_on_the_page(browser: Browser, db: Database) -> None:
    beat(db, "worker", timedelta(seconds=5))
    for _time in range(2):
        db.run(lambda tx: alarms.raise_alarm(tx, "unknown_money", "payment:45"))
    page = browser.plain("/")
    assert "Money has arrived that fits no order and no deposit. payment 45 2 times since" in page
    assert page.index("Alarms") < page.index("Under way now")
    assert "All quiet" not in page


def test_a_silent_worker_and_late_work_are_said(browser: Browser, db: Database, clock: FixedClock) -> None:
    assert "no worker has run on this database" in browser.plain("/")
    beat(db, "worker", timedelta(minutes=3))
    assert "worker has been silent for 3 min." in browser.plain("/")
    db.run(
        lambda tx: tx.session.add(
            Duty(
                kind="send_sms",
                subject_id=1,
                key="k",
                due_at=tx.now - timedelta(minutes=10),
                created_at=tx.now,
            )
        )
    )
    assert "The oldest due work is 10 min late." in browser.plain("/")


def test_parked_work_unknown_payments_and_failed_messages_wait_for_a_human(
    boss: Browser, shop: Shop, db: Database
) -> None:
    order = shop.order()
    attempt = shop.attempt(order)

    def trouble(tx: Any) -> None:
        payments.unknown(tx, attempt.transaction_id, why="read time-out")
        tx.session.add(
            Duty(kind="read_sms", subject_id=77, key="p", due_at=tx.now, status="parked", attempts=5,
                 error="ValueError: from 0712000202", created_at=tx.now)
        )  # fmt: skip
        message = tx.session.scalars(select(OutboxMessage).limit(1)).one()
        message.status, message.error = "failed", "UserInBlacklist"
        traffic.record(tx, direction="in", kind="stk", verdict="unmatched", error="no attempt has this token")

    db.run(trouble)
    words = boss.plain("/")
    assert f"for {order.order_number} from 07******02" in words
    assert "read sms 77 after 5 attempts" in words
    assert "UserInBlacklist" in words
    assert "no attempt has this token" in words
    assert "712000202" not in boss.text("/")


def test_strangers_at_the_door_are_counted(browser: Browser, db: Database) -> None:
    for _ in range(3):
        db.run(lambda tx: traffic.stranger(tx, "203.0.113.9"))
    assert "3 requests with a wrong secret" in browser.plain("/")


def test_an_admin_without_a_name_is_shown_as_admin(db: Database, visitor: Browser) -> None:
    db.run(
        lambda tx: login.create_admin(
            tx, msisdn="0712000606", email=None, password="long enough", one_time=False
        )
    )
    visitor.sign_in("0712000606", "long enough")
    assert ">Admin</a>" in visitor.text("/")
