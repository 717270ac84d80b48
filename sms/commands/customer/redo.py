"""Going on with what somebody wanted, once she has answered what had to be asked first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sms.commands.customer  # the room, whose table is whole when somebody answers
from sms.context import Context, Outcome


def go_on(ctx: Context, do: str, slots: Mapping[str, Any]) -> Outcome:
    """Carry out intent `do` with these slots, as if she had texted it so."""
    ctx.reading = replace(ctx.reading, intent=do, slots=dict(slots), ask=None)
    ctx.question = None
    return sms.commands.customer.COMMANDS[do](ctx)
