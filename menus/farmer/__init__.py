"""What farmers do on the keypad, one file per conversation."""

from menus.farmer import home, sell

FLOWS = (home.FARMER, sell.SELL)
