"""What agents and helpers answer to an open question (DR-1510)."""

from collections.abc import Mapping

from sms.answering import Answering
from sms.commands.agent import listing, stock, work

ANSWERS: Mapping[str, Answering] = {
    "agent_farm": listing.AGENT_FARM,
    "agent_stock_farm": stock.AGENT_STOCK_FARM,
    "agent_stock": stock.AGENT_STOCK,
    "hand_which": work.HAND_WHICH,
    "hand_sure": work.HAND_SURE,
}
