"""What `make run` and `make test` stand on: the environment file, throwaway servers, nobody left behind."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis
from cryptography.fernet import Fernet
from dotenv import dotenv_values

from tools import processes, testbed
from tools.environment import HOME, write_env


def test_the_environment_is_written_once_with_fresh_secrets_and_for_our_eyes_only(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    assert write_env(mine)
    assert write_env(other)
    assert not write_env(mine)
    assert stat.S_IMODE(mine.stat().st_mode) == 0o600
    first, second = dotenv_values(mine), dotenv_values(other)
    for name in ("CALLBACK_SECRET", "DATA_KEYS", "SECRET_KEY", "SMS_API_KEY", "MPESA_PASSKEY"):
        assert first[name] != second[name]
    assert int(first["CALLBACK_SECRET"] or "", 16) > 0
    Fernet(first["DATA_KEYS"] or "")
    assert first["PUBLIC_URL"] == "http://127.0.0.1:8000"


def test_the_written_environment_is_one_that_the_gateway_accepts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.config import Config, load

    for name in Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    write_env(tmp_path / ".env")
    config = load(_env_file=tmp_path / ".env")
    assert config.environment == "development"
    assert config.sms_api_url == "http://127.0.0.1:8001"


def test_missing_servers_are_named_by_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "find_program", lambda name: None)
    with pytest.raises(testbed.MissingServers, match="mariadb-client mariadb-server redis-server"):
        testbed.Testbed().__enter__()


def test_a_killed_testbed_leaves_no_server_and_the_next_one_sweeps_its_folder(tmp_path: Path) -> None:
    command = "import os, time; print(os.environ['TEST_REDIS_URL'], flush=True); time.sleep(60)"
    bed = subprocess.Popen(
        [sys.executable, "-m", "tools.testbed", "--", sys.executable, "-c", command],
        cwd=HOME, env={**os.environ}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with bed:
        assert bed.stdout is not None
        url = bed.stdout.readline().strip()
        with redis.Redis.from_url(url) as client:
            assert client.ping()
        family = psutil.Process(bed.pid).children(recursive=True)
        bed.kill()
        orphan = next(p for p in family if p.name().startswith("python"))
        orphan.kill()  # the command is the caller's own; the servers must go by themselves
        _, alive = psutil.wait_procs(family, timeout=10)
    assert [p.name() for p in alive] == []
    left = list(testbed.ROOT.glob(f"{testbed.PREFIX}{bed.pid}-*"))
    assert len(left) == 1
    with testbed.Testbed():
        assert not left[0].exists()


def test_stopping_insists_when_a_program_does_not_listen() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    process = processes.start([sys.executable, "-c", deaf])
    time.sleep(1)
    assert processes.stop(process, patience=0.5) == -9


def test_a_requirements_file_is_installed_again_only_when_it_or_what_it_includes_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tools import bootstrap

    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    (tmp_path / "a.txt").write_text("one==1\n")
    (tmp_path / "b.txt").write_text("-r a.txt\ntwo==2\n")
    before = bootstrap.digest(tmp_path / "b.txt")
    (tmp_path / "a.txt").write_text("one==1.1\n")
    assert bootstrap.digest(tmp_path / "b.txt") != before


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-embedded.txt"])
def test_every_requirement_is_pinned_exactly(name: str) -> None:
    lines = [line for line in (HOME / name).read_text().splitlines() if line and line[0] not in "#-"]
    assert [line for line in lines if "==" not in line.split(";")[0]] == []
