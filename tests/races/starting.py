"""Starting many things at the same moment."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence

from core.errors import DomainError


def at_once(deeds: Sequence[Callable[[], object]]) -> Counter[str]:
    """Do all of it at the same moment; how often it ended "ok" or with a refusal's code.

    Whatever is no refusal is our own fault (a deadlock that reached a person) and fails the test by name.
    """
    gate = threading.Barrier(len(deeds))
    outcomes: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        gate.wait()
        try:
            deed()
            outcomes.append("ok")
        except DomainError as refusal:
            outcomes.append(refusal.code)
        except Exception as fault:
            outcomes.append(f"FAULT {type(fault).__name__}: {fault}")

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = Counter(outcomes)
    assert not [outcome for outcome in counted if outcome.startswith("FAULT")], counted
    return counted
