"""What can go wrong with products and packs."""

from core.errors import BadInput, NotFound


class UnknownProduct(NotFound):
    """We do not know that product."""

    code = "catalogue.unknown_product"


class UnknownUnit(BadInput):
    """{product} is not sold in that unit."""

    code = "catalogue.unknown_unit"


class PackUnknown(BadInput):
    """We do not know yet what one {unit} of {product} weighs. Choose another unit."""

    code = "catalogue.pack_unknown"
