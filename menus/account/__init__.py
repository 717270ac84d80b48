"""What concerns a person whatever her role: joining, her PIN, money, data; one file a conversation."""

from menus.account import (
    account,
    earnings,
    messages,
    more,
    payee,
    pin,
    privacy,
    register,
    support,
    switches,
)

FLOWS = (
    register.REGISTER,
    more.MORE,
    account.ACCOUNT,
    pin.PIN,
    payee.PAYEE,
    earnings.EARNINGS,
    privacy.PRIVACY,
    switches.SWITCHES,
    support.SUPPORT,
    support.ASKING,
    messages.MESSAGES,
    messages.WRITING,
)
