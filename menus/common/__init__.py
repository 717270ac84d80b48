"""Conversations, and pieces of them, that all roles share."""

from menus.common import follow, news, prices, saved_places, weather

FLOWS = (news.NEWS, prices.PRICES, weather.WEATHER, follow.FOLLOW, saved_places.PLACES)
