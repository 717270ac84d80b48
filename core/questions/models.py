"""Open questions: what a bare YES, 2 or place name answers; survives restarts (DR-1510)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime

KINDS = (
    "place", "choose_place", "choose_product", "unit", "quantity", "quote", "offer", "rating",
    "number_change", "agent", "agent_listing", "replacement", "short", "pickup_short", "received", "no_rider",
    "follow", "cancel", "shelf", "weekly", "complaint", "which_order", "which_product", "which_item",
    "meant", "pay_which", "collect_where",
    # Selling by text.
    "sell_product", "sell_unit", "sell_quantity", "sell_price", "sell_again", "sell_farm", "farm_place",
    "farm_place_choose", "farm_door", "price_confirm", "produce_which", "produce_quantity", "produce_price",
    "price_of", "agent_farm", "sell_day", "agent_stock", "agent_stock_farm", "hand_which", "hand_sure",
    # What was ordered, and words about it.
    "item_available", "work_which", "work_shown", "work_sure", "work_reason", "less_quantity", "message_to",
    "message_text",
    # On the road.
    "cash_taken", "pickup_which", "fail_why", "fail_sure", "drop_sure", "route",
)  # fmt: skip


class Question(Base):
    """One question put to one number.

    kind     one of KINDS
    about    what it is about: {"quote_id": 5}, {"items": [...]} ...
    choices  numbered answers, in order: [{"value": ..., "label": ...}]
    open_for the msisdn while the question is open, None afterwards; unique, so a number has one open question
    """

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("open_for"),)

    question_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    msisdn: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(24))
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    open_for: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(16), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
