"""The weather on a keypad: what is in force or to come where she farms (DR-1601)."""

from datetime import timedelta

from core.weather import here
from core.weather import service as weather
from tests.orders.shop import Shop
from tests.weather.test_weather import DAY, OVER, do, ward, warn


def test_in_force_or_to_come_where_she_is_the_gravest_first(shop: Shop) -> None:
    now = shop.db.parts.clock.now()
    frost = warn(shop)
    rain = warn(
        shop, severity="extreme", zone=None, ward_codes=[ward(shop, "Kinoo")],
        valid_from=now + DAY, valid_to=now + 2 * DAY,
    )  # fmt: skip
    warn(shop, zone="coastal")
    over = warn(shop)
    do(shop, weather.cancel, alert_id=over.alert_id, texts=OVER)
    with shop.db.read() as tx:
        found = here.warnings(tx, shop.cast.farmer.actor)
        assert [one.alert_id for one in found] == [rain.alert_id, frost.alert_id]
        assert here.warnings(tx, shop.cast.customer.actor) == []
    shop.db.parts.clock.advance(days=3)  # type: ignore[attr-defined]
    with shop.db.read() as tx:
        assert tx.now > frost.valid_to + timedelta(days=1)
        assert here.warnings(tx, shop.cast.farmer.actor) == []
