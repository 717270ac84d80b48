"""A whole run plays each test of a conversation on one kind of database, and every other on both."""

import pytest

from tests.databases import CONVERSATIONS, KINDS, is_played_elsewhere


@pytest.mark.parametrize("folder", CONVERSATIONS)
def test_each_test_of_a_conversation_is_played_on_one_kind_and_half_of_them_on_each(folder: str) -> None:
    played = dict.fromkeys(KINDS, 0)
    for number in range(400):
        here = [
            kind
            for kind in KINDS
            if not is_played_elsewhere(f"{folder}test_a.py::test_{number}[{kind}-en]", kind)
        ]
        assert len(here) == 1
        played[here[0]] += 1
    assert min(played.values()) > 150


@pytest.mark.parametrize("test", ["tests/orders/test_placing.py::test_a", "tests/sms/test_gate.py::test_a"])
def test_what_tests_the_core_or_a_channels_own_rows_is_played_on_both(test: str) -> None:
    assert [is_played_elsewhere(f"{test}[{kind}]", kind) for kind in KINDS] == [False, False]


def test_what_needs_no_database_is_played() -> None:
    assert not is_played_elsewhere("tests/sms/test_messages.py::test_a[en]", None)
