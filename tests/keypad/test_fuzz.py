"""Anybody presses anything at any time: the house stays polite, legal, consistent, and tells nobody's
secrets.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.invariants.checks import judge
from tests.keypad.fuzz import Fuzzer, Step
from tests.keypad.house import House
from tests.keypad.town import settle

HOPS = int(os.environ.get("KEYPAD_HOPS", "20000"))
PARTS = 4
A_HISTORY = 120
STEPS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 99), st.integers(0, 40)),
    min_size=A_HISTORY,
    max_size=A_HISTORY,
)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_pressed_the_answer_is_legal_and_ones_own(house: House, part: int) -> None:
    fuzzer = Fuzzer(house, settle(house))
    morning = house.moment()
    histories = -(-HOPS // PARTS * 100 // (95 * A_HISTORY))  # some steps are no hops

    @seed(part)
    @settings(
        max_examples=histories,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if os.environ.get("SHRINK") else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS)
    def play(steps: list[Step]) -> None:
        house.back_to(morning)
        fuzzer.play(steps)
        with house.db.read() as tx:
            judge(tx)

    play()
    print(f"\n{fuzzer.hops} hops: {dict(fuzzer.happened)}; {len(fuzzer.screens)} screens")
    assert fuzzer.hops >= HOPS // PARTS
