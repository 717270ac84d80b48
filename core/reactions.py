"""Which event causes what, on one page. Handlers run at once, inside the transaction that emitted the event.

Knowledge flows one way inside core (the contract in pyproject.toml has the order of the areas); what must
happen the other way is listed here. The order in a row matters: first what happens, then who is told of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from core import events
from core.alarms import service as alarms
from core.books import reconciling
from core.cash import deposits
from core.db import Tx
from core.deliveries import assignment, choices, completion, duty, hands, offers, tracking
from core.deliveries import work as delivery_work
from core.farms import service as farms
from core.following import service as following
from core.listings import farmside, peers
from core.listings import work as listing_work
from core.locations import service as locations
from core.notifications import (
    about_alarms,
    about_baskets,
    about_items,
    about_market,
    about_money,
    about_people,
    about_produce,
    about_prompts,
    about_road,
    about_support,
    occasions,
)
from core.orders import asked_fee, open_orders, silence
from core.orders import harvest as order_harvest
from core.orders import work as order_work
from core.payments import refunds, suspense
from core.payments import service as payments
from core.reviews import sums as ratings
from core.support import service as support
from core.ways import trips

Reaction = Callable[[Tx, Any], None]

REACTIONS: Mapping[type, tuple[Reaction, ...]] = {
    # people
    events.UserRegistered: (locations.first_place, farms.first_farm),
    events.RoleChanged: (farms.role_changed,),
    events.UserDeactivated: (farmside.farmer_off, duty.account_off),
    events.RiderPutOff: (about_road.put_off,),
    events.RiderCashFull: (about_road.cash_full,),
    events.DeliveryLate: (about_road.late,),
    events.MessageLapsed: (about_road.code_lapsed,),
    events.PersonHeard: (farmside.farmer_heard,),
    events.OneTimeCodeAsked: (about_people.one_time_code_asked,),
    events.LoginGuessed: (about_people.login_guessed,),
    events.PinLocked: (about_people.pin_locked,),
    events.PayeeNumberNamed: (about_people.payee_number_named,),
    events.AgentAsks: (about_people.agent_asks,),
    events.AgentActed: (about_people.agent_acted,),
    events.PlaceMoved: (farmside.place_moved, duty.home_moved),
    events.DefaultPlaceChanged: (duty.home_moved,),
    # farms and what they sell
    events.FarmMoved: (farmside.farm_moved,),
    events.FarmClosed: (farmside.farm_closed,),
    events.CertificateDecided: (farmside.certificate_decided, about_produce.certificate_decided),
    events.SuggestionDecided: (about_produce.suggestion_decided,),
    events.FarmerWoken: (about_produce.woken,),
    events.ListingPublished: (occasions.listing_published, about_market.for_sale),
    events.ListingRestocked: (about_market.for_sale,),
    events.ListingSoldOut: (about_produce.sold_out,),
    events.ListingTakenDown: (about_produce.taken_down,),
    events.OrganicUnproven: (about_produce.organic_unproven,),
    events.DemandUnserved: (following.demand_unserved,),
    events.HarvestDue: (order_harvest.harvest_due, about_produce.harvest_due),
    events.ListingHarvested: (order_harvest.harvest_shared,),
    events.HarvestPostponed: (order_harvest.harvest_postponed,),
    events.HarvestMissed: (order_harvest.harvest_missed,),
    # an order
    events.OrderPlaced: (payments.order_placed, occasions.order_placed, about_money.order_placed),
    events.BankChosen: (about_money.bank_chosen,),
    events.BasketDue: (about_baskets.basket_due,),
    events.OrderConfirmed: (
        payments.order_confirmed,
        silence.order_confirmed,
        assignment.order_confirmed,
        occasions.order_confirmed,
    ),
    events.OrderAccepted: (
        offers.order_accepted,
        choices.order_accepted,
    ),
    events.OrderBegun: (occasions.order_begun,),
    events.OrderReady: (
        offers.order_ready,
        hands.order_ready,
        choices.order_accepted,
        occasions.order_ready,
    ),
    events.OrderCancelled: (
        trips.order_cancelled,
        payments.order_cancelled,
        offers.order_cancelled,
        occasions.order_cancelled,
        about_items.order_cancelled,
        about_road.order_cancelled,
    ),
    events.CancelRefused: (about_items.cancel_refused,),
    # its items
    events.ItemReminderDue: (about_items.item_reminder,),
    events.ItemShort: (about_items.item_short,),
    events.ItemRejected: (about_items.item_rejected,),
    events.ItemCancelled: (about_items.item_cancelled,),
    events.HarvestLate: (about_items.harvest_late,),
    events.ReplacementOffered: (about_items.replacement_offered,),
    events.ReplacementTaken: (
        silence.replacement_taken,
        about_items.replacement_taken,
    ),
    events.PickupCountedShort: (about_items.counted_short,),
    events.ClaimUpheld: (refunds.claim_upheld,),
    events.ClaimRefused: (about_items.claim_refused,),
    # money
    events.OrderPaid: (payments.order_paid,),
    events.PartPaid: (about_money.part_paid,),
    events.PaymentTakenBack: (about_money.payment_taken_back,),
    events.PaymentRestored: (about_money.payment_restored,),
    events.TransferStruck: (about_money.transfer_struck,),
    events.PaidAgain: (about_money.paid_again,),
    events.PaymentFailed: (about_prompts.payment_failed,),
    events.PromptSilent: (about_prompts.prompt_silent,),
    events.MoneyUnmatched: (about_money.money_unmatched,),
    events.DueFell: (refunds.due_fell,),
    events.RefundRequested: (about_money.refund_requested,),
    events.RefundApproved: (about_money.refund_approved,),
    events.RefundStopped: (about_money.refund_stopped,),
    events.RefundPaid: (suspense.refund_paid, about_money.refund_paid),
    events.ProviderAnswered: (reconciling.answered,),
    events.PayoutPaid: (about_money.payout_paid,),
    events.PayoutFailed: (about_money.payout_failed,),
    events.PayoutWaits: (about_money.payout_waits,),
    events.PayoutHeld: (about_money.payout_held,),
    # the road
    events.VehicleDecided: (occasions.vehicle_decided,),
    events.OfferMade: (occasions.offer_made,),
    events.OfferClosed: (occasions.offer_closed,),
    events.DeliveryAssigned: (offers.found, about_road.assigned),
    events.RiderChosen: (offers.rider_chosen,),
    events.NoRiderFound: (offers.no_rider_found,),
    events.RiderMissingLate: (about_road.rider_missing,),
    events.RiderLost: (offers.rider_lost, choices.rider_lost, about_road.rider_lost),
    events.DeliveryPickedUp: (tracking.picked_up, occasions.delivery_picked_up),
    events.DeliveryFailed: (about_road.failed,),
    events.CodeRenewed: (about_road.code_renewed,),
    events.ReceiptAsked: (about_road.receipt_asked,),
    events.DeliveryDone: (completion.delivery_done, occasions.delivery_done),
    # cash
    events.CashMet: (about_road.cash_met,),
    events.DoorPaid: (about_road.door_paid,),
    events.DepositArrived: (deposits.deposit_arrived,),
    events.CashBroughtIn: (about_road.brought_in,),
    events.CashTakenBack: (about_road.cash_taken_back,),
    events.CashRestored: (about_road.cash_restored,),
    events.CashUndone: (about_road.cash_undone,),
    events.CashOverdue: (about_road.cash_overdue,),
    events.CashDayClosed: (about_road.day_closed,),
    # the house
    events.WeatherAlertIssued: (about_market.weather_alert_issued,),
    events.TicketAnswered: (about_support.ticket_answered,),
    events.TicketResolved: (about_support.ticket_resolved,),
    events.MessageSent: (about_support.message_sent,),
    events.AlarmRaised: (about_alarms.alarm_raised,),
    events.DutyParked: (alarms.duty_parked,),
    # questions of earlier areas to later ones
    events.FeeSought: (asked_fee.fee_sought,),
    events.DisputesSought: (support.disputes_sought,),
    events.SlipSought: (deposits.slip_sought,),
    events.PeersSought: (peers.peers_sought,),
    events.FarmsThereSought: (farms.farms_there,),
    events.OpenOrdersSought: (open_orders.open_orders_sought,),
    events.RatingSought: (ratings.rating_sought,),
    events.RiderSought: (duty.rider_sought,),
    events.WorkSought: (listing_work.work_sought, order_work.work_sought, delivery_work.work_sought),
    events.JobsSought: (duty.jobs_sought,),
}


def react(tx: Tx, happened: object) -> None:
    """Hand `happened` to everyone listed for it, in order."""
    for reaction in REACTIONS.get(type(happened), ()):
        reaction(tx, happened)
