"""In-app copies, shown at the next dial."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "order_received": Message(_("Order {order} received. Pay {asked} by M-Pesa."), texted=False),
    "refund_coming": Message(_("{sum} for order {order} comes back to you."), texted=False),
    "refund_credit": Message(
        _("{sum} from order {order} is kept for you and pays for your next order."), texted=False
    ),
    "order_processing": Message(_("Order {order} is being prepared."), texted=False),
    "order_ready": Message(_("Order {order} is ready and waits for its rider."), texted=False),
    "delivered_farmer": Message(_("Order {order} is delivered. {gets} comes {day}."), texted=False),
    "sold_out": Message(_("Your {product} is sold out. Dial {dial} when you have more."), texted=False),
    "back_on_sale": Message(
        _("On sale again, since we hear from you: {count} of your listings, first {amount_of} {product}. "
          "Still so? If not, dial {dial}."),
        texted=False,
    ),
    "off_sale": Message(_("Your {product} is off sale. Dial {dial} to offer it again."), texted=False),
    "organic_unproven": Message(
        _("Your {product} is listed, but not as organic: we have not approved a certificate of that farm."),
        texted=False,
    ),
    "certificate_approved": Message(_("{farm}: your organic certificate is approved."), texted=False),
    "certificate_refused": Message(_("{farm}: your organic certificate was not approved."), texted=False),
    "suggestion_refused": Message(_("We do not take up {text} for now."), texted=False),
}  # fmt: skip
