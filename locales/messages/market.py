"""Prices, followed products, weather."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "product_near": Message(
        _("There is {product} near you: {price} per {unit} at {farm}, {place}. "
          "Text what you need or dial {dial}. STOP ends alerts.")
    ),
    "price_alert": Message(
        _("{product}: the market now pays {market} per {unit}, before it was {price}. {where}, {month}. "
          "STOP ends alerts.")
    ),
    "price_alert_peers": Message(
        _("{product}: farmers now ask {market} per {unit}, before it was {price}. STOP ends alerts.")
    ),
    "wanted_near": Message(_("{count} people near you asked for {product}."), texted=False),
    "weather_alert": Message(_("Weather: {warning}")),
}  # fmt: skip
