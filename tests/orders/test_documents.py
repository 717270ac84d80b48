"""Orders as the platform document's JSON shows them (DR-106, DR-107, DR-701)."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from core.carts import service as carts
from core.errors import BadInput
from core.orders import checkout, documents
from core.orders.errors import OrderUnknown
from core.orders.models import Order
from core.users.models import User
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.proving import proves

SEED = """
{
  "customer": {"first_name": "John", "last_name": "Customer"},
  "total_amount": "320.00",
  "delivery_fee": "50.00",
  "order_status": "pending_payment",
  "payment_status": "pending",
  "estimated_delivery_date": "2024-01-16",
  "items": [
    {
      "listing": {"product_name": "Tomatoes", "farmer_name": "Jane Farm"},
      "quantity": "2.00",
      "price_at_purchase": "150.00",
      "total_price": "300.00",
      "item_status": "pending"
    }
  ],
  "created_at": "2024-01-15T10:15:00Z"
}
"""


def wire(value: Any) -> Any:
    """A value of a view as the API writes it (DR-106)."""
    if isinstance(value, dict):
        return {name: wire(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [wire(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


def shown(whole: Any, example: Any) -> Any:
    """What `whole` says of the fields that the example has."""
    if isinstance(example, dict):
        return {name: shown(whole[name], example[name]) for name in example}
    if isinstance(example, list):
        return [shown(one, part) for one, part in zip(whole, example, strict=True)]
    return whole


def rename(shop: Shop, person: Person, first: str, last: str) -> None:
    shop.db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == person.id).values(first_name=first, last_name=last)
        )
    )


def seed_order(shop: Shop, clock: FixedClock, discount: str = "0.00") -> Order:
    """Two kilos of tomatoes at 150.00 from the next field, ordered on 15 January 2024 at 13:15 in Nairobi."""
    clock.set(datetime(2024, 1, 15, 10, 15, tzinfo=UTC))
    john = shop.person("+254712000222", "customer", "Kinoo")
    rename(shop, john, "John", "Customer")
    rename(shop, shop.cast.farmer, "Jane", "Farm")
    listing = shop.publish("50", "150")
    amount = Decimal(2)
    shop.db.run(lambda tx: carts.add(tx, john.actor, listing_id=listing.listing_id, quantity=amount))
    actor = john.actor
    how: dict[str, Any] = {}
    if discount != "0.00":
        actor = shop.cast.admin.actor
        how = {"customer_id": john.id, "discount_amount": Decimal(discount)}
    return shop.db.run(lambda tx: checkout.checkout(tx, actor, idempotency_key="seed", **how))


def view(shop: Shop, order: Order, who: Person | None = None) -> dict[str, Any]:
    with shop.db.read() as tx:
        return asdict(documents.order_view(tx, (who or shop.cast.admin).actor, order_id=order.order_id))


@proves("DR-701", "DR-705", "DR-1102", "DR-107")
def test_the_platform_documents_order_comes_out_to_the_cent(shop: Shop, clock: FixedClock) -> None:
    order = seed_order(shop, clock, "30.00")
    whole = wire(view(shop, order))
    example = json.loads(SEED)
    assert shown(whole, example) == example
    assert {"order_id", "order_number"} <= whole.keys()
    assert "user_id" in whole["customer"]
    assert "order_item_id" in whole["items"][0]
    assert whole["order_number"].startswith("TUN240115")
    assert whole["discount_amount"] == "30.00"


@proves("DR-701")
def test_without_a_discount_the_same_lines_come_to_350(shop: Shop, clock: FixedClock) -> None:
    whole = wire(view(shop, seed_order(shop, clock)))
    assert (whole["total_amount"], whole["amount_asked"], whole["discount_amount"]) == (
        "350.00",
        "350.00",
        "0.00",
    )


def test_a_line_says_what_its_packs_hold_dr105(shop: Shop) -> None:
    shop.publish("5", "3000", unit="crate 64kg")
    order = shop.accept(shop.quote("2", "crate"))
    (item,) = wire(view(shop, order))["items"]
    assert (item["quantity"], item["unit"], item["kg"]) == ("2.00", "crate 64kg", "128.00")


@proves("DR-801")
def test_a_farmer_sees_her_own_items_and_little_of_the_customer(shop: Shop) -> None:
    rename(shop, shop.cast.customer, "Achieng", "Otieno")
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    shop.publish()
    shop.publish("30", "100", slug="onions", farmer=mwangi)
    from core.orders.quotes import Line

    order = shop.accept(
        shop.quote_lines(Line(shop.product(), Decimal(5)), Line(shop.product("onions"), Decimal(2)))
    )
    hers = view(shop, order, mwangi)
    assert [item["listing"]["product_name"] for item in hers["items"]] == ["Onions"]
    assert (hers["customer"]["first_name"], hers["customer"]["last_name"]) == ("Achieng", "")
    assert (hers["ward"], hers["landmark"]) == ("Kangemi", "")
    assert view(shop, order, shop.cast.customer)["customer"]["last_name"] == "Otieno"


@proves("DR-211")
def test_nobody_else_sees_it(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    stranger = shop.person("+254712000222", "customer", "Kangemi")
    mwangi = shop.person("+254712000111", "farmer", "Kabete", "Mwangi")
    for who in (stranger, mwangi, shop.cast.rider):
        with pytest.raises(OrderUnknown):
            view(shop, order, who)
        with shop.db.read() as tx:
            assert documents.order_views(tx, who.actor) == []
    with pytest.raises(OrderUnknown), shop.db.read() as tx:
        documents.order_view(tx, stranger.actor, order_id=99_999)


def test_my_orders_come_newest_first_and_by_the_page(shop: Shop) -> None:
    shop.publish()
    shop.set_to("api.page_size", "2")
    placed = []
    for number in range(3):
        placed.append(shop.order(str(5 + number), f"k{number}"))
        shop.refuse_prompt(placed[-1])
    me = shop.cast.customer.actor
    with shop.db.read() as tx:
        pages = [[o.order_id for o in documents.order_views(tx, me, page=page)] for page in (1, 2, 3)]
        newest_first = [order.order_id for order in reversed(placed)]
        assert pages == [newest_first[:2], newest_first[2:], []]
        for page in (0, -1, "1"):
            with pytest.raises(BadInput):
                documents.order_views(tx, me, page=page)  # type: ignore[arg-type]
