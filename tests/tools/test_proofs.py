"""The tools that hold rules and tests together: which rule is proven where, and whether tests can fail."""

from pathlib import Path

import pytest

from tools import machines, proofs, prove
from tools.environment import HOME
from tools.prove import Mutation

DOMAIN = """
- DR-101 Money is exact.
| O1 | (new) | place |
- DR-102 Rounding, see DR-999.
INV-1 every entry sums to 0.00.
## 22. Settings
- DR-103 A reading, no rule.
"""

MARKED = """
from tests.proving import proves
pytestmark = proves("DR-101")

@proves("O1", "INV-1")
def test_a(): ...

class TestB:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=proves("DR-102"))])
    def test_c(self, x): ...
"""


def test_rules_are_what_the_domain_numbers_before_its_appendix() -> None:
    assert proofs.rules(DOMAIN) == ["DR-101", "O1", "DR-102", "INV-1"]


def test_the_real_domain_has_all_its_kinds_of_rules() -> None:
    assert {"DR-101", "DR-1904", "O17", "I11", "P6", "D10", "L8", "INV-10"} <= set(proofs.rules())


def test_marks_are_found_on_functions_methods_parameters_and_files(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_x.py").write_text(MARKED)
    assert proofs.proofs(folder) == {
        "DR-101": ["tests/test_x.py"],
        "O1": ["tests/test_x.py::test_a"],
        "INV-1": ["tests/test_x.py::test_a"],
        "DR-102": ["tests/test_x.py::TestB::test_c"],
    }


def test_a_rule_without_a_test_a_test_without_a_rule_and_a_stale_excuse_are_faults() -> None:
    table = {"DR-102": ["tests/test_x.py::test_a"], "DR-9": ["tests/test_x.py::test_b"]}
    wrong = proofs.faults(["DR-101", "DR-102", "O1"], table, {"O1": "a later step", "DR-102": "done since"})
    assert wrong == [
        "DR-101: no test proves it",
        "DR-9: docs/domain.md has no such rule",
        "DR-102: proven, and still waits in later.toml",
    ]


def test_the_same_seed_draws_the_same_rules_each_once() -> None:
    many = [Mutation(f"DR-{n}", "f.py", str(k), "", "t") for n in range(100, 160) for k in range(2)]
    assert prove.draw(many, 7) == prove.draw(many, 7)
    assert len({m.rule for m in prove.draw(many, 7)}) == prove.DRAWN
    assert prove.draw(many, 7) != prove.draw(many, 8)


@pytest.mark.parametrize(("change", "fault"), [
    ({"rule": "DR-1"}, "no such rule"),
    ({"file": "core/nowhere.py"}, "no such file"),
    ({"old": "there is no such text"}, "0 times"),
    ({"new": "def def"}, "no Python"),
    ({"test": "tests/users/test_may.py::test_gone"}, "no such test"),
])  # fmt: skip
def test_a_mutation_that_has_lost_its_place_is_a_fault(change: dict[str, str], fault: str) -> None:
    good = next(m for m in prove.mutations() if m.rule == "DR-211" and m.file == "core/users/service.py")
    assert list(prove.faults([good])) == []
    [line] = prove.faults([Mutation(**{**vars(good), **change})])
    assert fault in line


def test_every_mutation_finds_its_place() -> None:
    assert list(prove.faults(prove.mutations())) == []


def test_the_pictures_of_the_machines_are_those_of_the_code() -> None:
    assert (HOME / "docs" / "machines.md").read_text(encoding="utf-8") == machines.document(), "make machines"
