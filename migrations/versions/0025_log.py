"""The callback log is found along its moments, and keeps what came so that it can be run again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LOG = "callback_log"
PAYMENTS, ASKED = "payment_transactions", "ix_payment_transactions_msisdn_created_at"
BODY = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
NEW = (("kind", "at"), ("verdict", "at"), ("kind", "verdict", "at"), ("msisdn", "at"))
OLD = (("kind",), ("verdict",), ("msisdn", "callback_id"))


def upgrade() -> None:
    """Indexes that end in the moment take the place of those that did not; one column more."""
    op.add_column(LOG, sa.Column("came", BODY, nullable=True))
    _swap(NEW, OLD)
    op.create_index(ASKED, PAYMENTS, ["msisdn", "created_at"])


def downgrade() -> None:
    """As before."""
    op.drop_index(ASKED, table_name=PAYMENTS)
    _swap(OLD, NEW)
    op.drop_column(LOG, "came")


def _swap(make: tuple[tuple[str, ...], ...], drop: tuple[tuple[str, ...], ...]) -> None:
    for columns in make:
        op.create_index(f"ix_{LOG}_{'_'.join(columns)}", LOG, list(columns))
    for columns in drop:
        op.drop_index(f"ix_{LOG}_{'_'.join(columns)}", table_name=LOG)
