"""Marketing and alerts: off with STOP, on with START, each kept as a consent (DR-1504, DR-1901)."""

from core.actor import Actor
from core.db import Tx
from core.users import service as users
from core.users.models import Consent, User

ON, OFF = "marketing on", "marketing off"


def allow(tx: Tx, actor: Actor, *, on: bool) -> bool:
    """Let marketing, weather and price alerts reach the actor, or none of them; messages about her orders,
    money and work go on either way. Returns whether it changed anything."""
    user = users.acting(tx, actor, verified=False)
    flags = (user.marketing_notifications, user.weather_alerts, user.price_alerts)
    if all(flag is on for flag in flags):
        return False
    user.marketing_notifications = user.weather_alerts = user.price_alerts = on
    user.updated_at = tx.now
    keep_consent(tx, actor, user)
    tx.note(f"user:{user.user_id}", ON if on else OFF)
    return True


def keep_consent(tx: Tx, actor: Actor, user: User) -> None:
    """Write down that marketing is wanted, or no longer, as the person's switch now says (DR-1901)."""
    tx.session.add(
        Consent(
            user_id=user.user_id,
            version=ON if user.marketing_notifications else OFF,
            language=user.preferred_language,
            channel=actor.channel,
            at=tx.now,
        )
    )
