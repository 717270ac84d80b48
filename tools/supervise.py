"""`make run`: everything a newcomer needs, in the working folder, until Ctrl-C.

Web, worker and simulator run as in production; only what they stand on differs: a SQLite file and an embedded
Redis, unless DATABASE_URL and REDIS_URL name better ones. State is kept in var/, so a second start goes on
where the first one stopped.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
# A program that ended is started again, unless it ended this often within a minute: then it is broken.
MOST_ENDS = 5
# A worker that shows no sign of life (RELIABILITY, section 1) has this many looks to come back by itself.
HEALTH_SECONDS = 30
HEARTBEAT_OLD_SECONDS = 120
PATIENT_LOOKS = 2


class CannotStart(RuntimeError):
    """Why not, in one line for the person at the terminal."""


@dataclass
class Program:
    """One of the programs: how it is started, the process of now, when earlier ones ended (monotonic)."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    ends: list[float] = field(default_factory=list)


class Supervisor:
    """Starts the programs in their order, watches them, stops them in the reverse order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._var = folder / "var"
        self._running: list[Program] = []
        self._silent_looks = 0
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
        self._share_metrics()
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
        if os.environ.get("ENVIRONMENT") != "production":
            self._register_paybill()

    def watch(self) -> None:
        """Keep everything running: what ends is started again, a worker without a sign of life as well.

        Raises CannotStart, with its last lines, when a program cannot be kept alive.
        """
        looked = time.monotonic()
        while True:
            self._look(again=True)
            if time.monotonic() - looked > HEALTH_SECONDS:
                looked = time.monotonic()
                self._listen_to_the_worker()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Web first, so that nothing new comes in, then the worker, Redis last."""
        for name in ("web", "simulator", "beat", "worker"):
            for program in self._running:
                if program.name == name:
                    processes.stop(program.process, patience=25)
        self._running.clear()
        if self._redis is not None:
            self._redis.stop()

    def log_file(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._var / "log" / f"{name}.log"

    def _launch(self, name: str, command: list[str]) -> None:
        self._running.append(Program(name, command, self._start(name, command)))

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        self.log_file(name).parent.mkdir(parents=True, exist_ok=True)
        with self.log_file(name).open("ab") as output:
            return processes.start(command, env=child_env(), output=output, gently=True)

    def _look(self, *, again: bool = False) -> None:
        """See that every program runs; with `again`, start anew what has ended. Raises CannotStart."""
        for program in self._running:
            if program.process.poll() is None:
                continue
            now = time.monotonic()
            program.ends = [end for end in program.ends if now - end < 60] + [now]
            what = f"the {program.name} ended with code {program.process.returncode}"
            if not again or len(program.ends) >= MOST_ENDS:
                raise CannotStart(f"{what}:\n{self._tail(program.name)}")
            print(f"{what}; it is started again (see {self.log_file(program.name)})", flush=True)
            processes.end_children_of(program.process)
            program.process = self._start(program.name, program.command)
        if self._redis is not None and not self._redis.is_running():
            raise CannotStart("the embedded Redis ended; see var/log/redis.log")

    def _listen_to_the_worker(self) -> None:
        """Start the worker anew when its consumer or its sweep has been silent for too long."""
        try:
            with urlopen(f"http://127.0.0.1:{os.environ['PORT']}/health", timeout=5) as reply:
                told = json.load(reply)
        except (URLError, OSError, ValueError):
            return  # the web process has its own troubles; it is watched by _look
        ages = [told.get(f"{part}_heartbeat_seconds") for part in ("worker", "sweep")]
        silent = any(age is None or age > HEARTBEAT_OLD_SECONDS for age in ages)
        self._silent_looks = self._silent_looks + 1 if silent else 0
        if self._silent_looks > PATIENT_LOOKS:
            self._silent_looks = 0
            for program in self._running:
                if program.name == "worker":
                    print("the worker shows no sign of life; it is started again", flush=True)
                    processes.stop(program.process, patience=25)

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

    def _share_metrics(self) -> None:
        """One folder for the figures of web and worker, empty at first: /metrics tells of all processes."""
        folder = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(self._var / "metrics")))
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.db"):
            old.unlink()

    def _prepare_database(self) -> None:
        command = [sys.executable, "-m", "tools.admin", "init", "--first-admin"]
        done = subprocess.run(command, env=child_env(), stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise CannotStart("the database could not be prepared; the lines above say why")

    def _register_paybill(self) -> None:
        """The simulator hears where to call about payments at the paybill; all else works without."""
        with self.log_file("simulator").open("ab") as output:
            command = [sys.executable, "-m", "mpesa.register"]
            subprocess.run(
                command, env=child_env(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
            )

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
