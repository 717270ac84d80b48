"""What field agents text for their farms, and helpers for the farmer who has named them (DR-221, DR-815)."""

from collections.abc import Mapping

from sms.commands.agent import listing, stock, work
from sms.context import Command

COMMANDS: Mapping[str, Command] = {
    "agent_list": listing.offer,
    "agent_stock": stock.change(stock.SET),
    "agent_add": stock.change(stock.ADD),
    "agent_accept": work.for_farm(work.ACCEPT),
    "agent_ready": work.for_farm(work.READY),
}
