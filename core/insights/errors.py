"""What can go wrong with market prices."""

from core.errors import BadInput, Conflict, NotFound


class PriceUnknown(NotFound):
    """There is no such market price."""

    code = "insights.price_unknown"


class MarketMissing(BadInput):
    """A price is of a market, which has a name of at most 60 characters."""

    code = "insights.market_missing"


class MarketElsewhere(BadInput):
    """The market is known, and it is in another county."""

    code = "insights.market_elsewhere"


class CountyUnknown(BadInput):
    """A county has a number from 1 to 47 and a name; a new market needs one."""

    code = "insights.county_unknown"


class PriceTypeUnknown(BadInput):
    """A price is retail or wholesale (DR-507)."""

    code = "insights.price_type_unknown"


class MarketPriceOutOfBounds(BadInput):
    """A market price is from `minimum` to `maximum` KES, and entered by hand exact to the cent."""

    code = "insights.price_out_of_bounds"


class DateWrong(BadInput):
    """The day of a price is a date, neither of the future nor from before this century."""

    code = "insights.date_wrong"


class CurrencyUnknown(BadInput):
    """Prices are in KES."""

    code = "insights.currency_unknown"


class CommodityUnknown(NotFound):
    """The commodity is no product of ours; its rows are left out."""

    code = "insights.commodity_unknown"


class FileUnreadable(BadInput):
    """The text is no CSV of a layout that we know."""

    code = "insights.file_unreadable"


class FileTooLong(BadInput):
    """The file has more than `limit` rows."""

    code = "insights.file_too_long"


class RowsRefused(Conflict):
    """`count` rows of the file cannot be used, so none was; the preview says which and why."""

    code = "insights.rows_refused"


class PlaceMissing(BadInput):
    """Neither a ward was given nor has the person a place of her own."""

    code = "insights.place_missing"
