"""What riders text."""

from collections.abc import Mapping

from sms.commands.rider import jobs
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "rider_on": jobs.on,
    "rider_off": jobs.off,
    "rider_accept": jobs.accept,
    "rider_decline": jobs.decline,
    "rider_picked": jobs.picked,
    "rider_done": jobs.done,
    "rider_failed": jobs.later,
    "nocode": jobs.nocode,
}
