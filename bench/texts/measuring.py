"""Reading what was made, and counting: right, asked back, not understood, wrongly acted on."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.texts.sentences import Labelled, texts
from sms.reader import Reader
from sms.reading.lines import Catalogue, spelled

# To be read wrongly as one of these does nothing: they tell, or are put back to her.
KEYPAD = ("keypad_payout", "keypad_number", "keypad_data", "keypad_pin")  # only say what to dial
HARMLESS = frozenset(("unknown", "help", "status", "price", "list_products", "weather", "terms", *KEYPAD))


@dataclass
class Score:
    """What came of the texts; rows are (kind, verdict) -> count."""

    count: int
    held: int
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[tuple[str, Labelled, dict[str, Any]]] = field(default_factory=list)
    milliseconds: float = 0.0

    def share(self, verdict: str) -> float:
        """The share of texts with this verdict, 0 to 1."""
        return sum(n for (_kind, said), n in self.verdicts.items() if said == verdict) / self.count


def verdict_on(made: Labelled, read: dict[str, Any]) -> str:
    """right, asked (the meaning kept, or nothing done), told (only told something), wrong."""
    slots = {name: value for name, value in read["slots"].items() if name != "error"}
    if read["intent"] == made.intent and slots == made.slots:
        return "right"
    if read["ask"] or read["intent"] == "unknown":
        return "asked"
    return "told" if read["intent"] in HARMLESS else "wrong"


def measured(seed: int, count: int, held: int) -> Score:
    """The score of `count` texts of one half."""
    made = texts(seed, count, held)
    reader = Reader(Catalogue())
    reader.read("order 5kg tomatoes")  # the lists are read
    score = Score(len(made), held)
    started = time.perf_counter()
    readings = [reader.read(text.text, role=text.role, awaiting=text.awaiting) for text in made]
    score.milliseconds = (time.perf_counter() - started) * 1000 / len(made)
    for text, reading in zip(made, readings, strict=True):
        read = spelled(reading)
        verdict = verdict_on(text, read)
        score.verdicts[text.kind, verdict] += 1
        if verdict != "right":
            score.missed.append((verdict, text, read))
            score.confused[text.intent, read["intent"]] += 1
    return score


def printed(score: Score, *, show: bool) -> str:
    """The score as a table of Markdown."""
    half = "held-out" if score.held else "tuning"
    right, wrong = score.share("right"), score.share("wrong")
    lines = [
        f"{half} half, {score.count} texts: {right:.1%} right, {wrong:.2%} wrongly acted on,"
        f" {score.milliseconds:.2f} ms each",
        "",
        "| kind | texts | right | asked | told | wrong |",
        "|---|---|---|---|---|---|",
    ]
    for kind in sorted({kind for kind, _ in score.verdicts}):
        row = [score.verdicts[kind, verdict] for verdict in ("right", "asked", "told", "wrong")]
        lines.append(f"| {kind} | {sum(row)} | {row[0] / sum(row):.1%} | {row[1]} | {row[2]} | {row[3]} |")
    lines += [
        "",
        "read as another: " + ", ".join(f"{a} as {b} {n}" for (a, b), n in score.confused.most_common(12)),
    ]
    if show:
        for verdict, text, read in sorted(score.missed, key=lambda miss: miss[0])[-400:]:
            lines.append(f"{verdict}: {text.text!r} {text.role} {text.awaiting} {text.slots} -> {read}")
    return "\n".join(lines)
