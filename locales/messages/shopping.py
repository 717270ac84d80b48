"""Replies to a customer who looks around, orders, orders again or waits for something."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "shelf": Message(
        _("Reply e.g. 2 5kg. MORE: others"),
        listing="shelf",
    ),
    "shelf_last": Message(
        _("Reply e.g. 2 5kg to order"),
        listing="shelf",
    ),
    "shelf_farms": Message(
        _("{product}: reply e.g. 2 5kg. MORE: others"),
        listing="shelf",
    ),
    "shelf_farms_last": Message(
        _("{product}: reply e.g. 2 5kg"),
        listing="shelf",
    ),
    "shelf_one": Message(
        _("Reply e.g. 1 5kg to order"),
        listing="shelf",
    ),
    "shelf_farms_one": Message(
        _("{product}: reply e.g. 1 5kg"),
        listing="shelf",
    ),
    "shelf_end": Message(
        _("That is all there is near you now. Text LIST to see it again."),
        refusal=True,
    ),
    "shelf_none": Message(
        _("Nothing is on sale near {place} just now. Text what you need, and we tell you the "
          "nearest."),
        refusal=True,
    ),
    "shelf_again": Message(
        _("Reply the number and how much, e.g. 2 5kg. Or text HELP."),
        refusal=True,
    ),
    "more_none": Message(
        _("No list is open. Text LIST to see what there is near you."),
        first_contact=True, refusal=True,
    ),
    "quote_less": Message(
        _("Only {amount_of} {product} left: {total} with delivery {fee}, {day}.\n1 Take {left} of "
          "{qty}: M-Pesa asks {payer}, {time}\n2 Change"),
        listing="quote", shorter=_("All there is: {total}, {day}.\n1 Take it {time}\n2 Change"),
    ),
    "quote_less_fetch": Message(
        _("Only {amount_of} {product} left: {total}. No rider: collect at {where}, {day}.\n1 Take "
          "{left} of {qty}: M-Pesa asks {payer}, {time}\n2 Change"),
        listing="quote", shorter=_("Left: {total} {where} {day}\n1 Take {time}\n2 Change"),
    ),
    "quote_lines_less": Message(
        _("No more {product} now. All this: {total} with delivery, {day}.\n1 Take it: M-Pesa asks "
          "{payer}, {time}\n2 Change"),
        shorter=_("All there is: {total}, {day}.\n1 Take it {time}\n2 Change"),
        listing="before",
    ),
    "quote_lines_rest": Message(
        _("That is all there is now: {total} with delivery, {day}.\n1 Take it: M-Pesa asks {payer}, "
          "{time}\n2 Change"),
        shorter=_("All there is: {total}, {day}.\n1 Take it {time}\n2 Change"),
        listing="before",
    ),
    "line_gone": Message(_("no {product}")),
    "quote_lines_less_fetch": Message(
        _("No more {product} now. {total}, collect at {where}, {day}.\n1 Take it: M-Pesa asks {payer}, "
          "{time}\n2 Change"),
        shorter=_("Left: {total} {where} {day}\n1 Take {time}\n2 Change"),
        listing="before",
    ),
    "quote_to": Message(
        _("{amount_of} {product} to {where}: {goods} + delivery {fee} = {total}, {day}. YES by {time}: "
          "M-Pesa asks {payer}. Terms: TERMS"),
        listing="quote", shorter=_("To {where}: {total}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_again_to": Message(
        _("You ordered this just now. Again, to {where}? {amount_of} {product}: {total} in all, {day}. "
          "YES by {time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("Again to {where}? {total}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_less_to": Message(
        _("Only {amount_of} {product} left, to {where}: {total} with delivery, {day}.\n1 Take {left} "
          "of {qty}: M-Pesa asks {payer}, {time}\n2 Change"),
        listing="quote", shorter=_("Left, {where}: {total}, {day}\n1 Take {time}\n2 Change"),
    ),
    "quote_more_to": Message(
        _("Least: {amount_of} {product} to {where}: {goods} + delivery {fee} = {total}, {day}. YES by "
          "{time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("Least, {where}: {total}, {day}. YES: M-Pesa {time}"),
    ),
    "quote_lines_to": Message(
        _("To {where}: goods {goods} + delivery {fee} = {total}, {day}. YES by {time}: M-Pesa asks "
          "{payer}. Terms: TERMS"),
        shorter=_("To {where}: {total}, {day}. YES: M-Pesa {time}"),
        listing="before",
    ),
    "quote_lines_again_to": Message(
        _("You ordered this just now. Again, to {where}? {total} in all, {day}. YES by {time}: M-Pesa "
          "asks {payer}"),
        shorter=_("Again to {where}? {total}, {day}. YES: M-Pesa {time}"),
        listing="before",
    ),
    "quote_lines_less_to": Message(
        _("That is all there is now. To {where}: {total} with delivery, {day}.\n1 Take it: M-Pesa asks "
          "{payer}, {time}\n2 Change"),
        shorter=_("Left, {where}: {total}, {day}\n1 Take {time}\n2 Change"),
        listing="before",
    ),
    "quote_lines_more_to": Message(
        _("That is the least we bring. To {where}: {total} with delivery, {day}. YES by {time}: M-Pesa "
          "asks {payer}"),
        shorter=_("Least, {where}: {total}, {day}. YES: M-Pesa {time}"),
        listing="before",
    ),
    "pay_which": Message(
        _("Pay which one? Reply its number:"),
        listing="after",
    ),
    "line_new": Message(
        _("the new one, {total}"),
    ),
    "collect_where": Message(
        _("Where do you collect it? Reply its number:"),
        listing="after",
    ),
    "line_collect": Message(
        _("{place}: {total}, {day}"),
    ),
    "quote_more": Message(
        _("Smallest order {minimum}. {amount_of} {product} = {goods}, {total} with delivery, {day}. "
          "YES by {time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("The least: {total}, {day}. YES: M-Pesa by {time}"),
    ),
    "quote_least": Message(
        _("{product} is sold from {amount_of} up: {goods} + delivery {fee} = {total}, {day}. YES by "
          "{time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("The least: {total}, {day}. YES: M-Pesa by {time}"),
    ),
    "quote_more_fetch": Message(
        _("The least is {amount_of} {product}: {total}. No rider: collect at {where}, {day}. YES by "
          "{time}: M-Pesa asks {payer}"),
        listing="quote", shorter=_("Least: {total}, {where} {day}. YES: M-Pesa {time}"),
    ),
    "quote_lines_more": Message(
        _("That is the least we bring: {total} with delivery, {day}. YES by {time}: M-Pesa asks {payer}"),
        shorter=_("The least: {total}, {day}. YES: M-Pesa by {time}"),
        listing="before",
    ),
    "quote_lines_more_fetch": Message(
        _("That is the least: {total}. Collect at {where}, {day}. YES by {time}: M-Pesa asks {payer}"),
        shorter=_("Least: {total}, {where} {day}. YES: M-Pesa {time}"),
        listing="before",
    ),
    "quote_worth": Message(
        _("For {sum}: {amount_of} {product}: {goods} + delivery {fee} = {total}, {day}. YES by {time}: "
          "M-Pesa asks {payer}"),
        listing="quote", shorter=_("{total} with delivery, {day}. YES: M-Pesa by {time}"),
    ),
    "quote_collect": Message(
        _("{amount_of} {product}: {total}. You collect it at {where}, {day}. YES by {time}: M-Pesa "
          "asks {payer}, or CASH"),
        listing="quote", shorter=_("{total} at {where}, {day}. YES: M-Pesa {time} or CASH"),
    ),
    "quote_lines_collect": Message(
        _("{total}. You collect it at {where}, {day}. YES by {time}: M-Pesa asks {payer}, or CASH"),
        shorter=_("{total} at {where}, {day}. YES: M-Pesa {time} or CASH"),
        listing="before",
    ),
    "no_collect": Message(
        _("That cannot be collected now. Reply YES to have it brought, or NO."),
        refusal=True,
    ),
    "answer_first": Message(
        _("Please answer our last question first, YES or NO. Then text that again."),
        refusal=True,
    ),
    "same_none": Message(
        _("You have bought nothing yet. Text what you need, e.g. 5kg tomatoes."),
        refusal=True,
    ),
    "same_on": Message(
        _("OK: each {weekday} afternoon we ask whether you want the same again. Nothing comes "
          "without your YES. SAME OFF ends it."),
    ),
    "same_off": Message(
        _("OK, we ask no more about the same basket. Text SAME to order it at any time."),
    ),
    "same_which_day": Message(
        _("Which day? Text e.g. SAME MONDAY: we ask you on the afternoon before."),
        refusal=True,
    ),
    "same_ask": Message(
        _("The same again: {total} with delivery, {day}. YES: M-Pesa asks {payer}. NO: not this week. "
          "SAME OFF ends this."),
        shorter=_("Again: {total}, {day}? YES, NO or SAME OFF"),
        listing="before",
    ),
    "same_nothing": Message(
        _("Nothing of your usual basket is on sale near you now. Text LIST to see what there is. "
          "SAME OFF ends these SMS."),
    ),
    "unfollowed": Message(
        _("OK, we do not text you about {product} any more."),
    ),
    "following": Message(
        _("You hear of these. Text UNFOLLOW and a name to end one."),
        listing="before",
    ),
    "following_none": Message(
        _("You follow nothing. Text e.g. FOLLOW tomatoes and we tell you when there are some."),
        first_contact=True, refusal=True,
    ),
    "follow_place": Message(
        _("First text PLACE and your ward, e.g. PLACE Kangemi. Then text FOLLOW again."),
        refusal=True,
    ),
    "basket": Message(
        _("In your basket, {total} without delivery. To order it dial {shortcut}. To empty it: CLEAR"),
        listing="before", shorter=_("{total}. Order: dial {shortcut}. Or CLEAR"),
    ),
    "basket_more": Message(
        _("And {left} more in your basket, {total} without delivery. To see and order all dial {shortcut}. "
          "To empty it: CLEAR"),
        listing="before", shorter=_("And {left} more, {total}. Dial {shortcut}. Or CLEAR"),
    ),
    "basket_gone": Message(
        _("What is in your basket is not on sale now. See it: dial {shortcut}. To empty it: CLEAR. Or text "
          "what you need, e.g. 5kg tomatoes."),
    ),
    "basket_empty": Message(
        _("Your basket is empty. Text what you need, e.g. 5kg tomatoes, or TODAY: what there is."),
        first_contact=True,
    ),
    "basket_cleared": Message(
        _("Your basket is empty now. Text what you need, e.g. 5kg tomatoes."),
    ),
}  # fmt: skip
