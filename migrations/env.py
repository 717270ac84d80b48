"""Alembic's way in: on the connection that core/migrate.py hands over, or on DATABASE_URL for a developer."""

import os
from typing import Any

from alembic import context
from sqlalchemy import Connection

from core.db import make_engine
from core.migrate import compare_type, render_type
from core.schema import METADATA


def walk(connection: Connection) -> None:
    """Run the migrations that were asked for on this connection, in its transaction."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=compare_type,
        render_item=render_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Any = context.config.attributes.get("connection")
if given is not None:
    walk(given)
else:
    with make_engine(os.environ["DATABASE_URL"]).begin() as connection:
        walk(connection)
