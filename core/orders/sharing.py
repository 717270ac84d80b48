"""Sharing out too little: the oldest first (I5, DR-407). Plain Python, no session."""

from collections.abc import Sequence
from decimal import Decimal

from core.money import ZERO


def shared_out(
    needs: Sequence[Decimal], there: Decimal, *, least_percent: Decimal | int = 0
) -> list[Decimal]:
    """What each of `needs`, oldest first, gets of what is `there`.

    Whole needs as long as it lasts. The one on the boundary gets the rest if that is at least `least_percent`
    % of it, else nothing; those after it get nothing.
    """
    left, parts = there, []
    for need in needs:
        part = min(need, left)
        if part < need:
            left = ZERO  # nobody younger is served before somebody older
            if part * 100 < need * least_percent:
                part = ZERO
        else:
            left -= part
        parts.append(part)
    return parts
