"""What a field agent does on the keypad for the farms of a co-operative (DR-221)."""

from menus.flow import Flow

FLOWS: tuple[Flow, ...] = ()
