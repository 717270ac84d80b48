"""Payments, refunds, money nobody knows yet, and every M-Pesa receipt there is (sections 8.2, 8.3)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, Hundredths, UtcDateTime
from core.orders.models import Order


class PaymentTransaction(Base):
    """One payment of an order, or an attempt at it.

    method              stk (a prompt), c2b (typed at the paybill), bank, credit (the customer's with us),
                        simulated, suspense (found its order later); only a prompt is asked about
    token_digest        keyed digest of the unguessable token in this attempt's callback URL; `token_sealed`
                        keeps the token until the prompt has been sent
    open_for            the payer's number while a prompt may be on that phone; unique (contract, section 8)
    receipt             M-Pesa's own code; unique in the whole database (DR-804)
    receipt_due         succeeded by query: the receipt is still to come (DR-803)
    asked_count         how many status queries were made (P5's schedule)
    bank_reference      the bank's own name for a transfer; unique (DR-813)
    paid_on             the day of a transfer, as the bank has it
    entered_by          the admin who entered a transfer; `approved_by` the second one, above the limit
    """

    __tablename__ = "payment_transactions"
    # What a phone was asked to pay, the newest first.
    __table_args__ = (Index("ix_payment_transactions_msisdn_created_at", "msisdn", "created_at"),)

    transaction_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    msisdn: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    status: Mapped[str] = mapped_column(String(10), default="created", index=True)
    method: Mapped[str] = mapped_column(String(10), default="stk", server_default="stk")
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
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
    bank_reference: Mapped[str | None] = mapped_column(String(40), unique=True)
    paid_on: Mapped[date | None] = mapped_column(Date)
    entered_by: Mapped[int | None] = mapped_column(BigId)
    approved_by: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(lazy="raise")


class Refund(Base):
    """Money that goes back to a payer, or is to be decided about (8.3).

    key              "order:cause:cause id:payment": the same cause never refunds twice (DR-821)
    transaction_id   the payment that it gives back, whole or in part; None for cash and for suspense
    suspense_id      money that fitted no order (DR-812); then there is no order
    road             b2c, reversal, bank, credit, or decide: an admin has to say (DR-807)
    to_number        where a B2C goes, +254...
    source           held (out of the order's funds), farmer or ours (after delivery, by fault), suspense
    order_item_id    of a claim, the item; its farmer gives `commission` less than the amount (10.2)
    requested_by     the person who asked for it, None for what the system caused (DR-820)
    approved_by      the first admin, None if approved automatically; `seconded_by` the other one
    tries            how often it was sent
    sent_key         our name for the last sending, unique: its result is known by it
    reference        the provider's receipt, or the bank's, of what was paid
    """

    __tablename__ = "refunds"
    __table_args__ = (Index("ix_refunds_status_refund_id", "status", "refund_id"),)

    refund_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.order_id"), index=True)
    suspense_id: Mapped[int | None] = mapped_column(ForeignKey("suspense_payments.suspense_id"))
    transaction_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment_transactions.transaction_id"), index=True
    )
    cause: Mapped[str] = mapped_column(String(24))
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    status: Mapped[str] = mapped_column(String(10))
    road: Mapped[str] = mapped_column(String(10))
    to_number: Mapped[str] = mapped_column(String(20), default="")
    source: Mapped[str] = mapped_column(String(8), default="held")
    order_item_id: Mapped[int | None] = mapped_column(BigId)
    commission: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    requested_by: Mapped[int | None] = mapped_column(BigId)
    approved_by: Mapped[int | None] = mapped_column(BigId)
    seconded_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(160), default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    reference: Mapped[str | None] = mapped_column(String(40), unique=True)
    fee: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SuspensePayment(Base):
    """Money at the paybill that fits no order and no deposit (DR-812).

    reference     as the payer typed it
    payer         the number as it came: in clear, masked or hashed
    user_id       the payer, if the clear number is one of our people's
    status        open, matched (to `order_id`), returning, returned
    """

    __tablename__ = "suspense_payments"

    suspense_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    reference: Mapped[str] = mapped_column(String(40))
    payer: Mapped[str] = mapped_column(String(64), default="")
    user_id: Mapped[int | None] = mapped_column(BigId)
    status: Mapped[str] = mapped_column(String(10), index=True)
    order_id: Mapped[int | None] = mapped_column(BigId)
    matched_by: Mapped[int | None] = mapped_column(BigId)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MpesaReceipt(Base):
    """Every M-Pesa receipt that has ever moved money here, once (DR-804).

    record  what it moved it for: "payment:12", "suspense:3", "deposit:<rider's user id>", "payout:7",
            "refund:5"; under which it went back: "reversal:12" (of a part "reversal:12:UA11KX93QZ"),
            "returned:3", "unpaid:<deposit>"
    """

    __tablename__ = "mpesa_receipts"

    receipt_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    amount: Mapped[Decimal] = mapped_column(Hundredths)
    record: Mapped[str] = mapped_column(String(48))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProviderRequest(Base):
    """Something asked of M-Pesa whose result comes later by callback: a sending, or a question.

    kind             b2c or reversal (money goes out), status or balance (a question)
    subject          whose it is: "payout:12", "refund:5"; of a question also "c2b:45", or our account "mpesa"
    name             our own for a sending; the payout or refund knows it as its sent_key
    conversation_id  theirs; originator_id ours as they know it; both from their answer
    token_digest     keyed digest of the unguessable token in its callback addresses
    status           wanted, calling, accepted, unclear (it may have been done), refused, told (its result is
                     here), given_up
    amount           KES of a sending; receipt that a question or a reversal is about
    about            the sending that a question is about
    tries            how often it was called, each time surely without effect but the last
    code, text       the result's; told: what it says in our words. While it is open, which admin has said
                     that it did not go out, where it takes two
    """

    __tablename__ = "provider_requests"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("token_digest"),
        Index("ix_provider_requests_status_kind", "status", "kind"),
    )

    request_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str | None] = mapped_column(String(40))
    conversation_id: Mapped[str] = mapped_column(String(80), default="")
    originator_id: Mapped[str] = mapped_column(String(80), default="")
    token_digest: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal | None] = mapped_column(Hundredths)
    receipt: Mapped[str] = mapped_column(String(16), default="")
    about: Mapped[int | None] = mapped_column(BigId, index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    code: Mapped[str] = mapped_column(String(24), default="")
    text: Mapped[str] = mapped_column(String(255), default="")
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
