"""Farms (DR-305)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, UtcDateTime
from core.locations.models import Location
from core.users.models import User


class Farm(Base):
    """A farm of a farmer."""

    __tablename__ = "farms"

    farm_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    farm_name: Mapped[str] = mapped_column(String(60))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.location_id"))
    weather_zone: Mapped[str] = mapped_column(String(12), default="highland")
    is_organic: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    location: Mapped[Location] = relationship(lazy="raise")
    farmer: Mapped[User] = relationship(lazy="raise")
