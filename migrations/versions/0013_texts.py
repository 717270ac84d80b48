"""What ordering by text keeps: the weekly baskets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """The new table."""
    op.create_table(
        "weekly_baskets",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_weekly_baskets_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_weekly_baskets")),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("weekly_baskets")
