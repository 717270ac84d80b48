"""What was asked for many orders at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """The rest of a sum, and the mark on its items."""
    op.add_column("order_items", sa.Column("marked_until", MOMENT, nullable=True))
    op.create_table(
        "asked_marks",
        sa.Column("mark_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("actor_role", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("request_id", sa.String(length=160), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("as_role", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_asked_marks")),
    )
