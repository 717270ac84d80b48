"""Things that happen by themselves after a while: silence, lapsed prompts, late callbacks."""

import threading
import time
from collections.abc import Callable


class Timers:
    """One-shot timers in threads of their own; `clear` forgets all that have not gone off."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._waiting: set[threading.Timer] = set()
        self._acting = 0

    def after(self, seconds: float, act: Callable[[], None]) -> threading.Timer:
        """Call `act` once, in its own thread, `seconds` from now."""

        def fire() -> None:
            with self._moved:
                if timer not in self._waiting:
                    return
                self._waiting.discard(timer)
                self._acting += 1
            try:
                act()
            finally:
                with self._moved:
                    self._acting -= 1
                    self._moved.notify_all()

        timer = threading.Timer(max(0.0, seconds), fire)
        timer.daemon = True
        with self._moved:
            self._waiting.add(timer)
        timer.start()
        return timer

    @staticmethod
    def now() -> float:
        """The clock that the seconds are counted by."""
        return time.monotonic()

    @staticmethod
    def pause(seconds: float) -> None:
        """Let so much time pass."""
        time.sleep(seconds)

    def drop(self, timer: threading.Timer) -> None:
        """Forget one timer; one that has gone off is no error."""
        timer.cancel()
        with self._moved:
            self._waiting.discard(timer)

    def clear(self) -> None:
        """Forget them all."""
        with self._moved:
            waiting, self._waiting = self._waiting, set()
        for timer in waiting:
            timer.cancel()

    def settle(self, seconds: float) -> None:
        """Wait until what has gone off is done, at most so long; hold no lock meanwhile."""
        with self._moved:
            self._moved.wait_for(lambda: self._acting == 0, seconds)
