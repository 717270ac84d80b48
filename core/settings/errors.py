"""What can go wrong with settings and switches; the -Paused ones are what people read meanwhile (DR-1703)."""

from core.errors import BadInput, Conflict, NotFound


class SettingUnknown(NotFound):
    """There is no such setting."""

    code = "settings.unknown"


class SettingRefused(BadInput):
    """A setting cannot have that value."""

    code = "settings.refused"


class SwitchUnknown(NotFound):
    """There is no such switch."""

    code = "settings.switch_unknown"


class Paused(Conflict):
    """Something is switched off for a while."""

    code = "settings.paused"


class OrdersPaused(Paused):
    """No new orders are taken now."""

    code = "settings.orders_paused"


class WardPaused(Paused):
    """Nothing can be ordered to this ward now."""

    code = "settings.ward_paused"


class PromptsPaused(Paused):
    """No M-Pesa requests are sent now."""

    code = "settings.prompts_paused"


class PayoutsPaused(Paused):
    """Nothing is paid out now."""

    code = "settings.payouts_paused"


class ProviderPaused(Paused):
    """A provider is not used now."""

    code = "settings.provider_paused"
