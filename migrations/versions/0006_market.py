"""What the whole domain core keeps of prices, following, waiting demand, weather, reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
ONE_OF_EACH_UNIT = "uq_market_prices_product_id_market_price_type_unit_date"
ONE_A_DAY = "uq_market_prices_product_id_market_price_type_date"


def upgrade() -> None:
    """The new tables and columns."""
    _one_price_a_day(ONE_OF_EACH_UNIT, ONE_A_DAY, ["product_id", "market", "price_type", "date"])
    op.create_index("ix_market_prices_date", "market_prices", ["date"])
    op.create_table(
        "markets",
        sa.Column("market_id", ID, nullable=False),
        sa.Column("market", sa.String(length=60), nullable=False),
        sa.Column("county_code", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("market_id", name=op.f("pk_markets")),
        sa.UniqueConstraint("market", name=op.f("uq_markets_market")),
    )
    _following()
    _weather()
    _reviews()


def _one_price_a_day(old: str, new: str, columns: list[str]) -> None:
    """The published prices are read again from data/ by `tools.admin init`: no two may clash meanwhile."""
    op.execute("DELETE FROM market_prices")
    with op.batch_alter_table("market_prices") as table:
        table.drop_constraint(old, type_="unique")
        table.create_unique_constraint(new, columns)


def _following() -> None:
    op.create_table(
        "follows",
        sa.Column("follow_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("ward_code", sa.Integer(), nullable=False),
        sa.Column("alerted_price", sa.BigInteger(), nullable=True),
        sa.Column("alerted_basis", sa.String(length=8), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_follows_user_id")),
        sa.PrimaryKeyConstraint("follow_id", name=op.f("pk_follows")),
        sa.UniqueConstraint("user_id", "product_id", name=op.f("uq_follows_user_id_product_id")),
    )
    op.create_index("ix_follows_product_id_ward_code", "follows", ["product_id", "ward_code"])
    op.create_index("ix_follows_product_id_looked_on", "follows", ["product_id", "looked_on"])
    op.create_table(
        "waiting_demand",
        sa.Column("demand_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("ward_code", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("once_key", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_waiting_demand_user_id")),
        sa.PrimaryKeyConstraint("demand_id", name=op.f("pk_waiting_demand")),
        sa.UniqueConstraint("once_key", name=op.f("uq_waiting_demand_once_key")),
    )
    op.create_index("ix_waiting_demand_user_id", "waiting_demand", ["user_id"])
    op.create_index(
        "ix_waiting_demand_product_id_ward_code_day", "waiting_demand", ["product_id", "ward_code", "day"]
    )
    op.create_index(
        "ix_waiting_demand_day_ward_code_product_id", "waiting_demand", ["day", "ward_code", "product_id"]
    )


def _weather() -> None:
    op.create_table(
        "weather_alerts",
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("alert_type", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=12), nullable=True),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT, nullable=False),
        sa.Column("text_en", sa.String(length=160), nullable=False),
        sa.Column("text_sw", sa.String(length=160), nullable=False),
        sa.Column("text_ki", sa.String(length=160), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("first_id", ID, nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("told_to", ID, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_weather_alerts")),
    )
    op.create_index("ix_weather_alerts_first_id", "weather_alerts", ["first_id"])
    op.create_index("ix_weather_alerts_valid_to", "weather_alerts", ["valid_to"])
    op.create_table(
        "weather_alert_wards",
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("ward_code", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["weather_alerts.alert_id"], name=op.f("fk_weather_alert_wards_alert_id")
        ),
        sa.PrimaryKeyConstraint("alert_id", "ward_code", name=op.f("pk_weather_alert_wards")),
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("order_item_id", ID, nullable=True),
        sa.Column("delivery_id", ID, nullable=True),
        sa.Column("product_id", ID, nullable=True),
        sa.Column("farmer_id", ID, nullable=True),
        sa.Column("rider_id", ID, nullable=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("hidden_by", ID, nullable=True),
        sa.Column("hidden_reason", sa.String(length=160), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_reviews_stars")),
        sa.ForeignKeyConstraint(["author_id"], ["users.user_id"], name=op.f("fk_reviews_author_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_reviews_order_id")),
        sa.ForeignKeyConstraint(
            ["order_item_id"], ["order_items.order_item_id"], name=op.f("fk_reviews_order_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_reviews_delivery_id")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("order_item_id", name=op.f("uq_reviews_order_item_id")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_reviews_delivery_id")),
    )
    for column in ("author_id", "order_id", "product_id", "farmer_id", "rider_id"):
        op.create_index(f"ix_reviews_{column}", "reviews", [column])
    op.create_table(
        "rating_sums",
        sa.Column("sum_id", ID, nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sum_id", name=op.f("pk_rating_sums")),
        sa.UniqueConstraint("about", name=op.f("uq_rating_sums_about")),
    )


def downgrade() -> None:
    """Without them."""
    for table in ("rating_sums", "reviews", "weather_alert_wards", "weather_alerts"):
        op.drop_table(table)
    for table in ("waiting_demand", "follows", "markets"):
        op.drop_table(table)
    op.drop_index("ix_market_prices_date", table_name="market_prices")
    _one_price_a_day(ONE_A_DAY, ONE_OF_EACH_UNIT, ["product_id", "market", "price_type", "unit", "date"])
