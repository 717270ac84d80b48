"""Told by the core to the rider."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "vehicle_approved": Message(
        _("Your vehicle {plate} is approved. Text ON to go on duty, OFF to stop. Menu: {dial}"),
        first_contact=True,
    ),
    "vehicle_refused": Message(
        _("Your vehicle {plate} was not approved. Check the plate and register it again: {dial}"),
        first_contact=True,
    ),
    "offer": Message(
        _("Job {order}: {farm} in {place} to {where}, {km}km, {kg}kg. Pay {earning}. "
          "Reply YES or NO by {time}. If another job is open reply ACCEPT {order}.")
    ),
    "offer_gone": Message(
        _("Job {order} has gone to another rider. Stay on duty, the next one comes."), refusal=True
    ),
    "offer_gone_off": Message(
        _("Job {order} has gone to another rider, and you are off duty. Text ON and the next one comes."),
        refusal=True,
    ),
    "pickup": Message(
        _("Job {order} is yours: {amount_of} {product} at {farm}, {place}, {landmark}. "
          "Call {phone}. Then text PICKED {order}")
    ),
    "bring": Message(
        _("Bring {order} to {customer}, {place}, {landmark}. Call {phone}. "
          "Ask for the 4-digit code, then text DONE {order} and the code.")
    ),
    "done": Message(
        _("Done: order {order} is delivered. You earned {earning}. It is paid out with your next payout.")
    ),
}  # fmt: skip
