"""What can go wrong with requests about personal data."""

from core.errors import BadInput, Conflict


class StillOpen(Conflict):
    """Money or orders are open; `open` names them."""

    code = "privacy.still_open"


class RequestKindUnknown(BadInput):
    """Only an export or an erasure can be asked for."""

    code = "privacy.request_unknown"
