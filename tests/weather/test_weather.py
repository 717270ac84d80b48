"""Weather alerts: who is told, once, and how one follows another (DR-1601)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.audit.models import AuditRow
from core.db import Tx
from core.errors import BadInput, NotAllowed
from core.farms.models import Farm
from core.locations.errors import UnknownWard
from core.notifications import about_market
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.users.models import User
from core.weather import receivers
from core.weather import service as weather
from core.weather.errors import AlertOver, AlertUnknown, Nowhere, TextMissing, TimesWrong, ZoneUnknown
from core.weather.models import WeatherAlert
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves
from tests.weather.test_rules import TEXTS

OTHER, THIRD = "+254712000909", "+254712000808"
DAY = timedelta(days=1)
OVER = {"en": "No frost after all", "sw": "Hakuna baridi", "kikuyu": "Gũtirĩ mbaa"}


def ward(shop: Shop, name: str) -> int:
    return next(w.code for w in shop.db.parts.places.starting_with(name) if w.ward == name)


def do(shop: Shop, verb: Callable[..., Any], who: Person | None = None, /, **said: Any) -> Any:
    actor = (who or shop.cast.admin).actor
    done = shop.db.run(lambda tx: verb(tx, actor, **said))
    shop.sweep()
    return done


def warn(shop: Shop, **changes: Any) -> WeatherAlert:
    """Frost in the highlands for a day, unless told otherwise."""
    now = shop.db.parts.clock.now()
    said = {
        "alert_type": "frost", "severity": "warning", "valid_from": now, "valid_to": now + DAY,
        "texts": TEXTS, "zone": "highland",
    }  # fmt: skip
    alert: WeatherAlert = do(shop, weather.create, **(said | changes))
    return alert


def told(shop: Shop, who: Person) -> int:
    return shop.texts(who).count("weather_alert")


@proves("DR-1601", "DR-1801")
def test_an_alert_is_sent_once_to_farmers_with_farms_in_its_zone(shop: Shop) -> None:
    """Two farms, one text; a lowland farmer, a customer and a rider without a delivery hear nothing."""
    low = shop.person(OTHER, "farmer", "Kinoo")

    def farms(tx: Tx) -> None:
        mine = tx.session.query(Farm).filter_by(farmer_id=shop.cast.farmer.id).one()
        tx.session.add(
            Farm(farmer_id=mine.farmer_id, farm_name="Up", location_id=mine.location_id, created_at=tx.now)
        )
        tx.session.query(Farm).filter_by(farmer_id=low.id).one().weather_zone = "lowland"

    shop.db.run(farms)
    alert = warn(shop)
    everybody = (shop.cast.farmer, low, shop.cast.customer, shop.cast.rider)
    assert [told(shop, who) for who in everybody] == [1, 0, 0, 0]
    shop.db.run(lambda tx: about_market.tell_weather(tx, alert.alert_id))
    assert told(shop, shop.cast.farmer) == 1
    with shop.db.read() as tx:
        (copy,) = tx.session.query(Notification).filter_by(code="weather_alert")
        assert copy.values == {"warning": TEXTS}
        audited = tx.session.query(AuditRow).filter_by(record=f"weather:{alert.alert_id}").all()
        assert [(row.what, row.user_id) for row in audited] == [("weather.new", shop.cast.admin.id)]


@proves("DR-1601")
def test_an_alert_for_wards_reaches_farms_there_and_no_others(shop: Shop) -> None:
    warn(shop, zone=None, ward_codes=[ward(shop, "Kangemi")])
    assert told(shop, shop.cast.farmer) == 0
    warn(shop, zone="arid", ward_codes=[ward(shop, "Kinoo"), ward(shop, "Kinoo")])
    assert told(shop, shop.cast.farmer) == 1


@proves("DR-1601")
@pytest.mark.parametrize(
    ("area", "hears"),
    [
        ({"zone": "highland"}, 1),  # he collects at a highland farm
        ({"zone": "arid"}, 0),
        ({"ward": "Kinoo"}, 1),
        ({"ward": "Kangemi"}, 1),  # he brings it there
        ({"ward": "Mkomani"}, 0),
    ],
)
def test_riders_with_an_open_delivery_there_are_told(shop: Shop, area: dict[str, str], hears: int) -> None:
    shop.publish()
    shop.assigned()
    wards = [ward(shop, area["ward"])] if "ward" in area else []
    warn(shop, zone=area.get("zone"), ward_codes=wards)
    assert told(shop, shop.cast.rider) == hears


@proves("DR-1601")
def test_a_rider_whose_deliveries_are_done_is_not_concerned(shop: Shop) -> None:
    shop.publish()
    shop.delivered_order()
    warn(shop)
    assert told(shop, shop.cast.rider) == 0


@proves("DR-1601", "DR-1502")
@pytest.mark.parametrize(("severity", "waits"), [("info", True), ("warning", True), ("extreme", False)])
def test_at_night_only_what_is_extreme_goes_at_once(
    shop: Shop, clock: FixedClock, severity: str, waits: bool
) -> None:
    clock.advance(hours=13)  # 22:30
    alert = warn(shop, severity=severity)
    with shop.db.read() as tx:
        (message,) = tx.session.query(OutboxMessage).filter_by(code="weather_alert")
        assert (message.not_before > clock.now()) is waits
        assert message.expires_at >= alert.valid_to


@proves("DR-1601", "DR-1501")
def test_who_switched_weather_alerts_off_or_is_switched_off_is_not_texted(shop: Shop) -> None:
    off = shop.person(OTHER, "farmer", "Kinoo")

    def switches(tx: Tx) -> None:
        tx.session.get_one(User, shop.cast.farmer.id).weather_alerts = False
        tx.session.get_one(User, off.id).is_active = False

    shop.db.run(switches)
    warn(shop)
    assert (told(shop, shop.cast.farmer), told(shop, off)) == (0, 0)
    assert "weather_alert" in shop.copies(shop.cast.farmer)
    assert "weather_alert" not in shop.copies(off)


@proves("DR-1601")
def test_many_people_are_told_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "BATCH", 1)
    monkeypatch.setattr(about_market, "BATCH", 1)
    people = [shop.cast.farmer, shop.person(OTHER, "farmer", "Kinoo"), shop.person(THIRD, "farmer", "Kinoo")]
    warn(shop)
    assert [told(shop, who) for who in people] == [1, 1, 1]


@proves("DR-1601")
def test_an_alert_is_extended_by_a_new_one_that_points_to_the_first(shop: Shop, clock: FixedClock) -> None:
    first = warn(shop)
    longer = {"valid_to": clock.now() + 3 * DAY, "texts": TEXTS, "severity": "extreme"}
    second = do(shop, weather.extend, alert_id=first.alert_id, **longer)
    third = do(shop, weather.extend, alert_id=second.alert_id, valid_to=clock.now() + 2 * DAY, texts=TEXTS)
    assert [(a.change, a.first_id) for a in (first, second, third)] == [
        ("new", None),
        ("extended", first.alert_id),
        ("extended", first.alert_id),
    ]
    assert (third.severity, third.zone, third.valid_from) == ("extreme", "highland", first.valid_from)
    assert told(shop, shop.cast.farmer) == 3
    with shop.db.read() as tx:
        shown = weather.alerts(tx, shop.cast.customer.actor).results
        assert [view.alert_id for view in shown] == [third.alert_id]
        history = weather.alerts(tx, shop.cast.customer.actor, only_in_force=False).results
        assert [view.in_force for view in history] == [True, False, False]


@proves("DR-1601")
def test_an_alert_is_cancelled_by_a_new_one_and_those_concerned_hear_it(shop: Shop) -> None:
    first = warn(shop)
    end = do(shop, weather.cancel, alert_id=first.alert_id, texts=OVER)
    assert (end.change, end.first_id) == ("cancelled", first.alert_id)
    assert do(shop, weather.cancel, alert_id=first.alert_id, texts=OVER).alert_id == end.alert_id
    assert told(shop, shop.cast.farmer) == 2
    with shop.db.read() as tx:
        assert weather.alerts(tx, shop.cast.farmer.actor).results == ()
        assert weather.for_me(tx, shop.cast.farmer.actor) == []
    with pytest.raises(AlertOver):
        do(
            shop, weather.extend, alert_id=first.alert_id, texts=TEXTS,
            valid_to=shop.db.parts.clock.now() + DAY,
        )  # fmt: skip


@proves("DR-1601")
def test_what_has_run_out_is_neither_extended_nor_cancelled(shop: Shop, clock: FixedClock) -> None:
    first = warn(shop)
    clock.advance(days=1)
    with pytest.raises(AlertOver):
        do(shop, weather.cancel, alert_id=first.alert_id, texts=OVER)
    with pytest.raises(AlertOver):
        do(shop, weather.extend, alert_id=first.alert_id, valid_to=clock.now() + DAY, texts=TEXTS)


@proves("DR-1601")
def test_an_alert_that_was_replaced_before_the_worker_came_is_not_sent(shop: Shop) -> None:
    now = shop.db.parts.clock.now()

    def both(tx: Tx) -> None:
        alert = weather.create(
            tx, shop.cast.admin.actor, alert_type="frost", severity="warning", valid_from=now,
            valid_to=now + DAY, texts=TEXTS, zone="highland",
        )  # fmt: skip
        weather.extend(
            tx, shop.cast.admin.actor, alert_id=alert.alert_id, valid_to=now + 2 * DAY, texts=TEXTS
        )

    shop.db.run(both)
    shop.sweep()
    assert told(shop, shop.cast.farmer) == 1


@proves("DR-1601", "DR-220")
def test_everybody_reads_alerts_and_those_of_ones_own_places_the_gravest_first(
    shop: Shop, clock: FixedClock
) -> None:
    cast = shop.cast
    mild = warn(shop, severity="info")
    grave = warn(shop, severity="extreme")
    here = warn(shop, zone=None, ward_codes=[ward(shop, "Kangemi")])
    later = warn(shop, valid_from=clock.now() + DAY, valid_to=clock.now() + 2 * DAY)
    with shop.db.read() as tx:

        def mine(who: Person) -> list[int]:
            return [view.alert_id for view in weather.for_me(tx, who.actor)]

        assert mine(cast.farmer) == [grave.alert_id, mild.alert_id]
        assert mine(cast.customer) == [here.alert_id]
        assert mine(cast.admin) == []
        listed = weather.alerts(tx, cast.rider.actor).results
        assert [view.alert_id for view in listed] == [here.alert_id, grave.alert_id, mild.alert_id]
        by_ward = weather.alerts(tx, cast.rider.actor, ward_code=ward(shop, "Kangemi")).results
        assert [(view.alert_id, view.ward_codes) for view in by_ward] == [
            (here.alert_id, (ward(shop, "Kangemi"),))
        ]
        by_zone = weather.alerts(tx, cast.rider.actor, zone="highland", only_in_force=False).results
        assert [view.alert_id for view in by_zone] == [later.alert_id, grave.alert_id, mild.alert_id]
        assert by_zone[0].texts == TEXTS
        with pytest.raises(BadInput):
            weather.alerts(tx, cast.rider.actor, page=0)


@proves("DR-1601", "DR-213")
def test_only_admins_warn_and_bad_input_is_refused(shop: Shop) -> None:
    now = shop.db.parts.clock.now()
    first = warn(shop)
    for who in (shop.cast.customer, shop.cast.farmer, shop.cast.rider):
        for verb, said in (
            (weather.create, {
                "alert_type": "frost", "severity": "info", "valid_from": now, "valid_to": now + DAY,
                "texts": TEXTS, "zone": "highland",
            }),
            (weather.extend, {"alert_id": first.alert_id, "valid_to": now + DAY, "texts": TEXTS}),
            (weather.cancel, {"alert_id": first.alert_id, "texts": OVER}),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                do(shop, verb, who, **said)
    for changes, error in (
        ({"zone": "polar"}, ZoneUnknown),
        ({"zone": None}, Nowhere),
        ({"zone": None, "ward_codes": [9999]}, UnknownWard),
        ({"valid_to": now}, TimesWrong),
        ({"texts": {"en": "Frost"}}, TextMissing),
    ):
        with pytest.raises(error):
            warn(shop, **changes)
    for verb, said in (
        (weather.extend, {"alert_id": 10**6, "valid_to": now + DAY, "texts": TEXTS}),
        (weather.cancel, {"alert_id": 10**6, "texts": OVER}),
    ):
        with pytest.raises(AlertUnknown):
            do(shop, verb, **said)
    with pytest.raises(TimesWrong):
        do(shop, weather.extend, alert_id=first.alert_id, valid_to=now, texts=TEXTS)
    with pytest.raises(TextMissing):
        do(shop, weather.cancel, alert_id=first.alert_id, texts={})
    with shop.db.read() as tx:
        assert tx.session.query(WeatherAlert).count() == 1
