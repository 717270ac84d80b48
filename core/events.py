"""What happened, as values. Whoever must react is listed in core/reactions.py.

The last ones, named -Sought, are questions, asked by an area of those that come after it: whoever knows adds
to the answer.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from core.actor import Actor

if TYPE_CHECKING:  # events are named by every area, so they must not bring one along
    from core.locations.places import Point


# --- people -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UserRegistered:
    """Someone is with us now; `ward_code` and `landmark` are where, if they said so."""

    user_id: int
    actor: Actor
    ward_code: int | None = None
    landmark: str = ""


@dataclass(frozen=True)
class RoleChanged:
    """A person's role is another one from now on (DR-201)."""

    user_id: int
    old: str
    new: str
    actor: Actor


@dataclass(frozen=True)
class UserDeactivated:
    """Somebody may not act any more on any channel; their listings go inactive (DR-209)."""

    user_id: int
    actor: Actor


@dataclass(frozen=True)
class PersonHeard:
    """Something came from a person's number after a day of silence, or after she was listened for."""

    user_id: int


@dataclass(frozen=True)
class OneTimeCodeAsked:
    """A code is to be texted, within `life_minutes`; it is drawn when the SMS is made (DR-203)."""

    otp_id: int
    user_id: int
    life_minutes: int


@dataclass(frozen=True)
class LoginGuessed:
    """So many wrong passwords that the account is locked for `minutes` (DR-210); `first_id` of the tries."""

    user_id: int
    minutes: int
    first_id: int


@dataclass(frozen=True)
class PinLocked:
    """Too many wrong PINs (DR-207); `reset` when only an admin can help."""

    user_id: int
    minutes: int
    reset: bool
    lock_id: int


@dataclass(frozen=True)
class PayeeNumberNamed:
    """Money is to go to another number from `starts_at` on (DR-208).

    old, new  E.164; the old one is told at once and may stop it
    first     there was none before it, and it counts from now
    """

    payee_number_id: int
    user_id: int
    purpose: str
    old: str
    new: str
    starts_at: datetime
    first: bool
    actor: Actor


@dataclass(frozen=True)
class AgentAsks:
    """A field agent would like to work for a farmer, who may say YES (DR-221)."""

    agent_id: int
    farmer_id: int
    cooperative: str
    actor: Actor


@dataclass(frozen=True)
class AgentActed:
    """A field agent has done something for a farmer, who is told (DR-221).

    what      listed, restocked or marked
    record    "listing:7", "order_item:45"; "orders:9" for nine orders at once
    audit_id  the act in the audit trail, of several the last
    """

    agent_id: int
    farmer_id: int
    what: str
    record: str
    audit_id: int
    actor: Actor


@dataclass(frozen=True)
class PlaceMoved:
    """A place of a person is in another ward, or at another point, than before."""

    user_id: int
    location_id: int


@dataclass(frozen=True)
class DefaultPlaceChanged:
    """Another place of a person is the default now, or the first one, or (none left) none."""

    user_id: int


# --- farms and what they sell -------------------------------------------------------------------------------


@dataclass(frozen=True)
class FarmMoved:
    """A farm lies at another place of its farmer now."""

    farm_id: int


@dataclass(frozen=True)
class FarmClosed:
    """A farm was deleted; its listings come down."""

    farm_id: int
    actor: Actor


@dataclass(frozen=True)
class CertificateDecided:
    """An admin has approved a farm's organic certificate, or refused it (DR-403)."""

    farm_id: int
    approved: bool
    actor: Actor


@dataclass(frozen=True)
class SuggestionDecided:
    """A product somebody missed is in the list now, or will not be; they are told."""

    suggestion_id: int
    actor: Actor


@dataclass(frozen=True)
class FarmerWoken:
    """A silent farmer is back, and so is her produce (DR-815); `listing_id` the largest of `count`."""

    listing_id: int
    count: int


@dataclass(frozen=True)
class ListingPublished:
    """Something is for sale."""

    listing_id: int
    actor: Actor


@dataclass(frozen=True)
class ListingRestocked:
    """L5, L7: it can be bought again; watchers are told at most once a day."""

    listing_id: int
    actor: Actor


@dataclass(frozen=True)
class ListingSoldOut:
    """L4: less is left than the least order."""

    listing_id: int
    actor: Actor


@dataclass(frozen=True)
class ListingTakenDown:
    """L6: nobody can buy it now; `reason` as Listing.off_reason."""

    listing_id: int
    reason: str
    actor: Actor


@dataclass(frozen=True)
class OrganicUnproven:
    """A listing was called organic, and its farm has no approved certificate: it is stored false (DR-403)."""

    listing_id: int
    actor: Actor


@dataclass(frozen=True)
class DemandUnserved:
    """Somebody wanted this product in this ward and could not have it (DR-1212)."""

    product_id: int
    ward_code: int
    user_id: int


@dataclass(frozen=True)
class HarvestDue:
    """The expected day of a harvest has come; the farmer is asked (L3)."""

    listing_id: int
    actor: Actor


@dataclass(frozen=True)
class ListingHarvested:
    """L3: a pre-ordered listing was harvested, `quantity` in its unit; orders share it out (DR-407)."""

    listing_id: int
    quantity: Decimal
    actor: Actor


@dataclass(frozen=True)
class HarvestPostponed:
    """The farmer moved the expected harvest; orders of it may be cancelled free (DR-407)."""

    listing_id: int
    expected: date
    actor: Actor


@dataclass(frozen=True)
class HarvestMissed:
    """`listing.preorder_late_days` past the expected day nothing is harvested: its orders are cancelled and
    refunded (DR-407)."""

    listing_id: int
    actor: Actor


# --- an order -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderPlaced:
    """O1: an order waits for its payment."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class BasketDue:
    """A customer is to be asked whether she takes her weekly basket (core/orders/weekly.py).

    quote_id  what it costs today; None where nothing of it can be had
    until     so long her yes is worth something
    """

    user_id: int
    quote_id: int | None
    until: datetime


@dataclass(frozen=True)
class BankChosen:
    """An unpaid order is to be paid by bank after all (DR-813)."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderConfirmed:
    """O3: paid; farmers may harvest, a delivery is to be opened."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderAccepted:
    """Every farmer of the order has said yes; a rider may be looked for in good time (O7)."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderBegun:
    """O6: the first item is being prepared."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderReady:
    """O7: every live item is ready; a rider is needed if there is none yet."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderCancelled:
    """O4 and its sisters; `reason` as on the order."""

    order_id: int
    reason: str
    actor: Actor


@dataclass(frozen=True)
class CancelRefused:
    """O10: the admin has refused it; the order goes on."""

    order_id: int
    actor: Actor


# --- its items ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemReminderDue:
    """DR-801: the farmer has not answered for an item yet."""

    order_item_id: int
    actor: Actor


@dataclass(frozen=True)
class ItemShort:
    """I5, DR-407: less than ordered comes; the customer may say no until the item's `short_until`, if set."""

    order_id: int
    order_item_id: int
    actor: Actor


@dataclass(frozen=True)
class ItemRejected:
    """I6: a farm cannot supply an item; `reason` is silent for want of an answer. A refund or another farm
    follows."""

    order_id: int
    order_item_id: int
    reason: str
    actor: Actor


@dataclass(frozen=True)
class ItemCancelled:
    """I7: one item was taken out of an order that goes on."""

    order_id: int
    order_item_id: int
    reason: str
    actor: Actor


@dataclass(frozen=True)
class HarvestLate:
    """DR-407: the promised harvest day has passed; the customer may cancel the item free of charge."""

    order_item_id: int
    actor: Actor


@dataclass(frozen=True)
class ReplacementOffered:
    """DR-815: the customer of a rejected item may have it from the next farm."""

    replacement_id: int
    actor: Actor


@dataclass(frozen=True)
class ReplacementTaken:
    """DR-815: she took it; the other farm has the item now."""

    replacement_id: int
    order_id: int
    order_item_id: int
    actor: Actor


@dataclass(frozen=True)
class PickupCountedShort:
    """I8: the rider found less than was made ready; the farmer is asked for her YES."""

    short_id: int
    actor: Actor


@dataclass(frozen=True)
class ClaimUpheld:
    """O16: a claim after delivery was found right; `refund` KES, `fault` farmer, rider or platform."""

    order_id: int
    order_item_id: int
    claim_id: int
    refund: Decimal
    fault: str
    actor: Actor


@dataclass(frozen=True)
class ClaimRefused:
    """O16: the claim was not found right."""

    claim_id: int
    actor: Actor


# --- money --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderPaid:
    """The sum asked has arrived; the order is to be confirmed (O3)."""

    order_id: int
    transaction_id: int
    actor: Actor


@dataclass(frozen=True)
class PartPaid:
    """Some of the sum asked has arrived (DR-809); `missing` KES are still due."""

    order_id: int
    transaction_id: int
    missing: Decimal
    actor: Actor


@dataclass(frozen=True)
class PaymentTakenBack:
    """The provider took `amount` KES of a payment back without our asking (P6); `due` KES are due again."""

    order_id: int
    transaction_id: int
    amount: Decimal
    due: Decimal
    actor: Actor


@dataclass(frozen=True)
class TransferStruck:
    """A transfer of `amount` KES had been entered wrongly and is taken back; `due` KES are due again."""

    order_id: int
    transaction_id: int
    amount: Decimal
    due: Decimal
    actor: Actor


@dataclass(frozen=True)
class PaidAgain:
    """What had been taken back has come again by this payment; `missing` KES are still due."""

    order_id: int
    transaction_id: int
    missing: Decimal
    actor: Actor


@dataclass(frozen=True)
class PaymentFailed:
    """An attempt ended without money (P4)."""

    order_id: int
    transaction_id: int
    actor: Actor


@dataclass(frozen=True)
class PromptSilent:
    """A payment request must have left the phone by now, and nobody knows what came of it (P5)."""

    order_id: int
    transaction_id: int
    actor: Actor


@dataclass(frozen=True)
class MoneyUnmatched:
    """Money whose order nobody knows (DR-812)."""

    suspense_id: int
    actor: Actor


@dataclass(frozen=True)
class DueFell:
    """The order costs less than before; what was received beyond that is to go back (7.3, I5 to I7).

    The order's total and amount asked are written already. `cause` and `cause_id` make the refund's key
    (DR-821): short, reject, cancel_item, cancel, no_supply, payment_timeout, undeliverable, refused ...
    """

    order_id: int
    cause: str
    cause_id: str
    actor: Actor


@dataclass(frozen=True)
class RefundRequested:
    """Money is to go back; small sums are approved by the system at once (DR-820)."""

    refund_id: int
    actor: Actor


@dataclass(frozen=True)
class RefundApproved:
    """The refund is promised; it goes out, or becomes credit at once."""

    refund_id: int
    actor: Actor


@dataclass(frozen=True)
class PaymentRestored:
    """What two admins said that M-Pesa took back, `amount` KES, counts again; `due` KES are due still."""

    order_id: int
    transaction_id: int
    amount: Decimal
    due: Decimal
    actor: Actor


@dataclass(frozen=True)
class RefundStopped:
    """A refund that had been promised is called off before it went out: its order needs the money."""

    refund_id: int
    actor: Actor


@dataclass(frozen=True)
class RefundPaid:
    """The refund is with the payer."""

    refund_id: int
    actor: Actor


@dataclass(frozen=True)
class PayoutPaid:
    """A payout has reached the payee (DR-1304)."""

    payout_id: int
    actor: Actor


@dataclass(frozen=True)
class ProviderAnswered:
    """What was asked of M-Pesa (core/payments/asking.py) has its answer, or none will come.

    kind  b2c, reversal, status or balance
    """

    request_id: int
    kind: str
    actor: Actor


@dataclass(frozen=True)
class PayoutWaits:
    """KES `amount` of a payee's wait until she says which M-Pesa number gets it."""

    payee_id: int
    amount: Decimal
    actor: Actor


@dataclass(frozen=True)
class PayoutHeld:
    """An admin keeps a payout back (section 13); the money is owed as before."""

    payout_id: int
    actor: Actor


@dataclass(frozen=True)
class PayoutFailed:
    """A payout did not go through; the money is owed as before."""

    payout_id: int
    actor: Actor


# --- the road -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VehicleDecided:
    """An admin has approved or refused a vehicle (DR-1209)."""

    vehicle_id: int
    approved: bool
    actor: Actor


@dataclass(frozen=True)
class OfferMade:
    """A rider is asked to take a delivery."""

    offer_id: int
    actor: Actor


@dataclass(frozen=True)
class OfferClosed:
    """An offer is over; `outcome` is accepted, declined, timed_out or withdrawn."""

    offer_id: int
    outcome: str
    actor: Actor


@dataclass(frozen=True)
class DeliveryAssigned:
    """D2: a rider has it; the delivery code exists."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class RiderChosen:
    """D2 by hand: an admin is about to give a delivery to a rider; open offers of it are to be withdrawn."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class NoRiderFound:
    """DR-1203, DR-1212: nobody takes the delivery; admins are alarmed, late also the customer is asked."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class RiderMissingLate:
    """DR-1212: shortly before the slot ends nobody has it; the customer chooses: wait, collect, refund."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class RiderLost:
    """D3: the rider dropped out, or did not collect in time."""

    delivery_id: int
    rider_id: int
    actor: Actor


@dataclass(frozen=True)
class RiderPutOff:
    """A rider is off duty without having said so; `why`: silence, vehicle or account (DR-1203)."""

    rider_id: int
    why: str
    actor: Actor


@dataclass(frozen=True)
class RiderCashFull:
    """With what a rider has just taken, no cash jobs come to him; with `wholly`, no jobs at all (DR-903)."""

    rider_id: int
    collection_id: int
    wholly: bool
    actor: Actor


@dataclass(frozen=True)
class DeliveryLate:
    """The rider says that he comes later, at about `until` (DR-1208)."""

    delivery_id: int
    until: datetime
    actor: Actor


@dataclass(frozen=True)
class DeliveryPickedUp:
    """D4 and D5: the goods are with the rider and moving."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class DeliveryFailed:
    """D7: not handed over; `final` when there is no further attempt (O13), else O12."""

    delivery_id: int
    reason: str
    final: bool
    actor: Actor


@dataclass(frozen=True)
class CodeRenewed:
    """DR-1205: the customer is to get the delivery code: asked for again, or new after a failed attempt.

    `version` makes the message one of its own.
    """

    delivery_id: int
    version: str
    actor: Actor


@dataclass(frozen=True)
class ReceiptAsked:
    """DR-1205: the rider has no code (NOCODE); the ordering phone is asked whether the goods are there."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class DeliveryDone:
    """D6: the code was right; goods have changed hands."""

    delivery_id: int
    actor: Actor


# --- cash ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CashMet:
    """DR-902: cash was taken at the door; `change` KES kept for the customer, `short` asked next time."""

    order_id: int
    change: Decimal
    short: Decimal
    actor: Actor


@dataclass(frozen=True)
class DoorPaid:
    """DR-902: M-Pesa money for an order that is paid at the door; `due` KES are still to be taken there."""

    order_id: int
    transaction_id: int
    due: Decimal
    actor: Actor


@dataclass(frozen=True)
class DepositArrived:
    """Money with a rider's deposit reference has reached the paybill (DR-904); `amount` KES."""

    msisdn: str
    amount: Decimal
    receipt: str
    payment_id: int
    actor: Actor


@dataclass(frozen=True)
class CashBroughtIn:
    """DR-904: a rider's cash came in, was set off or written off; `amount` and any difference are stored."""

    deposit_id: int
    actor: Actor


@dataclass(frozen=True)
class CashRestored:
    """What two admins said that M-Pesa took back of a rider's deposit is with us after all."""

    deposit_id: int
    actor: Actor


@dataclass(frozen=True)
class CashTakenBack:
    """M-Pesa took back what a rider had paid in, or a part of it: he owes it again (P6)."""

    deposit_id: int
    actor: Actor


@dataclass(frozen=True)
class CashUndone:
    """An admin's entry of a rider's cash was wrong and is taken back: he holds it again."""

    deposit_id: int
    actor: Actor


@dataclass(frozen=True)
class CashOverdue:
    """DR-903: cash has been with a rider for too long; `left` KES of that collection."""

    collection_id: int
    rider_id: int
    left: Decimal
    actor: Actor


@dataclass(frozen=True)
class CashDayClosed:
    """DR-907: the day's sums, in KES, for the admins; `held` is what riders still have."""

    day: date
    riders: int
    collected: Decimal
    held: Decimal
    actor: Actor


# --- the house ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeatherAlertIssued:
    """An admin has warned of the weather, or changed or ended a warning (DR-1601)."""

    alert_id: int
    actor: Actor


@dataclass(frozen=True)
class TicketAnswered:
    """DR-1602: an admin answered; the owner is to hear it."""

    ticket_id: int
    actor: Actor


@dataclass(frozen=True)
class TicketResolved:
    """DR-1602: an admin has settled it."""

    ticket_id: int
    actor: Actor


@dataclass(frozen=True)
class MessageLapsed:
    """A message was worth nothing any more before it could be sent (DR-1506).

    code  of the message
    """

    outbox_id: int
    code: str
    actor: Actor


@dataclass(frozen=True)
class MessageSent:
    """DR-1603: one party of an order wrote to another."""

    message_id: int
    actor: Actor


@dataclass(frozen=True)
class AlarmRaised:
    """DR-1803: an alarm was opened; whoever is to be texted hears of it."""

    alarm_id: int
    kind: str


@dataclass(frozen=True)
class DutyParked:
    """Due work was given up on after its last attempt; a person must look (R21)."""

    duty_id: int
    kind: str


# --- questions of earlier areas to later ones ---------------------------------------------------------------


@dataclass(frozen=True)
class FeeSought:
    """What would one delivery cost (DR-1102, DR-1104)? `fees` gets the fee in KES; 0.00 where it is free.

    km        by road
    subtotal  of the goods, KES
    """

    km: Decimal
    kg: Decimal
    subtotal: Decimal
    fees: list[Decimal] = field(default_factory=list)


@dataclass(frozen=True)
class DisputesSought:
    """Which of these orders have an open money dispute (DR-1602, DR-1301)? `disputed` gets their ids."""

    order_ids: tuple[int, ...]
    disputed: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class SlipSought:
    """Was cash brought to the bank under this reference (DR-904)? `banked` gets (KES, when) of it."""

    reference: str
    banked: list[tuple[Decimal, datetime]] = field(default_factory=list)


@dataclass(frozen=True)
class PeersSought:
    """What do other farmers ask for a product (DR-501)? `prices` gets (KES, unit, kg in one) of each listing.

    farmer_id  who must not be among them; 0 for nobody
    """

    product_id: int
    farmer_id: int
    prices: list[tuple[Decimal, str, Decimal]] = field(default_factory=list)


@dataclass(frozen=True)
class FarmsThereSought:
    """Which farms lie at this place? `farm_ids` gets those that are open."""

    location_id: int
    farm_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class OpenOrdersSought:
    """Which open orders need this place, farm or listing, and goods not yet picked up?

    record    location, farm or listing; `record_id` its id
    promised  order id -> what of it is still to be handed over, in the units of its items; 0 for a place
    """

    record: str
    record_id: int
    promised: dict[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class RatingSought:
    """How are these rated (DR-1403)? `ratings` gets the mean of each that has any, with one decimal.

    about  product, farmer or rider; `ids` are theirs
    """

    about: str
    ids: tuple[int, ...]
    ratings: dict[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class RiderSought:
    """Could anybody carry `kg` from `pickup` (DR-1212)? `found` gets the ids of riders who could.

    subcounty    (county, sub-county) of the pickup
    customer_id  who must not be the rider (DR-1206)
    """

    pickup: "Point"
    subcounty: tuple[str, str]
    kg: Decimal
    customer_id: int
    found: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class WorkSought:
    """What has this person in hand, and has she ever done anything (DR-201)?

    open  gets a name for each open order, listing with stock, open delivery: "order:45"
    ever  gets a name of anything she has ever ordered, listed or delivered
    """

    user_id: int
    open: list[str] = field(default_factory=list)
    ever: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class JobsSought:
    """Which orders has this rider in hand? `order_ids` gets them (2.1: riders read those they deliver)."""

    rider_id: int
    order_ids: list[int] = field(default_factory=list)
