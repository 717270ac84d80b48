"""Every endpoint of the platform document has its verb in the core (docs/verbs.md)."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verbs.md"
ROW = re.compile(
    r"^\| ((?:GET|POST|PUT|PATCH|DELETE) /\S+) \| `(core\.[a-z_.]+):([a-z_]+)` \|$", re.MULTILINE
)
VERBS = {endpoint: (module, name) for endpoint, module, name in ROW.findall(PAGE.read_text())}
# Before anybody has signed in there is nobody to act.
WITHOUT_ACTOR = {"POST /users/", "POST /users/jwt/create/", "POST /users/jwt/refresh/"}
# As many as the platform document lists, with the refresh that it implies.
ENDPOINTS = 65


def verb(endpoint: str) -> Callable[..., Any]:
    module, name = VERBS[endpoint]
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def test_the_page_lists_every_endpoint() -> None:
    assert len(VERBS) == ENDPOINTS


@pytest.mark.parametrize("endpoint", VERBS)
def test_an_endpoint_has_a_verb_that_asks_who_acts_and_says_what_it_does(endpoint: str) -> None:
    asked = verb(endpoint)
    names = list(inspect.signature(asked).parameters)
    assert names[0] in ("tx", "db")
    assert (names[1] == "actor") is (endpoint not in WITHOUT_ACTOR)
    assert asked.__doc__
