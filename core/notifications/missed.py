"""What the provider would not text to a number (DR-1504): the next dial says so, and shows it.

A number that opted out there gets nothing by SMS until it texts START; its in-app copies are all it has.
"""

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, case, exists, func, literal, select

from core.notifications.models import Notification
from core.outbox.blacklist import REFUSED
from core.outbox.models import OutboxMessage

# What stands on a message that met the refusal, and on those that were not tried any more.
UNSENT = (REFUSED, "Blacklisted")


def count_of(user_id: SQLColumnExpression[int], msisdn: SQLColumnExpression[str]) -> ColumnElement[int]:
    """How many notices `user_id` (a column) has missed since `lately` (a parameter) and not read.

    A part of somebody's statement. For a number that texts reach, and that is nearly everybody's, it costs
    one look at an index.
    """
    refused = exists().where(OutboxMessage.error == REFUSED, OutboxMessage.msisdn == msisdn)
    missed = (
        select(func.count(Notification.notification_id))
        .join(OutboxMessage, OutboxMessage.outbox_id == Notification.outbox_id)
        .where(
            Notification.user_id == user_id,
            Notification.read_at.is_(None),
            Notification.created_at >= bindparam("lately"),
            OutboxMessage.error.in_(UNSENT),
        )
        .scalar_subquery()
    )
    return case((refused, missed), else_=literal(0))
