"""What a delivery would cost, for areas that come before this one (DR-506)."""

from core.db import Tx
from core.events import FeeSought
from core.orders import rules
from core.orders.planning import tariff


def fee_sought(tx: Tx, sought: FeeSought) -> None:
    """Reaction: the fee of one delivery from one farm, by today's tariff."""
    totals = rules.totals(tariff(tx), [sought.subtotal], km=sought.km, kg=sought.kg, farms=1)
    sought.fees.append(totals.fee)
