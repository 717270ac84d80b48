"""What the whole domain core keeps of locations, payment methods, farms, catalogue, listings."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The new tables and columns."""


def downgrade() -> None:
    """Without them."""
