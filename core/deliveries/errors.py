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
