"""State machines as data: one plain table per kind of record, and nothing else may set its status.

A table is a tuple of `Step`s as docs/domain.md prints them (O1, I2, D4 ...). `Machine.step` finds the row
for (present status, event) or raises WrongState; the caller then applies the guard and the effects.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from core.errors import NotAllowed, WrongState

NEW = "(new)"


@dataclass(frozen=True)
class Step:
    """One row of a machine: `rule` is its number in docs/domain.md, `who` the roles (and "system")."""

    rule: str
    source: str
    event: str
    target: str
    who: frozenset[str]


def steps(rule: str, sources: str, event: str, target: str, who: str) -> tuple[Step, ...]:
    """Rows for several sources at once; names are separated by spaces, target "same" keeps the status."""
    return tuple(
        Step(rule, source, event, source if target == "same" else target, frozenset(who.split()))
        for source in (["(new)"] if sources == NEW else sources.split())
    )


class Machine:
    """A compiled table: (status, event) -> Step."""

    def __init__(self, name: str, *rows: Iterable[Step]) -> None:
        self.name = name
        self.steps = tuple(step for row in rows for step in row)
        self._index: dict[tuple[str, str], Step] = {}
        for step in self.steps:
            if (step.source, step.event) in self._index:
                raise ValueError(f"{name}: two steps for {step.source} + {step.event}")
            self._index[step.source, step.event] = step

    @property
    def statuses(self) -> Set[str]:
        """Every status the table knows: in the order in which the table leaves them, the last ones last."""
        left = [step.source for step in self.steps if step.source != NEW]
        return dict.fromkeys([*left, *(step.target for step in self.steps)]).keys()

    def may(self, status: str, event: str) -> bool:
        """Whether the table has a step for `event` from `status`."""
        return (status, event) in self._index

    def step(self, status: str, event: str, role: str) -> Step:
        """The step for `event` from `status`, if `role` may take it.

        Raises WrongState (with status, event) or NotAllowed.
        """
        found = self._index.get((status, event))
        if found is None:
            raise WrongState(machine=self.name, status=status, event=event)
        if role not in found.who:
            raise NotAllowed(machine=self.name, event=event, role=role)
        return found
