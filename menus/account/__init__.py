"""What concerns a person whatever her role: joining, her PIN, money, data; one file a conversation."""

from menus.account import register

FLOWS = (register.REGISTER,)
