"""Every key of every screen, for every role, in every language, with little data and with the longest
(issue 4, 3).
"""

import os
from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest

from tests.keypad.house import House
from tests.keypad.tour import Tour, tour
from tests.keypad.worlds import LANGUAGES

# Screens that only the thorough walk comes to: it tries several states of the screens before them.
THOROUGH = {"customer.asked", "rate.done"}
# Questions that only those are asked who have no legal answer.
UNANSWERED = {"asking.number (order_number)"}
# What is done to several orders at once: so many more than in the small world, where one waits. The first few
# are marked with the act, the rest in helpings (core.orders.many).
OF_SUMS = {
    **dict.fromkeys(("orders.accept", "orders.harvested", "orders.packed", "orders.ready"), 64),
    **dict.fromkeys(("less.reject", "less.supply", "listings.harvest"), 12),
}
# So many statements a hop that commits may need, whatever there is; the dearest is a delivery's last step.
MOST_ACTING = 170
# An act in the large world may cost so many statements more: another state of things, not a row more each.
GROWTH = 4
MEDIAN = 2
A_CONVERSATION = 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_every_screen_does_what_it_says(house: House, language: str) -> None:
    walked = tour(house, language, thorough=language == "en")
    print(f"\n{walked.summary(house)}")
    for name, said in sorted({k: v for found in walked.all for k, v in found.refused.items()}.items()):
        print(f"  refused: {name}: {said!r}")
    unseen = walked.unseen(house) - (set() if "short" in walked.worlds else THOROUGH)
    faults = [
        *walked.faults,
        *(f"{name}: never seen in {language}" for name in sorted(unseen)),
        *(f"{name}: no answer in tests/keypad/answers.py" for name in sorted(walked.unanswered - UNANSWERED)),
        *(_unfinished(walked, house) if "short" in walked.worlds else []),
        *(_dear_conversations(walked) if "short" in walked.worlds else []),
        *_dear_acts(walked),
    ]
    if report := os.environ.get("WALK_REPORT"):
        Path(report).write_text("\n".join(dict.fromkeys(faults)) + "\n", encoding="utf-8")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(dict.fromkeys(faults))


def _unfinished(walked: Tour, house: House) -> list[str]:
    """What nobody finishes who types slowly (issue 4: every flow, by resuming)."""
    return [*walked.stuck, *(f"{act}: no slow typist tried it" for act in sorted(walked.untyped(house)))]


def _dear_conversations(walked: Tour) -> list[str]:
    """Conversations whose median showing hop asks more than two statements (issue 4: budget, counted)."""
    costs: dict[str, list[int]] = defaultdict(list)
    screens: dict[str, set[str]] = defaultdict(set)
    for found in walked.all:
        for screen, counts in found.showing.items():
            costs[screen.split(".")[0]] += counts
            screens[screen.split(".")[0]].add(screen)
    # A flow of a screen or two is no conversation, but the beginning or the end of others (a dial, a look).
    whole = {
        flow: counts
        for flow, counts in costs.items()
        if len(screens[flow]) >= A_CONVERSATION and flow != "home"
    }
    whole["all of them"] = [count for counts in costs.values() for count in counts]
    return [
        f"{flow}: median {median(c)} SQL a showing hop" for flow, c in whole.items() if median(c) > MEDIAN
    ]


def _dear_acts(walked: Tour) -> list[str]:
    """Acts that cost more than the constant, or more with forty lines, farms and orders than with one."""
    long = walked.worlds["long"].acting
    short = walked.worlds["short"].acting if "short" in walked.worlds else {}
    dear = {act: most for found in walked.all for act, most in found.acting.items() if most > MOST_ACTING}
    grown = {
        act: (short[act], most)
        for act, most in long.items()
        if act in short and most > short[act] + max(OF_SUMS.get(a, GROWTH) for a in act)
    }
    return [
        *(f"{' '.join(act)}: {most} SQL, more than {MOST_ACTING}" for act, most in dear.items()),
        *(
            f"{' '.join(act)}: {few} SQL in the small world, {many} in the large"
            for act, (few, many) in grown.items()
        ),
    ]
