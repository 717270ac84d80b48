"""What the whole domain core keeps of deliveries, vehicles, routes, cash."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The new tables and columns."""


def downgrade() -> None:
    """Without them."""
