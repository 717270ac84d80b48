"""The first schema: every table of the platform as it went live."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("audit_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(op.f("ix_audit_log_user_id"), "audit_log", ["user_id"], unique=False)
    op.create_index(op.f("ix_audit_log_what"), "audit_log", ["what"], unique=False)
    op.create_table(
        "callback_log",
        sa.Column("callback_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("msisdn", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=128), nullable=False),
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("dedupe_key", sa.String(length=160), nullable=True),
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("cause", ID, nullable=True),
        sa.Column("order_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_callback_log")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_callback_log_dedupe_key")),
    )
    op.create_index(op.f("ix_callback_log_at"), "callback_log", ["at"], unique=False)
    op.create_index(op.f("ix_callback_log_cause"), "callback_log", ["cause"], unique=False)
    op.create_index(op.f("ix_callback_log_kind"), "callback_log", ["kind"], unique=False)
    op.create_index(
        "ix_callback_log_msisdn_callback_id", "callback_log", ["msisdn", "callback_id"], unique=False
    )
    op.create_index(op.f("ix_callback_log_order_id"), "callback_log", ["order_id"], unique=False)
    op.create_index(op.f("ix_callback_log_provider_id"), "callback_log", ["provider_id"], unique=False)
    op.create_index(
        "ix_callback_log_session_callback_id", "callback_log", ["session", "callback_id"], unique=False
    )
    op.create_index(op.f("ix_callback_log_verdict"), "callback_log", ["verdict"], unique=False)
    op.create_table(
        "categories",
        sa.Column("category_id", ID, nullable=False),
        sa.Column("category_name", sa.String(length=60), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.category_id"], name=op.f("fk_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_categories")),
        sa.UniqueConstraint("category_name", name=op.f("uq_categories_category_name")),
    )
    op.create_table(
        "consents",
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_user_id"), "consents", ["user_id"], unique=False)
    op.create_table(
        "duties",
        sa.Column("duty_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_duties")),
        sa.UniqueConstraint("key", name=op.f("uq_duties_key")),
    )
    op.create_index("ix_duties_kind_subject_id", "duties", ["kind", "subject_id"], unique=False)
    op.create_index("ix_duties_status_due_at", "duties", ["status", "due_at"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=48), nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("reverses", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("kind", "source_id", name=op.f("uq_ledger_entries_kind_source_id")),
    )
    op.create_index(op.f("ix_ledger_entries_order_id"), "ledger_entries", ["order_id"], unique=False)
    op.create_table(
        "login_attempts",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_login_attempts")),
    )
    op.create_index(op.f("ix_login_attempts_account"), "login_attempts", ["account"], unique=False)
    op.create_table(
        "market_prices",
        sa.Column("price_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("market", sa.String(length=60), nullable=False),
        sa.Column("county_code", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("price_type", sa.String(length=10), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("price_per_base_unit", sa.BigInteger(), nullable=False),
        sa.Column("base_unit", sa.String(length=8), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("price_id", name=op.f("pk_market_prices")),
        sa.UniqueConstraint(
            "product_id",
            "market",
            "price_type",
            "unit",
            "date",
            name=op.f("uq_market_prices_product_id_market_price_type_unit_date"),
        ),
    )
    op.create_index("ix_market_prices_product_id_date", "market_prices", ["product_id", "date"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("outbox_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("answerable", sa.Boolean(), nullable=False),
        sa.Column("once_key", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("cost", sa.String(length=24), nullable=False),
        sa.Column("cause", ID, nullable=True),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("once_key", name=op.f("uq_outbox_once_key")),
    )
    op.create_index(op.f("ix_outbox_cause"), "outbox", ["cause"], unique=False)
    op.create_index(op.f("ix_outbox_msisdn"), "outbox", ["msisdn"], unique=False)
    op.create_index(op.f("ix_outbox_order_id"), "outbox", ["order_id"], unique=False)
    op.create_index(op.f("ix_outbox_provider_id"), "outbox", ["provider_id"], unique=False)
    op.create_index(op.f("ix_outbox_status"), "outbox", ["status"], unique=False)
    op.create_index(op.f("ix_outbox_user_id"), "outbox", ["user_id"], unique=False)
    op.create_table(
        "questions",
        sa.Column("question_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("open_for", sa.String(length=20), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_questions")),
        sa.UniqueConstraint("open_for", name=op.f("uq_questions_open_for")),
    )
    op.create_index(op.f("ix_questions_user_id"), "questions", ["user_id"], unique=False)
    op.create_table(
        "stranger_counts",
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.Column("minute", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "minute", name=op.f("pk_stranger_counts")),
    )
    op.create_table(
        "system_settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_system_settings")),
    )
    op.create_table(
        "users",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("phone_number", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("user_role", sa.String(length=8), nullable=False),
        sa.Column("profile_photo_url", sa.String(length=255), nullable=True),
        sa.Column("preferred_language", sa.String(length=8), nullable=False),
        sa.Column("sms_notifications", sa.Boolean(), nullable=False),
        sa.Column("email_notifications", sa.Boolean(), nullable=False),
        sa.Column("marketing_notifications", sa.Boolean(), nullable=False),
        sa.Column("order_updates", sa.Boolean(), nullable=False),
        sa.Column("weather_alerts", sa.Boolean(), nullable=False),
        sa.Column("price_alerts", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("password_expires_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("phone_number", name=op.f("uq_users_phone_number")),
    )
    op.create_table(
        "web_sessions",
        sa.Column("session_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("csrf", sa.String(length=32), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session_digest", name=op.f("pk_web_sessions")),
    )
    op.create_index(op.f("ix_web_sessions_user_id"), "web_sessions", ["user_id"], unique=False)
    op.create_table(
        "ledger_lines",
        sa.Column("line_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("account", sa.String(length=48), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.entry_id"], name=op.f("fk_ledger_lines_entry_id")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_ledger_lines")),
    )
    op.create_index("ix_ledger_lines_account", "ledger_lines", ["account"], unique=False)
    op.create_index(op.f("ix_ledger_lines_entry_id"), "ledger_lines", ["entry_id"], unique=False)
    op.create_table(
        "locations",
        sa.Column("location_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("default_of", ID, nullable=True),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("ward_code", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=40), nullable=False),
        sa.Column("subcounty", sa.String(length=40), nullable=False),
        sa.Column("ward", sa.String(length=40), nullable=False),
        sa.Column("landmark", sa.String(length=120), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_locations_user_id")),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_locations")),
        sa.UniqueConstraint("default_of", name=op.f("uq_locations_default_of")),
    )
    op.create_index(op.f("ix_locations_user_id"), "locations", ["user_id"], unique=False)
    op.create_index(op.f("ix_locations_ward_code"), "locations", ["ward_code"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("notification_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("once_key", sa.String(length=128), nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("outbox_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("once_key", name=op.f("uq_notifications_once_key")),
    )
    op.create_index(op.f("ix_notifications_order_id"), "notifications", ["order_id"], unique=False)
    op.create_index(
        "ix_notifications_user_id_notification_id",
        "notifications",
        ["user_id", "notification_id"],
        unique=False,
    )
    op.create_table(
        "orders",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("order_number", sa.String(length=13), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("drop", sa.JSON(), nullable=False),
        sa.Column("payment_method", sa.String(length=16), nullable=False),
        sa.Column("delivery_time_slot", sa.String(length=10), nullable=False),
        sa.Column("special_instructions", sa.String(length=160), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee_waived", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_asked", sa.BigInteger(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("km", sa.BigInteger(), nullable=False),
        sa.Column("order_status", sa.String(length=20), nullable=False),
        sa.Column("payment_status", sa.String(length=20), nullable=False),
        sa.Column("estimated_delivery_date", sa.Date(), nullable=False),
        sa.Column("cancel_reason", sa.String(length=32), nullable=False),
        sa.Column("idempotency_key", sa.String(length=128), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("quote_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["users.user_id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "customer_id", "idempotency_key", name=op.f("uq_orders_customer_id_idempotency_key")
        ),
        sa.UniqueConstraint("order_number", name=op.f("uq_orders_order_number")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], unique=False)
    op.create_index(op.f("ix_orders_order_status"), "orders", ["order_status"], unique=False)
    op.create_table(
        "products",
        sa.Column("product_id", ID, nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("product_name", sa.String(length=60), nullable=False),
        sa.Column("name_sw", sa.String(length=60), nullable=False),
        sa.Column("name_ki", sa.String(length=60), nullable=False),
        sa.Column("spellings", sa.String(length=400), nullable=False),
        sa.Column("category_id", ID, nullable=False),
        sa.Column("unit_of_measure", sa.String(length=16), nullable=False),
        sa.Column("is_perishable", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.category_id"], name=op.f("fk_products_category_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_products")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
    )
    op.create_table(
        "rider_duty",
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("idle_since", MOMENT, nullable=False),
        sa.Column("timeouts_in_row", sa.Integer(), nullable=False),
        sa.Column("drops", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_rider_duty_rider_id")),
        sa.PrimaryKeyConstraint("rider_id", name=op.f("pk_rider_duty")),
    )
    op.create_index(op.f("ix_rider_duty_on_duty"), "rider_duty", ["on_duty"], unique=False)
    op.create_table(
        "vehicles",
        sa.Column("vehicle_id", ID, nullable=False),
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("active_for", ID, nullable=True),
        sa.Column("vehicle_type", sa.String(length=12), nullable=False),
        sa.Column("plate", sa.String(length=12), nullable=False),
        sa.Column("capacity_kg", sa.BigInteger(), nullable=False),
        sa.Column("vehicle_status", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_vehicles_rider_id")),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicles")),
        sa.UniqueConstraint("active_for", name=op.f("uq_vehicles_active_for")),
        sa.UniqueConstraint("plate", name=op.f("uq_vehicles_plate")),
    )
    op.create_index(op.f("ix_vehicles_rider_id"), "vehicles", ["rider_id"], unique=False)
    op.create_index(op.f("ix_vehicles_vehicle_status"), "vehicles", ["vehicle_status"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("rider_id", ID, nullable=True),
        sa.Column("delivery_status", sa.String(length=12), nullable=False),
        sa.Column("km", sa.BigInteger(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("rider_earning", sa.BigInteger(), nullable=False),
        sa.Column("code_sealed", sa.Text(), nullable=True),
        sa.Column("code_attempts", sa.Integer(), nullable=False),
        sa.Column("code_locked", sa.Boolean(), nullable=False),
        sa.Column("offers_made", sa.Integer(), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=True),
        sa.Column("picked_up_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_deliveries_order_id")),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_deliveries_rider_id")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("order_id", name=op.f("uq_deliveries_order_id")),
    )
    op.create_index(op.f("ix_deliveries_delivery_status"), "deliveries", ["delivery_status"], unique=False)
    op.create_index(op.f("ix_deliveries_rider_id"), "deliveries", ["rider_id"], unique=False)
    op.create_table(
        "farms",
        sa.Column("farm_id", ID, nullable=False),
        sa.Column("farmer_id", ID, nullable=False),
        sa.Column("farm_name", sa.String(length=60), nullable=False),
        sa.Column("location_id", ID, nullable=False),
        sa.Column("weather_zone", sa.String(length=12), nullable=False),
        sa.Column("is_organic", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_farms_farmer_id")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.location_id"], name=op.f("fk_farms_location_id")
        ),
        sa.PrimaryKeyConstraint("farm_id", name=op.f("pk_farms")),
    )
    op.create_index(op.f("ix_farms_farmer_id"), "farms", ["farmer_id"], unique=False)
    op.create_table(
        "order_events",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("from_status", sa.String(length=20), nullable=False),
        sa.Column("to_status", sa.String(length=20), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_order_events")),
    )
    op.create_index(op.f("ix_order_events_order_id"), "order_events", ["order_id"], unique=False)
    op.create_table(
        "packs",
        sa.Column("pack_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.product_id"], name=op.f("fk_packs_product_id")),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_packs")),
        sa.UniqueConstraint("product_id", "unit", name=op.f("uq_packs_product_id_unit")),
    )
    op.create_table(
        "payment_transactions",
        sa.Column("transaction_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.String(length=255), nullable=False),
        sa.Column("open_for", sa.String(length=20), nullable=True),
        sa.Column("merchant_request_id", sa.String(length=80), nullable=True),
        sa.Column("checkout_request_id", sa.String(length=80), nullable=True),
        sa.Column("receipt", sa.String(length=16), nullable=True),
        sa.Column("receipt_due", sa.Boolean(), nullable=False),
        sa.Column("result_code", sa.String(length=24), nullable=False),
        sa.Column("result_text", sa.String(length=255), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_payment_transactions_order_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_payment_transactions")),
        sa.UniqueConstraint("checkout_request_id", name=op.f("uq_payment_transactions_checkout_request_id")),
        sa.UniqueConstraint("open_for", name=op.f("uq_payment_transactions_open_for")),
        sa.UniqueConstraint("receipt", name=op.f("uq_payment_transactions_receipt")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_payment_transactions_token_digest")),
    )
    op.create_index(
        op.f("ix_payment_transactions_order_id"), "payment_transactions", ["order_id"], unique=False
    )
    op.create_index(op.f("ix_payment_transactions_status"), "payment_transactions", ["status"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("quote_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("location_id", ID, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("km", sa.BigInteger(), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee_waived", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("delivery_date", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["users.user_id"], name=op.f("fk_quotes_customer_id")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.location_id"], name=op.f("fk_quotes_location_id")
        ),
        sa.PrimaryKeyConstraint("quote_id", name=op.f("pk_quotes")),
    )
    op.create_index(op.f("ix_quotes_customer_id"), "quotes", ["customer_id"], unique=False)
    op.create_table(
        "delivery_offers",
        sa.Column("offer_id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("open_delivery", ID, nullable=True),
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("offer_status", sa.String(length=10), nullable=False),
        sa.Column("earning", sa.BigInteger(), nullable=False),
        sa.Column("pickup_km", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_delivery_offers_delivery_id")
        ),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_delivery_offers_rider_id")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_delivery_offers")),
        sa.UniqueConstraint("open_delivery", name=op.f("uq_delivery_offers_open_delivery")),
    )
    op.create_table(
        "delivery_code_tries",
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("once_key", sa.String(length=128), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_delivery_code_tries_delivery_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", "once_key", name=op.f("pk_delivery_code_tries")),
    )
    op.create_index(op.f("ix_delivery_offers_delivery_id"), "delivery_offers", ["delivery_id"], unique=False)
    op.create_index(op.f("ix_delivery_offers_rider_id"), "delivery_offers", ["rider_id"], unique=False)
    op.create_table(
        "product_listings",
        sa.Column("listing_id", ID, nullable=False),
        sa.Column("farm_id", ID, nullable=False),
        sa.Column("farmer_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("kg_per_unit", sa.BigInteger(), nullable=False),
        sa.Column("current_price", sa.BigInteger(), nullable=False),
        sa.Column("quantity_available", sa.BigInteger(), nullable=False),
        sa.Column("min_order_quantity", sa.BigInteger(), nullable=False),
        sa.Column("harvest_date", sa.Date(), nullable=True),
        sa.Column("expected_harvest_date", sa.Date(), nullable=True),
        sa.Column("quality_grade", sa.String(length=8), nullable=False),
        sa.Column("is_organic_certified", sa.Boolean(), nullable=False),
        sa.Column("listing_status", sa.String(length=10), nullable=False),
        sa.Column("notes", sa.String(length=160), nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("current_price > 0", name=op.f("ck_product_listings_price")),
        sa.CheckConstraint("quantity_available >= 0", name=op.f("ck_product_listings_free_stock")),
        sa.ForeignKeyConstraint(["farm_id"], ["farms.farm_id"], name=op.f("fk_product_listings_farm_id")),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_product_listings_farmer_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.product_id"], name=op.f("fk_product_listings_product_id")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_product_listings")),
    )
    op.create_index(op.f("ix_product_listings_farm_id"), "product_listings", ["farm_id"], unique=False)
    op.create_index(op.f("ix_product_listings_farmer_id"), "product_listings", ["farmer_id"], unique=False)
    op.create_index(
        "ix_product_listings_product_id_listing_status",
        "product_listings",
        ["product_id", "listing_status"],
        unique=False,
    )
    op.create_table(
        "order_items",
        sa.Column("order_item_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("listing_id", ID, nullable=False),
        sa.Column("farmer_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("kg_per_unit", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("fulfilled_quantity", sa.BigInteger(), nullable=False),
        sa.Column("price_at_purchase", sa.BigInteger(), nullable=False),
        sa.Column("total_price", sa.BigInteger(), nullable=False),
        sa.Column("commission_percent", sa.BigInteger(), nullable=False),
        sa.Column("item_status", sa.String(length=10), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("harvested_at", MOMENT, nullable=True),
        sa.Column("packed_at", MOMENT, nullable=True),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.Column("implied", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["farmer_id"], ["users.user_id"], name=op.f("fk_order_items_farmer_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["product_listings.listing_id"], name=op.f("fk_order_items_listing_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_items_order_id")),
        sa.PrimaryKeyConstraint("order_item_id", name=op.f("pk_order_items")),
    )
    op.create_index(
        "ix_order_items_farmer_id_item_status", "order_items", ["farmer_id", "item_status"], unique=False
    )
    op.create_index(op.f("ix_order_items_order_id"), "order_items", ["order_id"], unique=False)
    op.create_table(
        "stock_movements",
        sa.Column("movement_id", ID, nullable=False),
        sa.Column("listing_id", ID, nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("order_item_id", ID, nullable=True),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["product_listings.listing_id"], name=op.f("fk_stock_movements_listing_id")
        ),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_stock_movements")),
        sa.UniqueConstraint("order_item_id", "reason", name=op.f("uq_stock_movements_order_item_id_reason")),
    )
    op.create_index(op.f("ix_stock_movements_listing_id"), "stock_movements", ["listing_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_stock_movements_listing_id"), table_name="stock_movements")
    op.drop_table("stock_movements")
    op.drop_index(op.f("ix_order_items_order_id"), table_name="order_items")
    op.drop_index("ix_order_items_farmer_id_item_status", table_name="order_items")
    op.drop_table("order_items")
    op.drop_index("ix_product_listings_product_id_listing_status", table_name="product_listings")
    op.drop_index(op.f("ix_product_listings_farmer_id"), table_name="product_listings")
    op.drop_index(op.f("ix_product_listings_farm_id"), table_name="product_listings")
    op.drop_table("product_listings")
    op.drop_index(op.f("ix_delivery_offers_rider_id"), table_name="delivery_offers")
    op.drop_index(op.f("ix_delivery_offers_delivery_id"), table_name="delivery_offers")
    op.drop_table("delivery_offers")
    op.drop_table("delivery_code_tries")
    op.drop_index(op.f("ix_quotes_customer_id"), table_name="quotes")
    op.drop_table("quotes")
    op.drop_index(op.f("ix_payment_transactions_status"), table_name="payment_transactions")
    op.drop_index(op.f("ix_payment_transactions_order_id"), table_name="payment_transactions")
    op.drop_table("payment_transactions")
    op.drop_table("packs")
    op.drop_index(op.f("ix_order_events_order_id"), table_name="order_events")
    op.drop_table("order_events")
    op.drop_index(op.f("ix_farms_farmer_id"), table_name="farms")
    op.drop_table("farms")
    op.drop_index(op.f("ix_deliveries_rider_id"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_delivery_status"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_vehicles_vehicle_status"), table_name="vehicles")
    op.drop_index(op.f("ix_vehicles_rider_id"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_index(op.f("ix_rider_duty_on_duty"), table_name="rider_duty")
    op.drop_table("rider_duty")
    op.drop_table("products")
    op.drop_index(op.f("ix_orders_order_status"), table_name="orders")
    op.drop_index(op.f("ix_orders_customer_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_index("ix_notifications_user_id_notification_id", table_name="notifications")
    op.drop_index(op.f("ix_notifications_order_id"), table_name="notifications")
    op.drop_table("notifications")
    op.drop_index(op.f("ix_locations_ward_code"), table_name="locations")
    op.drop_index(op.f("ix_locations_user_id"), table_name="locations")
    op.drop_table("locations")
    op.drop_index(op.f("ix_ledger_lines_entry_id"), table_name="ledger_lines")
    op.drop_index("ix_ledger_lines_account", table_name="ledger_lines")
    op.drop_table("ledger_lines")
    op.drop_index(op.f("ix_web_sessions_user_id"), table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_table("users")
    op.drop_table("system_settings")
    op.drop_table("stranger_counts")
    op.drop_index(op.f("ix_questions_user_id"), table_name="questions")
    op.drop_table("questions")
    op.drop_index(op.f("ix_outbox_user_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_status"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_provider_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_order_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_msisdn"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_cause"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_market_prices_product_id_date", table_name="market_prices")
    op.drop_table("market_prices")
    op.drop_index(op.f("ix_login_attempts_account"), table_name="login_attempts")
    op.drop_table("login_attempts")
    op.drop_index(op.f("ix_ledger_entries_order_id"), table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_table("heartbeats")
    op.drop_index("ix_duties_status_due_at", table_name="duties")
    op.drop_index("ix_duties_kind_subject_id", table_name="duties")
    op.drop_table("duties")
    op.drop_index(op.f("ix_consents_user_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_table("categories")
    op.drop_index(op.f("ix_callback_log_verdict"), table_name="callback_log")
    op.drop_index("ix_callback_log_session_callback_id", table_name="callback_log")
    op.drop_index(op.f("ix_callback_log_provider_id"), table_name="callback_log")
    op.drop_index(op.f("ix_callback_log_order_id"), table_name="callback_log")
    op.drop_index("ix_callback_log_msisdn_callback_id", table_name="callback_log")
    op.drop_index(op.f("ix_callback_log_kind"), table_name="callback_log")
    op.drop_index(op.f("ix_callback_log_cause"), table_name="callback_log")
    op.drop_index(op.f("ix_callback_log_at"), table_name="callback_log")
    op.drop_table("callback_log")
    op.drop_index(op.f("ix_audit_log_what"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_user_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_at"), table_name="audit_log")
    op.drop_table("audit_log")
