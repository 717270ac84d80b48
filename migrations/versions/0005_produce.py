"""What the whole domain core keeps of locations, payment methods, farms, catalogue, listings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

LISTING_INDEXES = (
    ("ix_product_listings_near", ["product_id", "listing_status", "cell", "price_per_kg", "listing_id"]),
    ("ix_product_listings_listing_status_county_code", ["listing_status", "county_code"]),
    ("ix_product_listings_listing_status_ward_code", ["listing_status", "ward_code"]),
    ("ix_product_listings_listing_status_touched_at", ["listing_status", "touched_at"]),
    ("ix_product_listings_listing_status_harvest_date", ["listing_status", "harvest_date"]),
)


def upgrade() -> None:
    """The new tables and columns."""
    with op.batch_alter_table("farms") as table:
        table.add_column(sa.Column("certificate", sa.String(length=60), nullable=False, server_default=""))
        table.add_column(
            sa.Column("certificate_status", sa.String(length=8), nullable=False, server_default="none")
        )
        table.add_column(sa.Column("takes_cash", sa.Boolean(), nullable=False, server_default="1"))
        table.create_index("ix_farms_weather_zone", ["weather_zone"])
    with op.batch_alter_table("product_listings") as table:
        table.add_column(sa.Column("kg_is_hers", sa.Boolean(), nullable=False, server_default="0"))
        table.add_column(sa.Column("price_per_kg", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("off_reason", sa.String(length=12), nullable=False, server_default=""))
        table.add_column(sa.Column("photo_url", sa.String(length=255), nullable=False, server_default=""))
        table.add_column(sa.Column("county_code", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("ward_code", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("cell", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("agent_id", ID, nullable=True))
        for name, columns in LISTING_INDEXES:
            table.create_index(name, columns)


def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table("product_listings") as table:
        for name, _ in reversed(LISTING_INDEXES):
            table.drop_index(name)
        for column in (
            *("agent_id", "cell", "ward_code", "county_code", "photo_url", "off_reason", "price_per_kg"),
            "kg_is_hers",
        ):
            table.drop_column(column)
    with op.batch_alter_table("farms") as table:
        table.drop_index("ix_farms_weather_zone")
        for column in ("takes_cash", "certificate_status", "certificate"):
            table.drop_column(column)
