"""How people pay: several ways each, one of them the default (DR-304)."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.users.defaults import HasDefault


class PaymentMethod(HasDefault, Base):
    """A way to pay.

    method_type   mpesa, cash_on_delivery or bank_transfer
    phone_sealed  the M-Pesa number, sealed: it may be another person's (S24); phone_digest recognises it
    """

    __tablename__ = "payment_methods"
    __table_args__ = (
        UniqueConstraint("default_of"),
        UniqueConstraint("user_id", "method_type", "phone_digest"),
    )

    payment_method_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    method_type: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(40), default="")
    phone_sealed: Mapped[str] = mapped_column(String(255), default="")
    phone_digest: Mapped[str] = mapped_column(String(64), default="")
