"""What the provider says of our accounts, and where our books say something else (DR-1007)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime


class ProviderBalance(Base):
    """What the provider said that one of our accounts holds, beside what the ledger said at that moment.

    till       mpesa, mpesa_payouts, or both where one shortcode serves for both
    under_way  KES of payouts and refunds that may have left there already and are not booked as paid
    at         the provider's moment
    """

    __tablename__ = "provider_balances"
    __table_args__ = (Index("ix_provider_balances_till_balance_id", "till", "balance_id"),)

    balance_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    till: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    ours: Mapped[Decimal] = mapped_column(Hundredths)
    under_way: Mapped[Decimal] = mapped_column(Hundredths)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def delta(self) -> Decimal:
        """By how much the provider has more than we, KES; 0.00 where what is under way explains it."""
        more = self.amount - self.ours
        return Decimal("0.00") if -self.under_way <= more <= 0 else more


class StatementImport(Base):
    """A statement file of the provider that an admin brought in; its rows reach from `since` to `until`."""

    __tablename__ = "statement_imports"

    import_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    till: Mapped[str] = mapped_column(String(16))
    entered_by: Mapped[int] = mapped_column(BigId)
    rows: Mapped[int] = mapped_column(Integer)
    fresh: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatementRow(Base):
    """One row of a statement, once, whatever files it stands in; no names and no phone numbers.

    digest     of the row's own values; unique
    paid_in    KES that came to us by it; `withdrawn` KES that left, both at least 0.00
    what       the provider's words for the kind of transaction
    reference  as the payer typed it
    """

    __tablename__ = "statement_rows"
    __table_args__ = (Index("ix_statement_rows_receipt", "receipt"),)

    row_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("statement_imports.import_id"), index=True)
    till: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    receipt: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_in: Mapped[Decimal] = mapped_column(Hundredths)
    withdrawn: Mapped[Decimal] = mapped_column(Hundredths)
    what: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(40))


class Difference(Base):
    """Our books and the provider say different things, or one of them says nothing (DR-1007).

    kind       see core/books/rules.py
    subject    what it is about: "till:mpesa", "receipt:UA11KX93QZ", "row:5", "payout:7"
    open_for   kind and subject while it is open; unique
    ours       KES by our books; theirs by the provider, or for cash by what was entered; None: nothing is
               known there
    details    ids, codes and moments that help to find it
    seen_at    the last time that it was found
    how        how it was closed; closed_by None: by itself
    said_how   what the first admin says that it is, above the limit for one; another one has to say so too
    entry_id   the journal entry that explains it
    """

    __tablename__ = "differences"
    __table_args__ = (
        Index("ix_differences_closed_at_difference_id", "closed_at", "difference_id"),
        Index("ix_differences_kind_subject", "kind", "subject"),
    )

    difference_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(48))
    open_for: Mapped[str | None] = mapped_column(String(65), unique=True)
    till: Mapped[str] = mapped_column(String(16))
    ours: Mapped[Decimal | None] = mapped_column(Hundredths)
    theirs: Mapped[Decimal | None] = mapped_column(Hundredths)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(BigId)
    how: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(String(160), default="")
    entry_id: Mapped[int | None] = mapped_column(BigId)
    said_how: Mapped[str] = mapped_column(String(16), default="", server_default="")
    said_reason: Mapped[str] = mapped_column(String(160), default="", server_default="")
    said_by: Mapped[int | None] = mapped_column(BigId)
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Correction(Base):
    """An entry of an admin's that was wrong, and is taken back by its mirror in the ledger (DR-1001).

    record    the entry: "payment:12" (a transfer), "difference:3", "deposit:5" (a rider's cash), "banking:2"
    open_for  the record, unless the correction was refused; unique
    status    asked (another admin has to say yes), done, refused
    entry_id  the journal entry that takes it back
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_status", "status"),)

    correction_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record: Mapped[str] = mapped_column(String(48))
    open_for: Mapped[str | None] = mapped_column(String(48), unique=True)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    reason: Mapped[str] = mapped_column(String(160))
    status: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[int] = mapped_column(BigId)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entry_id: Mapped[int | None] = mapped_column(BigId)
