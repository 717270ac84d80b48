"""Replies to a rider on his way: late, at the door, cash, not handed over, route, purse, vehicle."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "job_not_picked": Message(
        _("{order} is not with you yet. When you have it, text PICKED {order}"), refusal=True
    ),
    "job_kept": Message(_("OK, {order} stays yours, nothing is changed.")),
    "job_dropped": Message(_("OK, {order} goes to another rider.")),
    "drop_ask": Message(
        _("Give {order} back? Another rider gets it and the {earning}. Reply YES to give it back, "
          "NO to keep it.")
    ),
    "pickup_which": Message(
        _("{order}: at which farm have you collected? Reply its number:"), listing="after"
    ),
    "picked_all": Message(_("all of them")),
    "picked_next": Message(
        _("Noted. The rest of {order} waits at {farmer}, {place}, call {phone}. Then text PICKED {order}")
    ),
    "on_the_way": Message(
        _("Noted: {order} is on the way to {customer}, {place}, {phone}. If you are late, text e.g. LATE 30")
    ),
    "arrived": Message(
        _("Noted: you are at the door. Ask {customer} for the code, then text DONE {order} and the code.")
    ),
    "arrived_cash": Message(
        _("Noted: you are at the door. Take {due} cash, ask {customer} for the code, "
          "then text DONE {order}, the code and the sum.")
    ),
    "arrived_farm": Message(
        _("Noted: you are at the farm. When you have it all, text PICKED {order}. Something "
          "missing? Dial {dial}")
    ),
    "late_told": Message(_("{customer} is told: {order} comes at about {time}.")),
    "late_minutes": Message(_("How late will you be? Text e.g. LATE 30 for 30 minutes."), refusal=True),
    "cash_sure": Message(
        _("The code is right. {order}: {due} cash is asked. Did you take it? Reply YES, or the sum you took.")
    ),
    "cash_other": Message(
        _("The code is right, but {order} asks {due} and you say {sum}. "
          "Is {sum} what you took? Reply YES, or the right sum.")
    ),
    "cash_again": Message(
        _("Nothing is noted. Take {due} cash for {order}, then text DONE {order}, the code and the sum.")
    ),
    "cash_not_due": Message(
        _("{order} is paid already: give {sum} back. Then text DONE {order} and the code."), refusal=True
    ),
    "cash_short": Message(
        _("{due} is asked, {sum} is too little: keep the goods. The rest can come by M-Pesa, "
          "paybill {paybill}. Then text DONE again."), refusal=True
    ),
    "asked_customer_cash": Message(
        _("We have asked the customer. Take {due} cash first. When the answer is YES, {order} is delivered.")
    ),
    "fail_why": Message(_("{order}: why could you not hand it over? Reply a number:"), listing="after"),
    "fail_absent": Message(_("nobody there")),
    "fail_wrong_place": Message(_("wrong place")),
    "fail_refused": Message(_("does not want it")),
    "fail_damaged": Message(_("goods are spoiled")),
    "fail_other": Message(_("another reason")),
    "fail_again": Message(
        _("{order}: next try {day}, you keep the goods and earn {earning} for the way. "
          "Have you called {phone}? Reply YES to note it.")
    ),
    "fail_ends_called": Message(
        _("{order} ends: bring the goods back, you earn {earning} for the way. "
          "Have you called {phone}? Reply YES to note it.")
    ),
    "fail_ends": Message(
        _("{order} ends: bring the goods back to the farm, you earn {earning} for the way. Reply "
          "YES to note it.")
    ),
    "failed_again": Message(
        _("Noted: next try of {order} {day}. Keep the goods well, or bring them to the farm and "
          "text RETURNED {order}")
    ),
    "failed_over": Message(
        _("Noted: {order} has ended. Bring the goods back to {farmer}, {place}, call {phone}. "
          "Then text RETURNED {order}")
    ),
    "goods_back": Message(_("Noted: the goods of {order} are back at the farm. Thank you.")),
    "route": Message(_("Your way, MORE shows the rest:"), listing="after"),
    "route_last": Message(_("Your way:"), listing="after"),
    "route_none": Message(_("Nothing waits for you to collect or to bring now.")),
    "stop_pickup": Message(_("Collect {order}: {farmer} {phone}, {place}, {landmark}")),
    "stop_unready": Message(_("Not packed {order}: {farmer} {phone}, {place}, {landmark}")),
    "stop_drop": Message(_("Bring {order}: {customer} {phone}, {place}, {landmark}")),
    "stop_cash": Message(_("Bring {order}, take {due}: {customer} {phone}, {place}, {landmark}")),
    "stop_back": Message(_("Take back {order}: {farmer} {phone}, {place}, {landmark}")),
    "cash_none": Message(_("You hold no cash of ours.")),
    "cash_held": Message(
        _("You hold {sum} cash of ours. Bring it in by {day}, {time}: M-Pesa paybill {paybill}, "
          "account {deposit}, or our office.")
    ),
    "cash_late": Message(
        _("You hold {sum} cash of ours, due since {day}, {time}: no cash jobs now. M-Pesa paybill {paybill}, "
          "account {deposit}.")
    ),
    "deposit_came": Message(
        _("{sum} came in {day}, {time}. You still hold {due}: M-Pesa paybill {paybill}, account {deposit}.")
    ),
    "deposit_all": Message(_("{sum} came in {day}, {time}. You hold no cash of ours now. Thank you.")),
    "vehicle_fit": Message(
        _("Your vehicle {plate} is approved for up to {kg}kg. To use another one dial {dial}")
    ),
    "vehicle_waits": Message(_("Your vehicle {plate} waits for approval. We text you.")),
    "vehicle_how": Message(
        _("Text VEHICLE, what it is and its number plate, e.g. VEHICLE motorbike KMFB 123C"), refusal=True
    ),
    "vehicle_noted": Message(
        _("Thank you. We check {plate} and text you when it is approved. Then text ON to go on duty.")
    ),
    "put_off_silence": Message(
        _("You are off duty now: several jobs in a row had no answer from you. No jobs come. Text "
          "ON to start again.")
    ),
    "put_off_vehicle": Message(
        _("You are off duty now: we have put your vehicle away, no jobs come. To register another "
          "dial {dial}")
    ),
    "put_off_account": Message(
        _("You are off duty now: your account is closed and no jobs come. Call our office if that is wrong.")
    ),
    "cash_full": Message(
        _("You hold {sum} cash of ours: no cash jobs till you bring it in. M-Pesa paybill "
          "{paybill}, account R{phone}.")
    ),
    "cash_blocked": Message(
        _("You hold {sum} cash of ours: no jobs at all till you bring it in. "
          "M-Pesa paybill {paybill}, account R{phone}.")
    ),
    "delivery_late": Message(
        _("Order {order}: {person} is late, sorry, and comes at about {time}. Call {phone}.")
    ),
}  # fmt: skip
