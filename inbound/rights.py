"""At start-up: does the database hold its serving user to rows? (deploy/database.sql, DR-1001)"""

import logging

from sqlalchemy.exc import SQLAlchemyError

from core.books import checking
from core.config import BadConfig
from inbound.gateway import Gateway

log = logging.getLogger("tunda.rights")


def look(gateway: Gateway) -> None:
    """One log line and an alarm where the user may do more, or a lock is missing; settled where all is right.

    With DATABASE_RIGHTS=refuse it raises BadConfig instead of serving. A database that is away says nothing:
    the night looks again. On SQLite there is nothing to see.
    """
    if gateway.db.engine.dialect.name == "sqlite":
        return
    try:
        found = gateway.db.run(checking.look_at_locks)
    except SQLAlchemyError as error:
        log.warning("the database user's rights are not known", extra={"why": type(error).__name__})
        return
    if not found:
        return
    log.error("the database lets its serving user do too much", extra={"found": found})
    if gateway.config.database_rights == "refuse":
        raise BadConfig("DATABASE_URL: " + "; ".join(found))
