"""Every column that holds words, of every table: personal or not (DR-1902). A test finds what is missing.

`PLAIN` are codes, digests of ours and public words. `HELD` are the tables with rows of a person: how her rows
are found, and what replaces what in them; a table without replacements is exported and kept as it is, since
its figures belong to orders and the ledger. Whoever adds a column of words adds it here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ERASED = "erased"


@dataclass(frozen=True)
class Token:
    """What stands in the place of a value: see the four below."""

    kind: str


PERSON = Token("person")  # erased:7, one for all of a person's numbers
ROW = Token("row")  # x45, one for each row, where the column is unique
WARD_ONLY = Token("ward")  # an address without its landmark and point: figures by ward stay right
EMPTY = Token("empty")  # an empty JSON object


@dataclass(frozen=True)
class Held:
    """A table with rows of a person.

    rows    how they are found: columns with her id; "number:<column>" with her number; "order:<column>",
            "item:<column>", "ticket:<column>" and "suspense:<column>" with the id of an order of hers, of an
            item of one, of her ticket, of her money in suspense; "shared:<column>" of an order that she
            bought, grew for or carried
    tokens  column -> what replaces it
    hidden  columns that are never exported
    delete  the rows go altogether
    """

    rows: tuple[str, ...]
    tokens: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    delete: bool = False


def _held(rows: str, *, hidden: str = "", delete: bool = False, **tokens: Any) -> Held:
    return Held(tuple(rows.split()), tokens, frozenset(hidden.split()), delete)


HELD: Mapping[str, Held] = {
    "users": _held(
        "user_id",
        hidden="password_hash",
        phone_number=PERSON,
        email=None,
        first_name=ERASED,
        last_name=ERASED,
        profile_photo_url=None,
        password_hash=None,
    ),
    "agent_consents": _held("farmer_id"),
    "asked_marks": _held("user_id", reason=ERASED),
    "callback_log": _held(
        "number:msisdn",
        hidden="sealed came",
        msisdn=PERSON,
        provider_id="",
        request=EMPTY,
        sealed=None,
        came=None,
        reply="",
    ),
    "cancel_requests": _held("order:order_id", reason=ERASED, answer=ERASED),
    "carts": _held("customer_id"),
    "cash_deposits": _held("rider_id", reason=ERASED),
    "claims": _held("item:order_item_id", reason=ERASED, answer=ERASED),
    "consents": _held("user_id"),
    "delivery_drops": _held("rider_id", reason=ERASED),
    "delivery_offers": _held("rider_id"),
    "emails": _held("user_id", values=EMPTY),
    "farms": _held("farmer_id", farm_name=ERASED, certificate=""),
    "field_agents": _held("user_id"),
    "follows": _held("user_id"),
    "helpers": _held("farmer_id"),
    "locations": _held("user_id", label=ERASED, landmark=ERASED, latitude=None, longitude=None),
    "login_attempts": _held("number:account", delete=True),
    "messages": _held("sender_id recipient_id", body=ERASED),
    "notifications": _held("user_id", values=EMPTY),
    "one_time_codes": _held("number:msisdn", hidden="digest", delete=True),
    "order_items": _held("order:order_id farmer_id"),
    "orders": _held("customer_id", drop=WARD_ONLY, special_instructions=ERASED),
    "outbox": _held("user_id number:msisdn", msisdn=PERSON, values=EMPTY),
    "payee_numbers": _held("user_id", hidden="sealed digest old_digest", sealed="", digest="", old_digest=""),
    "payment_methods": _held(
        "user_id", hidden="phone_sealed phone_digest", label=ERASED, phone_sealed="", phone_digest=""
    ),
    "payment_transactions": _held(
        "order:order_id",
        hidden="token_digest token_sealed",
        msisdn=PERSON,
        open_for=None,
        checkout_request_id=ROW,
        payer=ERASED,
        bank_reference=ROW,
        details=EMPTY,
    ),
    "payouts": _held("payee_id", hidden="number_sealed number_digest", number_sealed="", number_digest=""),
    "pickup_shorts": _held("farmer_id", reason=ERASED),
    "pin_locks": _held("user_id"),
    "pins": _held("user_id", hidden="pin_hash", delete=True),
    "privacy_requests": _held("user_id"),
    "product_listings": _held("farmer_id", notes=ERASED, photo_url=""),
    "questions": _held("user_id", msisdn=PERSON, about=EMPTY, choices=EMPTY, open_for=None),
    "refresh_tokens": _held("user_id", hidden="digest family", delete=True),
    "refunds": _held("order:order_id suspense:suspense_id", to_number=PERSON, reason=ERASED),
    "reviews": _held("author_id", text=ERASED),
    "rider_duty": _held("rider_id"),
    "rider_positions": _held("rider_id", delete=True),
    "suspense_payments": _held("user_id", reference=ERASED, payer=ERASED),
    "ticket_entries": _held("ticket:ticket_id", text=ERASED),
    "tickets": _held("user_id"),
    "vehicles": _held("rider_id", plate=ROW),
    "waiting_demand": _held("user_id"),
    "weekly_baskets": _held("user_id"),
    "web_sessions": _held("user_id", hidden="session_digest csrf", delete=True),
}

# What others were told names her: a rider's name in a customer's text, a customer's in a farmer's.
TOLD_OTHERS: Mapping[str, Held] = {
    "callback_log": _held("shared:order_id", request=EMPTY, sealed=None, came=None, reply=""),
    "notifications": _held("shared:order_id", values=EMPTY),
    "outbox": _held("shared:order_id", values=EMPTY),
}

# Columns of words that hold nothing personal: codes, statuses, ids of providers, names of places and things.
PLAIN: Mapping[str, str] = {
    "alarms": "kind subject open_for values",
    "agent_consents": "consent_status",
    "audit_log": "role channel request_id what record changes reason",
    "callback_log": "direction kind session dedupe_key source request_id verdict error changed",
    "cancel_requests": "request_status",
    "cash_bankings": "bank_reference",
    "cash_deposits": "how deposit_status once_key",
    "categories": "category_name",
    "asked_marks": "actor_role channel request_id what as_role steps",
    "claims": "claim_status fault",
    "collection_points": "name landmark from_wards",
    "commission_rates": "scope",
    "corrections": "record open_for status reason",
    "consents": "version language channel",
    "deliveries": "delivery_status way failed_reason goods_at code_sealed",
    "delivery_code_tries": "once_key",
    "delivery_offers": "offer_status",
    "delivery_stops": "kind place counted",
    "differences": "kind subject open_for till details how reason said_how said_reason",
    "duties": "kind key status lease error",
    "emails": "code once_key status error",
    "farms": "weather_zone certificate_status",
    "field_agents": "cooperative",
    "follows": "alerted_basis",
    "heartbeats": "part",
    "ledger_balances": "account",
    "ledger_entries": "kind source_id",
    "ledger_lines": "account",
    "locations": "county subcounty ward",
    "login_attempts": "source",
    "market_prices": "market unit price_type base_unit source",
    "markets": "market",
    "mpesa_receipts": "receipt record",
    "notifications": "code once_key",
    "one_time_codes": "purpose valid_for",
    "order_events": "subject rule from_status to_status role channel reason",
    "order_items": "unit item_status implied",
    "orders": (
        "order_number way payment_method delivery_time_slot order_status payment_status cancel_reason "
        "idempotency_key content_digest"
    ),
    "outbox": "language code once_key status provider_id error cost lane sender",
    "packs": "unit status source",
    "pauses": "switch reason",
    "payee_numbers": "purpose",
    "payment_methods": "method_type",
    "payment_transactions": (
        "status method token_digest token_sealed merchant_request_id receipt result_code result_text"
    ),
    "payout_orders": "covered",
    "payouts": "account open_for status reason sent_key receipt",
    "pickup_shorts": "short_status",
    "provider_balances": "till",
    "privacy_requests": "kind channel open_for outcome",
    "product_listings": "unit quality_grade listing_status off_reason",
    "product_suggestions": "name plain_name language suggestion_status",
    "products": "slug product_name name_sw name_ki spellings unit_of_measure",
    "questions": "kind outcome",
    "provider_requests": (
        "kind subject name conversation_id originator_id token_digest status receipt code text told"
    ),
    "quotes": "lines way choices status",
    "rating_sums": "about",
    "refunds": "key cause status road source sent_key reference",
    "replacements": "replacement_status",
    "retention_marks": "rule",
    "reviews": "hidden_reason",
    "rider_positions": "checkpoint",
    "runs": "name start_wards departs",
    "sms_gates": "provider last_received",
    "sms_spend": "lane",
    "statement_imports": "till",
    "statement_rows": "till digest receipt what reference",
    "stock_movements": "reason",
    "stranger_counts": "source",
    "suspense_payments": "receipt status",
    "system_settings": "name value",
    "ticket_entries": "event from_status to_status",
    "tickets": "kind priority ticket_status",
    "tries": "try_key",
    "users": "user_role staff_scope preferred_language",
    "vehicles": "vehicle_type vehicle_status",
    "waiting_demand": "once_key",
    "weather_alerts": "alert_type severity zone text_en text_sw text_ki change",
    "ussd_dials": "session language operator last_screen outcome status",
    "ussd_steps": "session screen language",
}
