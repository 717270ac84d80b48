"""Whether somebody works as a field agent, in one narrow look (DR-221)."""

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.users.models import FieldAgent

_ACTIVE = select(FieldAgent.is_active).where(FieldAgent.user_id == bindparam("user_id"))


def is_agent(tx: Tx, actor: Actor) -> bool:
    """Whether an admin has marked the actor as agent of a co-operative, and has not ended it."""
    return bool(tx.look(_ACTIVE, user_id=actor.user_id).scalar())
