"""What can go wrong in the business, as data.

A DomainError carries a code and values, never a sentence; `locales/errors.py` turns the code into words
in the reader's language, and each channel decides only the shape. The tree:

    DomainError                 something a person did that the rules refuse
    ├── NotFound                it does not exist, or not for this actor (DR-211)
    ├── NotAllowed              the actor's role may not do this at all
    ├── BadInput                a value that cannot be read or is out of bounds
    └── Conflict                it can be read, but not now: the state has moved on

Anything that is not a DomainError is our own fault.
"""

from typing import Any


class DomainError(Exception):
    """A refusal with a code and values; areas derive their own and set `code`."""

    code = "error"

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.code, values)

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code


class NotFound(DomainError):
    """No such record for this actor; a foreign record looks the same (DR-211)."""

    code = "not_found"


class NotAllowed(DomainError):
    """This role may not do this (section 2.1 of docs/domain.md)."""

    code = "not_allowed"


class BadInput(DomainError):
    """A value that cannot be used."""

    code = "bad_input"


class BadPage(BadInput):
    """There is no page of that number in any list."""

    code = "bad_page"


class Conflict(DomainError):
    """The record is no longer in a state that allows this."""

    code = "conflict"


class WrongState(Conflict):
    """A machine has no such step from the present state; `status` and `event` name both."""

    code = "wrong_state"
