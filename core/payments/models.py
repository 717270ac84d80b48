"""Payment attempts: one row per prompt (section 8.2)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, Hundredths, UtcDateTime
from core.orders.models import Order


class PaymentTransaction(Base):
    """One attempt to have an order paid by M-Pesa.

    token_digest        keyed digest of the unguessable token in this attempt's callback URL; `token_sealed`
                        keeps the token until the prompt has been sent
    open_for            the payer's number while a prompt may be on that phone; unique (contract, section 8)
    receipt             M-Pesa's own code; unique in the whole database (DR-804)
    receipt_due         succeeded by query: the receipt is still to come (DR-803)
    asked_count         how many status queries were made (P5's schedule)
    """

    __tablename__ = "payment_transactions"

    transaction_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    msisdn: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    status: Mapped[str] = mapped_column(String(10), default="created", index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[str] = mapped_column(String(255), default="")
    open_for: Mapped[str | None] = mapped_column(String(20), unique=True)
    merchant_request_id: Mapped[str | None] = mapped_column(String(80))
    checkout_request_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    receipt: Mapped[str | None] = mapped_column(String(16), unique=True)
    receipt_due: Mapped[bool] = mapped_column(default=False)
    result_code: Mapped[str] = mapped_column(String(24), default="")
    result_text: Mapped[str] = mapped_column(String(255), default="")
    payer: Mapped[str] = mapped_column(String(64), default="")
    asked_count: Mapped[int] = mapped_column(Integer, default=0)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(lazy="raise")
