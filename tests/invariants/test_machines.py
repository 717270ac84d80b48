"""Every machine's table is well formed, whatever it is about."""

import pytest

from core.actor import Actor, system
from core.deliveries.machine import DELIVERY, OFFER, VEHICLE
from core.errors import NotAllowed, WrongState
from core.listings.machine import LISTING
from core.machine import NEW, Machine
from core.orders.machine import ITEM, ORDER, PROGRESS
from core.payments.machine import OPEN, PAYMENT

MACHINES = [ORDER, ITEM, PAYMENT, DELIVERY, OFFER, VEHICLE, LISTING]
# Roles as an Actor may carry them.
ROLES = {"customer", "farmer", "rider", "admin", "system"}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_status_is_reached_and_every_step_belongs_to_somebody(machine: Machine) -> None:
    begun = {step.target for step in machine.steps if step.source == NEW} or {"pending"}
    reached = set(begun)
    for _ in machine.steps:
        reached |= {step.target for step in machine.steps if step.source in reached}
    assert machine.statuses - reached <= {"inactive"}, "only a switch of the admin leads there"
    for step in machine.steps:
        assert step.who, step
        assert step.who <= ROLES, step
        assert step.rule, step


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_an_unknown_step_is_refused_by_name_and_a_wrong_role_is_not_allowed(machine: Machine) -> None:
    with pytest.raises(WrongState) as refused:
        machine.step("no such status", "fly", "admin")
    assert refused.value.values["status"] == "no such status"
    step = machine.steps[0]
    with pytest.raises(NotAllowed):
        machine.step(step.source, step.event, "nobody")


def test_nothing_leaves_cancelled_but_a_revived_order_and_nothing_completed() -> None:
    """7.1."""
    for machine in (ORDER, ITEM, DELIVERY):
        left = {step.rule for step in machine.steps if step.source in ("cancelled", "completed")}
        assert left <= {"O16", "O17"}
    assert {s.target for s in ORDER.steps if s.source == "completed"} == {"completed"}


def test_a_paid_attempt_never_fails() -> None:
    """8.2: never succeeded -> failed, and failed -> succeeded is open."""
    assert [step.rule for step in PAYMENT.steps if step.source == "succeeded"] == ["P6"], "reversed, no more"
    assert PAYMENT.may("failed", "paid")
    assert all(PAYMENT.may(status, "paid") for status in OPEN)


def test_an_item_only_moves_forward() -> None:
    """DR-801: backward steps are an admin's, or the rider's who brings the goods back (I11)."""
    for step in ITEM.steps:
        if step.who == {"admin"} or step.rule == "I11":
            continue
        if step.source in PROGRESS and step.target in PROGRESS:
            assert PROGRESS.index(step.source) <= PROGRESS.index(step.target), step


def test_the_system_actor_has_no_user() -> None:
    assert system("job") == Actor(user_id=None, role="system", channel="job", language="en")
