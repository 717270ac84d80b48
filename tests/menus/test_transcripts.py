"""Whole conversations, replayed through the real route, real Redis and both databases."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from inbound.gateway import Gateway
from locales.catalogue import LANGUAGES
from locales.gsm import is_basic, septets
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.menus.conftest import HOPS
from tests.menus.stage import Stage
from tests.menus.transcript import FOLDER, play, scripts, written

# People read the numbers of tickets and payouts, and of orders in the receipts of tests/orders/shop.py.
SAID_BY_NUMBER = ("orders", "tickets", "payouts")


def test_the_conversation_is_as_written_down(
    script: Path,
    language: str,
    client: FlaskClient,
    gateway: Gateway,
    clock: FixedClock,
    chance: SeededChance,
    store: Store,
    request: pytest.FixtureRequest,
) -> None:
    store.count_from_one(*SAID_BY_NUMBER)
    played = play(script, client, Stage(gateway, clock, chance, language))
    request.node.user_properties.append((HOPS, played.statements))
    file = written(script, language)
    rewrite = request.config.getoption("--rewrite-transcripts", default=False)
    if rewrite and request.node.callspec.params["store"] == "sqlite":
        file.write_text(played.text, encoding="utf-8")
    assert file.exists(), "pytest tests/menus --rewrite-transcripts writes it"
    assert played.text == file.read_text(encoding="utf-8")
    assert not played.dear, "\n".join(played.dear)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/*.txt")), ids=lambda file: file.name)
def test_every_screen_written_down_fits(file: Path) -> None:
    screens: list[list[str]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(("  CON ", "  END ")) or not line.startswith("  "):
            screens.append([])
        if line.startswith("  ") and screens:
            screens[-1].append(line[2:])
    bodies = ["\n".join(screen) for screen in screens if screen and screen[0].startswith(("CON ", "END "))]
    assert bodies
    for body in bodies:
        assert septets(body) <= 160
        assert is_basic(body)


def test_no_transcript_is_left_of_a_script_that_is_gone() -> None:
    wanted = {written(script, language) for script in scripts() for language in LANGUAGES}
    assert set(FOLDER.rglob("*.txt")) == wanted
