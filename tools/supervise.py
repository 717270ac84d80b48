"""`make run`: everything a newcomer needs, in the working folder, until Ctrl-C.

Web, worker and simulator run as in production; only what they stand on differs: a SQLite file and an embedded
Redis, unless DATABASE_URL and REDIS_URL name better ones. State is kept in var/, so a second start goes on
where the first one stopped.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from tools import processes
from tools.embedded_redis import EmbeddedRedis, NoRedis
from tools.environment import HOME, child_env, load_env, write_env

READY_SECONDS = 60
LOOK_SECONDS = 0.5


class CannotStart(RuntimeError):
    """Why not, in one line for the person at the terminal."""


class Supervisor:
    """Starts the programs in their order, watches them, stops them in the reverse order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._var = folder / "var"
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._redis: EmbeddedRedis | None = None

    def start(self) -> None:
        """Everything up and answering; raises CannotStart."""
        for name in ("PORT", "SIMULATOR_PORT"):
            if processes.port_is_taken(int(os.environ[name])):
                raise CannotStart(
                    f"port {os.environ[name]} is taken: set {name} to another one, "
                    f"for example {name}={int(os.environ[name]) + 100} make run"
                )
        embedded = not os.environ.get("REDIS_URL")
        if embedded:
            self._redis = EmbeddedRedis(self._var)
            os.environ["REDIS_URL"] = self._redis.start()
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = f"sqlite:///{self._var / 'tunda.db'}"
        self._set_clock()
        self._prepare_database()
        celery = [sys.executable, "-m", "celery", "-A", "celery_worker.celery"]
        timetable = ["-s", str(self._var / "timetable")]
        if embedded:  # one process for the worker and its timetable: enough for one machine
            self._launch("worker", [*celery, "worker", "-B", *timetable, "-P", "threads", "-c", "2"])
        else:
            self._launch("worker", [*celery, "worker", "-P", "prefork", "-c", "2"])
            self._launch("beat", [*celery, "beat", *timetable])
        self._launch(
            "web",
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                str(HOME / "deploy/gunicorn.conf.py"),
                "app:create_app()",
            ],
        )
        if os.environ.get("ENVIRONMENT") != "production":
            self._launch("simulator", [sys.executable, "-m", "simulator"])
        self._until_answering()

    def watch(self) -> None:
        """Sleep until a program ends, which none of them should; raises CannotStart with its last lines."""
        while True:
            self._look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Web first, so that nothing new comes in, then the worker, Redis last."""
        for name in ("web", "simulator", "beat", "worker"):
            for known, process in self._running:
                if known == name:
                    processes.stop(process, patience=25)
        self._running.clear()
        if self._redis is not None:
            self._redis.stop()

    def log_file(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._var / "log" / f"{name}.log"

    def _launch(self, name: str, command: list[str]) -> None:
        self.log_file(name).parent.mkdir(parents=True, exist_ok=True)
        with self.log_file(name).open("ab") as output:
            process = processes.start(command, env=child_env(), output=output, gently=True)
        self._running.append((name, process))

    def _look(self) -> None:
        for name, process in self._running:
            if process.poll() is not None:
                raise CannotStart(f"the {name} ended with code {process.returncode}:\n{self._tail(name)}")
        if self._redis is not None and not self._redis.is_running():
            raise CannotStart("the embedded Redis ended; see var/log/redis.log")

    def _tail(self, name: str) -> str:
        lines = self.log_file(name).read_text(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-20:])

    def _set_clock(self) -> None:
        """At the first start only: later the simulator moves the clock."""
        wanted, file = os.environ.get("SET_CLOCK"), os.environ.get("CLOCK_FILE")
        if not wanted or not file or Path(file).exists():
            return
        moment = datetime.fromisoformat(wanted)
        if moment.tzinfo is None:
            raise CannotStart("SET_CLOCK needs its offset, as in 2025-06-24T09:30:00+03:00")
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(str((moment - datetime.now(UTC)).total_seconds()))

    def _prepare_database(self) -> None:
        command = [sys.executable, "-m", "tools.admin", "init", "--first-admin"]
        done = subprocess.run(command, env=child_env(), stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise CannotStart("the database could not be prepared; the lines above say why")

    def _until_answering(self) -> None:
        waiting = {"the gateway": f"http://127.0.0.1:{os.environ['PORT']}/health"}
        if os.environ.get("ENVIRONMENT") != "production":
            waiting["the simulator"] = f"http://127.0.0.1:{os.environ['SIMULATOR_PORT']}/control/clock"
        deadline = time.monotonic() + READY_SECONDS
        while waiting:
            self._look()
            for name, url in list(waiting.items()):
                if _answers(url):
                    del waiting[name]
            if waiting and time.monotonic() > deadline:
                raise CannotStart(f"{' and '.join(waiting)} did not answer; see {self._var / 'log'}")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as reply:  # noqa: S310  (our own loopback address)
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Holds var/run.lock: two supervisors in one folder would share a database file and a Redis."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("it is running already in this folder (var/run.lock is held)") from None
        yield


def welcome(var: Path) -> str:
    """What the person at the terminal needs to know."""
    web, phones = (f"http://127.0.0.1:{os.environ[name]}" for name in ("PORT", "SIMULATOR_PORT"))
    service_code, short_code = os.environ["USSD_SERVICE_CODE"], os.environ["SMS_SHORT_CODE"]
    note = var / "first-admin.txt"
    admin = note.read_text().strip() if note.exists() else "as you set it"
    return f"""
Tunda Gateway is running.

  Phones      {phones}/            (or `make phone` in another terminal)
  Console     {web}/admin/
  Health      {web}/health
  Admin       {admin}
  Logs        {var / "log"}

  Try: dial {service_code} from 0712000101 (farmer) or 0712000303 (rider),
       text `5kg tomatoes` to {short_code} from 0712000202 (customer),
       or watch it all happen: `make demo`

Ctrl-C stops everything; what happened is kept in {var}.
"""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 0 after a clean stop."""
    folder = Path.cwd()

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    supervisor = Supervisor(folder)
    try:
        with only_one(folder / "var"):
            write_env(folder / ".env")
            load_env(folder)
            try:
                supervisor.start()
                print(welcome(folder / "var"), flush=True)
                supervisor.watch()
            finally:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
                supervisor.stop()
    except (CannotStart, NoRedis) as why:
        print(f"make run: {why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
