"""Every named setting: type, default, bounds, and what it is for (DR-1701; docs/domain.md, section 22).

Amounts are KES. The bounds keep out what would stop the house (an order of zero, a code of one digit), not
what is unwise. One line a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Definition:
    """A setting.

    kind       how its text is typed: whole, decimal, flag, time (HH:MM, Nairobi) or text
    low, high  the least and the most it may be, of a whole or decimal one
    form       of a text: how it must be written (core/settings/forms.py)
    """

    name: str
    kind: str
    default: str
    description: str
    low: Decimal | None = None
    high: Decimal | None = None
    form: str = ""


def _whole(name: str, default: int, low: int, high: int, description: str) -> Definition:
    return Definition(name, "whole", str(default), description, Decimal(low), Decimal(high))


def _decimal(name: str, default: str, low: str, high: str, description: str) -> Definition:
    return Definition(name, "decimal", default, description, Decimal(low), Decimal(high))


def _flag(name: str, default: str, description: str) -> Definition:
    return Definition(name, "flag", default, description)


def _time(name: str, default: str, description: str) -> Definition:
    return Definition(name, "time", default, description)


def _text(name: str, default: str, form: str, description: str) -> Definition:
    return Definition(name, "text", default, description, form=form)


_CAPACITIES = "bicycle 20, motorcycle 60, tuktuk 300, pickup 1000, van 1500, truck 5000"
_SLOTS = "morning 06-11, midday 11-15, afternoon 15-18, any"

DEFINITIONS: Mapping[str, Definition] = {
    d.name: d
    for d in (
        _whole("agent.asks_per_day", 3, 1, 20, "Texts a farmer gets in a day that ask her to have an agent."),
        _whole("agent.takedown_hours", 24, 1, 168, "Hours a farmer may take down what her agent listed."),
        _text("alarm.phones", "", "phones", "Numbers that alarms are texted to, separated by commas."),
        _whole("alarm.callback_silent_hours", 24, 1, 240, "Hours without a daily callback: an alarm."),
        _whole("alarm.heartbeat_minutes", 5, 1, 120, "Minutes without a sign of life that are an alarm."),
        _whole("api.page_size", 20, 1, 100, "Records on one page of the API."),
        _whole("auth.access_ttl_minutes", 60, 5, 1440, "Minutes an access token is good for."),
        _whole("auth.login_max_failures", 5, 3, 20, "Wrong log-ins before an account is locked."),
        _whole("auth.login_window_minutes", 15, 1, 1440, "Minutes in which wrong log-ins are counted."),
        _whole("auth.otp_max_attempts", 5, 1, 10, "Wrong tries at one code from an SMS."),
        _whole("auth.otp_max_per_day", 5, 1, 20, "Codes by SMS for one number in a day."),
        _whole("auth.otp_resend_seconds", 60, 10, 3600, "Seconds before a code may be sent again."),
        _whole("auth.otp_ttl_minutes", 10, 1, 60, "Minutes a code from an SMS is good for."),
        _whole("auth.pin_lock_minutes", 30, 1, 1440, "Minutes a PIN stays locked."),
        _whole("auth.pin_locks_to_reset", 3, 1, 10, "Locks in a day after which an admin resets the PIN."),
        _whole("auth.pin_max_attempts", 3, 1, 10, "Wrong PINs before it is locked."),
        _whole("auth.refresh_ttl_days", 7, 1, 90, "Days a refresh token is good for."),
        _text("bank.account", "", "account", "Bank, account number and name that transfers go to."),
        _decimal(
            "bank.two_person_over", "20000.00", "0", "10000000", "Bank money over this needs a second admin."
        ),
        _whole("cancel.prepared_percent", 100, 0, 100, "Share of a prepared item charged at cancellation."),
        _whole("cart.expire_days", 7, 1, 90, "Days after which a line left in a cart is dropped."),
        _whole("cart.max_lines", 20, 1, 100, "Lines a cart may have."),
        _flag("cart.reconfirm_price", "true", "Whether a changed price must be accepted before ordering."),
        _whole("category.max_depth", 4, 1, 10, "Levels of the category tree."),
        _whole("cod.block_days", 90, 1, 730, "Days without cash on delivery after too many refusals."),
        _time("cod.day_close_local", "20:00", "When riders' cash of the day is closed."),
        _whole("cod.deposit_due_hours", 24, 1, 168, "Hours a rider has to hand in cash."),
        _whole("cod.deposit_issue_hours", 48, 1, 336, "Hours after which missing cash is an admin's matter."),
        _whole("cod.hard_limit_percent", 150, 100, 500, "Of the cash limit: here a rider gets no more work."),
        _whole("cod.max_open_orders", 2, 0, 20, "Open cash orders of a known customer."),
        _decimal(
            "cod.max_order_total", "5000.00", "0", "100000", "The largest order that may be paid in cash."
        ),
        _whole("cod.max_refusals", 2, 1, 20, "Refusals after which cash is not offered."),
        _whole("cod.open_orders_new_customer", 1, 0, 20, "Open cash orders of a new customer."),
        _whole(
            "cod.refusal_farmer_percent", 50, 0, 100, "Farmer's share of perishables refused at the door."
        ),
        _decimal("cod.rider_cash_limit", "10000.00", "0", "1000000", "Cash a rider may hold."),
        _decimal("cod.short_accepted", "10.00", "0", "100", "Cash that may be missing at the door."),
        _whole("cod.strike_window_days", 90, 1, 730, "Days in which refusals are counted."),
        _decimal("commission.percent", "10.00", "0", "50", "Our share of the goods' price, in percent."),
        _flag("delivery.auto_start", "true", "Whether the last pickup also starts the way to the customer."),
        _decimal("delivery.base_fee", "50.00", "0", "10000", "Delivery fee to begin with."),
        _whole("delivery.code_length", 4, 4, 4, "Digits of a delivery code; texts and menus count on four."),
        _whole("delivery.code_max_attempts", 5, 1, 20, "Wrong delivery codes before it is locked."),
        _whole("delivery.code_resend_max", 3, 0, 10, "How often a customer may have the code sent again."),
        _decimal("delivery.fee_per_extra_farm", "30.00", "0", "10000", "Fee for each farm after the first."),
        _decimal("delivery.fee_per_kg", "2.00", "0", "1000", "Fee for each kg beyond the included ones."),
        _decimal("delivery.fee_per_km", "10.00", "0", "1000", "Fee for each km beyond the included ones."),
        _decimal(
            "delivery.free_threshold", "2000.00", "0", "1000000", "Goods of this worth are brought free."
        ),
        _whole("delivery.included_kg", 5, 0, 1000, "Kilograms that the base fee covers."),
        _whole("delivery.included_km", 5, 0, 1000, "Kilometres that the base fee covers."),
        _whole("delivery.max_attempts", 2, 1, 5, "Tries to hand over an order."),
        _decimal("delivery.max_fee", "1000.00", "0", "100000", "The most a delivery costs."),
        _whole("delivery.max_km", 60, 1, 1000, "Kilometres a rider goes at most."),
        _decimal("delivery.min_fee", "50.00", "0", "10000", "The least a delivery costs."),
        _whole(
            "delivery.no_rider_hours",
            2,
            0,
            48,
            "Hours before the slot ends: a customer without rider chooses.",
        ),
        _whole("delivery.offer_lead_hours", 12, 1, 72, "Hours before the slot in which riders are asked."),
        _decimal(
            "delivery.road_factor", "1.30", "1", "3", "By how much roads are longer than straight lines."
        ),
        _whole("delivery.start_timeout_minutes", 60, 10, 1440, "Minutes in which a rider must collect."),
        _flag("item.allow_skip", "true", "Whether farmers may skip steps, which are stamped implied."),
        _time("item.answer_latest_local", "20:00", "Until when farmers answer, the evening before delivery."),
        _whole("item.min_partial_percent", 50, 1, 100, "Least share of an item supplied without asking."),
        _whole("item.pickup_short_minutes", 30, 5, 240, "Minutes a farmer has to say yes to a short pickup."),
        _whole("item.reminder_hours", 4, 1, 72, "Hours after which a farmer is reminded."),
        _whole("item.replacement_hours", 2, 1, 48, "Hours a customer has to take another farm."),
        _whole("item.response_hours", 12, 1, 72, "Hours after which a silent farmer's item is rejected."),
        _whole("item.short_objection_hours", 2, 1, 48, "Hours a customer has to cancel a short item."),
        _whole("listing.perishable_days", 5, 1, 60, "Days after which perishable produce is taken down."),
        _whole("listing.preorder_late_days", 3, 1, 30, "Days a harvest may be late before it is refunded."),
        _whole("listing.preorder_max_days", 60, 1, 365, "How far ahead a harvest may be sold, in days."),
        _decimal(
            "listing.price_max", "1000000.00", "1", "9999999999", "The highest price a listing may have."
        ),
        _decimal("listing.price_min", "1.00", "0.01", "1000", "The lowest price a listing may have."),
        _whole("listing.price_warn_percent", 50, 1, 1000, "How far from the market a price is asked about."),
        _whole("listing.stale_days", 14, 1, 365, "Days without a touch before a listing is taken down."),
        _whole("listing.unheard_hours", 48, 1, 720, "Hours unheard of after which a listing ranks last."),
        _text(
            "location.kenya_box",
            "-4.9,33.8,5.6,42.0",
            "box",
            "South, west, north, east of Kenya, in degrees.",
        ),
        _whole("message.max_chars", 320, 1, 1000, "Characters of a message between people."),
        _decimal("mpesa.b2c_min", "10.00", "10", "1000", "The least that M-Pesa pays out."),
        _decimal("mpesa.float_min", "20000.00", "0", "100000000", "Below this the payout float is low."),
        _whole("mpesa.max_prompts", 3, 1, 10, "M-Pesa requests for one order."),
        _whole("mpesa.max_transaction", 250000, 1, 1000000, "The most M-Pesa moves at once."),
        _whole("mpesa.prompt_delay_seconds", 3, 0, 60, "Seconds between a menu's end and the request."),
        _whole(
            "mpesa.prompts_to_others", 5, 0, 100, "M-Pesa requests a day to phones not the customer's own."
        ),
        _whole("mpesa.query_after_seconds", 60, 10, 600, "Seconds without a result before we ask."),
        _text(
            "mpesa.query_schedule_minutes",
            "1,2,5,10,30",
            "minutes",
            "Minutes at which a result is asked for.",
        ),
        _whole("notify.answers_per_day", 200, 20, 5000, "Answers to a number's own texts in a day."),
        _whole("notify.answers_per_hour", 30, 5, 500, "Answers in an hour to texts that changed nothing."),
        _whole("notify.bundle_minutes", 30, 1, 240, "Minutes in which further new orders go in one text."),
        _whole("notify.max_sms_per_user_day", 20, 1, 200, "Texts a person gets in a day, work excepted."),
        _whole("notify.morning_spread_minutes", 30, 0, 180, "Minutes over which morning texts are spread."),
        _whole(
            "notify.not_understood_per_hour", 3, 0, 60, "'Not understood' answers to a number in an hour."
        ),
        _time("notify.quiet_end", "06:00", "When people may be texted again."),
        _time("notify.quiet_start", "21:00", "From when people sleep."),
        _whole("notify.sms_retries", 3, 0, 20, "Retries of a text the provider refused for now."),
        _whole("order.claim_hours_other", 72, 1, 720, "Hours to complain about what keeps."),
        _whole("order.claim_hours_perishable", 24, 1, 168, "Hours to complain about what perishes."),
        _whole("order.complete_after_hours", 24, 1, 720, "Hours after which a silent customer is content."),
        _whole("order.days_ahead", 3, 0, 14, "Days after the first one that a customer may choose."),
        _time("order.cutoff_local", "16:00", "Ordered before this, it comes the next day."),
        _whole("order.dup_window_minutes", 10, 0, 1440, "Minutes in which the same order is asked about."),
        _decimal("order.max_total", "100000.00", "1", "250000", "The largest order."),
        _whole("order.max_unpaid", 3, 1, 50, "Unpaid orders a customer may have open."),
        _decimal("order.min_total", "100.00", "1", "100000", "The smallest order."),
        _whole("order.number_max_tries", 10, 1, 100, "Draws of an order number before we give up."),
        _text("order.slots", _SLOTS, "slots", "Delivery times: name and hours, 'any' last."),
        _time("order.weekly_ask_local", "14:00", "When weekly baskets are asked about, the day before."),
        _whole("payment.bank_window_hours", 24, 1, 240, "Hours to pay by bank."),
        _whole("payment.mpesa_window_minutes", 30, 5, 1440, "Minutes to pay by M-Pesa."),
        _whole("payment.partial_extension_minutes", 30, 0, 1440, "Minutes more after a part payment."),
        _whole("payment.revive_hours", 24, 0, 240, "Hours in which late money revives an order."),
        _flag(
            "payments.simulation_enabled", "false", "Whether payments may be played through, for training."
        ),
        _whole("payout.hold_hours", 24, 0, 720, "Hours between delivery and payout."),
        _decimal("payout.min_amount", "100.00", "10", "100000", "The least that is paid out."),
        _whole("payout.number_change_cooloff_hours", 72, 1, 720, "Hours until a new payout number counts."),
        _time("payout.run_local", "10:00", "When payouts are made."),
        _whole("payout.small_after_days", 7, 1, 365, "Days after which less than the least is paid."),
        _decimal(
            "payout.two_person_over", "50000.00", "0", "10000000", "A payout over this needs a second admin."
        ),
        _whole("phone.reverify_after_days", 180, 7, 3650, "Days unseen after which a number is asked again."),
        _whole("preorder.objection_hours", 2, 1, 48, "Hours a customer has to object to a part harvest."),
        _whole("price.alert_change_percent", 10, 1, 1000, "By how much a price moves before followers hear."),
        _decimal(
            "price.at_market_tolerance_percent", "2.00", "0", "50", "Within this a price is the market's."
        ),
        _whole("price.min_peer_listings", 3, 1, 100, "Listings that make an average where no market does."),
        _whole("price.show_days", 75, 1, 730, "Days a market price may be shown."),
        _whole("price.window_days", 45, 1, 365, "Days a market price counts in comparisons."),
        _whole("privacy.request_days", 7, 1, 30, "Days to answer a request about personal data."),
        _whole("question.place_hours", 24, 1, 168, "Hours the question for a place stays open."),
        _whole("question.quote_minutes", 30, 5, 1440, "Minutes a quote stays open."),
        _whole("question.rating_hours", 48, 1, 336, "Hours the question for a rating stays open."),
        _decimal("refund.auto_approve_max", "2000.00", "0", "100000", "Refunds up to this need no admin."),
        _whole("refund.max_retries", 3, 0, 20, "Retries of a refund."),
        _decimal("refund.min_amount", "10.00", "0", "1000", "Less than this becomes credit."),
        _decimal(
            "refund.two_person_over", "20000.00", "0", "10000000", "A refund over this needs a second admin."
        ),
        _whole("retention.audit_years", 7, 7, 50, "Years the audit trail is kept."),
        _whole("retention.callback_log_days", 90, 7, 3650, "Days the callback log is kept."),
        _whole("retention.ledger_years", 7, 7, 50, "Years the ledger is kept."),
        _whole("retention.otp_days", 1, 1, 30, "Days codes and wrong log-ins are kept."),
        _whole("retention.rider_position_days", 30, 1, 365, "Days a rider's positions are kept."),
        _whole("retention.sms_body_days", 180, 7, 3650, "Days the words of texts and messages are kept."),
        _whole("retention.ussd_days", 30, 1, 365, "Days what was dialled is kept."),
        _whole("review.edit_days", 7, 0, 90, "Days an author may change a review."),
        _whole("review.window_days", 30, 1, 365, "Days to review after the delivery."),
        _text("rider.capacity_kg", _CAPACITIES, "capacities", "Kilograms each kind of vehicle carries."),
        _whole("rider.failed_attempt_percent", 50, 0, 100, "Rider's share for a trip in vain."),
        _whole("rider.max_offers", 5, 1, 50, "Riders asked in one round."),
        _whole("rider.max_open", 3, 1, 50, "Deliveries a rider may have open."),
        _whole("rider.max_pickup_km", 15, 1, 500, "Kilometres to the pickup, at most."),
        _decimal("rider.min_earning", "40.00", "0", "10000", "The least a rider earns."),
        _whole("rider.offer_timeout_minutes", 10, 1, 120, "Minutes a rider has to answer."),
        _whole("rider.offline_after_timeouts", 3, 1, 20, "Silences after which a rider goes off duty."),
        _whole("rider.pickup_included_km", 3, 0, 100, "Kilometres to the pickup that are not paid for."),
        _decimal("rider.pickup_per_km", "5.00", "0", "1000", "For each further km to the pickup."),
        _whole("rider.retry_minutes", 15, 1, 240, "Minutes before riders are asked anew."),
        _whole("rider.share_percent", 80, 0, 100, "Rider's share of the delivery fee."),
        _text("service.wards", "", "wards", "Codes of the wards we serve, by commas; empty is everywhere."),
        _whole(
            "settings.propagation_seconds", 60, 2, 60, "Seconds within which a change reaches all processes."
        ),
        _whole("sms.per_second", 30, 1, 1000, "Texts a second that may go out from one sender."),
        _decimal("sms.price_segment", "0.80", "0.01", "100", "What a segment costs us, KES, as agreed."),
        _decimal("sms.spend_alerts", "1500.00", "0", "1000000", "KES a day for weather and prices."),
        _decimal("sms.spend_all", "16000.00", "1", "10000000", "KES a day for all texts together."),
        _decimal("sms.spend_answers", "5000.00", "0", "1000000", "KES a day for answers to people's texts."),
        _decimal("sms.spend_codes", "3000.00", "0", "1000000", "KES a day for codes and account matters."),
        _decimal("sms.spend_marketing", "500.00", "0", "1000000", "KES a day for marketing."),
        _decimal("sms.spend_receipts", "3000.00", "0", "1000000", "KES a day for what is about money."),
        _decimal("sms.spend_reserve", "1500.00", "0", "1000000", "The last KES of a day, for codes alone."),
        _whole("sms.spend_warn_percent", 80, 1, 100, "Percent of a day's ceiling that are an alarm."),
        _decimal("sms.spend_work", "5000.00", "0", "1000000", "KES a day for orders, offers and jobs."),
        _whole("support.reopen_days", 7, 1, 90, "Days in which a closed ticket may be opened again."),
        _whole("suspense.refund_days", 7, 1, 90, "Days after which unmatched money is sent back."),
        _whole("ussd.reminder_seconds", 60, 0, 600, "Seconds from a lost call to the text about it."),
        _whole("ussd.reminders_per_day", 1, 0, 10, "Texts about lost calls a person gets in a day, at most."),
        _whole("ussd.resume_minutes", 10, 1, 120, "Minutes a lost call can be gone on with."),
        _whole("ussd.resume_told_minutes", 120, 10, 720, "The same, when a text has said so."),
    )
}
