"""The words that open a command, in three languages: data/keywords.csv and, ours, data/phrases.csv.

Words clash, also by prefix (NIKO and NIKO TAYARI, HALI and HALI YA HEWA): the longest match wins, and one
phrase may mean several things; the open question, then the sender's role, decide (data/README.md).
"""

from dataclasses import dataclass
from functools import cache

from core.reference import rows
from core.words import plain

# Names of languages, as people write them after LANG or alone, and the code of the data files.
LANGUAGES = {
    "en": "en", "eng": "en", "english": "en", "kiingereza": "en", "kizungu": "en", "githungu": "en",
    "sw": "sw", "swa": "sw", "swahili": "sw", "kiswahili": "sw", "githweri": "sw",
    "ki": "ki", "kik": "ki", "kikuyu": "ki", "gikuyu": "ki", "gigikuyu": "ki",
}  # fmt: skip


@dataclass(frozen=True)
class Keyword:
    """A phrase (compared as core.words.plain makes it), what it may open, and in which languages."""

    phrase: str
    intents: tuple[str, ...]
    languages: tuple[str, ...]

    @property
    def length(self) -> int:
        """Words in the phrase."""
        return len(self.phrase.split())


@dataclass(frozen=True)
class Keywords:
    """Every keyword, by phrase."""

    by_phrase: dict[str, Keyword]
    longest: int

    def at(self, words: list[str], start: int) -> Keyword | None:
        """The longest keyword that begins at `start`, or None."""
        for length in range(min(self.longest, len(words) - start), 0, -1):
            found = self.by_phrase.get(" ".join(words[start : start + length]))
            if found:
                return found
        return None


@cache
def keywords() -> Keywords:
    """Every keyword; read once per process."""
    found: dict[str, Keyword] = {}
    for row in (*rows("keywords.csv"), *rows("phrases.csv")):
        intent, language, text = row["intent"], row["lang"], row["keyword"]
        phrase = plain(text) or text
        known = found.get(phrase, Keyword(phrase, (), ()))
        found[phrase] = Keyword(
            phrase,
            tuple(dict.fromkeys((*known.intents, intent))),
            tuple(dict.fromkeys((*known.languages, language))),
        )
    return Keywords(found, max(keyword.length for keyword in found.values()))
