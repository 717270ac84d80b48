"""What farmers text."""

from collections.abc import Mapping

from sms.commands.everyone import words
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "farmer_list": words.not_by_sms,
    "farmer_stock_update": words.not_by_sms,
}
