"""The ticket machine, row by row, and everything else refused (DR-1602)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotAllowed, WrongState
from core.support.machine import OPEN, TICKET
from core.support.rules import KINDS, PRIORITIES, may_reopen
from tests.helpers import DEMO_MOMENT as NOW
from tests.proving import proves

PEOPLE = {"customer", "farmer", "rider"}
TABLE = {
    ("(new)", "open"): ("open", PEOPLE | {"admin"}),
    ("open", "take"): ("in_progress", {"admin"}),
    ("waiting_user", "take"): ("in_progress", {"admin"}),
    ("open", "answer"): ("waiting_user", {"admin"}),
    ("in_progress", "answer"): ("waiting_user", {"admin"}),
    ("waiting_user", "answer"): ("waiting_user", {"admin"}),
    ("open", "write"): ("open", PEOPLE),
    ("in_progress", "write"): ("in_progress", PEOPLE),
    ("waiting_user", "write"): ("in_progress", PEOPLE),
    ("open", "resolve"): ("resolved", {"admin"}),
    ("in_progress", "resolve"): ("resolved", {"admin"}),
    ("waiting_user", "resolve"): ("resolved", {"admin"}),
    ("resolved", "close"): ("closed", PEOPLE | {"admin", "system"}),
    ("resolved", "reopen"): ("open", PEOPLE | {"admin"}),
    ("closed", "reopen"): ("open", PEOPLE | {"admin"}),
}
STATUSES = ("(new)", "open", "in_progress", "waiting_user", "resolved", "closed")
EVENTS = sorted({event for _status, event in TABLE})
ROLES = ("customer", "farmer", "rider", "admin", "system")


@proves("DR-1602")
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_table(status: str, event: str, role: str) -> None:
    if (status, event) not in TABLE:
        with pytest.raises(WrongState):
            TICKET.step(status, event, role)
        return
    target, who = TABLE[status, event]
    if role in who:
        assert TICKET.step(status, event, role).target == target
    else:
        with pytest.raises(NotAllowed):
            TICKET.step(status, event, role)


@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_any_course_of_events_stays_within_the_five_statuses(course: list[str]) -> None:
    status = "open"
    for event in course:
        if TICKET.may(status, event):
            status = next(s.target for s in TICKET.steps if (s.source, s.event) == (status, event))
    assert status in STATUSES[1:]


@proves("DR-1602")
@pytest.mark.parametrize(("days", "may"), [(0, True), (6, True), (7, True), (8, False)])
def test_reopening_ends_after_the_days(days: int, may: bool) -> None:
    ended = NOW.replace(day=24 - days)
    assert may_reopen(ended, NOW, 7) is may
    assert not may_reopen(None, NOW, 7)


def test_every_kind_begins_with_a_priority_there_is() -> None:
    assert set(KINDS.values()) <= set(PRIORITIES)
    assert set(OPEN) < set(STATUSES)
