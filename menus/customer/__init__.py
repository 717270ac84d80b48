"""What customers do on the keypad, one file per conversation."""

from menus.customer import (
    asked,
    buy,
    cancel,
    cart,
    checkout,
    code,
    complain,
    home,
    inside,
    methods,
    money,
    paying,
    purchases,
    rate,
    unpaid,
)

FLOWS = (
    home.CUSTOMER,
    buy.BUY,
    cart.CART,
    checkout.CHECKOUT,
    unpaid.UNPAID,
    purchases.PURCHASES,
    inside.INSIDE,
    asked.ASKED,
    money.MONEY,
    paying.PAYING,
    cancel.CANCEL,
    code.CODE,
    complain.COMPLAIN,
    rate.RATING,
    methods.METHODS,
)
