"""The most used queries, asked as the channels ask them: of the core's verbs, for people of Kinoo."""

from decimal import Decimal

from sqlalchemy import select

from bench.big.fill import Country
from bench.big.measure import Query
from core.actor import Actor
from core.db import Tx
from core.deliveries import duty
from core.duties.models import Duty
from core.insights import service as insights
from core.listings import near
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.notifications import service as notifications
from core.orders import numbers, planning, views
from core.orders.models import Order
from core.questions import service as questions
from core.users import service as users

REACH_KM = 46.0  # as the crow flies: delivery.max_km by road


def queries(country: Country) -> dict[str, Query]:
    """name -> the question, about people of the first ward; the same names for every size of country."""
    size, wards = country.size, len(country.wards)
    farmer, rider, customer = (
        _actor(role, _first(after, wards))
        for role, after in (
            ("farmer", 0),
            ("rider", size.farmers),
            ("customer", size.farmers + size.riders),
        )
    )
    home = country.wards[0]
    product_id = country.db.parts.products.by_slug("tomatoes").product_id
    line = planning.Line(product_id, Decimal(5), "kg")
    with country.db.read() as tx:
        number = tx.session.scalars(
            select(Order.order_number)
            .where(Order.customer_id == customer.user_id)
            .order_by(Order.order_id.desc())
            .limit(1)
        ).one()
        place = tx.session.scalars(select(Location).where(Location.default_of == customer.user_id)).one()
        offer = tx.session.scalars(select(Listing).where(Listing.farmer_id == farmer.user_id).limit(1)).one()
    phone = f"+2547{customer.user_id:08d}"

    def due_work(tx: Tx) -> object:
        due = Duty.status == "due", Duty.due_at <= tx.now, Duty.kind.in_(["complete_order", "send_sms"])
        return tx.session.scalars(select(Duty.duty_id).where(*due).order_by(Duty.due_at).limit(20)).all()

    return {
        "who is calling": lambda tx: users.find(tx, phone),
        "her open question": lambda tx: questions.open_for(tx, phone),
        "unread notices": lambda tx: notifications.count_unread(tx, customer),
        "produce near me": lambda tx: near.buyable_near(
            tx, product_id=product_id, point=home.point, km=REACH_KM
        ),
        "nearest there is": lambda tx: near.nearest(tx, product_id=product_id, point=home.point),
        "price comparison": lambda tx: insights.price_comparison(tx, offer),
        "a basket at my door": lambda tx: planning.cheapest(
            tx, customer_id=customer.user_id or 0, lines=[line], drop=place
        ),
        "my orders": lambda tx: views.my_orders(tx, customer),
        "order by its last four": lambda tx: numbers.find(tx, customer, number),
        "farmer's open items": lambda tx: views.waiting_for_farmer(tx, farmer),
        "farmer's listings": lambda tx: listings.own(tx, farmer),
        "rider's jobs": lambda tx: duty.in_hand(tx, rider.user_id or 0),
        "riders for an offer": lambda tx: duty.free_near(
            tx,
            pickup=home.point,
            subcounty=(home.county, home.subcounty),
            kg=Decimal(10),
            customer_id=0,
        ),
        "due work": due_work,
        "her places": lambda tx: locations.default_of(tx, customer.user_id or 0),
    }


def _first(after: int, wards: int) -> int:
    """The first user id beyond `after` who lives in the first ward."""
    return (after // wards + 1) * wards


def _actor(role: str, user_id: int) -> Actor:
    return Actor(user_id, role, "ussd", language="sw")
