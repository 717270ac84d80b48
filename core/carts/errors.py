"""What can go wrong with a cart."""

from core.errors import BadInput, Conflict, NotFound


class CartItemUnknown(NotFound):
    """No such line in this person's cart."""

    code = "carts.item_unknown"


class CartFull(BadInput):
    """The cart holds `limit` lines already (DR-603)."""

    code = "carts.full"


class CartEmpty(Conflict):
    """There is nothing in the cart that could be ordered."""

    code = "carts.empty"


class PricesChanged(Conflict):
    """Prices have changed since they were agreed to, and must be accepted first; `lines` (DR-602).

    lines  [{"cart_item_id", "listing_id", "product_id", "before", "price"}]
    """

    code = "carts.prices_changed"
