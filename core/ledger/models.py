"""Journal entries and their lines: written once, never changed, never deleted (DR-1001)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, Hundredths, UtcDateTime


class JournalEntry(Base):
    """One money event; (kind, source_id) is posted once (DR-1002)."""

    __tablename__ = "ledger_entries"
    __table_args__ = (UniqueConstraint("kind", "source_id"),)

    entry_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[str] = mapped_column(String(48))
    order_id: Mapped[int | None] = mapped_column(BigId, index=True)
    reverses: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    lines: Mapped[list["LedgerLine"]] = relationship(lazy="raise")


class LedgerLine(Base):
    """Debits positive, credits negative; the lines of an entry sum to exactly 0.00."""

    __tablename__ = "ledger_lines"
    __table_args__ = (Index("ix_ledger_lines_account", "account"),)

    line_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.entry_id"), index=True)
    account: Mapped[str] = mapped_column(String(48))
    amount: Mapped[Decimal] = mapped_column(Hundredths)


class AccountBalance(Base):
    """An account's sum of lines up to `through_line`, so that no reading adds up its whole past (DR-1003).

    Moved on every night, behind the lines that may still be in somebody's open transaction; whoever reads a
    balance adds what came since.
    """

    __tablename__ = "ledger_balances"

    account: Mapped[str] = mapped_column(String(48), primary_key=True)
    balance: Mapped[Decimal] = mapped_column(Hundredths)
    through_line: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
