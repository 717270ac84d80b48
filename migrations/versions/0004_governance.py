"""What the whole domain core keeps of settings, switches, alarms, privacy, support, messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Frozen copies of the column types of core/db.py: a migration must not change when the code does.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """The new tables and columns."""
    op.create_table(
        "alarms",
        sa.Column("alarm_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("open_for", sa.String(length=96), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("texted_at", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", ID, nullable=True),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.Column("cleared_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("open_for", name=op.f("uq_alarms_open_for")),
    )
    op.create_index("ix_alarms_cleared_at_last_at", "alarms", ["cleared_at", "last_at"])
    op.create_table(
        "pauses",
        sa.Column("switch", sa.String(length=32), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("switch", name=op.f("pk_pauses")),
    )
    op.create_table(
        "emails",
        sa.Column("email_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("once_key", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_emails")),
        sa.UniqueConstraint("once_key", name=op.f("uq_emails_once_key")),
    )
    op.create_index(op.f("ix_emails_user_id"), "emails", ["user_id"])
    op.create_index("ix_emails_status_email_id", "emails", ["status", "email_id"])
    op.create_table(
        "tickets",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("ticket_status", sa.String(length=12), nullable=False),
        sa.Column("assigned_to", ID, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_tickets_user_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_user_id"), "tickets", ["user_id"])
    op.create_index("ix_tickets_ticket_status_ended_at", "tickets", ["ticket_status", "ended_at"])
    op.create_index("ix_tickets_order_id_kind", "tickets", ["order_id", "kind"])
    op.create_table(
        "ticket_entries",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(length=8), nullable=False),
        sa.Column("from_status", sa.String(length=12), nullable=False),
        sa.Column("to_status", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.ticket_id"], name=op.f("fk_ticket_entries_ticket_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ticket_entries")),
    )
    op.create_index(op.f("ix_ticket_entries_ticket_id"), "ticket_entries", ["ticket_id"])
    op.create_table(
        "messages",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("sender_id", ID, nullable=False),
        sa.Column("recipient_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_messages_order_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.user_id"], name=op.f("fk_messages_recipient_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["users.user_id"], name=op.f("fk_messages_sender_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_order_id"), "messages", ["order_id"])
    op.create_index("ix_messages_recipient_id_read_at", "messages", ["recipient_id", "read_at"])
    op.create_index("ix_messages_sender_id_message_id", "messages", ["sender_id", "message_id"])
    op.create_table(
        "privacy_requests",
        sa.Column("request_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("open_for", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_privacy_requests_user_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("open_for", name=op.f("uq_privacy_requests_open_for")),
    )
    op.create_index(op.f("ix_privacy_requests_user_id"), "privacy_requests", ["user_id"])
    op.create_index("ix_privacy_requests_outcome_due_at", "privacy_requests", ["outcome", "due_at"])
    op.create_table(
        "retention_marks",
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("upto_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_retention_marks")),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("retention_marks")
    op.drop_table("privacy_requests")
    op.drop_table("messages")
    op.drop_table("ticket_entries")
    op.drop_table("tickets")
    op.drop_table("emails")
    op.drop_table("pauses")
    op.drop_table("alarms")
