"""The outbox goes out: once, late, never, or nobody knows (DR-1502 to DR-1506; contract, rule 12; R1)."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from sqlalchemy import select, update

from core.db import Tx
from core.duties.models import Duty
from core.duties.sweep import sweep
from core.orders.models import Order
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from core.users import service as users
from core.users.models import User
from sms import claiming
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import API, Desk, accepted, sell

HELP = {"dial": "*384*88632#"}


def queue(desk: Desk, code: str = "help", values: dict[str, Any] | None = None, **options: Any) -> None:
    """Put one message to the customer into the outbox."""

    def work(tx: Tx) -> None:
        user = users.find(tx, CUSTOMER)
        assert user is not None
        outbox.send(tx, user, code, values or HELP, **{"once_key": f"test:{code}", **options})

    desk.db.run(work)


def row(desk: Desk) -> OutboxMessage:
    found: OutboxMessage = desk.outbox(CUSTOMER)[-1]
    return found


def answers(desk: Desk, *replies: Any) -> None:
    """The provider's next answers, one after the other, instead of taking everything."""
    desk.mock.reset()
    for reply in replies:
        if isinstance(reply, Exception):
            desk.mock.add(responses.POST, API, body=reply)
        else:
            status, body = reply
            desk.mock.add(responses.POST, API, status=status, body=body, content_type="application/json")


def refused(code: int, status: str) -> tuple[int, str]:
    recipient = {"cost": "0", "messageId": "None", "number": CUSTOMER, "status": status, "statusCode": code}
    return 201, json.dumps({"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [recipient]}})


def test_what_was_accepted_is_recorded_with_the_providers_id_and_cost(desk: Desk, cast: Cast) -> None:
    queue(desk)
    desk.work()
    message, call = row(desk), desk.look(Callback, kind="sms-send", msisdn=CUSTOMER)[-1]
    assert (message.status, message.cost, message.segments) == ("accepted", "KES 0.8000", 1)
    assert message.provider_id == call.provider_id
    assert (call.direction, call.verdict, call.status) == ("out", "accepted", 201)
    assert call.request["to"] == "07******02"
    assert CUSTOMER[-9:] not in call.reply


def test_what_may_be_answered_comes_from_the_short_code_the_rest_from_the_sender_id(
    desk: Desk, cast: Cast
) -> None:
    queue(desk)
    queue(desk, "declined", answerable=False)
    desk.work()
    assert [m["from"] for m in desk.sent if m["to"] == CUSTOMER] == ["20880", "TUNDA"]


@proves("DR-1503")
def test_the_language_is_that_of_the_moment_it_is_sent(desk: Desk, cast: Cast) -> None:
    """DR-1503."""
    queue(desk, at=desk.clock.now() + timedelta(hours=1))
    with desk.db.transaction() as tx:
        tx.session.scalars(select(User).filter_by(phone_number=CUSTOMER)).one().preferred_language = "sw"
    desk.clock.advance(hours=1)
    desk.work()
    assert desk.sent[-1]["message"].startswith("Tuma unachotaka, mfano nyanya 5kg.")


@proves("DR-1506")
def test_a_retryable_answer_is_retried_three_times(desk: Desk, cast: Cast) -> None:
    """DR-1506."""
    desk.work()
    answers(desk, *[refused(500, "InternalServerError")] * 4)
    queue(desk)
    for _pause in range(6):
        desk.work()
        desk.clock.advance(minutes=5)
    assert len(desk.mock.calls) == 4
    assert (row(desk).status, row(desk).error) == ("failed", "InternalServerError")


@proves("DR-1506")
def test_a_lost_connection_does_not_count_and_the_message_waits(desk: Desk, cast: Cast) -> None:
    desk.work()
    gone = requests.exceptions.ConnectTimeout()
    answers(desk, *[gone] * 8, (201, accepted(CUSTOMER, 1)))
    queue(desk)
    for _pause in range(9):
        desk.work()
        desk.clock.advance(minutes=5)
    assert row(desk).status == "accepted"
    assert desk.look(Duty, kind="send_sms", subject_id=row(desk).outbox_id)[0].status == "done"


@pytest.mark.parametrize(
    "answer", [(401, "The supplied authentication is invalid"), refused(402, "InvalidSenderId"),
               refused(405, "InsufficientBalance")]
)  # fmt: skip
def test_a_fault_of_our_account_waits_without_a_storm(
    desk: Desk, cast: Cast, answer: tuple[int, str]
) -> None:
    desk.work()
    answers(desk, answer, answer, (201, accepted(CUSTOMER, 1)))
    queue(desk)
    desk.work()
    assert (row(desk).status, len(desk.mock.calls)) == ("queued", 1)
    desk.clock.advance(minutes=5)
    desk.work()
    desk.clock.advance(minutes=5)
    desk.work()
    assert row(desk).status == "accepted"


@pytest.mark.parametrize("answer", [requests.exceptions.ReadTimeout(), (200, "<html>"), (504, "")])
def test_an_unknown_outcome_is_called_so_and_never_sent_again(desk: Desk, cast: Cast, answer: Any) -> None:
    """R10's sister: rule 12 of the contract."""
    desk.work()
    answers(desk, answer)
    queue(desk)
    for _pause in range(3):
        desk.work()
        desk.clock.advance(minutes=5)
    assert (row(desk).status, len(desk.mock.calls)) == ("unknown", 1)


def test_only_a_delivery_code_is_sent_again_after_a_minute_and_only_once(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DR-1205: it must arrive, and the same code twice harms nobody."""
    monkeypatch.setitem(claiming.SECRETS, "delivery", lambda tx, delivery_id: "4821")
    desk.work()
    lost = requests.exceptions.ReadTimeout()
    answers(desk, lost, lost, lost)
    values = {"order": "A3B7", "person": "Kamau", "phone": "+254712000303", "code": {"secret": "delivery:1"}}
    queue(desk, "rider_and_code", values)
    desk.work()
    assert len(desk.mock.calls) == 1
    desk.clock.advance(seconds=60)
    desk.work()
    desk.clock.advance(minutes=10)
    desk.work()
    assert (row(desk).status, len(desk.mock.calls)) == ("unknown", 2)
    assert all("4821" in str(call.request.body) for call in desk.mock.calls)
    shown = [str(call.request) for call in desk.look(Callback, kind="sms-send", msisdn=CUSTOMER)]
    assert not [text for text in shown if "4821" in text]


def test_a_process_that_died_while_sending_leaves_an_unknown(desk: Desk, cast: Cast) -> None:
    """R1: taken, perhaps sent, not recorded: it is not sent again."""
    desk.work()
    desk.sent.clear()
    queue(desk)
    with desk.db.transaction() as tx:
        tx.session.scalars(select(OutboxMessage).filter_by(msisdn=CUSTOMER)).one().status = "sending"
    desk.work()
    assert (row(desk).status, row(desk).error, desk.sent) == ("unknown", "WorkerDied", [])


def test_a_slow_batch_lets_go_of_what_another_process_has_taken_over(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: twenty slow sendings outlast a lease; nothing goes out twice for it."""
    desk.work()
    ticks = iter(range(0, 10_000, 40))
    monkeypatch.setattr("core.duties.sweep.time.monotonic", lambda: next(ticks))
    queue(desk)
    queue(desk, "declined")
    real = desk.handlers["send_sms"]
    done = []

    def slow(db: Any, duty: Any) -> None:
        done.append(duty.subject_id)
        with db.transaction() as tx:  # meanwhile another process takes all that is due
            tx.session.execute(update(Duty).where(Duty.duty_id != duty.duty_id).values(lease="another's"))
        real(db, duty)

    assert sweep(desk.db, {"send_sms": slow}) == 2
    assert len(done) == 1


@proves("DR-1502")
def test_what_is_past_its_time_is_dropped(desk: Desk, cast: Cast) -> None:
    desk.work()
    desk.sent.clear()
    queue(desk, life=timedelta(minutes=10))
    desk.clock.advance(minutes=10)
    desk.work()
    assert (row(desk).status, row(desk).error, desk.sent) == ("dropped", "Expired", [])


@proves("DR-1502")
def test_what_waited_for_the_morning_and_is_no_longer_true_is_dropped(desk: Desk, cast: Cast) -> None:
    """DR-1502."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    order = desk.look(Order)[0]
    queue(
        desk,
        "order_ready",
        {"order": "A3B7"},
        at=desk.clock.now() + timedelta(minutes=9),
        order_id=order.order_id,
    )
    desk.text(CUSTOMER, "CANCEL")
    desk.clock.advance(minutes=9)
    desk.work()
    dropped = next(m for m in desk.outbox(CUSTOMER) if m.code == "order_ready")
    assert (dropped.status, dropped.error) == ("dropped", "NoLongerTrue")


@proves("DR-1504")
def test_after_the_providers_blacklist_nothing_goes_out_until_start(desk: Desk, cast: Cast) -> None:
    """DR-1504: answer 406."""
    desk.work()
    answers(desk, refused(406, "UserInBlacklist"), (201, accepted(CUSTOMER, 2)))
    queue(desk)
    desk.work()
    assert (row(desk).status, row(desk).error) == ("failed", "UserInBlacklist")
    queue(desk, "declined")
    desk.work()
    assert (row(desk).status, row(desk).error, len(desk.mock.calls)) == ("dropped", "Blacklisted", 1)
    desk.text(CUSTOMER, "START")
    assert (row(desk).code, row(desk).status) == ("started", "accepted")
