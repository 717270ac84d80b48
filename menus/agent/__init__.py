"""What a field agent does on the keypad for the farms of a co-operative (DR-221)."""

from menus.agent import farms, orders, sell, stock

FLOWS = (farms.AGENT, orders.ORDERS, stock.STOCK, sell.SELL)
