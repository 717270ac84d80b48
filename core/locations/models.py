"""People's own places (DR-301 to DR-303)."""

from sqlalchemy import Float, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.users.defaults import HasDefault


class Location(HasDefault, Base):
    """A place of a person: the ward, the words by which a rider finds the door, a point if known."""

    __tablename__ = "locations"
    __table_args__ = (UniqueConstraint("default_of"),)

    location_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    label: Mapped[str] = mapped_column(String(40), default="")
    ward_code: Mapped[int] = mapped_column(Integer, index=True)
    county: Mapped[str] = mapped_column(String(40))
    subcounty: Mapped[str] = mapped_column(String(40))
    ward: Mapped[str] = mapped_column(String(40))
    landmark: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
