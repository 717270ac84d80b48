"""What happened, as values. Whoever must react is listed in core/reactions.py."""

from dataclasses import dataclass

from core.actor import Actor


@dataclass(frozen=True)
class UserRegistered:
    """Someone is with us now."""

    user_id: int
    actor: Actor


@dataclass(frozen=True)
class ListingPublished:
    """Something is for sale."""

    listing_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderPlaced:
    """O1: an order waits for its payment."""

    order_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderPaid:
    """The sum asked has arrived; the order is to be confirmed (O3)."""

    order_id: int
    transaction_id: int
    actor: Actor


@dataclass(frozen=True)
class PaymentFailed:
    """An attempt ended without money (P4)."""

    order_id: int
    transaction_id: int
    actor: Actor


@dataclass(frozen=True)
class OrderConfirmed:
    """O3: paid; farmers may harvest, a delivery is to be opened."""

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
class DeliveryAssigned:
    """D2: a rider has it; the delivery code exists."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class DeliveryPickedUp:
    """D4 and D5: the goods are with the rider and moving."""

    delivery_id: int
    actor: Actor


@dataclass(frozen=True)
class DeliveryDone:
    """D6: the code was right; goods have changed hands."""

    delivery_id: int
    actor: Actor
