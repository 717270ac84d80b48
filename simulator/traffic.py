"""The wire as it was: the last exchanges between the gateway and the outside world, both ways."""

import itertools
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Literal

KEPT = 500

Direction = Literal["to-gateway", "from-gateway"]


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `status` is None where no answer came; `fault` names what was played."""

    id: int
    at: str
    direction: Direction
    kind: str
    phone: str
    method: str
    path: str
    request: str
    status: int | None
    reply: str
    ms: int
    fault: str
    error: str


class Traffic:
    """A ring of the last exchanges, newest last; the callback secret is struck out of what it shows."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._lock = threading.Lock()
        self._ring: deque[Exchange] = deque(maxlen=KEPT)
        self._ids = itertools.count(1)

    def note(
        self,
        *,
        at: str,
        direction: Direction,
        kind: str,
        phone: str = "",
        method: str = "POST",
        path: str = "",
        request: str = "",
        status: int | None = None,
        reply: str = "",
        ms: int = 0,
        fault: str = "",
        error: str = "",
    ) -> None:
        """Remember one exchange."""
        with self._lock:
            self._ring.append(
                Exchange(
                    id=next(self._ids),
                    at=at,
                    direction=direction,
                    kind=kind,
                    phone=phone,
                    method=method,
                    path=path.replace(self._secret, "..."),
                    request=request.replace(self._secret, "...")[:4000],
                    status=status,
                    reply=reply[:4000],
                    ms=ms,
                    fault=fault,
                    error=error,
                )
            )

    def last(self, count: int, *, kind: str = "", phone: str = "") -> list[dict[str, object]]:
        """The last `count` exchanges, oldest first, of one kind or one phone where named."""
        with self._lock:
            found = [
                exchange
                for exchange in self._ring
                if (not kind or exchange.kind == kind) and (not phone or exchange.phone == phone)
            ]
        return [asdict(exchange) for exchange in found[-count:]] if count > 0 else []

    def clear(self) -> None:
        """Forget everything; the numbering goes on."""
        with self._lock:
            self._ring.clear()
