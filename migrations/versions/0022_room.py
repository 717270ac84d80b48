"""A callback as it came has room whatever its letters are: sealed, a body of 64 KiB is longer than a TEXT."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0022"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A wider column; on SQLite a text has no length."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(
            "callback_log", "sealed", existing_type=sa.Text(), type_=mysql.MEDIUMTEXT(), existing_nullable=True
        )


def downgrade() -> None:
    """Back to a TEXT: what is longer must be gone first."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(
            "callback_log", "sealed", existing_type=mysql.MEDIUMTEXT(), type_=sa.Text(), existing_nullable=True
        )
