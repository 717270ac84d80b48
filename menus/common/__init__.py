"""Conversations, and pieces of them, that all roles share."""

from menus.common import follow, missed, news, prices, saved_places, weather

FLOWS = (
    news.NEWS,
    missed.MISSED,
    prices.PRICES,
    weather.WEATHER,
    follow.FOLLOW,
    saved_places.PLACES,
)
