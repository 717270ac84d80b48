"""7.1 and 8.1 row by row: every (status, event, role), the refused ones too."""

from itertools import product

import pytest

from core.errors import NotAllowed, WrongState
from core.machine import NEW, Machine
from core.orders.machine import ITEM, ORDER
from tests.proving import proves

ROLES = ("customer", "farmer", "rider", "admin", "system")

# As docs/domain.md prints them: row, from, event, to, who. "system" is what follows from another's act.
ORDER_ROWS = """
O1  (new)              place          pending_payment    customer admin
O2  (new)              place_cash     confirmed          customer
O2  pending_payment    pay_cash       confirmed          customer
O3  pending_payment    paid           confirmed          system
O4  pending_payment    deadline       cancelled          system
O5  pending_payment    cancel         cancelled          customer admin
O6  confirmed          begun          processing         system
O7  confirmed          all_ready      ready_for_delivery system
O7  processing         all_ready      ready_for_delivery system
O8  confirmed          no_supply      cancelled          system
O8  processing         no_supply      cancelled          system
O9  confirmed          cancel         cancelled          customer admin
O10 processing         cancel         cancelled          admin
O10 ready_for_delivery cancel         cancelled          admin
O10 confirmed          no_rider       cancelled          system
O10 processing         no_rider       cancelled          system
O10 ready_for_delivery no_rider       cancelled          system
O11 ready_for_delivery on_the_way     out_for_delivery   system
O12 out_for_delivery   attempt_failed ready_for_delivery system
O13 out_for_delivery   undeliverable  cancelled          admin system
O14 out_for_delivery   delivered      delivered          system
O15 delivered          complete       completed          customer system
O16 delivered          claim_upheld   delivered          admin
O16 completed          claim_upheld   completed          admin
O17 cancelled          revive         confirmed          system
"""
ITEM_ROWS = """
I1  pending   accept            pending   farmer
I2  pending   harvest           harvested farmer admin
I3  pending   pack              packed    farmer admin
I3  harvested pack              packed    farmer admin
I4  pending   ready             ready     farmer admin system
I4  harvested ready             ready     farmer admin system
I4  packed    ready             ready     farmer admin system
I5  pending   short             pending   farmer system
I5  harvested short             harvested farmer system
I5  packed    short             packed    farmer system
I6  pending   reject            rejected  farmer admin system
I6  harvested reject            rejected  farmer admin system
I6  packed    reject            rejected  farmer admin system
I7  pending   cancel            cancelled customer admin system
I7  harvested cancel            cancelled customer admin system
I7  packed    cancel            cancelled customer admin system
I7  ready     cancel            cancelled system
I8  ready     pick_up           picked_up system
I9  picked_up deliver           delivered system
I10 picked_up come_back         returned  system
I11 picked_up back_at_farm      ready     system
801 harvested back_to_pending   pending   admin
801 packed    back_to_pending   pending   admin
801 ready     back_to_pending   pending   admin
801 packed    back_to_harvested harvested admin
801 ready     back_to_harvested harvested admin
801 ready     back_to_packed    packed    admin
"""


def table(rows: str) -> dict[tuple[str, str], tuple[str, str, set[str]]]:
    """(from, event) -> (row, to, who)."""
    found = {}
    for line in rows.strip().splitlines():
        rule, source, event, target, *who = line.split()
        found[source, event] = (rule, target, set(who))
    return found


def every_case(machine: Machine, rows: str) -> list[tuple[str, str, str]]:
    expected = table(rows)
    sources = {NEW, *machine.statuses, *(source for source, _ in expected)}
    events = {event for _, event in expected}
    return sorted(product(sources, events, ROLES))


def walk(machine: Machine, rows: str, status: str, event: str, role: str) -> None:
    found = table(rows).get((status, event))
    if found is None:
        with pytest.raises(WrongState) as refused:
            machine.step(status, event, role)
        assert refused.value.values == {"machine": machine.name, "status": status, "event": event}
    elif role not in found[2]:
        with pytest.raises(NotAllowed):
            machine.step(status, event, role)
    else:
        step = machine.step(status, event, role)
        assert (step.rule, step.target) == found[:2]


@proves(
    "O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9",
    "O10", "O11", "O12", "O13", "O14", "O15", "O16", "O17",
)  # fmt: skip
def test_the_order_takes_its_rows_and_no_other_step() -> None:
    """Anything else is refused with an error that names the present status (7.1)."""
    for case in every_case(ORDER, ORDER_ROWS):
        walk(ORDER, ORDER_ROWS, *case)


@proves("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "DR-801")
def test_the_item_takes_its_rows_and_no_other_step() -> None:
    for case in every_case(ITEM, ITEM_ROWS):
        walk(ITEM, ITEM_ROWS, *case)


def test_the_tables_have_no_row_more() -> None:
    for machine, rows in ((ORDER, ORDER_ROWS), (ITEM, ITEM_ROWS)):
        assert {(step.source, step.event) for step in machine.steps} == set(table(rows))


@proves("O17")
def test_nothing_leaves_cancelled_but_the_revival() -> None:
    assert {step.rule for step in ORDER.steps if step.source == "cancelled"} == {"O17"}
    assert not {step.rule for step in ITEM.steps if step.source in ("cancelled", "rejected", "returned")}
