"""The one number that a farmer lets accept and mark ready for her, as she is shown it (DR-815)."""

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.users.models import Helper, User

_HELPER = (
    select(User.phone_number)
    .join(Helper, Helper.helper_id == User.user_id)
    .where(Helper.farmer_id == bindparam("farmer_id"))
)


def helper_of(tx: Tx, actor: Actor) -> str:
    """The number of the acting farmer's helper, as stored; "" if she has none. One narrow look."""
    return str(tx.look(_HELPER, farmer_id=actor.user_id).scalar() or "")
