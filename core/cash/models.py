"""Cash that riders collect at the door and bring in (section 9)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime

UNDONE = "undone"  # a deposit that an admin entered wrongly
REVERSED = "reversed"  # what M-Pesa took back of a deposit: a row of its own, below zero


class CashCollection(Base):
    """What a rider took at one door; deposits settle the oldest first (DR-903, DR-904).

    settled   how much of it has been brought in
    open_for  the rider's id while something of it is still with him, None afterwards
    """

    __tablename__ = "cash_collections"
    __table_args__ = (Index("ix_cash_collections_open_for_collected_at", "open_for", "collected_at"),)

    collection_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), unique=True)
    open_for: Mapped[int | None] = mapped_column(BigId)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    settled: Mapped[Decimal] = mapped_column(Hundredths)
    collected_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CashDeposit(Base):
    """Cash that came in, or was forgiven: by paybill, counted by an admin, set off, written off (DR-904); or
    went back again (`how` reversed, its amount below zero: P6).

    expected        what the rider owed just before
    difference      amount - expected: below zero something is missing
    deposit_status  settled (no difference), differs, resolved, issue (still open after 48 h), undone (the
                    entry was wrong)
    once_key        the M-Pesa receipt, or the admin's key: a deposit counts once; an undone one frees its key
    """

    __tablename__ = "cash_deposits"
    __table_args__ = (Index("ix_cash_deposits_rider_id_made_at", "rider_id", "made_at"),)

    deposit_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    how: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    expected: Mapped[Decimal] = mapped_column(Hundredths)
    difference: Mapped[Decimal] = mapped_column(Hundredths)
    deposit_status: Mapped[str] = mapped_column(String(8))
    once_key: Mapped[str] = mapped_column(String(80), unique=True)
    entered_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(160), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CashBanking(Base):
    """Counted cash that an admin brought to the bank (DR-904); the bank's reference counts once."""

    __tablename__ = "cash_bankings"

    banking_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    bank_reference: Mapped[str] = mapped_column(String(40), unique=True)
    entered_by: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
