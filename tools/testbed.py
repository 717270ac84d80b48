"""Throwaway servers for tests and the bench: MariaDB and Redis on free ports, in a folder of their own.

    python -m tools.testbed -- pytest tests/orders

runs the command with TEST_MARIADB_URL and TEST_REDIS_URL set. Needs no root and touches no installed server's
data. Nothing stays: the servers die with us, and a folder that a killed testbed left is swept by the next.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from sqlalchemy import create_engine, make_url

from core.db import sqlalchemy_url
from tools import processes
from tools.environment import HOME

# The path of a unix socket may have 107 characters: no long TMPDIR here.
ROOT = Path("/tmp")  # noqa: S108
PREFIX = "tunda-bed-"
PACKAGES = {
    "mariadbd": "mariadb-server",
    "mariadb-install-db": "mariadb-server",
    "mariadb-admin": "mariadb-client",
    "redis-server": "redis-server",
}
READY_SECONDS = 60
# As they stand in deploy/database.sql until somebody puts real ones in.
PASSWORDS = {"app": "second password", "keeper": "first password"}


class MissingServers(RuntimeError):
    """Programs that must be installed first; the message names their packages."""


def missing_packages() -> list[str]:
    """The Debian packages whose programs are not installed, in alphabetical order."""
    return sorted({package for program, package in PACKAGES.items() if not processes.find_program(program)})


class Testbed:
    """A running MariaDB and a running Redis for as long as the `with` block lasts.

    mariadb_url  SQLAlchemy address without a database name's tables: the tests create their own databases
    redis_url    database 0 of 64
    """

    __test__ = False  # its name begins like a test class's

    def __init__(self) -> None:
        self.mariadb_url = ""
        self.redis_url = ""
        self._folder = Path()
        self._servers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        if missing := missing_packages():
            raise MissingServers(f"install these first: {' '.join(missing)}")
        _sweep_leftovers()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=ROOT))
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def env(self) -> dict[str, str]:
        """The two variables that the tests read."""
        return {"TEST_MARIADB_URL": self.mariadb_url, "TEST_REDIS_URL": self.redis_url}

    def close(self) -> None:
        """Stop the servers and remove their folder."""
        for server in self._servers:
            processes.stop(server)
        self._servers.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        folder = self._folder
        redis_port, sql_port = processes.free_port(), processes.free_port()
        self._servers.append(
            processes.start(
                [
                    _program("redis-server"), "--port", str(redis_port), "--bind", "127.0.0.1",
                    "--unixsocket", f"{folder}/r.sock",
                    "--save", "", "--appendonly", "no", "--databases", "64", "--dir", str(folder),
                ]
            )
        )  # fmt: skip
        as_root = ["--user=root"] if os.geteuid() == 0 else []  # MariaDB wants that said aloud
        with (folder / "install.log").open("wb") as log:
            subprocess.run(
                [
                    _program("mariadb-install-db"), "--no-defaults", f"--datadir={folder}/data",
                    "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve",
                    *as_root,
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                check=True, timeout=READY_SECONDS,
            )  # fmt: skip
        self._servers.append(
            processes.start(
                [
                    _program("mariadbd"), "--no-defaults", f"--datadir={folder}/data",
                    f"--socket={folder}/s.sock", f"--port={sql_port}", "--bind-address=127.0.0.1",
                    f"--pid-file={folder}/m.pid", f"--log-error={folder}/err.log",
                    "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci",
                    "--default-time-zone=+00:00", "--skip-name-resolve",
                    # Nothing here outlives the run: do not wait for the disk.
                    "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
                    "--innodb-buffer-pool-size=128M", "--max-connections=200", *as_root,
                ]
            )
        )  # fmt: skip
        _until_ready(
            self._servers[1],
            [_program("mariadb-admin"), "--no-defaults", "-uroot", "-S", f"{folder}/s.sock", "ping"],
        )
        self.mariadb_url = f"mysql://root@127.0.0.1:{sql_port}/mysql"
        self.redis_url = f"redis://127.0.0.1:{redis_port}/0"


def make_database(server_url: str, name: str) -> tuple[str, str]:
    """An empty database on the throwaway server with its two users, as deploy/database.sql makes them.

    Returns the addresses for the application's own user and for the keeper.
    """
    script = (HOME / "deploy/database.sql").read_text().replace("tunda", name)
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    server = create_engine(sqlalchemy_url(server_url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        for statement in filter(str.strip, "\n".join(lines).split(";")):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    server.dispose()
    here = make_url(server_url).set(database=name)
    users = (here.set(username=f"{name}_{who}", password=word) for who, word in PASSWORDS.items())
    app, keeper = (url.render_as_string(hide_password=False) for url in users)
    return app, keeper


def _program(name: str) -> str:
    path = processes.find_program(name)
    if path is None:
        raise MissingServers(f"install {PACKAGES[name]} first")
    return path


def _until_ready(server: subprocess.Popen[bytes], ping: list[str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while subprocess.run(
        ping, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    ).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the throwaway MariaDB did not start")
        time.sleep(0.1)


def _sweep_leftovers() -> None:
    for folder in ROOT.glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not processes.is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def end_on_signals() -> None:
    """Make SIGTERM and SIGHUP leave through the `finally`s, as Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)


def main(arguments: list[str]) -> int:
    """Run the command after `--` with the servers up; its exit code is ours."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__)
        return 2
    end_on_signals()
    try:
        with Testbed() as bed:
            child = subprocess.Popen(command, env={**os.environ, **bed.env})
            try:
                return child.wait()
            finally:
                processes.stop(child)
    except MissingServers as missing:
        print(f"testbed: {missing}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
