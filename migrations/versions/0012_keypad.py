"""What the whole marketplace from a keypad keeps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
CENTS = sa.BigInteger()


def upgrade() -> None:
    """The new tables and columns."""
    _traces()
    op.create_index("ix_outbox_error_msisdn", "outbox", ["error", "msisdn"])


def _traces() -> None:
    op.create_table(
        "ussd_dials",
        sa.Column("session", sa.String(length=128), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("operator", sa.String(length=16), nullable=False),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("last_screen", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("cost", CENTS, nullable=True),
        sa.Column("network_ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_ussd_dials")),
    )
    op.create_index("ix_ussd_dials_began_at", "ussd_dials", ["began_at"])
    op.create_index("ix_ussd_dials_outcome_last_at", "ussd_dials", ["outcome", "last_at"])
    op.create_table(
        "ussd_steps",
        sa.Column("session", sa.String(length=128), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session", "screen", "language", name=op.f("pk_ussd_steps")),
    )
    op.create_index("ix_ussd_steps_began_at_screen", "ussd_steps", ["began_at", "screen", "language"])
    op.create_table(
        "trace_marks",
        sa.Column("mark_id", ID, nullable=False),
        sa.Column("traced", ID, nullable=False),
        sa.Column("seen", ID, nullable=False),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_trace_marks")),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_outbox_error_msisdn", "outbox")
    op.drop_table("trace_marks")
    op.drop_table("ussd_steps")
    op.drop_table("ussd_dials")
