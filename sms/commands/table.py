"""Which command carries out which intent, for whom."""

from collections.abc import Mapping

from sms.commands import agent, customer, everyone, farmer, rider
from sms.context import Command

# What is texted by people of one role and of another may be one intent with two commands (`price`).
BY_ROLE: Mapping[str, Mapping[str, Command]] = {
    "customer": customer.COMMANDS,
    "farmer": farmer.COMMANDS,
    "rider": rider.COMMANDS,
}
# A field agent has any role (DR-221): whether her words are hers to say, the core knows.
ANYBODYS: Mapping[str, Command] = {**everyone.COMMANDS, **agent.COMMANDS}


def command_for(intent: str, role: str) -> Command | None:
    """The command of `intent`: of the sender's own role first, then everyone's, then another role's, which
    then says whose it is; None for what is no command.

    role  "" for a stranger
    """
    rooms = (BY_ROLE.get(role, {}), ANYBODYS, *BY_ROLE.values())
    return next((room[intent] for room in rooms if intent in room), None)
