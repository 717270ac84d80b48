"""What farmers do on the keypad, one file per conversation."""

from menus.farmer import (
    farms,
    fetch,
    helper,
    helping,
    home,
    less,
    listings,
    orders,
    preorders,
    ratings,
    sell,
    still,
)

FLOWS = (
    home.FARMER,
    orders.ORDERS,
    less.LESS,
    fetch.FETCH,
    still.STILL,
    sell.SELL,
    listings.LISTINGS,
    preorders.PREORDERS,
    farms.FARMS,
    helper.HELPER,
    helping.HELPING,
    ratings.RATINGS,
)
