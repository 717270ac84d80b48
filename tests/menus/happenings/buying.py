"""What happens around a customer: what is for sale, what she bought, what changes while she looks."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from core.clock import nairobi_date
from core.db import Tx
from core.farms import keeping
from core.farms.models import Farm
from core.ledger import service as ledger
from core.listings import changes
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.orders import quotes
from core.orders.models import Order
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.payments.whys import Why
from core.settings import switches
from core.users import service as users
from core.ways import service as ways
from tests.helpers import Person, farm_id
from tests.menus.stage import Stage
from tests.orders.shop import failed, paid

SECOND, FAR = "+254712000505", "+254712000606"


def _other_farmer(stage: Stage, msisdn: str = SECOND, ward: str = "Kinoo", name: str = "Mwangi") -> Person:
    if msisdn not in stage.things:
        stage.things[msisdn] = stage.shop.person(msisdn, "farmer", ward, name)
    found: Person = stage.things[msisdn]
    return found


def market(stage: Stage) -> None:
    """Two farms with tomatoes, one with kale and potatoes in bags too."""
    shop = stage.shop
    stage.things["tomatoes"] = shop.publish("50", "80")
    shop.publish("40", "30", unit="bunch", slug="kale")
    shop.publish("6", "2500", unit="bag 50kg", slug="irish-potatoes", farmer=_other_farmer(stage))
    stage.things["cheap"] = shop.publish("20", "75", farmer=_other_farmer(stage))


def doors(stage: Stage) -> None:
    """The customer has said before by what a rider finds her door."""
    customer = stage.cast.customer

    def work(tx: Tx) -> None:
        place = locations.default_of(tx, customer.id)
        assert place is not None
        locations.set_landmark(tx, customer.actor, location_id=place.location_id, landmark="blue gate")

    stage.db.run(work)


def bought(stage: Stage, quantity: str = "5") -> None:
    """She bought tomatoes some days ago, and they came."""
    stage.shop.publish("50", "80")
    stage.shop.delivered_order()
    stage.clock.advance(days=1)


def price(stage: Stage, which: str = "tomatoes", shillings: str = "85") -> None:
    """A farmer asks another price."""
    listing = stage.things[which]
    farmer = stage.cast.farmer if which == "tomatoes" else _other_farmer(stage)
    stage.db.run(
        lambda tx: changes.change_price(
            tx, farmer.actor, listing_id=listing.listing_id, price=Decimal(shillings), price_confirmed=True
        )
    )


def left(stage: Stage, quantity: str, which: str = "tomatoes") -> None:
    """Somebody else has bought; so much is left."""
    listing = stage.things[which]
    farmer = stage.cast.farmer if which == "tomatoes" else _other_farmer(stage)
    stage.db.run(
        lambda tx: changes.set_quantity(
            tx, farmer.actor, listing_id=listing.listing_id, quantity=Decimal(quantity)
        )
    )


def no_cash(stage: Stage) -> None:
    """The farm takes no cash orders."""
    farmer = stage.cast.farmer
    stage.db.run(
        lambda tx: keeping.change(tx, farmer.actor, farm_id=farm_id(tx, farmer.actor), takes_cash=False)
    )


def growing(stage: Stage) -> None:
    """Cabbages for pre-order."""
    farmer = stage.cast.farmer
    stage.db.run(
        lambda tx: listings.publish(
            tx, farmer.actor, farm_id=farm_id(tx, farmer.actor), product_id=stage.shop.product("cabbage"),
            unit="kg", quantity=Decimal(80), price=Decimal(25), price_confirmed=True,
            expected_harvest_date=nairobi_date(tx.now) + timedelta(days=12),
        )
    )  # fmt: skip


def far(stage: Stage) -> None:
    """Only somebody far away sells onions."""
    stage.shop.publish("90", "60", slug="onions", farmer=_other_farmer(stage, FAR, "Kisumu North", "Otieno"))


def run(stage: Stage) -> None:
    """A run comes from Kisumu to a collection point in Kangemi every Friday."""
    places = stage.db.parts.places
    ward = {name: next(w.code for w in places.starting_with(name) if w.ward == name)
            for name in ("Kisumu North", "Kangemi")}  # fmt: skip
    admin = stage.cast.admin.actor

    def work(tx: Tx) -> None:
        point = ways.save_point(
            tx, admin, name="Kangemi Market", ward_code=ward["Kangemi"], keeper_id=stage.cast.rider.id
        )
        ways.save_run(
            tx, admin, name="Kisumu-Nairobi", start_wards=[ward["Kisumu North"]],
            stops=[point.collection_point_id], weekday=4, departs="06:00", cutoff_hours=12,
            capacity_kg=Decimal(800), fee_per_kg=Decimal(6),
        )  # fmt: skip

    stage.db.run(work)


def bank(stage: Stage) -> None:
    """There is an account for transfers."""
    stage.shop.set_to("bank.account", "Equity 0180291234567, Tunda Ltd")


def pause(stage: Stage, kind: str) -> None:
    """An admin switches something off."""
    stage.db.run(lambda tx: switches.pause(tx, stage.cast.admin.actor, kind=kind))
    stage.db.parts.settings.refresh(stage.db.engine, now=True)


def resume(stage: Stage, kind: str) -> None:
    """An admin switches it on again."""
    stage.db.run(lambda tx: switches.resume(tx, stage.cast.admin.actor, kind=kind))
    stage.db.parts.settings.refresh(stage.db.engine, now=True)


def _newest(stage: Stage) -> PaymentTransaction:
    with stage.db.read() as tx:
        query = select(PaymentTransaction).order_by(PaymentTransaction.transaction_id.desc()).limit(1)
        return tx.session.scalars(query).one()


def prompt(stage: Stage) -> None:
    """Safaricom has taken the newest request."""
    attempt = _newest(stage)
    stage.db.run(
        lambda tx: payments.accepted(
            tx, attempt.transaction_id, merchant_request_id="m-1",
            checkout_request_id=f"ws_{attempt.transaction_id}",
        )
    )  # fmt: skip


def unclear(stage: Stage) -> None:
    """No answer came, and the query brought none."""
    prompt(stage)
    stage.db.run(lambda tx: payments.next_query(tx, _newest(stage).transaction_id))


def turned_down(stage: Stage, why: Why = "lapsed") -> None:
    """She pressed cancel on the request; or M-Pesa had another reason."""
    attempt = _newest(stage)
    stage.shop.result(attempt, replace(failed(f"ws_{attempt.transaction_id}"), why=why))


def requests_enough_for(stage: Stage, count: str) -> None:
    """An order may be asked for so often."""
    stage.shop.set_to("mpesa.max_prompts", count)


def money(stage: Stage) -> None:
    """The money of the newest request has come."""
    attempt = _newest(stage)
    checkout = f"ws_{attempt.transaction_id}"
    stage.shop.result(attempt, paid(attempt, checkout, f"TFO{attempt.transaction_id:07d}"))


def more(stage: Stage) -> None:
    """What the farmer of the last order sells now, for `left`."""
    stage.things["tomatoes"] = stage.shop.publish("50", "80")
    with stage.db.read() as tx:
        old = tx.session.scalars(select(Listing).order_by(Listing.listing_id)).first()
    assert old is not None
    farmer = stage.cast.farmer.actor
    stage.db.run(lambda tx: changes.deactivate(tx, farmer, listing_id=old.listing_id))


def placeless(stage: Stage, msisdn: str) -> None:
    """A customer who came by SMS and has said no place."""
    stage.db.run(
        lambda tx: users.register(
            tx, msisdn=msisdn, role="customer", first_name="", language="en", channel="sms",
            consent_version=None,
        )
    )  # fmt: skip


def customer_at(stage: Stage, msisdn: str, ward: str = "") -> None:
    """Another customer, with or without a place."""
    stage.things[msisdn] = stage.shop.person(msisdn, "customer", ward or "Kangemi", "Njeri")


def orders(stage: Stage, count: str) -> None:
    """So many orders of hers stand in the table."""
    with stage.db.read() as tx:
        found = tx.session.scalars(select(Order).where(Order.customer_id == stage.cast.customer.id)).all()
    assert len(found) == int(count), [order.order_number for order in found]


def long_names(stage: Stage) -> None:
    """The farms have the longest names that a farm may have."""
    stage.db.run(
        lambda tx: tx.session.execute(
            update(Farm).values(farm_name="Kĩrĩnyaga Green Valley Organic Growers Cooperative Farm 12")
        )
    ) and None


def bought_two(stage: Stage) -> None:
    """She bought tomatoes and kale some days ago, and paid."""
    shop = stage.shop
    shop.publish("50", "80")
    stage.things["kale"] = shop.publish("40", "30", unit="bunch", slug="kale", farmer=_other_farmer(stage))
    lines = [
        quotes.Line(shop.product(), Decimal(5), "kg"),
        quotes.Line(shop.product("kale"), Decimal(3), "bunch"),
    ]
    shop.pay(shop.accept(shop.quote_lines(*lines)))
    stage.clock.advance(hours=2)


def kale_gone(stage: Stage) -> None:
    """The kale is sold out."""
    left(stage, "0", "kale")


def serve(stage: Stage, ward: str) -> None:
    """We buy and sell in one ward only."""
    found = next(one for one in stage.db.parts.places.starting_with(ward) if one.ward == ward)
    stage.shop.set_to("service.wards", str(found.code))


def fee(stage: Stage, base: str) -> None:
    """An admin changes the delivery fee."""
    stage.shop.set_to("delivery.base_fee", base)


def many_farms(stage: Stage) -> None:
    """A dozen farms sell tomatoes."""
    for number in range(12):
        farmer = _other_farmer(stage, f"+2547120007{number:02d}", "Kinoo", "Nyambura")
        stage.shop.publish("30", str(81 + number), farmer=farmer)


def unpaid_orders(stage: Stage, count: str) -> None:
    """So many orders of hers wait for their money."""
    for number in range(int(count)):
        stage.shop.refuse_prompt(stage.shop.order(str(number + 6), f"sms-{number}"))
        stage.clock.advance(minutes=4)


def all_sold(stage: Stage) -> None:
    """Whatever was for sale has been sold."""

    def work(tx: Tx) -> None:
        for listing in tx.session.scalars(select(Listing)):
            farmer = stage.cast.farmer if listing.farmer_id == stage.cast.farmer.id else _other_farmer(stage)
            changes.deactivate(tx, farmer.actor, listing_id=listing.listing_id)

    stage.db.run(work)


def sold_by_ten(stage: Stage) -> None:
    """The farmer sells tomatoes again, ten kg at least."""
    stage.things["tomatoes"] = stage.shop.publish("50", "80")
    least(stage, "10")


def least(stage: Stage, quantity: str) -> None:
    """The farmer sells so much of them at least from now on."""
    listing = stage.things["tomatoes"]
    said: dict[str, Any] = {"min_order_quantity": int(quantity)}
    stage.db.run(
        lambda tx: listings.change(tx, stage.cast.farmer.actor, listing_id=listing.listing_id, **said)
    )


def far_too(stage: Stage) -> None:
    """The same farmer far away sells cabbage too."""
    far_farmer = _other_farmer(stage, FAR, "Kisumu North", "Otieno")
    stage.shop.publish("90", "50", slug="cabbage", farmer=far_farmer)


def credit(stage: Stage, shillings: str) -> None:
    """Money of hers stayed with us."""
    account = f"customer_credit:{stage.cast.customer.id}"
    lines = {account: -Decimal(shillings), "goodwill": Decimal(shillings)}
    stage.db.run(lambda tx: ledger.post(tx, "test_credit", 1, lines))


def owes(stage: Stage, shillings: str) -> None:
    """So much was missing at her door; she pays it with the next order."""
    account = f"customer_credit:{stage.cast.customer.id}"
    lines = {account: Decimal(shillings), "goodwill": -Decimal(shillings)}
    stage.db.run(lambda tx: ledger.post(tx, "test_short", 1, lines))
