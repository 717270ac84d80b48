"""Table 12.1, row by row, and everything that is not in it (D1 to D10)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.deliveries.machine import DELIVERY, OFFER, VEHICLE
from core.errors import NotAllowed, WrongState
from core.machine import NEW
from tests.proving import proves

ROLES = ("customer", "farmer", "rider", "admin", "system")
ROWS = [
    ("D1", NEW, "open", "pending", {"system"}),
    ("D2", "pending", "assign", "assigned", {"rider", "admin", "system"}),
    ("D3", "assigned", "drop_out", "pending", {"rider", "admin", "system"}),
    ("D4", "assigned", "pick_up", "picked_up", {"rider"}),
    ("D5", "picked_up", "start", "in_transit", {"rider"}),
    ("D6", "assigned", "hand_over", "delivered", {"rider", "farmer", "customer", "admin"}),
    ("D6", "picked_up", "hand_over", "delivered", {"rider", "farmer", "customer", "admin"}),
    ("D6", "in_transit", "hand_over", "delivered", {"rider", "farmer", "customer", "admin"}),
    ("D7", "in_transit", "fail", "failed", {"rider", "admin"}),
    ("D8", "failed", "retry_held", "picked_up", {"admin", "system"}),
    ("D8", "failed", "retry_from_farm", "assigned", {"admin", "system"}),
    ("D9", "failed", "give_back", "returned", {"rider", "admin"}),
    ("D10", "pending", "cancel", "cancelled", {"system"}),
    ("D10", "assigned", "cancel", "cancelled", {"system"}),
]
KNOWN = {(source, event): (rule, target, who) for rule, source, event, target, who in ROWS}
STATUSES = sorted({row[1] for row in ROWS} | {row[3] for row in ROWS})
EVENTS = sorted({row[2] for row in ROWS})


@proves("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10")
@pytest.mark.parametrize(("status", "event"), list(itertools.product(STATUSES, EVENTS)))
def test_every_status_and_event_does_what_the_table_says_and_nothing_else(status: str, event: str) -> None:
    for role in ROLES:
        if (status, event) not in KNOWN:
            with pytest.raises(WrongState) as refused:
                DELIVERY.step(status, event, role)
            assert refused.value.values["status"] == status
            continue
        rule, target, who = KNOWN[status, event]
        if role not in who:
            with pytest.raises(NotAllowed):
                DELIVERY.step(status, event, role)
            continue
        step = DELIVERY.step(status, event, role)
        assert (step.rule, step.target) == (rule, target)


def test_the_table_has_no_other_rows() -> None:
    assert {(s.rule, s.source, s.event, s.target, s.who) for s in DELIVERY.steps} == {
        (rule, source, event, target, frozenset(who)) for rule, source, event, target, who in ROWS
    }


@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(ROLES)), max_size=40))
def test_any_sequence_of_events_stays_inside_the_table_and_ends_for_good(
    tries: list[tuple[str, str]],
) -> None:
    """INV-9: what is delivered, returned or cancelled never moves again."""
    status = NEW
    for event, role in tries:
        try:
            step = DELIVERY.step(status, event, role)
        except (WrongState, NotAllowed):
            continue
        assert status not in ("delivered", "returned", "cancelled")
        assert (status, event) in KNOWN
        status = step.target


@pytest.mark.parametrize("status", ["accepted", "declined", "timed_out", "withdrawn"])
def test_an_offer_that_is_over_stays_over(status: str) -> None:
    assert not [step for step in OFFER.steps if step.source == status]


def test_a_vehicle_comes_back_only_by_being_registered_again() -> None:
    """DR-1209."""
    for status in ("refused", "inactive"):
        assert [step.event for step in VEHICLE.steps if step.source == status] == ["register"]
