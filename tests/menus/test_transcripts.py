"""Whole conversations, replayed through the real route, real Redis and both databases."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from locales.gsm import is_basic, septets
from tests.menus.transcript import FOLDER, play

FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_conversation_is_as_written_down(
    file: Path,
    client: FlaskClient,
    meanwhile: Mapping[str, Callable[[], str | None]],
    request: pytest.FixtureRequest,
) -> None:
    played = play(file, client, meanwhile)
    if request.config.getoption("--rewrite-transcripts", default=False):
        file.write_text(played, encoding="utf-8")
    assert played == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_screen_written_down_fits(file: Path) -> None:
    screens: list[list[str]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(("  CON ", "  END ")):
            screens.append([])
        if line.startswith("  "):
            screens[-1].append(line[2:])
    assert screens
    for screen in screens:
        body = "\n".join(screen)
        assert septets(body) <= 160
        assert is_basic(body)
