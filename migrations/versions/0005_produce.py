"""What the whole domain core keeps of locations, payment methods, farms, catalogue, listings."""

import csv
from pathlib import Path

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

FARM_INDEXES = ("location_id", "weather_zone", "is_organic", "certificate_status")
LISTING_INDEXES = (
    ("ix_product_listings_near", ["product_id", "listing_status", "cell", "price_per_kg", "listing_id"]),
    ("ix_product_listings_listing_status_county_code", ["listing_status", "county_code"]),
    ("ix_product_listings_listing_status_ward_code", ["listing_status", "ward_code"]),
    ("ix_product_listings_county_product", ["listing_status", "county_code", "product_id"]),
    ("ix_product_listings_ward_product", ["listing_status", "ward_code", "product_id"]),
    ("ix_product_listings_listing_status_quality_grade", ["listing_status", "quality_grade"]),
    ("ix_product_listings_organic", ["listing_status", "is_organic_certified"]),
    ("ix_product_listings_listing_status_touched_at", ["listing_status", "touched_at"]),
    ("ix_product_listings_listing_status_harvest_date", ["listing_status", "harvest_date"]),
)


PLACES = Path(__file__).resolve().parents[2] / "data" / "places.csv"
LISTED = sa.text(
    "SELECT l.listing_id, l.current_price, l.kg_per_unit, p.ward_code, p.latitude, p.longitude"
    " FROM product_listings l JOIN farms f ON f.farm_id = l.farm_id"
    " JOIN locations p ON p.location_id = f.location_id"
)
PLACED = sa.text(
    "UPDATE product_listings SET county_code = :county, ward_code = :ward, cell = :cell,"
    " price_per_kg = :price WHERE listing_id = :listing"
)


def place_listings() -> None:
    """Where each listing's farm lies, and its price by weight: what listings are searched by from now on."""
    connection = op.get_bind()
    listed = connection.execute(LISTED).all()
    if not listed:
        return
    with PLACES.open(encoding="utf-8", newline="") as file:
        wards = {int(row["ward_code"]): row for row in csv.DictReader(file)}
    for row in listed:
        ward = wards[row.ward_code]
        known = row.latitude is not None and row.longitude is not None
        lat = row.latitude if known else float(ward["lat"])
        lon = row.longitude if known else float(ward["lon"])
        values = {
            "county": int(ward["county_code"]),
            "ward": row.ward_code,
            "cell": int((lat + 90) * 10) * 10_000 + int((lon + 180) * 10),
            # Hundredths on both sides; half of the divisor rounds half-up.
            "price": (2 * 100 * row.current_price + row.kg_per_unit) // (2 * row.kg_per_unit),
            "listing": row.listing_id,
        }
        connection.execute(PLACED, values)


def upgrade() -> None:
    """The new tables and columns."""
    with op.batch_alter_table("farms") as table:
        table.add_column(sa.Column("certificate", sa.String(length=60), nullable=False, server_default=""))
        table.add_column(
            sa.Column("certificate_status", sa.String(length=8), nullable=False, server_default="none")
        )
        table.add_column(sa.Column("takes_cash", sa.Boolean(), nullable=False, server_default="1"))
        for column in FARM_INDEXES:
            table.create_index(op.f(f"ix_farms_{column}"), [column])
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
    place_listings()
    with op.batch_alter_table("products") as table:
        table.add_column(sa.Column("created_by", ID, nullable=True))
    op.create_table(
        "product_suggestions",
        sa.Column("suggestion_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("plain_name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("suggestion_status", sa.String(length=8), nullable=False),
        sa.Column("product_id", ID, nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_product_suggestions_user_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.product_id"], name=op.f("fk_product_suggestions_product_id")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_product_suggestions")),
        sa.UniqueConstraint("user_id", "plain_name", name=op.f("uq_product_suggestions_user_id_plain_name")),
    )
    op.create_index(
        "ix_product_suggestions_status", "product_suggestions", ["suggestion_status", "suggestion_id"]
    )
    op.create_index(op.f("ix_product_suggestions_plain_name"), "product_suggestions", ["plain_name"])
    op.create_table(
        "payment_methods",
        sa.Column("payment_method_id", ID, nullable=False),
        sa.Column("method_type", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("phone_sealed", sa.String(length=255), nullable=False),
        sa.Column("phone_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("default_of", ID, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_payment_methods_user_id")),
        sa.PrimaryKeyConstraint("payment_method_id", name=op.f("pk_payment_methods")),
        sa.UniqueConstraint("default_of", name=op.f("uq_payment_methods_default_of")),
        sa.UniqueConstraint(
            *("user_id", "method_type", "phone_digest"),
            name=op.f("uq_payment_methods_user_id_method_type_phone_digest"),
        ),
    )
    op.create_index(op.f("ix_payment_methods_user_id"), "payment_methods", ["user_id"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("payment_methods")
    op.drop_table("product_suggestions")
    with op.batch_alter_table("products") as table:
        table.drop_column("created_by")
    with op.batch_alter_table("product_listings") as table:
        for name, _ in reversed(LISTING_INDEXES):
            table.drop_index(name)
        for column in (
            *("agent_id", "cell", "ward_code", "county_code", "photo_url", "off_reason", "price_per_kg"),
            "kg_is_hers",
        ):
            table.drop_column(column)
    with op.batch_alter_table("farms") as table:
        for column in FARM_INDEXES:
            table.drop_index(op.f(f"ix_farms_{column}"))
        for column in ("takes_cash", "certificate_status", "certificate"):
            table.drop_column(column)
