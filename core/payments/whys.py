"""Why a payment request brought no money, as people are told it: a handful of reasons, in no channel's words.

Whoever speaks to M-Pesa knows its codes and says which of these it was; the sentence is locales/slots.py's.
"""

from typing import Literal

# money   too little in her M-Pesa           lapsed  cancelled on the phone, or not answered in time
# phone   off, out of reach, or busy         pin     a wrong PIN
# locked  her PIN is locked                  limit   above what she may send in a day
# busy    M-Pesa could not do it just now    ours    something on our side
Why = Literal["money", "lapsed", "phone", "pin", "locked", "limit", "busy", "ours"]

# Kept in the attempt's `details` under this name.
WHY = "why"
