"""What a caller of the control API can get wrong; every message is for a person."""


class ControlError(Exception):
    """A control request that cannot be carried out; `status` is the HTTP status of the answer."""

    status = 400


class Nonsense(ControlError):
    """The request makes no sense: an unknown kind, mode, number, or value."""


class NotNow(ControlError):
    """The request makes sense, but not in the phone's present state."""

    status = 409
