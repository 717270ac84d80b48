"""Which command carries out which intent."""

from collections.abc import Callable, Mapping

from sms.commands import buy, everyone, jobs, pay, place, price, status
from sms.context import Context, Outcome

COMMANDS: Mapping[str, Callable[[Context], Outcome]] = {
    "order": buy.buy,
    "place_change": place.move,
    "price": price.price,
    "list_products": price.on_sale,
    "status": status.status,
    "pay": pay.pay,
    "cancel": pay.cancel,
    "help": everyone.help_,
    "language": everyone.language,
    "terms": everyone.terms,
    "stop": everyone.stop,
    "start": everyone.start,
    "rider_on": jobs.on,
    "rider_off": jobs.off,
    "rider_accept": jobs.accept,
    "rider_decline": jobs.decline,
    "rider_picked": jobs.picked,
    "rider_done": jobs.done,
    "rider_failed": jobs.later,
    "nocode": jobs.nocode,
    "farmer_list": everyone.not_by_sms,
    "farmer_stock_update": everyone.not_by_sms,
    "weather": everyone.not_by_sms,
}
