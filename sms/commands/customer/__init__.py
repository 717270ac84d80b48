"""What customers text."""

from collections.abc import Mapping

from sms.commands.customer import (
    buy,
    cancel,
    cart,
    complain,
    follow,
    orders,
    pay,
    place,
    price,
    rate,
    receipt,
    refund,
    same,
    shelf,
    status,
)
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "order": buy.buy,
    "place_change": place.move,
    "price": price.price,
    "list_products": shelf.look,
    "more": shelf.more,
    "status": status.status,
    "my_orders": orders.my_orders,
    "pay": pay.pay,
    "cancel": cancel.cancel,
    "collect": orders.collect,
    "code_again": orders.code_again,
    "rate": rate.rate,
    "complain": complain.complain,
    "refund": refund.refund,
    "cart": cart.look,
    "clear": orders.clear,
    "same": same.same,
    "same_off": same.off,
    "follow": follow.follow,
    "unfollow": follow.unfollow,
    "mpesa_confirmation": receipt.looked_up,
}
