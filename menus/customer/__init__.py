"""What customers do on the keypad, one file per conversation."""

from menus.customer import home

FLOWS = (home.CUSTOMER,)
