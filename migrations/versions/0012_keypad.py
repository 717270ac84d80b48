"""What the whole marketplace from a keypad keeps."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The new tables and columns."""


def downgrade() -> None:
    """Without them."""
