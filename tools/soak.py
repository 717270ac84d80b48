"""`make soak`: hundreds of races and random histories, a million hops of phones without manners, a storm of
10,000 payments, refunds and payouts, the news of money in and out in every order over HTTP; then the whole
system for SOAK_MINUTES (30): the story told again and again in a misbehaving world.

Between two tellings a few faults that the system must ride out are switched on at the simulator. At the end
every process must still be the one that started, and none may have grown by more than GROWTH_MB.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import requests

from tools import processes
from tools.environment import child_env
from tools.testbed import make_database

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
GROWTH_MB = 60
MANY = {
    "RACE_ROUNDS": os.environ.get("RACE_ROUNDS", "300"),
    "HISTORIES": os.environ.get("HISTORIES", "600"),
    "ARRIVALS": "all",
    "KEYPAD_HOPS": os.environ.get("KEYPAD_HOPS", "1000000"),
    "STORM_MOVES": os.environ.get("STORM_MOVES", "10000"),
    "STORM_SEED": os.environ.get("STORM_SEED") or str(secrets.randbelow(10**6)),
}
RACES = (
    *("tests/races", "tests/invariants", "tests/keypad/test_fuzz.py", "tests/storm/test_storm.py"),
    *("tests/arrival/test_over_http.py", "tests/arrival/test_sendings_over_http.py"),
)
SETTLED_AFTER = 3  # tellings: caches and pools are filled
START_SECONDS = 90
DATABASE = "tunda_soak"
# Each is over before the story goes on; later issues add theirs.
FAULTS: tuple[dict[str, str | int], ...] = (
    {"kind": "sms-report", "mode": "repeat", "n": 2, "times": 4},
    {"kind": "stk-callback", "mode": "repeat", "n": 3, "times": 1},
    {"kind": "sms-in", "mode": "repeat", "n": 2, "times": 2},
    {"kind": "stk-callback", "mode": "delay", "seconds": 3, "times": 1},
)


def main() -> int:
    """Soak; 1 with a sentence when something broke or grew."""
    if _races():
        print("a race or a random history went wrong; the lines above say which", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="tunda-soak-") as name:
        folder = Path(name)
        url, keeper_url = make_database(os.environ["TEST_MARIADB_URL"], DATABASE)
        env = child_env(
            PORT=str(processes.free_port()),
            SIMULATOR_PORT=str(processes.free_port()),
            DATABASE_URL=url,
            KEEPER_DATABASE_URL=keeper_url,
            REDIS_URL=os.environ["TEST_REDIS_URL"].rsplit("/", 1)[0] + "/61",
        )
        output = folder / "supervise.txt"
        with output.open("wb") as file:
            house = processes.start(
                [sys.executable, "-m", "tools.supervise"], env=env, output=file, folder=folder
            )
        try:
            _until_started(house, output)
            return _soak(house, folder, env)
        finally:
            house.send_signal(signal.SIGINT)
            house.wait(60)


def _races() -> int:
    """The tests of races, histories, keys and money in storms, with many more rounds than `make test` has."""
    print(f"STORM_SEED={MANY['STORM_SEED']} plays this storm again", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *RACES]
    return subprocess.run(
        command, env={**os.environ, **MANY}, stdin=subprocess.DEVNULL, check=False
    ).returncode


def _soak(house: "subprocess.Popen[bytes]", folder: Path, env: dict[str, str]) -> int:
    family = {p.pid: p for p in psutil.Process(house.pid).children(recursive=True)}
    settled: dict[int, float] = {}
    told, deadline = 0, time.monotonic() + MINUTES * 60
    while time.monotonic() < deadline:
        fault = FAULTS[told % len(FAULTS)] if told else None
        _misbehave(env["SIMULATOR_PORT"], fault)
        done = subprocess.run(
            [sys.executable, "-m", "tools.demo"],
            cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            print(f"{done.stdout[-2000:]}\n{done.stderr}\nunder the fault {fault}", file=sys.stderr)
            return 1
        told += 1
        sizes = {pid: p.memory_full_info().uss / 1e6 for pid, p in family.items() if p.is_running()}
        if told == SETTLED_AFTER:
            settled = sizes
        print(f"{told} tellings, {sum(sizes.values()):.0f} MB in {len(sizes)} processes", flush=True)
    if gone := [pid for pid, p in family.items() if not p.is_running()]:
        print(f"processes ended on the way: {gone}", file=sys.stderr)
        return 1
    grown = {family[pid].name(): sizes[pid] - size for pid, size in settled.items()}
    if fat := {name: round(mb) for name, mb in grown.items() if mb > GROWTH_MB}:
        print(f"grew by more than {GROWTH_MB} MB: {fat}", file=sys.stderr)
        return 1
    print(f"{told} tellings in {MINUTES:g} minutes, every process alive, none grew by {GROWTH_MB} MB.")
    return 0


def _misbehave(port: str, fault: dict[str, str | int] | None) -> None:
    faults = f"http://127.0.0.1:{port}/control/faults"
    requests.delete(faults, timeout=10).raise_for_status()
    if fault:
        requests.post(faults, json=fault, timeout=10).raise_for_status()


def _until_started(house: "subprocess.Popen[bytes]", output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C stops everything" not in output.read_text():
        if house.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(output.read_text())
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
