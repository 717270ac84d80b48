"""Who is told what, on which occasion: for one order exactly the texts of DR-1509, all else in the app only.

Each function is a reaction (core/reactions.py). Values are the slots of locales/slots.py.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.util import identity_key

from core import events
from core.cash import collecting
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer, Vehicle
from core.deliveries.stops import Stop, pickups
from core.duties import service as duties
from core.listings import commission
from core.listings.models import Listing
from core.listings.rules import farmer_gets
from core.money import ZERO, round2
from core.msisdn import national
from core.notifications import bundling, collected
from core.notifications.service import tell
from core.notifications.values import amount
from core.orders import cash_rules, locks, rules
from core.orders.cash_rules import CASH
from core.orders.models import Order, OrderItem
from core.orders.service import live_items
from core.payments import lapsed
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.questions import service as questions
from core.users import service as users
from core.users.models import User

# So many farms hear of an order with the act that confirms it, the others seconds later: whoever orders from
# twenty at a keypad waits for no twenty texts to be written.
FARMS_AT_ONCE = 1


def listing_published(tx: Tx, happened: events.ListingPublished) -> None:
    """The farmer: your produce is for sale, and what you get for it (DR-1107); of what her agent lists
    about_people tells her."""
    listing = tx.session.get_one(Listing, happened.listing_id)
    if listing.agent_id is not None:
        return
    percent = commission.rate(tx, farmer_id=listing.farmer_id, product_id=listing.product_id)
    values = {
        "product": listing.product_id,
        "amount_of": amount(listing.quantity_available, listing.unit, listing.kg_per_unit),
        "unit": listing.unit,
        "price": str(listing.current_price),
        "gets": str(farmer_gets(listing.current_price, percent)),
    }
    farmer = users.get(tx, listing.farmer_id)
    if listing.harvest_date is None and listing.expected_harvest_date:
        values["day"] = listing.expected_harvest_date.isoformat()
        tell(tx, farmer, "listed_ahead", values, subject=f"listing:{listing.listing_id}", first=True)
        return
    tell(tx, farmer, "listed", values, subject=f"listing:{listing.listing_id}", first=True)


def vehicle_decided(tx: Tx, happened: events.VehicleDecided) -> None:
    """The rider: approved, or not; each decision is told."""
    vehicle = tx.session.get_one(Vehicle, happened.vehicle_id)
    values = {"plate": vehicle.plate, "dial": tx.parts.service_code}
    code = "vehicle_approved" if happened.approved else "vehicle_refused"
    decided = int(vehicle.decided_at.timestamp()) if vehicle.decided_at else 0
    subject = f"vehicle:{vehicle.vehicle_id}:{decided}"
    tell(tx, users.get(tx, vehicle.rider_id), code, values, subject=subject)


def order_placed(tx: Tx, happened: events.OrderPlaced) -> None:
    """The customer, in the app: received, so much to pay."""
    order = order_of(tx, happened.order_id)
    asked = payments.to_pay(tx, order)  # what she has with us pays first
    if asked:
        tell_customer(tx, order, "order_received", {"order": order.tail, "asked": str(asked)})


def order_confirmed(tx: Tx, happened: events.OrderConfirmed) -> None:
    """The customer: paid, or what to pay at the door. Each farmer: new order, paid, only own lines (O3)."""
    order = order_of(tx, happened.order_id)
    asked = payments.to_pay(tx, order) if order.payment_method == CASH else ZERO
    if asked:  # what we keep for her may have paid all of it
        values = {
            "order": order.tail,
            "sum": str(asked),
            "day": order.estimated_delivery_date.isoformat(),
        }
        tell_customer(tx, order, collected.code(order, "cash_confirmed"), values)
    else:
        _tell_paid(tx, order)
    farms = list(by_farmer(order).items())
    for farmer_id, lines in farms[:FARMS_AT_ONCE]:
        tell_farmer_new_order(tx, order, farmer_id, lines, urgent=_is_for_today(tx, order))
    rest = farms[FARMS_AT_ONCE:]
    if rest:
        duties.want_all(tx, "tell_farm", {lines[0].order_item_id: tx.now for _, lines in rest})


def _tell_paid(tx: Tx, order: Order) -> None:
    """Her receipt: what she paid, what of it we had kept for her, what little too much is kept (DR-810)."""
    paid = tx.session.scalars(
        select(PaymentTransaction)
        .where(PaymentTransaction.order_id == order.order_id, PaymentTransaction.status == "succeeded")
        .order_by(PaymentTransaction.transaction_id)
    ).all()
    used = sum((one.amount for one in paid if one.method == "credit"), ZERO)
    came = [one for one in paid if one.method != "credit"]
    receipts = [one.receipt or one.bank_reference for one in came]
    over = payments.received(tx, order.order_id) - order.amount_asked
    values = {
        "order": order.tail,
        "sum": str(order.amount_asked),
        "total": str(order.amount_asked),
        "kept": str(used or over),
        "day": order.estimated_delivery_date.isoformat(),
        "receipt": next((one for one in receipts if one), None) or rules.reference(order.order_number),
    }
    code = "paid_confirmed"
    if used:
        values["sum"] = str(order.amount_asked - used)
        code = "paid_with_kept" if came else "paid_by_kept"
    elif ZERO < over < tx.setting("refund.min_amount") and not payments.debt(tx, order.customer_id):
        code = "paid_and_kept"
    tell_customer(tx, order, collected.code(order, code), values)


def tell_farm(tx: Tx, order_item_id: int) -> None:
    """The duty tell_farm: the item's farmer hears of the order, unless nothing of it is left for her."""
    order = locks.order_of_item(tx, order_item_id)
    whose = next(item.farmer_id for item in order.items if item.order_item_id == order_item_id)
    lines = by_farmer(order).get(whose, [])
    if lines and order.order_status != "cancelled":
        tell_farmer_new_order(tx, order, whose, lines, urgent=_is_for_today(tx, order))


def _is_for_today(tx: Tx, order: Order) -> bool:
    return order.estimated_delivery_date <= nairobi_date(tx.now)


def order_cancelled(tx: Tx, happened: events.OrderCancelled) -> None:
    """The customer: not paid in time (O4). Who cancels herself gets the answer where she did it."""
    if happened.reason == "payment_timeout":
        order = order_of(tx, happened.order_id)
        paid = payments.received(tx, order.order_id)
        until = tx.now + timedelta(hours=tx.setting("payment.revive_hours"))
        values = {
            "order": order.tail,
            "sum": str(paid),
            "total": str(order.came_to),
            "day": nairobi_date(until).isoformat(),
            "time": until.isoformat(),
        }
        code = "order_expired_back" if paid else "order_expired"
        if lapsed.in_doubt(tx, order.order_id):
            code = "order_expired_unclear"
        tell_customer(tx, order, code, values)


def order_begun(tx: Tx, happened: events.OrderBegun) -> None:
    """The customer, in the app: being prepared (O6)."""
    order = order_of(tx, happened.order_id)
    tell_customer(tx, order, "order_processing", {"order": order.tail})


def order_ready(tx: Tx, happened: events.OrderReady) -> None:
    """The customer, in the app: ready (O7)."""
    order = order_of(tx, happened.order_id)
    tell_customer(tx, order, "order_ready", {"order": order.tail})


def offer_made(tx: Tx, happened: events.OfferMade) -> None:
    """The rider: where from, where to, km, kg, pay; his bare YES or NO answers it until it expires."""
    offer = tx.session.get_one(DeliveryOffer, happened.offer_id)
    delivery = _delivery(tx, offer.delivery_id)
    order = delivery.order
    first = pickups(tx, order)[0]
    rider = users.get(tx, offer.rider_id)
    values = {
        "order": order.tail,
        "farm": first.farm,
        "place": first.location.ward,
        "where": order.drop["ward"],
        "km": str(delivery.km),
        "kg": str(delivery.kg),
        "earning": str(offer.earning),
        "time": offer.expires_at.isoformat(),
    }
    questions.ask(tx, rider, "offer", about={"offer_id": offer.offer_id}, expires_at=offer.expires_at)
    life = offer.expires_at - tx.now
    tell(tx, rider, "offer", values, subject=f"offer:{offer.offer_id}", order_id=order.order_id, life=life)


def offer_closed(tx: Tx, happened: events.OfferClosed) -> None:
    """A bare YES must not meet an offer that is over."""
    offer = tx.session.get_one(DeliveryOffer, happened.offer_id)
    question = questions.open_for(tx, users.get(tx, offer.rider_id).phone_number)
    if question is not None and question.kind == "offer" and question.about["offer_id"] == offer.offer_id:
        questions.close(tx, question, happened.outcome)


def delivery_assigned(tx: Tx, happened: events.DeliveryAssigned) -> None:
    """The rider: where to collect. The customer: who brings it, and the code, as a reference (DR-1205)."""
    delivery = _delivery(tx, happened.delivery_id)
    order, rider = delivery.order, _rider(delivery)
    subject = f"delivery:{delivery.delivery_id}:{rider.user_id}"
    stops = pickups(tx, order)
    _tell_pickups(tx, delivery, stops[:FARMS_AT_ONCE])
    if stops[FARMS_AT_ONCE:]:
        key = f"tell_pickups:{delivery.delivery_id}:{rider.user_id}:{tx.now:%Y%m%d%H%M%S}"
        duties.want(tx, "tell_pickups", delivery.delivery_id, key=key)
    values = {
        "order": order.tail,
        "person": rider.first_name or national(rider.phone_number),
        "phone": rider.phone_number,
        "code": {"secret": f"delivery:{delivery.delivery_id}"},
    }
    tell_customer(tx, order, "rider_and_code", values, subject=subject)


def tell_pickups(tx: Tx, delivery_id: int) -> None:
    """The duty tell_pickups: the rider who has the delivery by now hears of every farm."""
    delivery = _delivery(tx, delivery_id)
    if delivery.delivery_status == "assigned":
        _tell_pickups(tx, delivery, pickups(tx, delivery.order))


def _tell_pickups(tx: Tx, delivery: Delivery, stops: Sequence[Stop]) -> None:
    order, rider = delivery.order, _rider(delivery)
    for number, stop in enumerate(stops):
        lines = [item for item in live_items(order) if item.farmer_id == stop.farmer.user_id]
        values = {
            "order": order.tail,
            "product": lines[0].product_id,
            "amount_of": amount_of_lines(lines),
            "farm": stop.farm,
            "place": stop.location.ward,
            "landmark": stop.location.landmark or stop.location.subcounty,
            "phone": stop.farmer.phone_number,
        }
        subject = f"delivery:{delivery.delivery_id}:{rider.user_id}:{number}"
        tell(tx, rider, "pickup", values, subject=subject, order_id=order.order_id)


def delivery_picked_up(tx: Tx, happened: events.DeliveryPickedUp) -> None:
    """The rider: to whom and where, and by which words he finds the door."""
    delivery = _delivery(tx, happened.delivery_id)
    order, rider = delivery.order, _rider(delivery)
    customer = order.customer
    values = {
        "order": order.tail,
        "customer": customer.first_name,
        "place": order.drop["ward"],
        "landmark": order.drop["landmark"] or order.drop["subcounty"],
        "phone": customer.phone_number,
    }
    subject = f"delivery:{delivery.delivery_id}:{rider.user_id}"
    due = collecting.to_collect(tx, order)
    code = "bring_cash" if due else "bring"
    if due:
        values["due"] = str(due)
    tell(tx, rider, code, values, subject=subject, order_id=order.order_id)


def delivery_done(tx: Tx, happened: events.DeliveryDone) -> None:
    """The rider: done, with his earning. The customer: delivered, rate it. Farmers, in the app: what comes
    when (DR-1301)."""
    delivery = _delivery(tx, happened.delivery_id)
    order, rider = delivery.order, _rider(delivery)
    subject = f"delivery:{delivery.delivery_id}"
    earned = {"order": order.tail, "earning": str(delivery.rider_earning)}
    if delivery.way != "collect":
        tell(tx, rider, "done", earned, subject=subject, order_id=order.order_id)
    tell_customer(tx, order, "delivered", {"order": order.tail}, subject=subject)
    questions.ask(
        tx,
        order.customer,
        "rating",
        about={"order_id": order.order_id, "order": order.tail},
        expires_at=tx.now + timedelta(hours=tx.setting("question.rating_hours")),
    )
    farms = list(by_farmer(order).items())
    _tell_earned(tx, delivery, farms[:FARMS_AT_ONCE])
    if farms[FARMS_AT_ONCE:]:
        duties.want(tx, "tell_earned", delivery.delivery_id)


def tell_earned(tx: Tx, delivery_id: int) -> None:
    """The duty tell_earned: every farmer of what was delivered hears what comes when."""
    delivery = _delivery(tx, delivery_id)
    _tell_earned(tx, delivery, list(by_farmer(delivery.order).items()))


def _tell_earned(tx: Tx, delivery: Delivery, farms: Sequence[tuple[int, list[OrderItem]]]) -> None:
    order, subject = delivery.order, f"delivery:{delivery.delivery_id}"
    done = delivery.delivered_at or tx.now
    payday = rules.payday(done, tx.setting("payout.hold_hours"), tx.setting("payout.run_local"))
    for farmer_id, lines in farms:
        values = {
            "order": order.tail,
            "gets": str(_share(lines)),
            "day": payday.date().isoformat(),
            "time": payday.isoformat(),
        }
        farmer = users.get(tx, farmer_id)
        tell(tx, farmer, "delivered_farmer", values, subject=subject, order_id=order.order_id)


def tell_farmer_new_order(
    tx: Tx, order: Order, farmer_id: int, lines: list[OrderItem], *, urgent: bool, subject: str = ""
) -> None:
    """What to prepare, for whom (first name and ward, no more: DR-801), what she gets, and whether it is paid
    or cash, and then of whom (DR-908)."""
    code, before = "new_order", 0
    if order.payment_method == CASH:
        before = cash_rules.paid_before(tx, order.customer_id)
        code = "new_order_cash" if before else "new_order_cash_first"
    values = {
        "order": order.tail,
        "product": lines[0].product_id,
        "amount_of": amount_of_lines(lines),
        "gets": str(_share(lines)),
        "day": order.estimated_delivery_date.isoformat(),
        "customer": order.customer.first_name,
        "place": order.drop["ward"],
        "dial": tx.parts.service_code,
        "count": str(before),
    }
    farmer = users.get(tx, farmer_id)
    subject = subject or f"order:{order.order_id}"
    later = bundling.joins(tx, farmer)
    told = tell(
        tx, farmer, code, values, subject=subject, order_id=order.order_id, urgent=urgent, later=later
    )
    if told is not None and not later:  # nobody says yes to an order that she has not heard of
        bundling.ask_whether_there(tx, farmer, order)


def tell_customer(tx: Tx, order: Order, code: str, values: dict[str, Any], *, subject: str = "") -> None:
    """Tell the order's customer, once about `subject` (the order)."""
    subject = subject or f"order:{order.order_id}"
    tell(tx, order.customer, code, values, subject=subject, order_id=order.order_id)


def amount_of_lines(lines: Sequence[OrderItem]) -> dict[str, str]:
    """One line as it was ordered; several as their weight, since one text has room for one amount."""
    if len(lines) == 1:
        return amount(lines[0].fulfilled_quantity, lines[0].unit, lines[0].kg_per_unit)
    kg = sum((round2(line.fulfilled_quantity * line.kg_per_unit) for line in lines), ZERO)
    return {"qty": str(kg), "unit": "kg", "kg": str(kg)}


def _share(lines: Sequence[OrderItem]) -> Decimal:
    """What a farmer gets for her lines, in KES."""
    shares = (
        farmer_gets(
            rules.line_total(line.fulfilled_quantity, line.price_at_purchase), line.commission_percent
        )
        for line in lines
    )
    return sum(shares, ZERO)


def by_farmer(order: Order) -> dict[int, list[OrderItem]]:
    """The live items of each farmer."""
    lines: dict[int, list[OrderItem]] = {}
    for item in live_items(order):
        lines.setdefault(item.farmer_id, []).append(item)
    return lines


def order_of(tx: Tx, order_id: int) -> Order:
    """The order with its items and customer; whoever changed it has it already."""
    found = tx.session.identity_map.get(identity_key(Order, order_id))
    if found is not None and {"items", "customer"} <= found.__dict__.keys():
        return found
    query = select(Order).where(Order.order_id == order_id)
    return tx.session.scalars(query.options(selectinload(Order.items), joinedload(Order.customer))).one()


def _delivery(tx: Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.delivery_id == delivery_id)
    order = selectinload(Delivery.order)
    return tx.session.scalars(
        query.options(
            joinedload(Delivery.rider), order.selectinload(Order.items), order.joinedload(Order.customer)
        )
    ).one()


def _rider(delivery: Delivery) -> User:
    assert delivery.rider is not None, "only an assigned delivery moves"
    return delivery.rider
