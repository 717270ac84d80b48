"""What anybody texts."""

from collections.abc import Mapping

from sms.commands.everyone import words
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "help": words.help_,
    "language": words.language,
    "terms": words.terms,
    "stop": words.stop,
    "start": words.start,
    "weather": words.not_by_sms,
}
