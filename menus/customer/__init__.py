"""What customers do on the keypad, one file per conversation."""

from menus.customer import (
    asked,
    cancel,
    code,
    complain,
    home,
    inside,
    methods,
    money,
    paying,
    purchases,
    rate,
)

FLOWS = (
    home.CUSTOMER,
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
