"""The float from which payouts are sent is watched at every daily run (DR-1803)."""

from decimal import Decimal

from sqlalchemy import select

from core.alarms.models import Alarm
from core.payments import housekeeping
from tests.orders.shop import Shop
from tests.payouts.till import run
from tests.proving import proves


def open_alarms(shop: Shop) -> list[str]:
    with shop.db.read() as tx:
        found = tx.session.scalars(select(Alarm).where(Alarm.open_for.is_not(None)))
        return [alarm.kind for alarm in found if alarm.kind == "float_low"]


@proves("DR-1803")
def test_a_float_below_its_minimum_is_an_alarm_until_money_is_moved_there(shop: Shop) -> None:
    run(shop)
    assert open_alarms(shop) == ["float_low"]
    admin = shop.cast.admin.actor
    enough = Decimal("20000.00")
    shop.db.run(lambda tx: housekeeping.move_float(tx, admin, amount=enough, reference="FLOAT-1"))
    run(shop)
    assert open_alarms(shop) == []
