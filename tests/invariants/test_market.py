"""INV-1 to INV-9 over hundreds of random histories of the whole business."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.invariants.conftest import NewShop
from tests.invariants.market import Market
from tests.proving import proves

# Histories on each kind of database; `make soak` plays more.
HISTORIES = int(os.environ.get("HISTORIES", "100"))
PARTS = 4
# Of some thirty kinds of deeds.
MOST_DEEDS = 20


@proves("INV-1", "INV-2", "INV-3", "INV-4", "INV-5", "INV-6", "INV-7", "INV-8", "INV-9", "INV-10")
@pytest.mark.parametrize("part", range(PARTS))
def test_the_invariants_hold_over_any_history(new_shop: NewShop, part: int) -> None:
    histories = settings(
        max_examples=HISTORIES // PARTS,
        stateful_step_count=30,
        deadline=None,
        database=None,
        # A short history is nicer to read, but takes minutes to find: SHRINK=1 asks for it.
        phases=(Phase.generate, Phase.shrink) if os.environ.get("SHRINK") else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )

    happened: Counter[str] = Counter()

    class Opened(Market):
        open_shop = staticmethod(new_shop)

        def teardown(self) -> None:
            happened.update(self.done)
            super().teardown()

    run_state_machine_as_test(seed(part)(Opened), settings=histories)
    # Histories in which everything is refused prove nothing.
    assert len(happened) >= MOST_DEEDS, happened
