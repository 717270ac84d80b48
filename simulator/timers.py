"""Things that happen by themselves after a while: silence, lapsed prompts, late callbacks."""

import threading
from collections.abc import Callable


class Timers:
    """One-shot timers in threads of their own; `clear` forgets all that have not gone off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[threading.Timer] = set()

    def after(self, seconds: float, act: Callable[[], None]) -> threading.Timer:
        """Call `act` once, in its own thread, `seconds` from now."""

        def fire() -> None:
            with self._lock:
                if timer not in self._waiting:
                    return
                self._waiting.discard(timer)
            act()

        timer = threading.Timer(max(0.0, seconds), fire)
        timer.daemon = True
        with self._lock:
            self._waiting.add(timer)
        timer.start()
        return timer

    def drop(self, timer: threading.Timer | None) -> None:
        """Forget one timer; a timer that has gone off, or None, is no error."""
        if timer is not None:
            timer.cancel()
            with self._lock:
                self._waiting.discard(timer)

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for timer in waiting:
            timer.cancel()
