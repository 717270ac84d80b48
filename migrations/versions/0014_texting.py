"""What the way out of all texts keeps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
CENTS = sa.BigInteger()


def upgrade() -> None:
    """The new tables and columns."""
    _sending()


def _sending() -> None:
    op.add_column("duties", sa.Column("priority", sa.SmallInteger(), server_default="1", nullable=False))
    op.create_index("ix_duties_status_priority_due_at", "duties", ["status", "priority", "due_at"])
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("lane", sa.String(length=12), server_default="work", nullable=False))
        outbox.add_column(sa.Column("sender", sa.String(length=16), server_default="", nullable=False))
        outbox.add_column(sa.Column("counted", CENTS, nullable=True))
        outbox.add_column(sa.Column("charged", CENTS, nullable=True))
    op.create_index("ix_outbox_sender_sent_at", "outbox", ["sender", "sent_at"])
    op.create_index("ix_outbox_status_sent_at", "outbox", ["status", "sent_at"])
    op.add_column("emails", sa.Column("error", sa.String(length=64), server_default="", nullable=False))
    op.create_table(
        "sms_gates",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("pause_seconds", sa.Integer(), nullable=False),
        sa.Column("open_until", MOMENT, nullable=True),
        sa.Column("probing_until", MOMENT, nullable=True),
        sa.Column("last_received", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_sms_gates")),
    )
    op.create_table(
        "sms_spend",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("counted", CENTS, nullable=False),
        sa.Column("charged", CENTS, nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lane", name=op.f("pk_sms_spend")),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("sms_spend")
    op.drop_table("sms_gates")
    with op.batch_alter_table("emails") as emails:
        emails.drop_column("error")
    op.drop_index("ix_outbox_status_sent_at", "outbox")
    op.drop_index("ix_outbox_sender_sent_at", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        for column in ("charged", "counted", "sender", "lane"):
            outbox.drop_column(column)
    op.drop_index("ix_duties_status_priority_due_at", "duties")
    with op.batch_alter_table("duties") as duties:
        duties.drop_column("priority")
