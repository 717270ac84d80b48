"""Replies to farmers and agents about what they sell, and to whoever wants to."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "farmers_only": Message(
        _("That is for farmers. Text HELP for what you can do here, or dial {dial}."), refusal=True
    ),
    "become_farmer": Message(
        _("This number is not a farmer's. To sell, dial {dial}, choose Account, then what you do: A "
          "farmer."),
        refusal=True,
    ),
    "become_farmer_late": Message(
        _("This number has bought or carried here already. To sell, use another number: text SELL from "
          "it. Or HELP and your words."), refusal=True
    ),
    "farmer_cannot_buy": Message(
        _("A farmer's number sells here and cannot buy; nothing was ordered or listed. Buy with another "
          "number. To sell: SELL tomatoes 20kg @80"), refusal=True
    ),
    "farm_where": Message(
        _("Welcome. Where is your farm? Ward and landmark. By answering you agree: TERMS."),
        first_contact=True,
    ),
    "farm_where_again": Message(
        _("We do not know that place. Text your ward or town and a landmark."),
        first_contact=True, refusal=True,
    ),
    "farm_moves_by_dial": Message(
        _("Your farm's place is changed at {dial}, under My farms: riders go by it."), refusal=True
    ),
    "farm_not_served": Message(
        _("We do not buy and sell in {place} yet. Your place is kept. Prices: PRICE tomatoes. Menu: "
          "{dial}"),
        refusal=True,
    ),
    "farm_door": Message(_("How does the rider find your farm? E.g. behind the church, green gate.")),
    "farm_door_unproven": Message(
        _("Not listed as organic: your farm has no approved certificate. How does the rider find it? E.g. "
          "behind the church.")
    ),
    "organic_not_yet": Message(
        _("{product} is listed, but not as organic: your farm has no approved certificate yet. About that: "
          "HELP and your words.")
    ),
    "farm_door_kept": Message(_("Thank you. Riders will find you by: {landmark}.")),
    "sell_what": Message(
        _("What do you sell, how much, at what price? E.g. tomatoes 20kg @80"), first_contact=True
    ),
    "sell_too_many": Message(_("Please sell {count} things at most in one SMS."), refusal=True),
    "sell_farm": Message(_("From which farm?"), listing="after"),
    "sell_unit": Message(_("{product}: sold by what?"), listing="after"),
    "sell_not_yet": Message(
        _("{product} cannot be sold here yet: we do not know what one weighs. Ask us: HELP and your words."),
        refusal=True,
    ),
    "sell_quantity": Message(_("{product}: how many {units} do you have?"), first_contact=True),
    "sell_quantity_bad": Message(
        _("{product}: please say how many {units}, e.g. 20."), first_contact=True, refusal=True
    ),
    "sell_day": Message(
        _("{product}: ready on which day, up to {day} {month}? E.g. 25 or 25/7. TODAY: it is ready."),
        first_contact=True, refusal=True,
    ),
    "sell_price": Message(_("{product}: what price for one {unit}? E.g. 80"), first_contact=True),
    "sell_price_market": Message(
        _("{product}: what price for one {unit}? Market {where}, {month}: {market}."), first_contact=True
    ),
    "sell_again": Message(
        _("You have {qty} {unit} {product} on sale at {price}. 1: {amount_of} more. 2: only {amount_of} "
          "in all."),
    ),
    "price_sure": Message(
        _("{product}: the market price is about {market} per {unit}. You said {price}. YES keeps it, or "
          "text another price.")
    ),
    "price_sure_again": Message(
        _("YES keeps your price. NO leaves it. Or text another price."), refusal=True
    ),
    "price_bad": Message(_("A price is from {minimum} to {maximum}. What is yours?"), refusal=True),
    "price_stays": Message(_("{product} stays at {price} per {unit}.")),
    "stock_now": Message(_("{product}: {amount_of} on sale now, {price}/{unit}, you get {gets}.")),
    "stock_several": Message(_("On sale now."), listing="before"),
    "stock_out": Message(_("{product}: sold out. When you have more: SELL {product} 20kg")),
    "stock_quantity": Message(_("{product}: {qty} {unit} on sale. How many {units} can be sold now?")),
    "stock_more": Message(_("{product}: {qty} {unit} on sale. How many {units} more?")),
    "stock_quantity_bad": Message(_("{product}: please say only how many {units}, e.g. 20."), refusal=True),
    "off_sale_now": Message(
        _("{product} is off sale. Orders of it go on. To sell it again: SELL {product} 20kg")
    ),
    "produce_which": Message(_("Which one?"), listing="after"),
    "produce_name_it": Message(_("Several have that name. Text it again with one of these:"), listing="after",
                               refusal=True),
    "nothing_of_yours": Message(_("You have nothing on sale. To sell: SELL tomatoes 20kg @80"), refusal=True),
    "not_yours_on_sale": Message(
        _("You have no {product} on sale. To sell: SELL {product} 20kg @80"), refusal=True
    ),
    "agents_only": Message(
        _("That is for field agents of a co-operative. Text HELP for what you can do here, or dial "
          "{dial}."),
        refusal=True,
    ),
    "agent_no_farms": Message(
        _("No farmer has said YES to you yet. Dial {dial} to ask one; the YES comes by SMS."), refusal=True
    ),
    "agent_no_yes": Message(
        _("{farmer} has not said YES to you. Only a YES by SMS counts, and only then you can list."),
        refusal=True,
    ),
    "agent_no_farm": Message(
        _("{farmer} has no farm yet: dial {dial} on the farmer's phone and say where it is."), refusal=True
    ),
    "agent_which_farm": Message(_("For which farm?"), listing="after"),
    "agent_put_up": Message(
        _("{farm}: {amount_of} {product} on sale at {price}. {farmer} gets an SMS and can say NO.")
    ),
}  # fmt: skip
