"""What one thing has led to: what was posted, who was told what, and who must look."""

from collections import Counter
from decimal import Decimal

from sqlalchemy import func, select

from core.alarms.models import Alarm
from core.db import Database
from core.ledger.models import LedgerLine
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.users.models import User

NOTHING = "-"


class Since:
    """Everything after the moment it was made; each part as one short text, "-" for nothing.

    What people are told counts once, as a text; "(app)" behind what stands in the app alone.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.read() as tx:
            ids = (LedgerLine.line_id, OutboxMessage.outbox_id, Notification.notification_id)
            self.line, self.text, self.copy = (
                tx.session.scalar(select(func.coalesce(func.max(number), 0))) or 0 for number in ids
            )
            self.known = set(tx.session.scalars(select(Alarm.alarm_id)))

    @property
    def posted(self) -> str:
        """`mpesa +480.00, order_funds -480.00`, whatever the numbers behind the accounts' names."""
        sums: Counter[str] = Counter()
        with self.db.read() as tx:
            for line in tx.session.scalars(select(LedgerLine).where(LedgerLine.line_id > self.line)):
                sums[line.account.partition(":")[0]] += line.amount  # type: ignore[assignment]
        return _joined(f"{name} {sum_:+}" for name, sum_ in sorted(sums.items()) if sum_ != Decimal(0))

    @property
    def told(self) -> str:
        """`customer payment_failed money`: to whom, which message, and the reason it names."""
        found: dict[str, str] = {}
        with self.db.read() as tx:
            roles = {user.user_id: user.user_role for user in tx.session.scalars(select(User))}
            texts = select(OutboxMessage).where(OutboxMessage.outbox_id > self.text)
            copies = select(Notification).where(Notification.notification_id > self.copy)
            for row in (*tx.session.scalars(texts), *tx.session.scalars(copies)):
                words = f"{roles.get(row.user_id or 0, 'stranger')} {row.code}"
                if why := row.values.get("why"):
                    words = f"{words} {why}"
                in_app_alone = isinstance(row, Notification) and row.outbox_id is None
                found.setdefault(words, " (app)" if in_app_alone else "")
        return _joined(f"{words}{where}" for words, where in sorted(found.items()))

    @property
    def alarms(self) -> str:
        """Each new kind that is open, and what it is about; not that our own books have little to pay out of,
        where a test has never paid anything in."""
        with self.db.read() as tx:
            is_open = select(Alarm).where(Alarm.open_for.is_not(None))
            new = [a for a in tx.session.scalars(is_open) if a.alarm_id not in self.known]
        words = {f"{alarm.kind} {alarm.subject.partition(':')[0]}" for alarm in new}
        return _joined(sorted(words - {"float_low mpesa_payouts"}))


def _joined(parts: object) -> str:
    return ", ".join(parts) or NOTHING  # type: ignore[arg-type]
