"""`make run` and `make demo` as a newcomer meets them, on both kinds of ground; nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from tools import processes
from tools.environment import HOME
from tools.testbed import make_database

START_SECONDS = 90
DEMO_SECONDS = 180
STOP_SECONDS = 60


class House:
    """A running system in a folder of its own."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = env
        self.output = folder / "supervise.txt"

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Started as `make run` does, stopped as Ctrl-C does; asserts that both went well."""
        with self.output.open("wb") as output:
            process = processes.start(
                [sys.executable, "-m", "tools.supervise"], env=self.env, output=output, folder=self.folder
            )
        family: list[psutil.Process] = []
        try:
            self._until("Ctrl-C stops everything", process)
            family = psutil.Process(process.pid).children(recursive=True)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            code = process.wait(STOP_SECONDS)
        assert code == 0, self.output.read_text()
        assert_gone(family)

    def demo(self) -> str:
        """Play the story; asserts that it is right, returns what was printed."""
        done = subprocess.run(
            [sys.executable, "-m", "tools.demo"],
            cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=DEMO_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr + self.logs()
        return done.stdout

    def logs(self) -> str:
        """The last lines of every program."""
        files = sorted((self.folder / "var/log").glob("*.log"))
        return "\n".join(f"--- {f.name}\n{f.read_text(errors='replace')[-2000:]}" for f in files)

    def _until(self, words: str, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while words not in self.output.read_text():
            assert process.poll() is None, self.output.read_text() + self.logs()
            assert time.monotonic() < deadline, self.output.read_text() + self.logs()
            time.sleep(0.2)


def assert_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [p.cmdline() for p in alive] == []


def kill_the_worker(supervisor: "subprocess.Popen[bytes]") -> None:
    """R1: as a machine out of memory would, without a word."""
    programs = psutil.Process(supervisor.pid).children()
    next(program for program in programs if "celery_worker.celery" in program.cmdline()).kill()


@pytest.fixture
def house(tmp_path: Path) -> Callable[..., House]:
    def build(**changes: str) -> House:
        inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        ports = {"PORT": str(processes.free_port()), "SIMULATOR_PORT": str(processes.free_port())}
        return House(tmp_path, {**inherited, "PYTHONPATH": str(HOME), **ports, **changes})

    return build


def test_the_story_on_sqlite_and_the_embedded_redis_with_its_worker_killed_and_after_a_restart(
    house: Callable[..., House],
) -> None:
    home = house()
    with home.running() as supervisor:
        home.demo()
        kill_the_worker(supervisor)
        home.demo()
    assert "the worker ended with code -9; it is started again" in home.output.read_text()
    with home.running():
        home.demo()


def test_the_story_on_mariadb_and_a_redis_server(
    house: Callable[..., House], servers: dict[str, str], worker_number: int
) -> None:
    url, keeper_url = make_database(servers["TEST_MARIADB_URL"], f"tunda_e2e_{worker_number}")
    home = house(
        DATABASE_URL=url,
        KEEPER_DATABASE_URL=keeper_url,
        REDIS_URL=servers["TEST_REDIS_URL"].rsplit("/", 1)[0] + f"/{40 + worker_number}",
    )
    with home.running():
        home.demo()
        till = requests.get(f"http://127.0.0.1:{home.env['SIMULATOR_PORT']}/control/tills", timeout=10).json()
        assert till["tills"][0]["urls"], "who pays at the paybill is heard of"


def test_a_killed_supervisor_leaves_nobody_behind(house: Callable[..., House]) -> None:
    home = house()
    with home.output.open("wb") as output:
        process = processes.start(
            [sys.executable, "-m", "tools.supervise"], env=home.env, output=output, folder=home.folder
        )
    home._until("Ctrl-C stops everything", process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert [p.cmdline() for p in alive] == []


def test_a_taken_port_is_said_in_one_line(house: Callable[..., House]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        home = house(PORT=str(port))
        done = subprocess.run(
            [sys.executable, "-m", "tools.supervise"],
            cwd=home.folder, env=home.env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert f"port {port} is taken" in done.stderr
