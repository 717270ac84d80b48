"""Who does the due work that only touches the database, on one page; channels bring theirs (app.py merges).

It stands beside core/reactions.py and on top of all areas: core/duties/ is the engine and knows no kind.
"""

from collections.abc import Mapping

from core.books import checking, reconciling
from core.carts import service as carts
from core.cash import day_close, deposits
from core.deliveries import assignment, choices, completion, failing, offers
from core.duties.service import Handler
from core.duties.sweep import in_one
from core.listings import harvest, stock, upkeep
from core.notifications import about_alarms, about_items, about_market, bundling, occasions
from core.office import watch
from core.orders import for_others, many, replacing, shortage, silence, sums, weekly
from core.orders import harvest as order_harvest
from core.payments import service as payments
from core.payments import silent, suspense
from core.payouts import making, paying
from core.privacy import retention
from core.privacy import service as privacy
from core.support import service as support
from core.traffic import tracing

HANDLERS: Mapping[str, Handler] = {
    "harvest_due": in_one(harvest.due),  # listing_id
    "harvest_late": in_one(harvest.late),  # listing_id
    "check_books": in_one(checking.nightly),
    "reconcile": in_one(reconciling.nightly),
    "payout_run": in_one(making.run),
    "pay_out": in_one(making.pay_out),  # user_id
    "payout_process": in_one(paying.process_eligible),
    "payout_again": in_one(paying.again),  # payout_id
    "suspense_refund": in_one(suspense.overdue),  # suspense_id
    "old_listings": in_one(upkeep.nightly),
    "cart_expiry": in_one(carts.drop_expired),  # cart_id
    "payment_deadline": in_one(payments.deadline),  # order_id
    "prompt_silent": in_one(silent.look),  # transaction_id
    "mark_rest": many.mark_rest(
        {**sums.WORK, **order_harvest.WORK, **for_others.WORK}, for_others.THEN
    ),  # mark_id
    "item_reminder": in_one(silence.remind),  # order_item_id
    "item_response": in_one(silence.unanswered),  # order_item_id
    "harvest_overdue": in_one(order_harvest.overdue),  # listing_id
    "weekly_basket": in_one(weekly.ask),  # user_id
    "pickup_short": in_one(shortage.short_unanswered),  # short_id
    "replacement_timeout": in_one(replacing.unanswered),  # order_item_id
    "find_rider": in_one(offers.find_rider),  # delivery_id
    "offer_timeout": in_one(offers.timed_out),  # offer_id
    "start_timeout": in_one(assignment.start_timeout),  # delivery_id
    "retry_delivery": in_one(failing.retry_due),  # delivery_id
    "no_rider_late": in_one(choices.late),  # delivery_id
    "cash_due": in_one(day_close.cash_due),  # collection_id
    "deposit_issue": in_one(deposits.deposit_issue),  # deposit_id
    "cash_day_close": in_one(day_close.close),  # 0, every day
    "complete_order": in_one(completion.complete_order),  # order_id
    "new_orders": in_one(bundling.text_new_orders),  # user_id
    "tell_farm": in_one(occasions.tell_farm),  # order_item_id
    "tell_farm_off": in_one(about_items.tell_farm_off),  # order_item_id
    "tell_pickups": in_one(occasions.tell_pickups),  # delivery_id
    "tell_earned": in_one(occasions.tell_earned),  # delivery_id
    "tell_sold_out": in_one(stock.tell_sold_out),  # order_item_id
    "tell_for_sale": in_one(stock.tell_for_sale),  # order_item_id
    "tell_watchers": in_one(about_market.tell_watchers),  # listing_id
    "price_alerts": in_one(about_market.price_alerts),  # once a day
    "price_alert": in_one(about_market.price_alert),  # product_id
    "tell_weather": in_one(about_market.tell_weather),  # alert_id
    "close_tickets": in_one(support.close_resolved),  # by the timetable, as the next ones
    "privacy_clock": in_one(privacy.watch_clock),
    "retention": retention.nightly,
    "watch_signs": in_one(watch.watch_signs),
    "trace_dials": in_one(tracing.trace),
    "text_alarm": in_one(about_alarms.text_alarm),  # alarm_id
}
