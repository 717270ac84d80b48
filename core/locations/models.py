"""People's own places (DR-301 to DR-303)."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class Location(Base):
    """A place of a person: the ward, the words by which a rider finds the door, a point if known.

    default_of   the owner's id on the default place, None on the others; unique (DR-301)
    """

    __tablename__ = "locations"
    __table_args__ = (UniqueConstraint("default_of"),)

    location_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    default_of: Mapped[int | None] = mapped_column(BigId)
    label: Mapped[str] = mapped_column(String(40), default="")
    ward_code: Mapped[int] = mapped_column(Integer, index=True)
    county: Mapped[str] = mapped_column(String(40))
    subcounty: Mapped[str] = mapped_column(String(40))
    ward: Mapped[str] = mapped_column(String(40))
    landmark: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
