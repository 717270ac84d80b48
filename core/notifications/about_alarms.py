"""Alarms by SMS: at once, then hourly, until an admin has seen them (DR-1803)."""

from datetime import timedelta

from core.alarms.models import Alarm
from core.alarms.rules import TEXT_PAUSE
from core.db import Tx
from core.duties import service as duties
from core.events import AlarmRaised
from core.msisdn import e164
from core.outbox import service as outbox
from core.users import service as users

LANGUAGE = "en"  # of a number that is nobody's account


def alarm_raised(tx: Tx, happened: AlarmRaised) -> None:
    """Have the phones texted, if there are any; the sweep does it after this transaction."""
    if phones(tx):
        _want(tx, happened.alarm_id)


def text_alarm(tx: Tx, alarm_id: int) -> None:
    """Text the alarm to `alarm.phones` and come again in an hour; nothing once it was seen or put right.

    Alarms go at once, day and night, and are worth sending for an hour: then the next text says more.
    """
    alarm = tx.session.get_one(Alarm, alarm_id, with_for_update=True)
    if alarm.acknowledged_at is not None or alarm.cleared_at is not None:
        return
    values = {"text": alarm.subject, "count": str(alarm.count), "time": alarm.first_at.isoformat()}
    for phone in phones(tx):
        person = users.find(tx, phone)
        outbox.send_to(
            tx,
            phone,
            person.preferred_language if person else LANGUAGE,
            f"alarm_{alarm.kind}",
            values,
            once_key=f"alarm:{alarm_id}:{tx.now:%Y%m%d%H%M}:{phone}",
            user_id=person.user_id if person else None,
            answerable=False,
            life=TEXT_PAUSE,
        )
    alarm.texted_at = tx.now
    _want(tx, alarm_id, after=TEXT_PAUSE)


def phones(tx: Tx) -> list[str]:
    """The numbers of `alarm.phones` in their stored form."""
    return [e164(number) for number in tx.setting("alarm.phones").split(",") if number.strip()]


def _want(tx: Tx, alarm_id: int, after: timedelta = timedelta()) -> None:
    at = tx.now + after
    duties.want(tx, "text_alarm", alarm_id, at=at, key=f"text_alarm:{alarm_id}:{at:%Y%m%d%H%M}")
