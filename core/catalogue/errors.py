"""What can go wrong with products and packs."""

from core.errors import BadInput, Conflict, NotFound


class UnknownProduct(NotFound):
    """We do not know that product."""

    code = "catalogue.unknown_product"


class UnknownUnit(BadInput):
    """{product} is not sold in that unit."""

    code = "catalogue.unknown_unit"


class PackUnknown(BadInput):
    """We do not know yet what one {unit} of {product} weighs. Choose another unit."""

    code = "catalogue.pack_unknown"


class NameMissing(BadInput):
    """Please give its name."""

    code = "catalogue.name_missing"


class NameTaken(Conflict):
    """There is one of that name already."""

    code = "catalogue.name_taken"


class TreeTooDeep(BadInput):
    """Kinds stand in at most {count} levels."""

    code = "catalogue.tree_too_deep"


class TreeInCircle(BadInput):
    """A kind cannot stand under itself."""

    code = "catalogue.tree_in_circle"


class CategoryInUse(Conflict):
    """{count} products or kinds stand under it."""

    code = "catalogue.category_in_use"


class SourceMissing(BadInput):
    """Say where the weight is from."""

    code = "catalogue.source_missing"


class BadWeight(BadInput):
    """One {unit} cannot weigh that."""

    code = "catalogue.bad_weight"


class SuggestionClosed(Conflict):
    """That suggestion was decided already."""

    code = "catalogue.suggestion_closed"


class TooManySuggestions(Conflict):
    """{count} names of yours wait already; we text you."""

    code = "catalogue.too_many_suggestions"
