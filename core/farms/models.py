"""Farms (DR-305)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, UtcDateTime
from core.locations.models import Location
from core.users.models import User


class Farm(Base):
    """A farm of a farmer.

    weather_zone        highland, midland, lowland, coastal or arid
    is_organic          what she says of it; what counts is the certificate (DR-403)
    certificate         her certificate's number, as she wrote it
    certificate_status  none, pending, approved or refused (by an admin)
    takes_cash          whether she takes orders that are paid in cash (DR-908)
    """

    __tablename__ = "farms"

    farm_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    farm_name: Mapped[str] = mapped_column(String(60))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.location_id"), index=True)
    weather_zone: Mapped[str] = mapped_column(String(12), default="highland", index=True)
    is_organic: Mapped[bool] = mapped_column(default=False, index=True)
    certificate: Mapped[str] = mapped_column(String(60), default="", server_default="")
    certificate_status: Mapped[str] = mapped_column(
        String(8), default="none", server_default="none", index=True
    )
    takes_cash: Mapped[bool] = mapped_column(default=True, server_default="1")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    location: Mapped[Location] = relationship(lazy="raise")
    farmer: Mapped[User] = relationship(lazy="raise")
