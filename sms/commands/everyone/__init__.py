"""What anybody texts."""

from collections.abc import Mapping

from sms.commands.everyone import helping, keypad, messaging, weather, words
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "help": helping.help_,
    **keypad.COMMANDS,
    "language": words.language,
    "terms": words.terms,
    "stop": words.stop,
    "start": words.start,
    "weather": weather.weather,
    "message": messaging.message,
}
