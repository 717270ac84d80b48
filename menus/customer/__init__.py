"""What customers do on the keypad, one file per conversation."""

from menus.customer import asked, cancel, code, complain, home, inside, methods, paying, purchases, rate

FLOWS = (
    home.CUSTOMER,
    purchases.PURCHASES,
    inside.INSIDE,
    asked.ASKED,
    paying.PAYING,
    cancel.CANCEL,
    code.CODE,
    complain.COMPLAIN,
    rate.RATING,
    methods.METHODS,
)
