"""What the provider says of our accounts, and where our books differ; entries are found by their time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0018"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
CENTS = sa.BigInteger()


def upgrade() -> None:
    """The new tables and the index."""
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"])
    op.create_table(
        "provider_balances",
        sa.Column("balance_id", ID, nullable=False),
        sa.Column("till", sa.String(length=16), nullable=False),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column("ours", CENTS, nullable=False),
        sa.Column("under_way", CENTS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("balance_id", name=op.f("pk_provider_balances")),
    )
    op.create_index("ix_provider_balances_till_balance_id", "provider_balances", ["till", "balance_id"])
    _statements()
    _differences()


def _statements() -> None:
    op.create_table(
        "statement_imports",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("till", sa.String(length=16), nullable=False),
        sa.Column("entered_by", ID, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_statement_imports")),
    )
    op.create_table(
        "statement_rows",
        sa.Column("row_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("till", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("paid_in", CENTS, nullable=False),
        sa.Column("withdrawn", CENTS, nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["statement_imports.import_id"],
            name=op.f("fk_statement_rows_import_id"),
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_statement_rows")),
        sa.UniqueConstraint("digest", name=op.f("uq_statement_rows_digest")),
    )
    op.create_index("ix_statement_rows_import_id", "statement_rows", ["import_id"])
    op.create_index("ix_statement_rows_receipt", "statement_rows", ["receipt"])


def _differences() -> None:
    op.create_table(
        "differences",
        sa.Column("difference_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=48), nullable=False),
        sa.Column("open_for", sa.String(length=65), nullable=True),
        sa.Column("till", sa.String(length=16), nullable=False),
        sa.Column("ours", CENTS, nullable=True),
        sa.Column("theirs", CENTS, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("entry_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("difference_id", name=op.f("pk_differences")),
        sa.UniqueConstraint("open_for", name=op.f("uq_differences_open_for")),
    )
    op.create_index(
        "ix_differences_closed_at_difference_id", "differences", ["closed_at", "difference_id"]
    )
    op.create_index("ix_differences_kind_subject", "differences", ["kind", "subject"])


def downgrade() -> None:
    """Without them."""
    for table in ("differences", "statement_rows", "statement_imports", "provider_balances"):
        op.drop_table(table)
    op.drop_index("ix_ledger_entries_at", "ledger_entries")
