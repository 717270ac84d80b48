"""The words that open a command, in three languages: data/keywords.csv and, ours, data/phrases.csv.

Words clash, also by prefix (NIKO and NIKO TAYARI, HALI and HALI YA HEWA): the longest match wins, and one
phrase may mean several things; the open question, then the sender's role, decide (data/README.md).
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz.distance import OSA

from core.reference import rows
from core.words import plain
from sms.lexicon import POLITE
from sms.reading.signs import NEGATIONS, NO_KEYWORD, doubts
from sms.reading.sounds import skeleton, squeezed

# Names of languages, as people write them after LANG or alone, and the code of the data files.
LANGUAGES = {
    "en": "en", "eng": "en", "english": "en", "kiingereza": "en", "kizungu": "en", "githungu": "en",
    "kingereza": "en", "inglish": "en", "githungo": "en",
    "sw": "sw", "swa": "sw", "swahili": "sw", "kiswahili": "sw", "githweri": "sw", "kiswa": "sw",
    "swahil": "sw",
    "ki": "ki", "kik": "ki", "kikuyu": "ki", "gikuyu": "ki", "gigikuyu": "ki", "kiuk": "ki", "kikuyo": "ki",
}  # fmt: skip
SHORTEST_GUESS = 4
_DRAWN = re.compile(r"(.)\1{2,}")
NEVER_GUESSED = frozenset(("confirm_yes", "confirm_no", "stop", "start"))


@dataclass(frozen=True)
class Keyword:
    """A phrase (compared as core.words.plain makes it), what it may open, and in which languages.

    exact  False: the text has it misspelt
    known  one of data/keywords.csv; ours are more everyday
    """

    phrase: str
    intents: tuple[str, ...]
    languages: tuple[str, ...]
    exact: bool = True
    known: bool = True

    @property
    def length(self) -> int:
        """Words in the phrase."""
        return len(self.phrase.split())


@dataclass(frozen=True)
class Keywords:
    """Every keyword, by phrase."""

    by_phrase: dict[str, Keyword]
    longest: int
    first_words: frozenset[str]
    single: tuple[str, ...]
    guesses: dict[str, Keyword | None]
    glued: dict[str, tuple[str, ...]]  # "myorder", "howmuch": phrases without their spaces
    boned: dict[str, Keyword | None]  # by their consonants; None: several

    def at(self, words: list[str], start: int) -> Keyword | None:
        """The longest keyword that begins at `start`, or None."""
        if start >= len(words) or words[start] not in self.first_words:
            return None
        for length in range(min(self.longest, len(words) - start), 0, -1):
            found = self.by_phrase.get(" ".join(words[start : start + length]))
            if found:
                return found
        return None

    def near(self, word: str) -> Keyword | None:
        """The keyword that `word` misspells, if one is nearest and the word is no other common one."""
        if word not in self.guesses:
            if len(self.guesses) > 5000:
                self.guesses.clear()
            self.guesses[word] = self._near(word)
        return self.guesses[word]

    def answers(self, word: str) -> Keyword | None:
        """The yes or the no that `word` misspells (`ndyo`, `hpn`); never sure."""
        meant = {
            known.intents[0]: known
            for phrase in self.single
            if phrase[0] == word[:1]
            and (known := self.by_phrase[phrase]).intents[0] in ("confirm_yes", "confirm_no")
            and (
                (len(word) > 2 < len(phrase) and OSA.distance(word, phrase) == 1) or skeleton(phrase) == word
            )
        }
        if len(meant) != 1 or word in POLITE or doubts([word]):
            return None
        return replace(next(iter(meant.values())), exact=False)

    def _near(self, word: str) -> Keyword | None:
        if word.startswith("nimesha"):  # "nimeshapick" is "nimepick", "nimeshalipa" nothing near
            return self.by_phrase.get(f"nime{word.removeprefix('nimesha')}")
        if doubts([word]).negated:  # "msiniletee" is no misspelt "niletee"
            return None
        drawn = self.by_phrase.get(squeezed(word)) if len(word) > 2 and word not in NO_KEYWORD else None
        if drawn is None and _DRAWN.search(word):  # "offf"
            drawn = self.by_phrase.get(_DRAWN.sub(r"\1\1", word))
        if drawn and not drawn.phrase.isdigit():
            return drawn
        by_bones = self.boned.get(word)
        if by_bones and not set(by_bones.intents) & (NEVER_GUESSED - {"start"}):  # "cncl"
            return replace(by_bones, exact=False)
        if word in NO_KEYWORD | POLITE | NEGATIONS or not SHORTEST_GUESS <= len(word) <= 14:
            return None
        most = 1 if len(word) < 8 else 2
        best: dict[str, int] = {}
        for known in self.single:
            if len(known) < 4 or abs(len(known) - len(word)) > most or known[0] != word[0]:
                continue
            if word.startswith(known) or known.startswith(word):
                continue  # "listen", "payday": another word that only begins alike
            steps = OSA.distance(word, known, score_cutoff=most)
            if steps <= most and _is_another_verb(word, known):
                continue
            if steps <= most and (steps == 1 or len(known) > 7):
                best[known] = steps
        if not best:
            return None
        least = min(best.values())
        nearest = {self.by_phrase[known].intents for known, steps in best.items() if steps == least}
        if len(nearest) != 1 or set(*nearest) & NEVER_GUESSED:
            return None
        known = next(known for known, steps in best.items() if steps == least)
        return replace(self.by_phrase[known], exact=False)


# Who, when, and what: "ninavuna" is no "nimevuna", "tumelipa" no "tumefika".
_VERB = re.compile(r"(ni|tu|u|m|a|wa|i|zi|ya|li|vi)(na|me|ta|li|ki|nge|sha)([a-z]{3,})")


def _is_another_verb(word: str, known: str) -> bool:
    said, meant = _VERB.fullmatch(word), _VERB.fullmatch(known)
    if said is None or meant is None:
        return said is not None and said[2] in ("na", "ta", "nge")  # a verb of one time is no other word
    return said[2] != meant[2] or OSA.distance(said[3], meant[3]) > 1


# "nataka kughairi", "i would like to cancel": a wish, and the command.
_WISHES = (
    "nataka", "naomba", "ningependa", "ninataka", "ningetaka", "nahitaji",
    "i want to", "want to", "i would like to", "id like to", "i wish to", "i need to", "please i want to",
)  # fmt: skip
_STEMS = {"kujiunga": "jiunge", "kusajiliwa": "sajili", "kuandikishwa": "sajili"}
_VERBS = (
    (
        "kughairi",
        "kukatiza",
        "kufuta",
        "kulipa",
        "kulipia",
        "kujisajili",
        "kusajili",
        "kujiunga",
        "kusajiliwa",
        "kuandikishwa",
        "kukadiria",
    ),
    ("cancel", "pay", "register", "join", "rate", "track", "complain", "subscribe", "unsubscribe"),
)


@cache
def keywords() -> Keywords:
    """Every keyword; read once per process."""
    found: dict[str, Keyword] = {}
    given = rows("keywords.csv")
    for at, row in enumerate((*given, *rows("phrases.csv"))):
        intent, language, text = row["intent"], row["lang"], row["keyword"]
        phrase = plain(text) or text
        known = found.get(phrase, Keyword(phrase, (), ()))
        found[phrase] = Keyword(
            phrase,
            tuple(dict.fromkeys((*known.intents, intent))),
            tuple(dict.fromkeys((*known.languages, language))),
            known=at < len(given) or (phrase in found and known.known),
        )
    for wish in _WISHES:
        for verb in _VERBS[wish.endswith(" to")]:
            meant = found.get(verb) or found[_STEMS.get(verb, verb.removeprefix("ku"))]
            whole = f"{wish} {verb}"
            if whole not in found:
                found[whole] = replace(meant, phrase=whole, known=True)
    single = tuple(phrase for phrase in found if " " not in phrase)
    boned: dict[str, Keyword | None] = {}
    for phrase in single:
        bones = skeleton(phrase)
        if len(bones) > 2 and bones != phrase:
            other = boned.get(bones)
            alike = bones not in boned or (other is not None and other.intents == found[phrase].intents)
            boned[bones] = found[phrase] if alike else None
    return Keywords(
        found,
        max(keyword.length for keyword in found.values()),
        frozenset(phrase.split()[0] for phrase in found),
        single,
        {},
        {
            glued: tuple(phrase.split())
            for phrase in found
            if " " in phrase and len(glued := phrase.replace(" ", "")) > 6 and glued not in found
        },
        boned,
    )
