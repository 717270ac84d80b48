"""What is asked of M-Pesa and answered later; a switch that goes off by itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0019"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """Sendings and questions, with their tokens and results."""
    with op.batch_alter_table("pauses") as pauses:
        pauses.alter_column("user_id", existing_type=ID, nullable=True)
    op.create_table(
        "provider_requests",
        sa.Column("request_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("conversation_id", sa.String(length=80), nullable=False),
        sa.Column("originator_id", sa.String(length=80), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.String(length=16), nullable=False),
        sa.Column("about", ID, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_provider_requests")),
        sa.UniqueConstraint("name", name=op.f("uq_provider_requests_name")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_provider_requests_token_digest")),
    )
    op.create_index(op.f("ix_provider_requests_subject"), "provider_requests", ["subject"])
    op.create_index(op.f("ix_provider_requests_about"), "provider_requests", ["about"])
    op.create_index("ix_provider_requests_status_kind", "provider_requests", ["status", "kind"])
