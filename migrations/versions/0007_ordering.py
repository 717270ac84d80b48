"""What the whole domain core keeps of carts, ways, placing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """The new tables and columns."""
    op.create_table(
        "carts",
        sa.Column("cart_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["users.user_id"], name=op.f("fk_carts_customer_id")),
        sa.PrimaryKeyConstraint("cart_id", name=op.f("pk_carts")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_carts_customer_id")),
    )
    op.create_table(
        "cart_items",
        sa.Column("cart_item_id", ID, nullable=False),
        sa.Column("cart_id", ID, nullable=False),
        sa.Column("listing_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.cart_id"], name=op.f("fk_cart_items_cart_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["product_listings.listing_id"], name=op.f("fk_cart_items_listing_id")
        ),
        sa.PrimaryKeyConstraint("cart_item_id", name=op.f("pk_cart_items")),
        sa.UniqueConstraint("cart_id", "listing_id", name=op.f("uq_cart_items_cart_id_listing_id")),
    )
    op.create_table(
        "collection_points",
        sa.Column("collection_point_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("ward_code", sa.Integer(), nullable=False),
        sa.Column("landmark", sa.String(length=120), nullable=False),
        sa.Column("keeper_id", ID, nullable=False),
        sa.Column("from_wards", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["keeper_id"], ["users.user_id"], name=op.f("fk_collection_points_keeper_id")
        ),
        sa.PrimaryKeyConstraint("collection_point_id", name=op.f("pk_collection_points")),
    )
    op.create_index(
        op.f("ix_collection_points_ward_code"), "collection_points", ["ward_code"], unique=False
    )
    op.create_table(
        "runs",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("start_wards", sa.JSON(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("departs", sa.String(length=5), nullable=False),
        sa.Column("cutoff_hours", sa.Integer(), nullable=False),
        sa.Column("capacity_kg", sa.BigInteger(), nullable=False),
        sa.Column("fee_per_kg", sa.BigInteger(), nullable=False),
        sa.Column("driver_id", ID, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["users.user_id"], name=op.f("fk_runs_driver_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_table(
        "run_stops",
        sa.Column("run_stop_id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("collection_point_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_run_stops_run_id")),
        sa.ForeignKeyConstraint(
            ["collection_point_id"],
            ["collection_points.collection_point_id"],
            name=op.f("fk_run_stops_collection_point_id"),
        ),
        sa.PrimaryKeyConstraint("run_stop_id", name=op.f("pk_run_stops")),
        sa.UniqueConstraint(
            "run_id", "collection_point_id", name=op.f("uq_run_stops_run_id_collection_point_id")
        ),
    )
    op.create_table(
        "run_days",
        sa.Column("run_day_id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kg_taken", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_run_days_run_id")),
        sa.PrimaryKeyConstraint("run_day_id", name=op.f("pk_run_days")),
        sa.UniqueConstraint("run_id", "day", name=op.f("uq_run_days_run_id_day")),
    )
    op.create_table(
        "run_loads",
        sa.Column("run_load_id", ID, nullable=False),
        sa.Column("run_day_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_day_id"], ["run_days.run_day_id"], name=op.f("fk_run_loads_run_day_id")
        ),
        sa.PrimaryKeyConstraint("run_load_id", name=op.f("pk_run_loads")),
        sa.UniqueConstraint("order_id", name=op.f("uq_run_loads_order_id")),
    )
    op.create_index(op.f("ix_run_loads_run_day_id"), "run_loads", ["run_day_id"], unique=False)
    op.create_table(
        "commission_rates",
        sa.Column("rate_id", ID, nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("rate_id", name=op.f("pk_commission_rates")),
        sa.UniqueConstraint("scope", "subject_id", name=op.f("uq_commission_rates_scope_subject_id")),
    )
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("location_id", ID, nullable=True))
        orders.add_column(sa.Column("way", sa.String(length=8), server_default="rider", nullable=False))
        orders.add_column(sa.Column("collection_point_id", ID, nullable=True))
        orders.add_column(sa.Column("run_id", ID, nullable=True))
        orders.add_column(sa.Column("payment_method_id", ID, nullable=True))
        orders.create_index(op.f("ix_orders_location_id"), ["location_id"], unique=False)
    with op.batch_alter_table("quotes") as quotes:
        quotes.add_column(sa.Column("way", sa.String(length=8), server_default="rider", nullable=False))
        quotes.add_column(sa.Column("collection_point_id", ID, nullable=True))
        quotes.add_column(sa.Column("run_id", ID, nullable=True))
        quotes.add_column(sa.Column("choices", sa.JSON(), nullable=True))
        quotes.add_column(sa.Column("asked_again", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table("quotes") as quotes:
        for name in ("asked_again", "choices", "run_id", "collection_point_id", "way"):
            quotes.drop_column(name)
    with op.batch_alter_table("orders") as orders:
        orders.drop_index(op.f("ix_orders_location_id"))
        for name in ("payment_method_id", "run_id", "collection_point_id", "way", "location_id"):
            orders.drop_column(name)
    for table in (
        "commission_rates", "run_loads", "run_days", "run_stops", "runs", "collection_points", "cart_items",
        "carts",
    ):  # fmt: skip
        op.drop_table(table)
