"""For whom somebody works besides herself, in one narrow look: as field agent, as helper (DR-221, DR-815)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, select

from core.actor import Actor
from core.db import Tx
from core.users.models import FieldAgent, Helper


@dataclass(frozen=True)
class WorksFor:
    """Whether an admin has made her agent of a co-operative, and whether a farmer has named her as helper."""

    agent: bool
    helper: bool


_WORKS = select(
    exists().where(FieldAgent.user_id == bindparam("user_id"), FieldAgent.is_active).label("agent"),
    exists().where(Helper.helper_id == bindparam("user_id")).label("helper"),
)


def of(tx: Tx, actor: Actor) -> WorksFor:
    """For whom the actor works besides herself."""
    row = tx.look(_WORKS, user_id=actor.user_id).one()
    return WorksFor(agent=bool(row.agent), helper=bool(row.helper))
