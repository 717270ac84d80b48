"""People by their ids, in one look, for lists that name somebody in each line."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from core.db import Tx
from core.users.models import User


def by_id(tx: Tx, user_ids: Iterable[int | None]) -> Mapping[int, User]:
    """The people with these ids; None stands for nobody."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    return {user.user_id: user for user in tx.session.scalars(select(User).where(User.user_id.in_(wanted)))}
