"""Which rule a test proves: `@proves("DR-811", "O17")` (docs/domain.md has the rules).

`make test` fails when a rule is proven by no test, and prints the table (tools/proofs.py).
"""

import pytest


def proves(*rules: str) -> pytest.MarkDecorator:
    """Mark a test, or a class of tests, as the proof of `rules`."""
    return pytest.mark.proves(*rules)
