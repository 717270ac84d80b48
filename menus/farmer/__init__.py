"""What farmers do on the keypad, one file per conversation."""

from menus.farmer import fetch, helper, helping, home, less, orders, ratings, sell, still

FLOWS = (
    home.FARMER,
    orders.ORDERS,
    less.LESS,
    fetch.FETCH,
    still.STILL,
    sell.SELL,
    helper.HELPER,
    helping.HELPING,
    ratings.RATINGS,
)
