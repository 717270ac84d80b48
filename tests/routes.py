"""What the routes of an application compile to, kept for the next test's application.

A test that wants the web process builds it whole. Three quarters of that went into Python that werkzeug
writes and compiles for each route, to put its address together: the same each time.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_KEPT: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_compile: Any = Rule._compile_builder


def _once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """As werkzeug's own. What it makes asks its rule, handed in at each call, for nothing but converters."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _KEPT:
        _KEPT[key] = _compile(rule, append_unknown)
    return _KEPT[key]


def keep() -> None:
    """From here on, for this process."""
    Rule._compile_builder = _once  # type: ignore[assignment, method-assign]
