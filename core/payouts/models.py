"""Payouts, and which orders each of them covers (section 13)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime


class Payout(Base):
    """One sum on its way to a farmer or rider; (payee, run date, sequence) is its key (DR-1303).

    account          whose balance it comes from: "farmer_due:7" or "rider_due:9"
    open_for         the account while it is not paid and not cancelled; unique: one at a time
    number_sealed    where it goes, sealed; number_digest tells whether money ever went there before
    first_payout     it is the first one to that number, so an admin looks at it (DR-1302)
    gross            KES of the goods (or earnings) it covers, before `commission`
    created_by       the admin, the payee, or None for the daily run; approved_by an admin who is not that one
    tries            how often it was started; sent_key our name for the present sending, unique
    """

    __tablename__ = "payouts"
    __table_args__ = (
        UniqueConstraint("payee_id", "run_date", "sequence"),
        Index("ix_payouts_status_payout_id", "status", "payout_id"),
        Index("ix_payouts_number_digest", "number_digest"),
    )

    payout_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    run_date: Mapped[date] = mapped_column(Date)
    sequence: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(String(48))
    open_for: Mapped[str | None] = mapped_column(String(48), unique=True)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    gross: Mapped[Decimal] = mapped_column(Hundredths)
    commission: Mapped[Decimal] = mapped_column(Hundredths)
    status: Mapped[str] = mapped_column(String(10))
    number_sealed: Mapped[str] = mapped_column(String(255))
    number_digest: Mapped[str] = mapped_column(String(64))
    first_payout: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int | None] = mapped_column(BigId)
    approved_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(160), default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    receipt: Mapped[str | None] = mapped_column(String(16), unique=True)
    fee: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PayoutOrder(Base):
    """An order that a payout covers: the payee's share of it, and the commission taken (DR-1304).

    covered  the account, None when the payout was cancelled; (covered, order) is unique
    """

    __tablename__ = "payout_orders"
    __table_args__ = (UniqueConstraint("covered", "order_id"),)

    payout_order_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payouts.payout_id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"))
    covered: Mapped[str | None] = mapped_column(String(48))
    share: Mapped[Decimal] = mapped_column(Hundredths)
    commission: Mapped[Decimal] = mapped_column(Hundredths)
