"""What can go wrong with vehicles, duty, offers and deliveries."""

from core.errors import BadInput, Conflict, DomainError, NotFound


class VehicleTypeUnknown(BadInput):
    """We do not know that kind of vehicle; `types` lists those we know."""

    code = "deliveries.vehicle_type_unknown"


class PlateInvalid(BadInput):
    """That is not a Kenyan number plate, for example KMFB 123C."""

    code = "deliveries.plate_invalid"


class PlateTaken(Conflict):
    """Another rider has registered that plate."""

    code = "deliveries.plate_taken"


class HasVehicle(Conflict):
    """You have a vehicle already; `plate` names it (DR-1209)."""

    code = "deliveries.has_vehicle"


class VehicleUnknown(NotFound):
    """No such vehicle."""

    code = "deliveries.vehicle_unknown"


class NoApprovedVehicle(Conflict):
    """Your vehicle has to be approved before you can go on duty (DR-1209)."""

    code = "deliveries.no_approved_vehicle"


class OfferUnknown(NotFound):
    """No such offer for this rider."""

    code = "deliveries.offer_unknown"


class OfferGone(Conflict):
    """The offer has expired or the delivery is already given to another rider (DR-1204)."""

    code = "deliveries.offer_gone"


class NoSuchJob(NotFound):
    """You have no such delivery (DR-1206)."""

    code = "deliveries.no_such_job"


class GoodsNotReady(Conflict):
    """The farmer has not marked the goods of `order` ready yet."""

    code = "deliveries.goods_not_ready"


class WhichJob(Conflict):
    """That code fits several of your deliveries, `numbers`: send the order with the code (DR-1205)."""

    code = "deliveries.which_job"


class WrongCode(DomainError):
    """That is not the customer's code; `left` tries are left (DR-1205)."""

    code = "deliveries.wrong_code"


class CodeLocked(Conflict):
    """Too many wrong codes for the delivery of `order`; call us (DR-1205)."""

    code = "deliveries.code_locked"


class CodeNotOpen(Conflict):
    """There is no code to be sent or shown for the order `order_id` now (DR-1205)."""

    code = "deliveries.code_not_open"


class CodeResendsUsed(Conflict):
    """The code was sent again `limit` times already (DR-1205)."""

    code = "deliveries.code_resends_used"


class RiderUnfit(Conflict):
    """That rider cannot have this delivery: not active, not verified, no vehicle for it, or its customer."""

    code = "deliveries.rider_unfit"


class GoodsInHand(Conflict):
    """Something of `order` was collected already: it cannot simply be given back (D3)."""

    code = "deliveries.goods_in_hand"


class StopUnknown(NotFound):
    """The delivery has no such stop."""

    code = "deliveries.stop_unknown"


class MiscountedItem(BadInput):
    """That cannot be the count of `order_item_id`: below nothing, above the order, or of another farm."""

    code = "deliveries.miscounted"


class OverrideReasonMissing(BadInput):
    """An admin must say why it counts as delivered without the code (DR-1205)."""

    code = "deliveries.override_reason"


class FailReasonUnknown(BadInput):
    """A delivery fails for one of `reasons` (D7)."""

    code = "deliveries.fail_reason"


class CallFirst(Conflict):
    """Before giving up the rider must have tried to call the customer of `order` (D7)."""

    code = "deliveries.call_first"


class OrderOver(Conflict):
    """The order `order` is over: there is no further attempt (D8)."""

    code = "deliveries.order_over"


class ChoiceNotOpen(Conflict):
    """The order `order_id` has nothing to choose now, or that way is not open to it (DR-1212)."""

    code = "deliveries.choice_not_open"


class PositionInvalid(BadInput):
    """There is no such checkpoint, and no position either (DR-1208)."""

    code = "deliveries.position_invalid"


class LateInvalid(BadInput):
    """So late nobody says he will be: 1 to `maximum` minutes."""

    code = "deliveries.late_invalid"


class VehicleInUse(Conflict):
    """The vehicle carries open deliveries; it stays until they are done (DR-1209)."""

    code = "deliveries.vehicle_in_use"
