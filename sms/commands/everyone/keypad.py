"""What needs a PIN and is never done by SMS: a payout now, the number for money, one's data, the PIN itself.

The answer names the number to dial, and where it stands there (DR-207).
"""

from collections.abc import Mapping

from sms.context import Command, Context, Outcome

EARNINGS_CODE = "61"


def payout(ctx: Context) -> Outcome:
    """`PAYOUT`, `nilipe`: whoever has earned with us asks for it on the keypad."""
    if ctx.role not in ("farmer", "rider"):
        return ctx.reply("not_by_sms", dial=ctx.dial)
    return ctx.reply("keypad_payout", shortcut=f"{ctx.dial.removesuffix('#')}*{EARNINGS_CODE}#")


def _at(code: str) -> Command:
    return lambda ctx: ctx.reply(code if ctx.user is not None else "help", dial=ctx.dial)


COMMANDS: Mapping[str, Command] = {
    "keypad_payout": payout,
    **{code: _at(code) for code in ("keypad_number", "keypad_data", "keypad_pin")},
}
