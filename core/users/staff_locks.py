"""The row locks under which admins are made fewer."""

from sqlalchemy import select

from core.db import Tx
from core.users.errors import LastAdmin
from core.users.models import User


def another_full_admin(tx: Tx, leaving: User) -> None:
    """Lock all who may do everything, and make sure that one remains without `leaving`; raises LastAdmin.

    Two admins who take each other's rights at the same moment come here one after the other.
    """
    query = (
        select(User)
        .where(User.user_role == "admin", User.staff_scope == "full", User.is_active)
        .order_by(User.user_id)
        .with_for_update()
    )
    full = tx.session.scalars(query.execution_options(populate_existing=True)).all()
    if leaving in full and len(full) == 1:
        raise LastAdmin
