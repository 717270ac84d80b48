"""The story of one order played by clicking, and the pictures of it: `python -m tools.pictures FOLDER`.

A system of its own is started as `make run` does, in a temporary folder. Three phones and the console are used
as people use them: keys, buttons and links, and nothing is known but what a page shows.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import processes
from tools.environment import HOME

SERVICE_CODE = "*384*88632#"
READY_WORDS = "Ctrl-C stops everything"
START_SECONDS = 90
PATIENCE_SECONDS = 40
MOST_RESTARTS_OF_A_TEXT = 6
NEW_PASSWORD = "kitunguu saumu 7"  # noqa: S105  (of a console that lives for a minute)
PIN = "1234"
PLATE = "KMFB 123C"
KEYPAD = frozenset("0123456789*#")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class House:
    """A running system: where its pages are, and the admin's one-time password."""

    phones: str
    console: str
    one_time: str


@contextmanager
def running(folder: Path) -> Iterator[House]:
    """Start everything in `folder` as a newcomer does, on free ports; stop it as Ctrl-C does."""
    ports = {name: str(processes.free_port()) for name in ("PORT", "SIMULATOR_PORT")}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    said = folder / "supervise.txt"
    with said.open("wb") as output:
        process = processes.start(
            [sys.executable, "-m", "tools.supervise"],
            env={**inherited, "PYTHONPATH": str(HOME), **ports}, output=output, folder=folder,
        )  # fmt: skip
    try:
        _until_ready(process, said)
        note = (folder / "var/first-admin.txt").read_text()
        yield House(
            phones=f"http://127.0.0.1:{ports['SIMULATOR_PORT']}/",
            console=f"http://127.0.0.1:{ports['PORT']}/admin/",
            one_time=note.split()[-1],
        )
    finally:
        process.send_signal(signal.SIGINT)
        processes.stop(process, patience=60) if process.poll() is None else None
