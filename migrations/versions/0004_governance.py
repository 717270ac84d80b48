"""What the whole domain core keeps of settings, switches, alarms, privacy, support, messages."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The new tables and columns."""


def downgrade() -> None:
    """Without them."""
