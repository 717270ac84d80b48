"""What field agents text for their farms (DR-221)."""

from collections.abc import Mapping

from sms.commands.agent import listing
from sms.context import Command

COMMANDS: Mapping[str, Command] = {"agent_list": listing.offer}
