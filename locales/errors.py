"""What every DomainError says to a person: code -> text. The one table; channels decide only the shape.

A test walks every DomainError: it has a row here, in three languages, with slots its values can fill.
"""

from collections.abc import Mapping
from typing import Any

from core.errors import DomainError
from locales.mark import _
from locales.voice import Voice

ERRORS: Mapping[str, str] = {
    "error": _("Something is not right. Please try again."),
    "not_found": _("We cannot find that."),
    "not_allowed": _("That is not open to you."),
    "bad_input": _("We cannot use that answer."),
    "conflict": _("That cannot be done any more."),
    "wrong_state": _("That cannot be done now."),
    "alarms.unknown": _("There is no such alarm."),
    "catalogue.pack_unknown": _("We do not know the weight of one {unit}. Choose another unit."),
    "catalogue.unknown_product": _("We do not know that product."),
    "catalogue.unknown_unit": _("{product} is not sold in that unit."),
    "deliveries.code_locked": _("Too many wrong codes. Call us."),
    "deliveries.goods_not_ready": _("The farmer has not packed it yet. Please wait."),
    "deliveries.has_vehicle": _("You have a vehicle already: {plate}."),
    "deliveries.no_approved_vehicle": _("Your vehicle is not approved yet. We text you."),
    "deliveries.no_such_job": _("You have no such delivery."),
    "deliveries.offer_gone": _("That job is already given. Stay on duty for the next."),
    "deliveries.offer_unknown": _("There is no such job for you."),
    "deliveries.plate_invalid": _("Write the number plate, such as KMFB 123C."),
    "deliveries.plate_taken": _("Another rider has that number plate."),
    "deliveries.vehicle_type_unknown": _("We do not know that kind of vehicle."),
    "deliveries.vehicle_unknown": _("There is no such vehicle."),
    "deliveries.which_job": _("Several jobs fit. Send DONE, the order and the code."),
    "deliveries.wrong_code": _("Wrong code. Nothing has changed. {left} tries left: ask the customer."),
    "farms.agent_refused": _("She has said no to you."),
    "farms.cooperative_missing": _("Which co-operative does the agent work for?"),
    "farms.helper_unknown": _("Your helper must first register with us, with another number."),
    "farms.name_missing": _("Please give your farm a name."),
    "farms.not_an_agent": _("Only field agents may do that."),
    "farms.say_yes_by_sms": _("Your YES counts by SMS only."),
    "listings.below_minimum_quantity": _("The farmer sells {qty} {unit} or more."),
    "listings.harvest_date_wrong": _("That harvest day cannot be right."),
    "listings.not_enough_stock": _("Only {left} {unit} left."),
    "listings.not_for_sale": _("This is no longer for sale."),
    "listings.orders_waiting": _("{count} orders wait for it. Send them first."),
    "listings.own_produce": _("You cannot buy from yourself."),
    "listings.price_looks_off": _("The market price is about {market}. Sell at {price}?"),
    "listings.price_out_of_bounds": _("The price must be from {minimum} to {maximum}."),
    "listings.quantity_out_of_bounds": _("That quantity is not possible."),
    "listings.unknown_grade": _("The grade is premium, standard or economy."),
    "listings.weight_out_of_bounds": _("That weight is not possible."),
    "listings.too_late_to_take_down": _("Too late: some is sold, or the time is over."),
    "listings.whole_numbers_only": _("Count these whole, without halves."),
    "locations.not_in_kenya": _("That point is not in Kenya."),
    "locations.unknown_ward": _("We do not know that ward."),
    "msisdn.not_kenyan_mobile": _("Write a Kenyan mobile number, such as 0712345678."),
    "notifications.bad_page": _("There is no such page."),
    "orders.above_maximum": _("That comes to {total}. The most is {maximum}."),
    "orders.again": _("You ordered this a moment ago. Order it again?"),
    "orders.ambiguous": _("Several orders end like that. Send the whole number."),
    "orders.below_minimum": _("That comes to {total}. The least we bring is {minimum}."),
    "orders.cash_blocked": _("Please pay by M-Pesa. Cash is possible again from {day}."),
    "orders.cash_orders_open": _("First receive your open cash orders, or pay by M-Pesa."),
    "orders.cash_too_much": _("Cash is taken up to {maximum}. This comes to {total}."),
    "orders.item_unknown": _("We find no such order of yours."),
    "orders.key_reused": _("We have that order already."),
    "orders.method_not_offered": _("You cannot pay that way. Choose another one."),
    "orders.no_rider": _("No rider near that farm can bring it yet."),
    "orders.nothing_for_sale": _("Nobody near you sells {product} now."),
    "orders.out_of_reach": _("The nearest farm is {km}km away, too far for our riders."),
    "orders.quantity_too_small": _("The farm sells {qty} {unit} or more at a time."),
    "orders.quote_changed": _("The price has changed."),
    "orders.quote_gone": _("That offer has lapsed. Order again."),
    "orders.quote_unknown": _("That offer is not there any more. Order again."),
    "orders.claim_too_late": _("Claims are taken for {count} hours after delivery."),
    "orders.claim_too_much": _("No more than {maximum} can go back for that."),
    "orders.claim_unknown": _("There is no such claim."),
    "orders.not_less": _("Say less than {qty} {unit}, and more than nothing."),
    "orders.nothing_to_mark": _("No orders of that wait for that day."),
    "orders.replacement_gone": _("That farm has sold out. Your money comes back."),
    "orders.replacement_unknown": _("There is nothing to choose for that order."),
    "orders.request_unknown": _("There is no such request."),
    "orders.short_unknown": _("There is no such count."),
    "orders.too_late_to_cancel": _("It is too late to cancel this order."),
    "orders.too_many_unpaid": _("{count} orders of yours wait for payment. Pay one first."),
    "orders.unit_unclear": _("{product} comes in several units. Say which."),
    "orders.unknown": _("We find no such order of yours."),
    "payments.not_payable": _("This order does not wait for money."),
    "payments.prompt_open": _("An M-Pesa request is on that phone. Wait a moment."),
    "payments.too_many_prompts": _("We have asked {count} times. Order again, please."),
    "outbox.message_unknown": _("There is no such message."),
    "settings.orders_paused": _("We take no new orders just now. Try again later."),
    "settings.paused": _("That is not possible just now. Try again later."),
    "settings.payouts_paused": _("Payouts wait just now. Your money is safe with us."),
    "settings.prompts_paused": _("M-Pesa requests wait just now. Try again later."),
    "settings.provider_paused": _("That service is off just now. Try again later."),
    "settings.refused": _("That setting cannot have that value."),
    "settings.switch_unknown": _("There is no such switch."),
    "settings.unknown": _("There is no such setting."),
    "settings.ward_paused": _("We bring nothing to that place just now."),
    "reviews.already": _("You have rated this already. You may change it for a few days."),
    "reviews.edit_closed": _("A rating can be changed for {count} days only."),
    "reviews.hidden": _("Your words were hidden by our staff and cannot be changed."),
    "reviews.not_delivered": _("You can rate it when it is delivered."),
    "reviews.own": _("You cannot rate yourself."),
    "reviews.reason_missing": _("Say why, please."),
    "reviews.stars": _("Rate from 1 (bad) to 5 (very good)."),
    "reviews.text_too_long": _("That is too long. {count} characters at most."),
    "reviews.unknown": _("We find nothing of yours to rate there."),
    "reviews.window_closed": _("It can be rated for {count} days only."),
    "users.already_registered": _("You are registered already."),
    "users.email_taken": _("Another account has this e-mail address."),
    "users.email_wrong": _("Write an e-mail address, such as name@example.com."),
    "users.inactive": _("Your account is switched off. Call us."),
    "users.last_admin": _("Somebody must remain who may do everything."),
    "users.login_locked": _("Too many tries. Try again in {minutes} minutes."),
    "users.not_verified": _("Please confirm your phone number first."),
    "users.number_unheard": _("We have not heard from this number for long. Call us first."),
    "users.otp_gone": _("That code is over. Ask for a new one."),
    "users.otp_too_many": _("No more codes today. Try again tomorrow."),
    "users.otp_too_soon": _("A code is on its way. Ask again in {count} seconds."),
    "users.otp_wrong": _("Wrong code. {left} tries left."),
    "users.password_must_change": _("Sign in at the console and choose your own password first."),
    "users.password_not_new": _("The new password must differ from the old one."),
    "users.password_too_long": _("The password may have {count} characters at most."),
    "users.password_too_short": _("The password needs {count} characters or more."),
    "users.payee_number_gone": _("That change can no longer be stopped. Call us."),
    "users.payee_number_same": _("Your money goes to that number already."),
    "users.photo_wrong": _("Give the https address of a picture."),
    "users.pin_exists": _("You have a PIN. Change it with the old one."),
    "users.pin_locked": _("Too many wrong PINs. Try again in {minutes} minutes."),
    "users.pin_missing": _("Choose your PIN first."),
    "users.pin_needs_reset": _("Your PIN is locked. Call us to reset it."),
    "users.pin_not_four_digits": _("A PIN is 4 digits."),
    "users.pin_too_easy": _("That PIN is too easy to guess. Choose another."),
    "users.pin_wrong": _("Wrong PIN. {left} tries left."),
    "users.pins_differ": _("The two PINs are not the same."),
    "users.role_fixed": _("You have worked with us already. Call us to change that."),
    "users.role_not_open": _("You cannot register for that."),
    "users.token_invalid": _("Please sign in again."),
    "users.unknown_field": _("That cannot be changed here, or not to that."),
    "users.unknown_language": _("We speak English, Kiswahili and Gikuyu."),
    "users.unknown_role": _("There is no such role to choose."),
    "users.unknown_scope": _("An admin is full, support or auditor."),
    "users.work_open": _("Something of this person is still open. Close it first."),
    "users.wrong_login": _("The account or the password is not right."),
}

# Where an error's value has another name than the slot that shows it.
SAID_AS = {"product_id": "product", "limit": "count", "days": "count", "minimum": "qty"}
SAID_AS = {"product_id": "product", "limit": "count", "minimum": "qty", "hours": "count", "quantity": "qty"}


def explain(voice: Voice, language: str, error: DomainError) -> str:
    """The sentence for `error` in a stored language, for the wire; no what-next, that is the channel's."""
    return voice.say(language, text_of(error), **slot_values(error))


def text_of(error: DomainError) -> str:
    """The untranslated text of an error; a code without a row says what its family says."""
    family = [kind.code for kind in type(error).__mro__ if issubclass(kind, DomainError)]
    return next(ERRORS[code] for code in family if code in ERRORS)


def slot_values(error: DomainError) -> dict[str, Any]:
    """An error's values under the names of slots."""
    renamed = {SAID_AS[name]: value for name, value in error.values.items() if name in SAID_AS}
    return {**renamed, **error.values}
