"""Who is told of produce near by, of prices that moved and of the weather (DR-504, DR-506, DR-1601)."""

from core import events
from core.clock import nairobi_date
from core.db import Tx
from core.duties import service as duties
from core.farms.models import Farm
from core.following import service as following
from core.following import telling
from core.listings.machine import AVAILABLE
from core.listings.models import Listing
from core.locations.models import Location
from core.notifications.service import tell
from core.users import service as users
from core.weather import rules as weather_rules
from core.weather.models import WeatherAlert
from core.weather.receivers import BATCH, next_receivers
from core.weather.service import texts_of


def for_sale(tx: Tx, happened: events.ListingPublished | events.ListingRestocked) -> None:
    """Reaction: something can be bought (L1, L5). Whoever waits for it is told by the worker, not in the
    farmer's own hop."""
    listing = tx.session.get_one(Listing, happened.listing_id)
    if listing.listing_status == AVAILABLE and following.is_wanted(tx, listing.product_id):
        _want_watchers(tx, listing.listing_id, "0")


def tell_watchers(tx: Tx, listing_id: int) -> None:
    """The duty: followers near by hear that there is some, each at most once a day; the farmer, in the app,
    how many asked (DR-506). Nothing when it is sold out or taken down meanwhile."""
    listing = tx.session.get(Listing, listing_id)
    if listing is None or listing.listing_status != AVAILABLE:
        return
    farm = tx.session.get_one(Farm, listing.farm_id)
    place = tx.session.get_one(Location, farm.location_id)
    today = nairobi_date(tx.now)
    asked = following.asked_near(tx, listing.product_id, place.ward_code)
    if asked:
        tell(
            tx,
            users.get(tx, listing.farmer_id),
            "wanted_near",
            {"count": str(asked), "product": listing.product_id},
            subject=f"listing:{listing_id}",
        )
    values = {
        "product": listing.product_id,
        "price": str(listing.current_price),
        "unit": listing.unit,
        "farm": farm.farm_name,
        "place": place.ward,
        "dial": tx.parts.service_code,
    }
    told, more = telling.watchers(
        tx, product_id=listing.product_id, ward_code=place.ward_code, seller_id=listing.farmer_id
    )
    for user in told:
        tell(tx, user, "product_near", values, subject=f"product:{listing.product_id}:{today}")
    if more:
        _want_watchers(tx, listing_id, str(told[-1].user_id))


def price_alerts(tx: Tx, _subject: int) -> None:
    """The daily duty: each followed product is looked at in a duty of its own (DR-504)."""
    for product_id in telling.followed(tx):
        _want_prices(tx, product_id, "0")


def price_alert(tx: Tx, product_id: int) -> None:
    """The duty: followers for whom the average has moved enough are told, at most once a day (DR-504)."""
    moved, more = telling.moved(tx, product_id)
    for one in moved:
        values = {
            "product": product_id,
            "market": str(one.now.price),
            "price": str(one.before),
            "unit": one.unit,
        }
        code = "price_alert_peers"
        if one.now.month is not None:
            code = "price_alert"
            values |= {"where": one.now.market, "month": one.now.month.isoformat()}
        tell(tx, one.user, code, values, subject=f"product:{product_id}:{nairobi_date(tx.now)}")
    if more:
        _want_prices(tx, product_id, f"{tx.now:%H%M%S%f}")


def weather_alert_issued(tx: Tx, happened: events.WeatherAlertIssued) -> None:
    """Reaction: those concerned are told by the worker."""
    _want_weather(tx, happened.alert_id, 0)


def tell_weather(tx: Tx, alert_id: int) -> None:
    """The duty: each person concerned is told once (DR-1601); at night only of what is extreme. Nothing when
    a later alert has taken its place, or when it is over."""
    alert = tx.session.get_one(WeatherAlert, alert_id, with_for_update=True)
    if alert.superseded_at is not None or alert.valid_to <= tx.now:
        return
    told = next_receivers(tx, alert)
    for user in told:
        tell(
            tx,
            user,
            "weather_alert",
            {"warning": texts_of(alert)},
            subject=f"weather:{alert_id}",
            urgent=alert.severity == weather_rules.EXTREME,
            life=alert.valid_to - tx.now,
        )
    if len(told) == BATCH:
        alert.told_to = told[-1].user_id
        _want_weather(tx, alert_id, alert.told_to)


def _want_watchers(tx: Tx, listing_id: int, so_far: str) -> None:
    day = nairobi_date(tx.now)
    duties.want(tx, "tell_watchers", listing_id, key=f"tell_watchers:{listing_id}:{day}:{so_far}")


def _want_prices(tx: Tx, product_id: int, so_far: str) -> None:
    day = nairobi_date(tx.now)
    duties.want(tx, "price_alert", product_id, key=f"price_alert:{product_id}:{day}:{so_far}")


def _want_weather(tx: Tx, alert_id: int, so_far: int) -> None:
    duties.want(tx, "tell_weather", alert_id, key=f"tell_weather:{alert_id}:{so_far}")
