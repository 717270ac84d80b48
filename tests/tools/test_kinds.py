"""A whole run plays each test of a conversation on one kind of database, and what tests the core on both."""

import pytest

from tests.databases import CHANNELS, CONVERSATIONS, KINDS, played_elsewhere


def played(*tests: str) -> dict[str, list[str]]:
    """The kinds on which each test is played, if all of these are there."""
    ids = {
        f"{test}[{kind}{case}": kind for test, _, case in (t.partition("[") for t in tests) for kind in KINDS
    }
    left_out = played_elsewhere(ids)
    here: dict[str, list[str]] = {test: [] for test in tests}
    for test, kind in ids.items():
        if test not in left_out:
            here[test.replace(kind, "", 1)].append(kind)
    return here


@pytest.mark.parametrize("folder", CONVERSATIONS)
def test_each_test_of_a_conversation_is_played_on_one_kind_and_half_of_them_on_each(folder: str) -> None:
    kinds = list(played(*(f"{folder}test_a.py::test_{number}[-en]" for number in range(400))).values())
    assert {len(here) for here in kinds} == {1}
    assert min(kinds.count([kind]) for kind in KINDS) > 150


@pytest.mark.parametrize("folder", CHANNELS)
def test_of_a_channels_test_with_many_cases_each_is_played_on_one_kind_in_turn(folder: str) -> None:
    test = f"{folder}test_gate.py::test_a"
    assert list(played(*(f"{test}[-{case}]" for case in "abc")).values()) == [
        [kind] for kind in (*KINDS, KINDS[0])
    ]
    assert list(played(*(f"{test}[-{case}]" for case in "ab")).values()) == [[*KINDS]] * 2


def test_what_tests_the_core_or_a_channels_own_rows_is_played_on_both() -> None:
    core = [f"tests/orders/test_placing.py::test_a[-{case}]" for case in "abcdef"]
    rows = ["tests/sms/test_gate.py::test_a[]", "tests/mpesa/test_stk.py::test_b[]"]
    assert list(played(*core, *rows).values()) == [[*KINDS]] * 8


def test_what_needs_no_database_or_knows_one_alone_is_played() -> None:
    assert played_elsewhere({f"tests/sms/test_messages.py::test_a[{n}]": None for n in range(9)}) == set()
    assert (
        played_elsewhere({f"tests/mpesa/test_tables.py::test_a[mariadb-{n}]": "mariadb" for n in range(9)})
        == set()
    )
