"""Replies to farmers about what was ordered of them, and what they earn by it."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "work_nothing": Message(_("No order waits for you now. We text you when one is paid.")),
    "work_none": Message(_("No order waits for that now. ORDERS shows what there is."), refusal=True),
    "work_none_of": Message(_("No order of {product} waits now. ORDERS shows what there is."), refusal=True),
    "work_unknown": Message(
        _("No open order of yours ends with {order}. ORDERS shows yours."), refusal=True
    ),
    "work_ready_already": Message(_("{order} is ready already. The rider comes for it.")),
    "work_ready_no": Message(
        _("{order} is marked ready, and only our people take that back. Not ready? Text HELP {order} and "
          "why, before the rider comes."),
        refusal=True,
    ),
    "work_changed": Message(_("That has changed meanwhile, nothing was done. ORDERS shows it as it is "
                              "now."),
                            refusal=True),
    "work_as_it_was": Message(_("OK, nothing is changed.")),
    "work_list": Message(_("To prepare. The number of a line shows more."), listing="after"),
    "work_list_more": Message(_("To prepare. The number shows more. MORE: the rest."), listing="after"),
    "work_one": Message(
        _("{order}: {amount_of} {product} by {day}. You get {gets}. When packed: READY {order}. Less: "
          "LESS {order}")
    ),
    "work_sum": Message(
        _("{day}: {amount_of} {product}, {number} orders. You get {gets}. All packed: READY {product}. "
          "One: READY and its number.")
    ),
    "work_waits": Message(
        _("{order} waits for your answer: {amount_of} {product} by {day}. You get {gets}. YES or NO?")
    ),
    "work_which_accept": Message(_("Accept which order?"), listing="after"),
    "work_which_harvest": Message(_("Which is harvested?"), listing="after"),
    "work_which_pack": Message(_("Which is packed?"), listing="after"),
    "work_which_ready": Message(_("Which is ready?"), listing="after"),
    "work_which_reject": Message(_("Which can you not supply?"), listing="after"),
    "work_which_less": Message(_("Of which do you have less?"), listing="after"),
    "work_accepted": Message(
        _("Accepted {order}: {amount_of} {product} by {day}. You get {gets}. When packed: READY {order}")
    ),
    "work_accepted_all": Message(
        _("Accepted {number} orders: {amount_of} {product} by {day}. You get {gets}. When packed: READY "
          "{product}")
    ),
    "work_harvested": Message(_("{order} harvested: {amount_of} {product}. When packed: READY {order}")),
    "work_harvested_all": Message(
        _("{number} orders harvested: {amount_of} {product}. When packed: READY {product}")
    ),
    "work_packed": Message(_("{order} packed: {amount_of} {product}. When the rider may come: READY "
                             "{order}")),
    "work_packed_all": Message(
        _("{number} orders packed: {amount_of} {product}. When riders may come: READY {product}")
    ),
    "work_ready": Message(
        _("{order} is ready: {amount_of} {product}. You get {gets} by M-Pesa some days after delivery.")
    ),
    "work_ready_all": Message(
        _("{number} orders ready: {amount_of} {product}. You get {gets} by M-Pesa some days after "
          "delivery.")
    ),
    "work_sure_cancel": Message(
        _("{order}: the customer asks to cancel it. Wait for our SMS, or go on with {amount_of} "
          "{product}? YES or NO.")
    ),
    "work_sure_late": Message(
        _("Your SMS came late. Now it is {number} orders, {amount_of} {product} by {day}. All of them? "
          "YES or NO.")
    ),
    "less_quantity": Message(_("{order}: {amount_of} {product} ordered. How many {units} do you have?")),
    "less_again": Message(_("Please say only how many you have, e.g. 20. Or 0."), refusal=True),
    "less_not": Message(
        _("Ordered is {amount_of} {product}. Say less than that, or READY {order} if you have it all."),
        refusal=True,
    ),
    "less_sure": Message(
        _("{order}: only {amount_of} {product}. You get {gets}, and the customer pays only for that. YES "
          "or NO?")
    ),
    "less_sure_all": Message(
        _("Only {amount_of} {product}: for {left} of {number} orders, oldest first. You get {gets}. YES "
          "or NO?")
    ),
    "less_noted": Message(
        _("Noted: {amount_of} {product}. You get {gets}. It is off sale until you text SELL.")
    ),
    "reject_why": Message(
        _("{order}: why no {amount_of} {product}? You lose {gets}. 1 Sold 2 Spoiled 3 Not ripe 4 Poor "
          "harvest. Or your words.")
    ),
    "reject_why_all": Message(
        _("Why none for {number} orders of {product}? You lose {gets}. 1 Sold 2 Spoiled 3 Not ripe 4 "
          "Poor harvest. Or your words.")
    ),
    "reject_why_again": Message(
        _("Say why: 1 Sold 2 Spoiled 3 Not ripe 4 Poor harvest, or in your words. Nothing is cancelled "
          "till then."),
        refusal=True,
    ),
    "reject_sure": Message(
        _("Cancel all {number} orders, {amount_of} {product}? You lose {gets}. The customers are told. "
          "YES or NO.")
    ),
    "rejected": Message(
        _("Cancelled: {order}, {amount_of} {product}. The customer is told. It is off sale until you "
          "text SELL.")
    ),
    "rejected_all": Message(
        _("Cancelled: {number} orders, {amount_of} {product}. The customers are told. Off sale until you "
          "text SELL.")
    ),
    "balance_none": Message(
        _("That is for farmers and riders. Your orders: STATUS. Menu: {dial}"), refusal=True
    ),
    "balance_kept": Message(
        _("We keep {sum} for you. It pays for your next order. Your orders: STATUS. Menu: {dial}")
    ),
    "balance_short": Message(
        _("From your last delivery {due} is missing. It comes with your next order. Menu: {dial}")
    ),
    "balance_coming": Message(
        _("{sum} comes {day}, {time}, by M-Pesa. Held for now: {due}. To have it today dial {dial}; that "
          "needs your PIN.")
    ),
    "balance_going": Message(
        _("{sum} is on its way to you. With us: {total}. Your payout number: dial {dial}, with your PIN.")
    ),
    "balance_number": Message(
        _("With us: {total}. From {day}, {time} your money goes to {phone}, until then to the old number. "
          "Not you? Dial {dial}."),
    ),
    "balance_unnamed": Message(
        _("With us: {total}. From {day}, {time} your money goes to {phone}, until then it stays with us. Not "
          "you? Dial {dial}."),
    ),
    "balance_held": Message(
        _("{total} is with us, {due} of it held until a day after the delivery, or a complaint is "
          "settled.")
    ),
    "balance_small": Message(_("{total} is with us. We pay from {minimum}, and smaller sums after some "
                               "days.")),
    "balance_owing": Message(_("You owe us {total}. It comes off what you earn next.")),
    "balance_empty": Message(_("Nothing is with us now. What you earn is here after the delivery.")),
    "statement": Message(_("Last payouts. Menu {dial}:"), listing="below"),
    "statement_empty": Message(_("No payout yet. BALANCE says what is with us and when it comes.")),
    "market_up": Message(
        _("{product}: {price} per {unit} {trade}, {where}, {month}. Before: {market} (+{percent}%).")
    ),
    "market_down": Message(
        _("{product}: {price} per {unit} {trade}, {where}, {month}. Before: {market} (-{percent}%).")
    ),
    "market_same": Message(
        _("{product}: {price} per {unit} {trade}, {where}, {month}. Before: the same.")
    ),
    "market_alone": Message(_("{product}: {price} per {unit} {trade}, {where}, {month}.")),
    "market_unknown": Message(_("There is no market price of {product} that is not too old.")),
}  # fmt: skip
