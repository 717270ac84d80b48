"""What the whole domain core keeps of payments, refunds, bank, suspense, payouts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Column types as core/db.py has them, frozen here.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """The new tables and columns."""
    with op.batch_alter_table("payment_transactions") as table:
        table.add_column(sa.Column("method", sa.String(length=10), nullable=False, server_default="stk"))
        table.add_column(sa.Column("bank_reference", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("paid_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("entered_by", ID, nullable=True))
        table.add_column(sa.Column("approved_by", ID, nullable=True))
        table.alter_column("token_digest", existing_type=sa.String(length=64), nullable=True)
        table.create_unique_constraint(op.f("uq_payment_transactions_bank_reference"), ["bank_reference"])
    op.create_table(
        "suspense_payments",
        sa.Column("suspense_id", ID, nullable=False),
        sa.Column("receipt", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("matched_by", ID, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("suspense_id", name=op.f("pk_suspense_payments")),
        sa.UniqueConstraint("receipt", name=op.f("uq_suspense_payments_receipt")),
    )
    op.create_index(op.f("ix_suspense_payments_status"), "suspense_payments", ["status"], unique=False)
    op.create_table(
        "mpesa_receipts",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("receipt", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(length=48), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_mpesa_receipts")),
        sa.UniqueConstraint("receipt", name=op.f("uq_mpesa_receipts_receipt")),
    )
    op.create_table(
        "refunds",
        sa.Column("refund_id", ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("suspense_id", ID, nullable=True),
        sa.Column("transaction_id", ID, nullable=True),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("road", sa.String(length=10), nullable=False),
        sa.Column("to_number", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("order_item_id", ID, nullable=True),
        sa.Column("commission", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", ID, nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("seconded_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_key", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
        sa.UniqueConstraint("sent_key", name=op.f("uq_refunds_sent_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_refunds_reference")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(
            ["suspense_id"], ["suspense_payments.suspense_id"], name=op.f("fk_refunds_suspense_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["payment_transactions.transaction_id"],
            name=op.f("fk_refunds_transaction_id"),
        ),
    )
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"], unique=False)
    op.create_index(op.f("ix_refunds_transaction_id"), "refunds", ["transaction_id"], unique=False)
    op.create_index("ix_refunds_status_refund_id", "refunds", ["status", "refund_id"], unique=False)
    op.create_table(
        "ledger_balances",
        sa.Column("account", sa.String(length=48), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("through_line", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_ledger_balances")),
    )
    op.create_table(
        "payouts",
        sa.Column("payout_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("run_date", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=48), nullable=False),
        sa.Column("open_for", sa.String(length=48), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("commission", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("number_sealed", sa.String(length=255), nullable=False),
        sa.Column("number_digest", sa.String(length=64), nullable=False),
        sa.Column("first_payout", sa.Boolean(), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_key", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.String(length=16), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_payouts")),
        sa.UniqueConstraint(
            "payee_id", "run_date", "sequence", name=op.f("uq_payouts_payee_id_run_date_sequence")
        ),
        sa.UniqueConstraint("open_for", name=op.f("uq_payouts_open_for")),
        sa.UniqueConstraint("sent_key", name=op.f("uq_payouts_sent_key")),
        sa.UniqueConstraint("receipt", name=op.f("uq_payouts_receipt")),
        sa.ForeignKeyConstraint(["payee_id"], ["users.user_id"], name=op.f("fk_payouts_payee_id")),
    )
    op.create_index("ix_payouts_status_payout_id", "payouts", ["status", "payout_id"], unique=False)
    op.create_index("ix_payouts_number_digest", "payouts", ["number_digest"], unique=False)
    op.create_table(
        "payout_orders",
        sa.Column("payout_order_id", ID, nullable=False),
        sa.Column("payout_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("covered", sa.String(length=48), nullable=True),
        sa.Column("share", sa.BigInteger(), nullable=False),
        sa.Column("commission", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("payout_order_id", name=op.f("pk_payout_orders")),
        sa.UniqueConstraint("covered", "order_id", name=op.f("uq_payout_orders_covered_order_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.payout_id"], name=op.f("fk_payout_orders_payout_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_payout_orders_order_id")),
    )
    op.create_index(op.f("ix_payout_orders_payout_id"), "payout_orders", ["payout_id"], unique=False)
    payments = sa.table(
        "payment_transactions",
        *(sa.column(name) for name in ("transaction_id", "receipt", "amount", "settled_at")),
    )
    receipts = sa.table(
        "mpesa_receipts", *(sa.column(name) for name in ("receipt", "amount", "record", "at"))
    )
    record = sa.literal("payment:").concat(sa.cast(payments.c.transaction_id, sa.String(20)))
    booked = sa.select(payments.c.receipt, payments.c.amount, record, payments.c.settled_at)
    op.execute(
        sa.insert(receipts).from_select(
            ["receipt", "amount", "record", "at"], booked.where(payments.c.receipt.is_not(None))
        )
    )


def downgrade() -> None:
    """Without them."""
    for name in ("payout_orders", "payouts", "ledger_balances"):
        op.drop_table(name)
    for name in ("refunds", "mpesa_receipts", "suspense_payments"):
        op.drop_table(name)
    with op.batch_alter_table("payment_transactions") as table:
        table.drop_constraint(op.f("uq_payment_transactions_bank_reference"), type_="unique")
        table.alter_column("token_digest", existing_type=sa.String(length=64), nullable=False)
        for column in ("approved_by", "entered_by", "paid_on", "bank_reference", "method"):
            table.drop_column(column)
