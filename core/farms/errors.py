"""What can go wrong with farms."""

from core.errors import BadInput, Conflict, NotAllowed


class FarmNameMissing(BadInput):
    """Please give your farm a name."""

    code = "farms.name_missing"


class CooperativeMissing(BadInput):
    """A field agent works for a co-operative: which?"""

    code = "farms.cooperative_missing"


class NotAnAgent(NotAllowed):
    """Only field agents may do that."""

    code = "farms.not_an_agent"


class AgentRefused(NotAllowed):
    """The farmer has said no."""

    code = "farms.agent_refused"


class AskedEnough(Conflict):
    """That farmer was asked often enough today. Try again tomorrow."""

    code = "farms.asked_enough"


class SayYesBySms(NotAllowed):
    """A farmer's YES to an agent counts by SMS only."""

    code = "farms.say_yes_by_sms"


class HelperUnknown(BadInput):
    """The helper must be with us, and be somebody else."""

    code = "farms.helper_unknown"


class UnknownZone(BadInput):
    """The weather zone is highland, midland, lowland, coastal or arid."""

    code = "farms.unknown_zone"


class CertificateMissing(BadInput):
    """Please give the number of your certificate."""

    code = "farms.certificate_missing"


class FarmInUse(Conflict):
    """{count} open orders still need goods from this farm."""

    code = "farms.in_use"
