"""What the whole domain core keeps of items, cancelling, claims."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
HUNDREDTHS = sa.BigInteger()

ORDER_COLUMNS = (("cancelled_at", MOMENT), ("delivered_at", MOMENT))
ITEM_COLUMNS = (
    ("counted_quantity", HUNDREDTHS),
    ("short_until", MOMENT),
    ("asked_until", MOMENT),
)


def upgrade() -> None:
    """The new tables and columns."""
    for table, columns in (("orders", ORDER_COLUMNS), ("order_items", ITEM_COLUMNS)):
        with op.batch_alter_table(table) as changed:
            for name, kind in columns:
                changed.add_column(sa.Column(name, kind, nullable=True))
    op.create_table(
        "cancel_requests",
        sa.Column("request_id", ID, nullable=False),
        _order(),
        sa.Column("open_for", ID, nullable=True),
        sa.Column("request_status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("answer", sa.String(length=160), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        *_decision(),
        _order_key("cancel_requests"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_cancel_requests")),
        sa.UniqueConstraint("open_for", name=op.f("uq_cancel_requests_open_for")),
    )
    op.create_table(
        "pickup_shorts",
        sa.Column("short_id", ID, nullable=False),
        _order(),
        _item(),
        sa.Column("farmer_id", ID, nullable=False),
        sa.Column("counted", HUNDREDTHS, nullable=False),
        sa.Column("missing", HUNDREDTHS, nullable=False),
        sa.Column("short_status", sa.String(length=8), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        *_decision(),
        sa.Column("reason", sa.String(length=160), nullable=False),
        _order_key("pickup_shorts"),
        _item_key("pickup_shorts"),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_pickup_shorts_farmer_id")),
        sa.PrimaryKeyConstraint("short_id", name=op.f("pk_pickup_shorts")),
    )
    op.create_table(
        "replacements",
        sa.Column("replacement_id", ID, nullable=False),
        _order(),
        _item(),
        sa.Column("listing_id", ID, nullable=False),
        sa.Column("price", HUNDREDTHS, nullable=False),
        sa.Column("replacement_status", sa.String(length=8), nullable=False),
        sa.Column("new_item_id", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _order_key("replacements"),
        _item_key("replacements"),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["product_listings.listing_id"], name=op.f("fk_replacements_listing_id")
        ),
        sa.PrimaryKeyConstraint("replacement_id", name=op.f("pk_replacements")),
        sa.UniqueConstraint("order_item_id", name=op.f("uq_replacements_order_item_id")),
    )
    op.create_table(
        "claims",
        sa.Column("claim_id", ID, nullable=False),
        _order(),
        _item(),
        sa.Column("open_for", ID, nullable=True),
        sa.Column("claim_status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("refund", HUNDREDTHS, nullable=False),
        sa.Column("fault", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=160), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        *_decision(),
        _order_key("claims"),
        _item_key("claims"),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claims")),
        sa.UniqueConstraint("open_for", name=op.f("uq_claims_open_for")),
    )
    op.create_table(
        "farmer_records",
        sa.Column("farmer_id", ID, nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_farmer_records_farmer_id")),
        sa.PrimaryKeyConstraint("farmer_id", name=op.f("pk_farmer_records")),
    )
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


INDEXES = (
    ("cancel_requests", "order_id"),
    ("cancel_requests", "request_status"),
    ("pickup_shorts", "order_id"),
    ("pickup_shorts", "order_item_id"),
    ("pickup_shorts", "farmer_id"),
    ("pickup_shorts", "short_status"),
    ("replacements", "order_id"),
    ("claims", "order_id"),
    ("claims", "order_item_id"),
    ("claims", "claim_status"),
)


def downgrade() -> None:
    """Without them."""
    for table in ("farmer_records", "claims", "replacements", "pickup_shorts", "cancel_requests"):
        op.drop_table(table)
    for table, columns in (("orders", ORDER_COLUMNS), ("order_items", ITEM_COLUMNS)):
        with op.batch_alter_table(table) as changed:
            for name, _kind in columns:
                changed.drop_column(name)


def _order() -> sa.Column[int]:
    return sa.Column("order_id", ID, nullable=False)


def _item() -> sa.Column[int]:
    return sa.Column("order_item_id", ID, nullable=False)


def _decision() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", ID, nullable=True),
    )


def _order_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f(f"fk_{table}_order_id"))


def _item_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["order_item_id"], ["order_items.order_item_id"], name=op.f(f"fk_{table}_order_item_id")
    )
