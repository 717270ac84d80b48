"""Four workers send at the same time: the limit a second holds, each message goes once (DR-1505; R1)."""

import threading
from collections import Counter
from typing import Any

import pytest

from core.clock import SystemClock
from core.db import Database, Tx
from core.duties.sweep import sweep
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage, Spend
from core.parts import Parts
from core.settings.models import SystemSetting
from core.users import service as users
from inbound.gateway import Gateway
from sms import work
from sms.africastalking import AfricasTalking
from sms.port import Meaning, Outcome
from tests.helpers import CUSTOMER, Cast

MESSAGES, A_SECOND, WORKERS = 50, 20, 4


@pytest.fixture
def clock() -> Any:
    """Seconds pass here."""
    return SystemClock()


def test_four_workers_keep_the_limit_and_send_each_message_once(
    gateway: Gateway, db: Database, parts: Parts, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: Counter[str] = Counter()
    lock = threading.Lock()

    def send(_self: AfricasTalking, text: str, to: str, *, sender: str) -> Outcome:
        with lock:
            went[text] += 1
            return Outcome(Meaning.ACCEPTED, provider_id=f"id-{sum(went.values())}", cost="KES 0.8000")

    monkeypatch.setattr(AfricasTalking, "send", send)
    handlers = {"send_sms": work.duties(gateway)["send_sms"]}
    while sweep(db, handlers):
        pass
    went.clear()

    def ask(tx: Tx) -> None:
        tx.session.add(SystemSetting(name="sms.per_second", value=str(A_SECOND), updated_at=tx.now))
        user = users.find(tx, CUSTOMER)
        assert user is not None
        for number in range(MESSAGES):
            outbox.send(tx, user, "help", {"dial": f"*{number}#"}, once_key=f"race:{number}")

    db.run(ask)
    parts.settings.refresh(db.engine, now=True)

    def hands() -> None:
        while sweep(db, handlers, limit=5):
            pass

    threads = [threading.Thread(target=hands) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    while sweep(db, handlers):
        pass
    assert len(went) == MESSAGES
    assert set(went.values()) == {1}
    with db.read() as tx:
        rows = tx.session.query(OutboxMessage).filter_by(code="help").all()
        at = sorted(row.sent_at for row in rows if row.sent_at is not None)
        spent = tx.session.query(Spend).filter_by(lane="work").one()
    assert {row.status for row in rows} == {"accepted"}
    for first, late in zip(at, at[A_SECOND:], strict=False):
        assert (late - first).total_seconds() >= 1, "more than twenty within a second"
    assert spent.messages >= MESSAGES
