"""What the whole domain core keeps of people: codes, tokens, payout numbers, staff scopes, agents."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The new tables and columns."""
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("staff_scope", sa.String(length=8), nullable=False, server_default="full"))


def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table("users") as table:
        table.drop_column("staff_scope")
