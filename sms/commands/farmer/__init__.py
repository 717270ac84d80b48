"""What farmers text."""

from collections.abc import Mapping

from sms.commands.farmer import marking, money, prices, produce, sell, shown
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "farmer_list": sell.sell,
    "order": sell.cannot_buy,
    "place_change": sell.move,
    "farmer_stock_update": produce.stock,
    "farmer_price_change": produce.price,
    "farmer_take_down": produce.take_down,
    "price": prices.price,
    "status": shown.orders,
    "farmer_orders": shown.orders,
    "my_orders": shown.orders,
    "more": shown.more,
    "code_again": shown.no_code,
    "farmer_less": marking.less,
    "farmer_reject": marking.reject,
    "cancel": marking.reject,
    "farmer_balance": money.balance,
    "farmer_statement": money.statement,
    **{intent: marking.mark(event) for intent, event in marking.EVENTS.items()},
}
