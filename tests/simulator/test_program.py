"""`python -m simulator` as a process: what it reads, what it says, how it stops."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.clock import WorldClock
from simulator.settings import Settings

ROOT = Path(__file__).parents[2]


def start(**env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_the_phones_are_and_stops_cleanly(how: signal.Signals) -> None:
    port = free_port()
    program = start(CALLBACK_SECRET="new,old", SIMULATOR_PORT=str(port), GATEWAY_URL="http://gateway:8000")
    assert program.stdout is not None
    line = program.stdout.readline()
    assert line == f"Phones at http://127.0.0.1:{port}/ for the gateway at http://gateway:8000\n"
    page = requests.get(f"http://127.0.0.1:{port}/", timeout=5)
    assert "Tunda phones" in page.text
    program.send_signal(how)
    out, err = program.communicate(timeout=5)
    assert (program.returncode, out, err) == (0, "", "")


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        program = start(CALLBACK_SECRET="secret", SIMULATOR_PORT=str(port))
        _, err = program.communicate(timeout=10)
    assert program.returncode == 1
    assert err == f"Port {port} is taken; set SIMULATOR_PORT to a free one.\n"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, "CALLBACK_SECRET is not set"),
        ({"CALLBACK_SECRET": "x", "SIMULATOR_PORT": "high"}, "not a number"),
    ],
)
def test_an_unusable_environment_is_refused(env: dict[str, str], words: str) -> None:
    with pytest.raises(SystemExit, match=words):
        Settings.from_env(env)


def test_the_environment_is_read_and_empty_means_unset() -> None:
    settings = Settings.from_env(
        {
            "CALLBACK_SECRET": "new,old",
            "SMS_SHORT_CODE": "20999",
            "SMS_USERNAME": "",
            "CLOCK_FILE": "var/clock",
        }
    )
    assert settings.callback_url("sms") == "http://127.0.0.1:8000/cb/new/sms"
    assert (settings.sms_short_code, settings.sms_username) == ("20999", "sandbox")
    assert settings.clock_file == Path("var/clock")


def test_a_second_start_keeps_the_set_clock(tmp_path: Path) -> None:
    file = tmp_path / "var" / "clock"
    WorldClock(file).advance(-86_400)
    assert WorldClock(file).shift.total_seconds() == -86_400
    file.write_text("nonsense")
    assert WorldClock(file).shift.total_seconds() == 0
