"""What customers text."""

from collections.abc import Mapping

from sms.commands.customer import buy, pay, place, price, status
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "order": buy.buy,
    "place_change": place.move,
    "price": price.price,
    "list_products": price.on_sale,
    "status": status.status,
    "pay": pay.pay,
    "cancel": pay.cancel,
}
