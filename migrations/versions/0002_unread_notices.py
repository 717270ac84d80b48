"""A dial counts a person's unread notices, from an index that holds all it asks."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD = "ix_notifications_user_id_notification_id"
NEW = "ix_notifications_user_id_read_at_created_at"


def upgrade() -> None:
    """The new index first: MariaDB keeps one under the foreign key at all times."""
    op.create_index(NEW, "notifications", ["user_id", "read_at", "created_at"], unique=False)
    op.drop_index(OLD, table_name="notifications")


def downgrade() -> None:
    """The index of before."""
    op.create_index(OLD, "notifications", ["user_id", "notification_id"], unique=False)
    op.drop_index(NEW, table_name="notifications")
