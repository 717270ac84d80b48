"""What the simulated world leaves to chance: ids, receipts, which fault hits; with a seed, the same again."""

import hashlib
import random
import string
import threading
from typing import TypeVar

Thing = TypeVar("Thing")

_LETTERS = string.ascii_uppercase + string.digits


class Dice:
    """One source of chance for a world; drawn under its own lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.cast()

    def cast(self, seed: int | None = None) -> None:
        """Begin again, from a seed or from anything."""
        with self._lock:
            self.seed = random.SystemRandom().getrandbits(32) if seed is None else seed
            self._random = random.Random(self.seed)

    def hex(self, size: int) -> str:
        """`size` bytes as hexadecimal digits."""
        with self._lock:
            return self._random.randbytes(size).hex()

    def dashed(self, *sizes: int) -> str:
        """Such bytes in groups: `1c5b-4ba8-815c-ac45c57a3db014`."""
        return "-".join(self.hex(size) for size in sizes)

    def below(self, end: int) -> int:
        """A number from 0 to just under `end`."""
        with self._lock:
            return self._random.randrange(end)

    def letters(self, count: int) -> str:
        """So many capitals and digits."""
        with self._lock:
            return "".join(self._random.choice(_LETTERS) for _ in range(count))

    def shuffled(self, things: list[Thing]) -> list[Thing]:
        """The same things in another order."""
        with self._lock:
            return self._random.sample(things, len(things))

    def hits(self, chance: float, *what: object) -> bool:
        """Whether this thing, named by `what`, is among the `chance` (0 to 1) that are hit.

        It depends on the seed and the name alone, not on what was drawn before: threads come in any order.
        """
        digest = hashlib.blake2b(repr((self.seed, *what)).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") < chance * 2**64
