"""What the whole domain core keeps of deliveries, vehicles, routes, cash."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

RIDERS_HOME = "ix_vehicles_vehicle_status_home_ward"
RIDERS_JOBS = "ix_deliveries_rider_id_delivery_status"


def upgrade() -> None:
    """The new tables and columns."""
    with op.batch_alter_table("deliveries") as deliveries:
        for column in _of_deliveries():
            deliveries.add_column(column)
        deliveries.create_index(RIDERS_JOBS, ["rider_id", "delivery_status"], unique=False)
    with op.batch_alter_table("vehicles") as vehicles:
        vehicles.add_column(sa.Column("home_ward", sa.Integer(), nullable=True))
        vehicles.create_index(RIDERS_HOME, ["vehicle_status", "home_ward"], unique=False)
    op.create_table(
        "delivery_stops",
        sa.Column("stop_id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("place", sa.String(length=24), nullable=False),
        sa.Column("farm_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("done_by", ID, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_delivery_stops_delivery_id")
        ),
        sa.PrimaryKeyConstraint("stop_id", name=op.f("pk_delivery_stops")),
        sa.UniqueConstraint("delivery_id", "place", name=op.f("uq_delivery_stops_delivery_id_place")),
    )
    op.create_table(
        "delivery_drops",
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_delivery_drops_delivery_id")
        ),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_delivery_drops_rider_id")),
        sa.PrimaryKeyConstraint("delivery_id", "rider_id", name=op.f("pk_delivery_drops")),
    )
    op.create_table(
        "rider_positions",
        sa.Column("position_id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("checkpoint", sa.String(length=12), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_rider_positions_delivery_id")
        ),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_rider_positions_rider_id")),
        sa.PrimaryKeyConstraint("position_id", name=op.f("pk_rider_positions")),
    )
    op.create_index(
        "ix_rider_positions_delivery_id_at", "rider_positions", ["delivery_id", "at"], unique=False
    )
    op.create_index(op.f("ix_rider_positions_rider_id"), "rider_positions", ["rider_id"], unique=False)
    op.create_index(op.f("ix_rider_positions_at"), "rider_positions", ["at"], unique=False)
    _cash()


def _of_deliveries() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("way", sa.String(length=8), nullable=False, server_default="rider"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failed_reason", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("goods_at", sa.String(length=8), nullable=False, server_default=""),
        sa.Column("code_resends", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("code_shown_at", MOMENT, nullable=True),
        sa.Column("choice_asked_at", MOMENT, nullable=True),
        sa.Column("receipt_asked_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("returned_at", MOMENT, nullable=True),
    )


def _cash() -> None:
    op.create_table(
        "cash_collections",
        sa.Column("collection_id", ID, nullable=False),
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("open_for", ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("collected_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_cash_collections_order_id")),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_cash_collections_rider_id")),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_cash_collections")),
        sa.UniqueConstraint("order_id", name=op.f("uq_cash_collections_order_id")),
    )
    op.create_index(
        "ix_cash_collections_open_for_collected_at",
        "cash_collections",
        ["open_for", "collected_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cash_collections_collected_at"), "cash_collections", ["collected_at"], unique=False
    )
    op.create_table(
        "cash_deposits",
        sa.Column("deposit_id", ID, nullable=False),
        sa.Column("rider_id", ID, nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("deposit_status", sa.String(length=8), nullable=False),
        sa.Column("once_key", sa.String(length=80), nullable=False),
        sa.Column("entered_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["rider_id"], ["users.user_id"], name=op.f("fk_cash_deposits_rider_id")),
        sa.PrimaryKeyConstraint("deposit_id", name=op.f("pk_cash_deposits")),
        sa.UniqueConstraint("once_key", name=op.f("uq_cash_deposits_once_key")),
    )
    op.create_index(
        "ix_cash_deposits_rider_id_made_at", "cash_deposits", ["rider_id", "made_at"], unique=False
    )
    op.create_index(op.f("ix_cash_deposits_made_at"), "cash_deposits", ["made_at"], unique=False)
    op.create_table(
        "cash_bankings",
        sa.Column("banking_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(length=40), nullable=False),
        sa.Column("entered_by", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("banking_id", name=op.f("pk_cash_bankings")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_cash_bankings_bank_reference")),
    )


def downgrade() -> None:
    """Without them."""
    for table in (
        "cash_bankings",
        "cash_deposits",
        "cash_collections",
        "rider_positions",
        "delivery_drops",
        "delivery_stops",
    ):
        op.drop_table(table)
    with op.batch_alter_table("vehicles") as vehicles:
        vehicles.drop_index(RIDERS_HOME)
        vehicles.drop_column("home_ward")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_index(RIDERS_JOBS)
        for column in _of_deliveries():
            deliveries.drop_column(column.name)
