"""What the whole domain core keeps of people: codes, tokens, payout numbers, staff scopes, agents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
TABLES = (
    "helpers", "agent_consents", "field_agents", "payee_numbers", "pin_locks", "pins", "refresh_tokens",
    "one_time_codes", "tries",
)  # fmt: skip


def upgrade() -> None:
    """The new tables and columns."""
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("staff_scope", sa.String(length=8), nullable=False, server_default="full"))
        table.add_column(sa.Column("heard_at", MOMENT, nullable=True))
    op.create_table(
        "tries",
        sa.Column("try_key", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("try_key", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_at"), "tries", ["at"], unique=False)
    op.create_table(
        "one_time_codes",
        sa.Column("otp_id", ID, nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("valid_for", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("otp_id", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("valid_for", name=op.f("uq_one_time_codes_valid_for")),
    )
    op.create_index(op.f("ix_one_time_codes_msisdn_asked_at"), "one_time_codes", ["msisdn", "asked_at"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("token_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_refresh_tokens_user_id")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_refresh_tokens_digest")),
    )
    op.create_index(op.f("ix_refresh_tokens_family"), "refresh_tokens", ["family"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_user_id"), "refresh_tokens", ["user_id"], unique=False)
    op.create_table(
        "pins",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("pin_hash", sa.String(length=255), nullable=True),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("must_reset", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_pins_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_pins")),
    )
    op.create_table(
        "pin_locks",
        sa.Column("lock_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_pin_locks_user_id")),
        sa.PrimaryKeyConstraint("lock_id", name=op.f("pk_pin_locks")),
    )
    op.create_index(op.f("ix_pin_locks_user_id_at"), "pin_locks", ["user_id", "at"], unique=False)
    op.create_table(
        "payee_numbers",
        sa.Column("payee_number_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("old_digest", sa.String(length=64), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_payee_numbers_user_id")),
        sa.PrimaryKeyConstraint("payee_number_id", name=op.f("pk_payee_numbers")),
    )
    op.create_index(op.f("ix_payee_numbers_user_id_purpose"), "payee_numbers", ["user_id", "purpose"], unique=False)
    op.create_table(
        "field_agents",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("cooperative", sa.String(length=60), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_field_agents_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_field_agents")),
    )
    op.create_table(
        "agent_consents",
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("farmer_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("consent_status", sa.String(length=9), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_agent_consents_farmer_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.user_id"], name=op.f("fk_agent_consents_agent_id")),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_agent_consents")),
        sa.UniqueConstraint("farmer_id", "agent_id", name=op.f("uq_agent_consents_farmer_id_agent_id")),
    )
    op.create_index(op.f("ix_agent_consents_agent_id"), "agent_consents", ["agent_id"], unique=False)
    op.create_table(
        "helpers",
        sa.Column("farmer_id", ID, autoincrement=False, nullable=False),
        sa.Column("helper_id", ID, nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_helpers_farmer_id")),
        sa.ForeignKeyConstraint(["helper_id"], ["users.user_id"], name=op.f("fk_helpers_helper_id")),
        sa.PrimaryKeyConstraint("farmer_id", name=op.f("pk_helpers")),
    )
    op.create_index(op.f("ix_helpers_helper_id"), "helpers", ["helper_id"], unique=False)


def downgrade() -> None:
    """Without them."""
    for table_name in TABLES:
        op.drop_table(table_name)
    with op.batch_alter_table("users") as table:
        table.drop_column("heard_at")
        table.drop_column("staff_scope")
