"""`make lint` and `make test`: every check in its order, and at the end what was covered.

python -m tools.check lint
python -m tools.check test [pytest arguments]
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools import browser, processes, testbed
from tools.environment import HOME

BIN = Path(sys.executable).parent
APT = {"DEBIAN_FRONTEND": "noninteractive"}

Steps = tuple[tuple[str, list[str]], ...]
QUICK: Steps = (
    ("style", [f"{BIN}/ruff", "check", "."]),
    ("format", [f"{BIN}/ruff", "format", "--check", "."]),
    ("import rules", [f"{BIN}/lint-imports", "--no-cache", "--no-logo"]),
    ("texts in three languages", [sys.executable, "-m", "locales.check"]),
    ("every rule has its test", [sys.executable, "-m", "tools.proofs"]),
)
# Half a minute and more: `make test` runs them beside the first tests, which wait for browsers now and then.
SLOW: Steps = (
    ("types", [f"{BIN}/mypy", "."]),
    ("conversations whole and fitting", [sys.executable, "-m", "tools.check_menus"]),
)


class CannotTest(RuntimeError):
    """What is missing, in one line."""


@dataclass
class Report:
    """What was run, whether it passed, how long it took."""

    lines: list[str] = field(default_factory=list)
    failed: bool = False

    def step(self, name: str, command: Sequence[str], env: dict[str, str] | None = None) -> None:
        """Run one check; its output is shown as it comes."""
        print(f"\n--- {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(
            command, cwd=HOME, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, check=False
        ).returncode
        self._note(name, code, time.monotonic() - began)

    def side_by_side(self, steps: Steps) -> None:
        """Run checks two at a time, which is what two cores take; each one's output is shown in its turn."""
        with self.meanwhile(steps, at_once=2):
            pass

    @contextmanager
    def meanwhile(self, steps: Steps, *, at_once: int = 1) -> Iterator[None]:
        """Run checks while the block runs; each one's output is shown in its turn when it has ended."""
        with ThreadPoolExecutor(max_workers=at_once) as pool:
            running = [(name, pool.submit(_run, command)) for name, command in steps]
            yield
            for name, result in running:
                code, output, seconds = result.result()
                print(f"\n--- {name}\n{output}", end="", flush=True)
                self._note(name, code, seconds)

    def _note(self, name: str, code: int, seconds: float) -> None:
        self.failed |= code != 0
        verdict = "ok    " if code == 0 else "FAILED"
        self.lines.append(f"  {verdict}  {name} ({seconds:.0f} s)")

    def close(self) -> int:
        """Print the list; the exit code."""
        print("\nCovered:", *self.lines, sep="\n", flush=True)
        return 1 if self.failed else 0


def _run(command: Sequence[str]) -> tuple[int, str, float]:
    """Exit code, what was printed, seconds."""
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=HOME, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, time.monotonic() - began


def install_missing() -> None:
    """Have the servers and a browser: with root and apt install them, else say what to install."""
    packages = _missing_tools() + ([] if browser.find() else ["chromium"])
    if not packages:
        return
    if os.geteuid() != 0 or processes.find_program("apt-get") is None:
        raise CannotTest(f"install these first: {' '.join(packages)}")
    print(f"Installing {' '.join(packages)} ...", flush=True)
    _apt("update")
    if wanted := _missing_tools():
        _apt("install", "-y", "--no-install-recommends", *wanted)
    if browser.find() is None:
        _apt("install", "-y", "--no-install-recommends", "chromium", needed=False)
    if browser.find() is None:  # Ubuntu: its package only points to a snap
        fetch = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
        subprocess.run(fetch, stdin=subprocess.DEVNULL, check=False)
    if missing := _missing_tools() + ([] if browser.find() else ["chromium"]):
        raise CannotTest(f"could not be installed: {' '.join(missing)}")


def _missing_tools() -> list[str]:
    """Packages of the servers, and git, which tells what the repository holds."""
    return testbed.missing_packages() + ([] if processes.find_program("git") else ["git"])


def _apt(*arguments: str, needed: bool = True) -> None:
    done = subprocess.run(
        ["apt-get", "-qq", *arguments],
        env={**os.environ, **APT}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if needed and done.returncode:
        raise CannotTest(f"apt-get {arguments[0]} failed; the lines above say why")


def lint() -> Report:
    """Everything that needs no server."""
    report = Report()
    report.side_by_side(SLOW + QUICK)
    return report


def test(arguments: Sequence[str]) -> int:
    """Lint and all tests on throwaway servers; 0 only if everything passed."""
    install_missing()
    report = Report()
    report.side_by_side(QUICK)
    once = os.environ.get("CONVERSATIONS_ONCE", "1")
    workers = (os.cpu_count() or 2) + 1  # now and then one waits for a browser or a server
    said = "each test of a conversation on one of them" if once else "the conversations as well"
    with testbed.Testbed() as bed, report.meanwhile(SLOW):
        report.step(
            f"unit, integration (SQLite and MariaDB, {said}; Redis), shape, browser and end-to-end tests",
            [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "worksteal", *arguments],
            {**bed.env, "CONVERSATIONS_ONCE": once},
        )
    return report.close()


def main(arguments: list[str]) -> int:
    """`lint` or `test`."""
    testbed.end_on_signals()
    try:
        match arguments:
            case ["lint"]:
                return lint().close()
            case ["test", *more]:
                return test(more)
    except (CannotTest, testbed.MissingServers) as why:
        print(f"make test: {why}", file=sys.stderr)
        return 1
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
