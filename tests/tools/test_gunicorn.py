"""How the web process is started: gunicorn's configuration says what the settings say."""

import runpy
from pathlib import Path

import pytest

from tests.helpers import CALLBACK_SECRET, DATA_KEY

CONF = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"


@pytest.mark.parametrize(
    ("said", "bind", "workers"),
    [
        ({}, "127.0.0.1:8000", 2),
        ({"HOST": "0.0.0.0", "PORT": "9000", "WEB_PROCESSES": "5"}, "0.0.0.0:9000", 5),  # noqa: S104
    ],
    ids=["as it comes", "as told"],
)
def test_address_and_processes_are_those_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: dict[str, str], bind: str, workers: int
) -> None:
    monkeypatch.chdir(tmp_path)  # where no .env is
    for name in ("HOST", "PORT", "WEB_PROCESSES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"CALLBACK_SECRET": CALLBACK_SECRET, "DATA_KEYS": DATA_KEY, **said}.items():
        monkeypatch.setenv(name, value)
    conf = runpy.run_path(str(CONF))
    assert (conf["bind"], conf["workers"]) == (bind, workers)
