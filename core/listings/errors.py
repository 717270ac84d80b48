"""What can go wrong with listings."""

from core.errors import BadInput, Conflict


class PriceOutOfBounds(BadInput):
    """The price must be from {minimum} to {maximum}."""

    code = "listings.price_out_of_bounds"


class QuantityOutOfBounds(BadInput):
    """The quantity must be from {minimum} to {maximum}."""

    code = "listings.quantity_out_of_bounds"


class WholeNumbersOnly(BadInput):
    """Packs and pieces are counted whole, without halves."""

    code = "listings.whole_numbers_only"


class WeightOutOfBounds(BadInput):
    """One pack weighs from {minimum} to {maximum} kg."""

    code = "listings.weight_out_of_bounds"


class UnknownGrade(BadInput):
    """The grade is premium, standard or economy."""

    code = "listings.unknown_grade"


class PriceLooksOff(Conflict):
    """The market price is about {market}. You said {price}. Sell at {price}?"""

    code = "listings.price_looks_off"


class HarvestDateWrong(BadInput):
    """The harvest day cannot be right. Ready produce has a day up to today, later harvests one after it."""

    code = "listings.harvest_date_wrong"


class NotForSale(Conflict):
    """This is no longer for sale."""

    code = "listings.not_for_sale"


class BelowMinimumQuantity(BadInput):
    """The farmer sells {qty} {unit} or more."""

    code = "listings.below_minimum_quantity"


class OwnProduce(BadInput):
    """You cannot buy from yourself."""

    code = "listings.own_produce"


class NotEnoughStock(Conflict):
    """Only {left} left. You asked for {asked}."""

    code = "listings.not_enough_stock"


class OrdersWaiting(Conflict):
    """{count} orders wait for this produce; send them first."""

    code = "listings.orders_waiting"


class TooLateToTakeDown(Conflict):
    """What an agent listed can no longer be taken down by one word: some is sold, or the time is over."""

    code = "listings.too_late_to_take_down"
