"""The cart: view, add, update, remove, clear; it reserves nothing (section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, select

from core.actor import Actor
from core.carts.errors import CartEmpty, CartFull, CartItemUnknown, PricesChanged
from core.carts.models import Cart, CartItem
from core.carts.stock import check_quantity_of, fault, with_farms
from core.db import Tx
from core.duties import service as duties
from core.errors import BadInput, NotFound
from core.listings.models import Listing
from core.money import ZERO, round2
from core.users import service as users


@dataclass(frozen=True)
class CartLine:
    """A line as it stands now; amounts in KES, `kg` the weight of the whole line.

    agreed_price  what the customer has agreed to; she must accept `price` if it differs
    fault         "" if it can be ordered, else not_for_sale, short (`left`) or below_minimum (`minimum`)
    """

    cart_item_id: int
    listing_id: int
    product_id: int
    product_name: str
    farm_id: int
    farm_name: str
    farmer_name: str
    quantity: Decimal
    unit: str
    kg: Decimal
    price: Decimal
    agreed_price: Decimal
    price_changed: bool
    total_price: Decimal
    fault: str
    left: Decimal
    minimum: Decimal
    expected_harvest_date: date | None


@dataclass(frozen=True)
class CartView:
    """A cart at today's prices; `subtotal` of the lines that can be ordered (KES)."""

    customer_id: int
    items: tuple[CartLine, ...]
    subtotal: Decimal
    prices_changed: bool


def view(tx: Tx, actor: Actor, *, customer_id: int | None = None) -> CartView:
    """The actor's cart, or for an admin a customer's, with price, stock and status as they are now (DR-602).

    Raises NotAllowed.
    """
    own = customer_id is None or customer_id == actor.user_id
    who = users.may(tx, actor, "read", "carts", own=own, verified=False)
    return _view(tx, customer_id or who.user_id)


def add(tx: Tx, actor: Actor, *, listing_id: int, quantity: Decimal) -> CartView:
    """Put so much of a listing into the cart, on top of what is there of it (DR-601).

    The price of now is agreed to. Raises NotAllowed, NotFound, NotForSale, OwnProduce, NotEnoughStock,
    BelowMinimumQuantity, QuantityOutOfBounds, WholeNumbersOnly, BadInput, CartFull (limit).
    """
    customer_id = users.may(tx, actor, "create", "carts", own=True, verified=False).user_id
    listing = _listing(tx, listing_id)
    cart = _locked(tx, customer_id)
    lines = _lines(tx, cart)
    line = next((line for line in lines if line.listing_id == listing_id), None)
    if line is None and len(lines) >= (limit := tx.setting("cart.max_lines")):
        raise CartFull(limit=limit)
    before = line.quantity if line else ZERO
    wanted = check_quantity_of(listing, quantity, customer_id=customer_id, already=before)
    if line is None:
        line = CartItem(cart_id=cart.cart_id, listing_id=listing_id)
        tx.session.add(line)
    _set(tx, cart, line, listing, wanted)
    return _view(tx, customer_id)


def update(tx: Tx, actor: Actor, *, cart_item_id: int, quantity: Decimal) -> CartView:
    """Have so much of a line and not as much as before; raises what `add` raises, and CartItemUnknown."""
    customer_id = users.may(tx, actor, "update", "carts", own=True, verified=False).user_id
    cart = _locked(tx, customer_id)
    line = _line(tx, cart, cart_item_id)
    listing = _listing(tx, line.listing_id)
    _set(tx, cart, line, listing, check_quantity_of(listing, quantity, customer_id=customer_id))
    return _view(tx, customer_id)


def remove(tx: Tx, actor: Actor, *, cart_item_id: int) -> CartView:
    """Take a line out; raises NotAllowed, CartItemUnknown."""
    customer_id = users.may(tx, actor, "delete", "carts", own=True, verified=False).user_id
    cart = _locked(tx, customer_id)
    tx.session.delete(_line(tx, cart, cart_item_id))
    tx.flush()
    return _view(tx, customer_id)


def clear(tx: Tx, actor: Actor) -> CartView:
    """Take everything out; an empty cart stays empty. Raises NotAllowed."""
    customer_id = users.may(tx, actor, "delete", "carts", own=True, verified=False).user_id
    empty(tx, _locked(tx, customer_id))
    return _view(tx, customer_id)


def accept_prices(tx: Tx, actor: Actor) -> CartView:
    """The customer has seen today's prices and agrees (DR-602). Raises NotAllowed."""
    customer_id = users.may(tx, actor, "update", "carts", own=True, verified=False).user_id
    cart = _locked(tx, customer_id)
    lines = _lines(tx, cart)
    prices = {listing.listing_id: listing.current_price for listing in with_farms(tx, _ids(lines))}
    for line in lines:
        line.price = prices[line.listing_id]
    tx.flush()
    return _view(tx, customer_id)


def amounts(tx: Tx, customer_id: int) -> dict[int, Decimal]:
    """How much of which listing is in a customer's cart; raises CartEmpty."""
    query = select(CartItem).join(Cart).where(Cart.customer_id == customer_id)
    lines = tx.session.scalars(query.where(CartItem.touched_at > _oldest(tx))).all()
    if not lines:
        raise CartEmpty
    return {line.listing_id: line.quantity for line in lines}


def to_order(tx: Tx, customer_id: int) -> tuple[Cart, dict[int, Decimal]]:
    """The customer's cart, locked, and how much of which listing is to be ordered.

    Raises CartEmpty, PricesChanged (lines) while `cart.reconfirm_price` holds.
    """
    cart = _locked(tx, customer_id)
    lines = _lines(tx, cart)
    if not lines:
        raise CartEmpty
    prices = {listing.listing_id: listing for listing in with_farms(tx, _ids(lines))}
    changed = [
        {
            "cart_item_id": line.cart_item_id,
            "listing_id": line.listing_id,
            "product_id": prices[line.listing_id].product_id,
            "before": line.price,
            "price": prices[line.listing_id].current_price,
        }
        for line in lines
        if line.price != prices[line.listing_id].current_price
    ]
    if changed and tx.setting("cart.reconfirm_price"):
        raise PricesChanged(lines=changed)
    return cart, {line.listing_id: line.quantity for line in lines}


def empty(tx: Tx, cart: Cart) -> None:
    """Take everything out of a locked cart."""
    tx.session.execute(delete(CartItem).where(CartItem.cart_id == cart.cart_id))


def drop_expired(tx: Tx, cart_id: int) -> None:
    """The duty cart_expiry: lines left for `cart.expire_days` go; wanted again for the next (DR-602)."""
    cart = tx.session.scalar(select(Cart).where(Cart.cart_id == cart_id).with_for_update())
    if cart is None:
        return
    tx.session.execute(
        delete(CartItem).where(CartItem.cart_id == cart_id, CartItem.touched_at <= _oldest(tx))
    )
    _want_expiry(tx, cart)


def _view(tx: Tx, customer_id: int) -> CartView:
    query = select(CartItem).join(Cart).where(Cart.customer_id == customer_id)
    query = query.where(CartItem.touched_at > _oldest(tx)).order_by(CartItem.cart_item_id)
    lines = tx.session.scalars(query).all()
    found = {listing.listing_id: listing for listing in with_farms(tx, _ids(lines))}
    items = tuple(_cart_line(line, found[line.listing_id]) for line in lines)
    return CartView(
        customer_id=customer_id,
        items=items,
        subtotal=sum((line.total_price for line in items if not line.fault), ZERO),
        prices_changed=any(line.price_changed for line in items),
    )


def _cart_line(line: CartItem, listing: Listing) -> CartLine:
    farmer = listing.farm.farmer
    waiting = listing.harvest_date is None
    return CartLine(
        cart_item_id=line.cart_item_id,
        listing_id=listing.listing_id,
        product_id=listing.product_id,
        product_name=listing.product.product_name,
        farm_id=listing.farm_id,
        farm_name=listing.farm.farm_name,
        farmer_name=f"{farmer.first_name} {farmer.last_name}".strip(),
        quantity=line.quantity,
        unit=listing.unit,
        kg=round2(line.quantity * listing.kg_per_unit),
        price=listing.current_price,
        agreed_price=line.price,
        price_changed=line.price != listing.current_price,
        total_price=round2(line.quantity * listing.current_price),
        fault=fault(listing, line.quantity),
        left=listing.quantity_available,
        minimum=listing.min_order_quantity,
        expected_harvest_date=listing.expected_harvest_date if waiting else None,
    )


def _set(tx: Tx, cart: Cart, line: CartItem, listing: Listing, quantity: Decimal) -> None:
    line.quantity, line.price, line.touched_at = quantity, listing.current_price, tx.now
    tx.flush()
    tx.note(f"cart:{cart.cart_id}", f"listing {listing.listing_id}: {quantity}")
    _want_expiry(tx, cart)


def _want_expiry(tx: Tx, cart: Cart) -> None:
    query = select(CartItem.touched_at).where(CartItem.cart_id == cart.cart_id)
    oldest = tx.session.scalar(query.order_by(CartItem.touched_at).limit(1))
    if oldest is not None:
        at = oldest + _kept(tx)
        key = f"cart_expiry:{cart.cart_id}:{at:%Y%m%d%H%M%S}"
        duties.want(tx, "cart_expiry", cart.cart_id, at=at, key=key)


def _locked(tx: Tx, customer_id: int) -> Cart:
    """The customer's cart, locked; made when it is first needed (the unique key makes it one)."""
    query = select(Cart).where(Cart.customer_id == customer_id).with_for_update()
    cart = tx.session.scalar(query)
    if cart is None:
        cart = Cart(customer_id=customer_id, created_at=tx.now)
        tx.session.add(cart)
        tx.flush()
    return cart


def _lines(tx: Tx, cart: Cart) -> Sequence[CartItem]:
    """The lines that have not expired."""
    return tx.session.scalars(
        select(CartItem)
        .where(CartItem.cart_id == cart.cart_id, CartItem.touched_at > _oldest(tx))
        .order_by(CartItem.cart_item_id)
        .execution_options(populate_existing=True)
    ).all()


def _line(tx: Tx, cart: Cart, cart_item_id: int) -> CartItem:
    found = next((line for line in _lines(tx, cart) if line.cart_item_id == cart_item_id), None)
    if found is None:
        raise CartItemUnknown(cart_item_id=cart_item_id)
    return found


def _listing(tx: Tx, listing_id: int) -> Listing:
    if not isinstance(listing_id, int):
        raise BadInput(field="listing_id")
    found = with_farms(tx, [listing_id])
    if not found:
        raise NotFound(record="listing", id=listing_id)
    return found[0]


def _ids(lines: Sequence[CartItem]) -> list[int]:
    return [line.listing_id for line in lines]


def _kept(tx: Tx) -> timedelta:
    return timedelta(days=tx.setting("cart.expire_days"))


def _oldest(tx: Tx) -> datetime:
    return tx.now - _kept(tx)
