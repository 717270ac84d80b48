"""What can go wrong with paying."""

from core.errors import Conflict


class PromptOpen(Conflict):
    """A payment request may still be on that phone; the next one can go in `seconds`."""

    code = "payments.prompt_open"


class TooManyPrompts(Conflict):
    """`limit` payment requests were sent for this order already."""

    code = "payments.too_many_prompts"


class NotPayable(Conflict):
    """The order does not wait for money; `status` says how far it is."""

    code = "payments.not_payable"
