"""Wrong entries of admins are taken back, and a large difference is closed by two."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
SAID = ("said_how", "said_reason", "said_by", "said_at")


def upgrade() -> None:
    """The new table, and what the first of two admins says of a difference."""
    op.create_table(
        "corrections",
        sa.Column("correction_id", ID, nullable=False),
        sa.Column("record", sa.String(length=48), nullable=False),
        sa.Column("open_for", sa.String(length=48), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("entry_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("open_for", name=op.f("uq_corrections_open_for")),
    )
    op.create_index("ix_corrections_status", "corrections", ["status"])
    op.add_column(
        "differences", sa.Column("said_how", sa.String(length=16), nullable=False, server_default="")
    )
    op.add_column(
        "differences", sa.Column("said_reason", sa.String(length=160), nullable=False, server_default="")
    )
    op.add_column("differences", sa.Column("said_by", ID, nullable=True))
    op.add_column("differences", sa.Column("said_at", MOMENT, nullable=True))


def downgrade() -> None:
    """Without them."""
    for column in SAID:
        op.drop_column("differences", column)
    op.drop_table("corrections")
