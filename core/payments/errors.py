"""What can go wrong with paying and refunding."""

from core.errors import BadInput, Conflict, NotAllowed, NotFound


class PaymentUnknown(NotFound):
    """There is no such payment, or not for this person."""

    code = "payments.unknown"


class PromptOpen(Conflict):
    """A payment request may still be on that phone; the next one can go in `seconds`.

    It went there at `time`, and is on it until `until` at the latest, both ISO.
    """

    code = "payments.prompt_open"


class TooManyPrompts(Conflict):
    """`limit` payment requests were sent for this order already."""

    code = "payments.too_many_prompts"


class NotPayable(Conflict):
    """The order does not wait for money; `status` says how far it is."""

    code = "payments.not_payable"


class AmountWrong(BadInput):
    """No amount of money, or one that cannot have been paid."""

    code = "payments.amount_wrong"


class DateWrong(BadInput):
    """The day of a transfer is in the future, or long ago."""

    code = "payments.date_wrong"


class ReferenceWrong(BadInput):
    """A bank's or M-Pesa's own name for a payment that cannot be one."""

    code = "payments.reference_wrong"


class ReferenceUsed(Conflict):
    """That `reference` has been entered before, for another payment or another sum."""

    code = "payments.reference_used"


class SecondAdminNeeded(NotAllowed):
    """Who entered it cannot approve it as well (DR-813)."""

    code = "payments.second_admin"


class SimulationOff(NotAllowed):
    """`payments.simulation_enabled` is off (DR-814)."""

    code = "payments.simulation_off"


class RefundUnknown(NotFound):
    """There is no such refund."""

    code = "payments.refund_unknown"


class RefundOwn(NotAllowed):
    """Who asked for a refund does not decide about it (DR-820)."""

    code = "payments.refund_own"


class RefundNeedsRoad(Conflict):
    """Nobody knows where the money came from: say how it goes back (DR-807)."""

    code = "payments.refund_needs_road"


class NothingToRefund(Conflict):
    """Nothing is left to give back for that order."""

    code = "payments.nothing_to_refund"


class RefundTooHigh(Conflict):
    """No more than `sum` KES can go back for that order (DR-821)."""

    code = "payments.refund_too_high"


class SuspenseUnknown(NotFound):
    """There is no such money waiting for its order."""

    code = "payments.suspense_unknown"


class SlipIsCash(ReferenceUsed):
    """That slip stands as cash that was brought to the bank, `sum` KES on `day` (DR-904)."""

    code = "payments.slip_is_cash"
