"""Real verbs, each tried for every role on an own and on a foreign record: what each cell of the matrix does.

A verb is called in a transaction that is rolled back. `foreign` False: it has no foreign record (it makes or
lists one's own). Whoever lands a verb adds it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.actor import Actor
from core.alarms import service as alarms
from core.carts import service as carts
from core.cash import day_close, deposits
from core.catalogue import packs, products, tree
from core.catalogue.models import Product
from core.db import Tx
from core.deliveries import assignment, earnings, offers, routes, tracking, vehicles
from core.deliveries import service as deliveries
from core.deliveries import views as road
from core.farms import agents, keeping
from core.farms import service as farms
from core.following import service as following
from core.insights import entry, lists
from core.listings import service as listings
from core.locations import service as locations
from core.notifications import service as notifications
from core.office import callbacks
from core.orders import cancelling, checkout, documents, marking, shortage, views
from core.outbox import failed
from core.payment_methods import service as methods
from core.payments import refunds, suspense
from core.payments import service as payments
from core.payouts import service as payouts
from core.payouts import statements
from core.privacy import service as privacy
from core.reviews import lists as review_lists
from core.reviews import service as reviews
from core.settings import service as settings
from core.settings import switches
from core.support import messages
from core.support import service as support
from core.users import profile, roles, staff
from core.ways import service as ways
from core.weather import service as weather
from tests.helpers import FARMER
from tests.permissions.expected import ROLES
from tests.permissions.world import Circle

D = Decimal
THE_FARM = ("farmer", "admin")
THE_BUYER = ("customer",)
PARTIES = ("customer", "farmer", "rider")


@dataclass(frozen=True)
class Verb:
    """A verb of a resource: what it is called for, and how it is called on a record of a circle.

    of   the roles whose part of the cell this verb is; the others have verbs of their own, and this one
         refuses them
    """

    resource: str
    verb: str
    name: str
    call: Callable[[Tx, Actor, Circle, str], Any]
    foreign: bool = True
    of: tuple[str, ...] = ROLES

    def __str__(self) -> str:
        return f"{self.resource}-{self.verb}-{self.name}"


def hers(tx: Tx, circle: Circle) -> int:
    """A product that the circle's farmer has added: for this trial only, since products outlive a test."""
    product = tx.session.get_one(Product, 1 if circle.cast.farmer.phone == FARMER else 2)
    product.created_by = circle.cast.farmer.id
    tx.flush()
    return product.product_id


def _weather(tx: Tx, actor: Actor) -> Any:
    return weather.create(
        tx, actor, alert_type="rain", severity="info", valid_from=tx.now,
        valid_to=tx.now + timedelta(days=1), texts={"en": "Rain", "sw": "Mvua", "kikuyu": "Mbura"},
        zone="highland",
    )  # fmt: skip


REAL = [
    # --- 2.1 ------------------------------------------------------------------------------------------------
    Verb("profile", "read", "view", lambda tx, a, c, r: profile.view(tx, a, user_id=c.person(r).id)),
    Verb("profile", "update", "role of one's own",
         lambda tx, a, c, r: roles.choose(tx, a, role="rider"), False),
    Verb("locations", "create", "add", lambda tx, a, c, r: locations.add(tx, a, ward_code=601), False),
    Verb("locations", "read", "read", lambda tx, a, c, r: locations.read(tx, a, location_id=c.places[r])),
    Verb("locations", "update", "change",
         lambda tx, a, c, r: locations.change(tx, a, location_id=c.places[r], label="home")),
    Verb("locations", "update", "set_default",
         lambda tx, a, c, r: locations.set_default(tx, a, location_id=c.places[r])),
    Verb("locations", "delete", "remove",
         lambda tx, a, c, r: locations.remove(tx, a, location_id=c.places[r])),
    Verb("farms", "read", "read", lambda tx, a, c, r: keeping.read(tx, a, farm_id=c.farm_id)),
    Verb("farms", "read", "organic", lambda tx, a, c, r: keeping.organic(tx, a)),
    Verb("farms", "read", "by_weather_zone",
         lambda tx, a, c, r: keeping.by_weather_zone(tx, a, weather_zone="highland")),
    Verb("farms", "update", "change",
         lambda tx, a, c, r: keeping.change(tx, a, farm_id=c.farm_id, name="New")),
    Verb("farms", "delete", "close", lambda tx, a, c, r: keeping.close(tx, a, farm_id=c.farm_id)),
    Verb("products", "create", "create",
         lambda tx, a, c, r: products.create(tx, a, category_id=1, name="Odd")),
    Verb("products", "read", "read", lambda tx, a, c, r: products.read(tx, a, product_id=hers(tx, c))),
    Verb("products", "read", "perishable", lambda tx, a, c, r: products.perishable(tx, a)),
    Verb("products", "read", "packs", lambda tx, a, c, r: packs.of_product(tx, a, product_id=hers(tx, c))),
    Verb("products", "update", "change",
         lambda tx, a, c, r: products.change(tx, a, product_id=hers(tx, c), name="Odder")),
    Verb("products", "delete", "withdraw",
         lambda tx, a, c, r: products.withdraw(tx, a, product_id=hers(tx, c))),
    Verb("orders", "read", "order_view",
         lambda tx, a, c, r: documents.order_view(tx, a, order_id=c.order_id)),
    Verb("orders", "read", "timeline", lambda tx, a, c, r: views.timeline(tx, a, order_id=c.order_id)),
    Verb("orders", "create", "checkout for her",
         lambda tx, a, c, r: checkout.checkout(
             tx, a, idempotency_key="m", again=True, customer_id=c.cast.customer.id)),
    Verb("orders", "delete", "cancel", lambda tx, a, c, r: cancelling.cancel(tx, a, order_id=c.order_id)),
    Verb("order_items", "update", "mark",
         lambda tx, a, c, r: marking.mark(tx, a, order_item_id=c.item_id, event="ready"), of=THE_FARM),
    Verb("order_items", "update", "short",
         lambda tx, a, c, r: shortage.short(tx, a, order_item_id=c.item_id, quantity=D(1)), of=THE_FARM),
    Verb("order_items", "update", "pick_up",
         lambda tx, a, c, r: deliveries.pick_up(tx, a, order_id=c.order_id), of=("rider",)),
    Verb("deliveries", "create", "accept an offer",
         lambda tx, a, c, r: offers.answer(tx, a, offer_id=c.offer_id, accept=True), of=("rider",)),
    Verb("deliveries", "read", "one", lambda tx, a, c, r: road.one(tx, a, delivery_id=c.delivery_id)),
    Verb("deliveries", "read", "last_known",
         lambda tx, a, c, r: tracking.last_known(tx, a, order_id=c.order_id), of=("customer", "admin")),
    Verb("deliveries", "update", "assign_by_hand",
         lambda tx, a, c, r: assignment.assign_by_hand(
             tx, a, order_id=c.order_id, rider_id=c.cast.rider.id), of=("admin",)),
    Verb("deliveries", "update", "override",
         lambda tx, a, c, r: deliveries.override(tx, a, order_id=c.order_id, reason="lost"), of=("admin",)),
    Verb("deliveries", "delete", "drop_out",
         lambda tx, a, c, r: assignment.drop_out(tx, a, order_id=c.order_id), of=("rider", "admin")),
    Verb("deliveries", "update", "pick_up",
         lambda tx, a, c, r: deliveries.pick_up(tx, a, order_id=c.order_id), of=("rider",)),
    Verb("payments", "create", "pay",
         lambda tx, a, c, r: payments.pay(tx, a, order_id=c.order_id, msisdn="0722999888")),
    Verb("reviews", "create", "review_item",
         lambda tx, a, c, r: reviews.review_item(tx, a, order_item_id=c.done_item_id, stars=5), of=THE_BUYER),
    Verb("reviews", "read", "of_product", lambda tx, a, c, r: review_lists.of_product(tx, a, product_id=1)),
    Verb("reviews", "update", "edit",
         lambda tx, a, c, r: reviews.edit(tx, a, review_id=c.review_id, stars=4), of=THE_BUYER),
    Verb("reviews", "update", "hide",
         lambda tx, a, c, r: reviews.hide(tx, a, review_id=c.review_id, reason="rude"), of=("admin",)),
    Verb("reviews", "delete", "delete",
         lambda tx, a, c, r: reviews.delete(tx, a, review_id=c.review_id), of=THE_BUYER),
    Verb("settings", "read", "listed", lambda tx, a, c, r: settings.listed(tx, a)),
    Verb("settings", "update", "change",
         lambda tx, a, c, r: settings.change(tx, a, name="cart.max_lines", value="10", reason="test")),
    # --- DR-213, DR-220 -------------------------------------------------------------------------------------
    Verb("categories", "create", "create", lambda tx, a, c, r: tree.create(tx, a, name="Spices")),
    Verb("categories", "read", "categories", lambda tx, a, c, r: tree.categories(tx, a)),
    Verb("categories", "update", "change", lambda tx, a, c, r: tree.change(tx, a, category_id=1, name="New")),
    Verb("categories", "delete", "remove", lambda tx, a, c, r: tree.remove(tx, a, category_id=1)),
    Verb("market_prices", "read", "prices", lambda tx, a, c, r: lists.prices(tx, a)),
    Verb("market_prices", "create", "preview", lambda tx, a, c, r: entry.preview(tx, a, text="")),
    Verb("market_prices", "delete", "remove_price",
         lambda tx, a, c, r: entry.remove_price(tx, a, price_id=1)),
    Verb("weather", "create", "create", lambda tx, a, c, r: _weather(tx, a)),
    Verb("weather", "read", "alerts", lambda tx, a, c, r: weather.alerts(tx, a)),
    Verb("listings", "create", "publish",
         lambda tx, a, c, r: listings.publish(
             tx, a, farm_id=c.farm_id, product_id=1, unit="kg", quantity=D(5), price=D(80),
             price_confirmed=True)),
    Verb("listings", "update", "change_price",
         lambda tx, a, c, r: listings.change_price(
             tx, a, listing_id=c.listing_id, price=D(70), price_confirmed=True)),
    Verb("listings", "update", "restock",
         lambda tx, a, c, r: listings.restock(tx, a, listing_id=c.listing_id, quantity=D(1))),
    Verb("listings", "delete", "deactivate",
         lambda tx, a, c, r: listings.deactivate(tx, a, listing_id=c.listing_id)),
    Verb("vehicles", "create", "register",
         lambda tx, a, c, r: vehicles.register(tx, a, vehicle_type="bicycle", plate=""), False, ("rider",)),
    Verb("vehicles", "read", "one", lambda tx, a, c, r: vehicles.one(tx, a, vehicle_id=c.vehicle_id)),
    Verb("vehicles", "update", "decide",
         lambda tx, a, c, r: vehicles.decide(tx, a, vehicle_id=c.vehicle_id, approve=True), of=("admin",)),
    Verb("vehicles", "delete", "deactivate",
         lambda tx, a, c, r: vehicles.deactivate(tx, a, vehicle_id=c.vehicle_id)),
    Verb("routes", "read", "of_rider", lambda tx, a, c, r: routes.of_rider(tx, a, rider_id=c.payee(r))),
    Verb("stats", "read", "tally",
         lambda tx, a, c, r: earnings.tally(
             tx, a, first=date(2025, 6, 1), last=date(2025, 6, 30), rider_id=c.payee(r))),
    Verb("stats", "read", "figures",
         lambda tx, a, c, r: statements.figures(
             tx, a, since=tx.now - timedelta(days=1), until=tx.now, payee_id=c.payee(r))),
    Verb("payouts", "create", "create",
         lambda tx, a, c, r: payouts.create(tx, a, payee_id=c.payee(r)), of=("admin",)),
    Verb("payouts", "read", "listed", lambda tx, a, c, r: statements.listed(tx, a, payee_id=c.payee(r))),
    Verb("payouts", "update", "approve_first",
         lambda tx, a, c, r: payouts.approve_first(tx, a, payout_ids=[], total=D(0)), of=("admin",)),
    Verb("messages", "create", "send",
         lambda tx, a, c, r: messages.send(
             tx, a, order_ref=c.number, to_user_id=c.other(r).id, text="I come at five"), of=PARTIES),
    Verb("messages", "read", "listed", lambda tx, a, c, r: messages.listed(tx, a), False),
    Verb("tickets", "create", "open_ticket",
         lambda tx, a, c, r: support.open_ticket(tx, a, text="Help me please"), False),
    Verb("tickets", "read", "read", lambda tx, a, c, r: support.read(tx, a, ticket_id=c.tickets[r])),
    Verb("tickets", "update", "take", lambda tx, a, c, r: support.take(tx, a, ticket_id=c.tickets[r])),
    Verb("notifications", "read", "listed", lambda tx, a, c, r: notifications.listed(tx, a), False),
    Verb("notifications", "update", "mark_read",
         lambda tx, a, c, r: notifications.mark_read(tx, a, notification_id=c.notices[r])),
    Verb("payment_methods", "create", "add",
         lambda tx, a, c, r: methods.add(tx, a, method_type="cash_on_delivery"), False),
    Verb("payment_methods", "read", "read",
         lambda tx, a, c, r: methods.read(tx, a, payment_method_id=c.methods[r])),
    Verb("payment_methods", "update", "change",
         lambda tx, a, c, r: methods.change(tx, a, payment_method_id=c.methods[r], label="hers")),
    Verb("payment_methods", "delete", "remove",
         lambda tx, a, c, r: methods.remove(tx, a, payment_method_id=c.methods[r])),
    Verb("carts", "read", "view", lambda tx, a, c, r: carts.view(tx, a, customer_id=c.cast.customer.id)),
    Verb("carts", "create", "add",
         lambda tx, a, c, r: carts.add(tx, a, listing_id=c.listing_id, quantity=D(1)), False),
    Verb("carts", "update", "update",
         lambda tx, a, c, r: carts.update(tx, a, cart_item_id=c.cart_item_id, quantity=D(3))),
    Verb("carts", "delete", "remove", lambda tx, a, c, r: carts.remove(tx, a, cart_item_id=c.cart_item_id)),
    Verb("following", "create", "follow", lambda tx, a, c, r: following.follow(tx, a, product_id=1), False),
    Verb("following", "read", "following", lambda tx, a, c, r: following.following(tx, a), False),
    Verb("following", "delete", "unfollow",
         lambda tx, a, c, r: following.unfollow(tx, a, product_id=1), False),
    # --- the house ------------------------------------------------------------------------------------------
    Verb("agents", "create", "appoint",
         lambda tx, a, c, r: agents.appoint(tx, a, user_id=c.person("rider").id, cooperative="Ours")),
    Verb("agents", "read", "of_farmer",
         lambda tx, a, c, r: agents.of_farmer(tx, a), False, ("farmer", "admin")),
    Verb("agents", "read", "listed", lambda tx, a, c, r: agents.listed(tx, a), of=("admin",)),
    Verb("agents", "delete", "dismiss",
         lambda tx, a, c, r: agents.dismiss(tx, a, user_id=c.person("rider").id)),
    Verb("agents", "update", "drop_helper", lambda tx, a, c, r: agents.drop_helper(tx, a), False),
    Verb("personal_data", "read", "ask", lambda tx, a, c, r: privacy.ask(tx, a, kind="export"), False),
    Verb("personal_data", "read", "export",
         lambda tx, a, c, r: privacy.export(tx, a, user_id=c.person("rider").id), of=("admin",)),
    Verb("personal_data", "delete", "erase",
         lambda tx, a, c, r: privacy.erase(
             tx, a, user_id=c.person("rider").id, reason="asked"), of=("admin",)),
    Verb("ways", "read", "points", lambda tx, a, c, r: ways.points(tx, a)),
    Verb("money", "read", "day_close", lambda tx, a, c, r: day_close.report(tx, a, day=date(2025, 6, 24))),
    Verb("money", "create", "count_in",
         lambda tx, a, c, r: deposits.count_in(
             tx, a, rider_id=c.cast.rider.id, amount=D(100), once_key="m")),
    Verb("money", "read", "suspense", lambda tx, a, c, r: suspense.listed(tx, a)),
    Verb("money", "create", "refund",
         lambda tx, a, c, r: refunds.request(
             tx, a, order_id=c.order_id, amount=D(20), reason="kind", request_key="m")),
    Verb("switches", "read", "listed", lambda tx, a, c, r: switches.listed(tx, a)),
    Verb("switches", "update", "pause",
         lambda tx, a, c, r: switches.pause(tx, a, kind="orders", reason="test")),
    Verb("alarms", "read", "listed", lambda tx, a, c, r: alarms.listed(tx, a)),
    Verb("alarms", "update", "acknowledge",
         lambda tx, a, c, r: alarms.acknowledge(tx, a, alarm_id=c.alarm_id)),
    Verb("due_work", "read", "failed", lambda tx, a, c, r: failed.listed(tx, a)),
    Verb("due_work", "update", "again", lambda tx, a, c, r: failed.again(tx, a, outbox_id=c.outbox_id)),
    Verb("callbacks", "read", "take_out", lambda tx, a, c, r: callbacks.take_out(tx, a, filters={})),
    Verb("callbacks", "update", "reveal",
         lambda tx, a, c, r: callbacks.reveal(tx, a, callback_id=c.callback_id, reason="test")),
    Verb("callbacks", "update", "run_again",
         lambda tx, a, c, r: callbacks.run_again(tx, a, callback_id=c.callback_id)),
]  # fmt: skip

# Verbs of the admin's own column, tried on somebody else's record.
STAFF = [
    Verb("profile", "create", "create_admin",
         lambda tx, a, c, r: staff.create_admin(
             tx, a, msisdn="0712000999", email=None, password="one time only")),
    Verb("profile", "read", "search", lambda tx, a, c, r: staff.search(tx, a)),
    Verb("profile", "read", "look_at",
         lambda tx, a, c, r: profile.look_at(tx, a, user_id=c.person("rider").id)),
    Verb("profile", "update", "role",
         lambda tx, a, c, r: roles.change(tx, a, user_id=c.person("farmer").id, role="customer")),
    Verb("profile", "delete", "deactivate",
         lambda tx, a, c, r: staff.deactivate(tx, a, user_id=c.person("rider").id, reason="test")),
]  # fmt: skip

# What needs the role itself: a farm is a farmer's, a vehicle and an offer are a rider's (DR-213, DR-206).
BY_ROLE: dict[str, Callable[[Tx, Actor, Circle], Any]] = {
    "farmer": lambda tx, a, c: farms.open_farm(tx, a, name="Second", location_id=c.places["farmer"]),
    "rider": lambda tx, a, c: vehicles.register(tx, a, vehicle_type="bicycle", plate=""),
}
