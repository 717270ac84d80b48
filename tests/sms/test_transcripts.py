"""Whole stories by text, played through the real door, reader and outbox, in three languages (DR-1509)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from inbound.gateway import Gateway
from locales.catalogue import LANGUAGES
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.menus.stage import Stage
from tests.sms.conftest import Desk
from tests.sms.transcript import FOLDER, Player, scripts, written

SAID_BY_NUMBER = ("orders", "tickets")
CASES = [(script, language) for script in scripts() for language in LANGUAGES]
# A quote of several things may take two (DR-1509, docs/domain.md section 23); all else is one segment.
LONGER = ("several_farms",)


@pytest.fixture
def store(open_store: Callable[[str], Store], request: pytest.FixtureRequest) -> Store:
    """Stories are told on the quicker database, one of them on both."""
    opened = open_store(getattr(request, "param", "sqlite"))
    opened.empty()
    return opened


@pytest.fixture(autouse=True)
def one_text_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that leave side by side arrive in any order; a story is written down in that of the queue."""
    monkeypatch.setattr("sms.relay.ThreadPoolExecutor", lambda _width, name: ThreadPoolExecutor(1, name))


@pytest.mark.parametrize(
    ("script", "language"), CASES, ids=[f"{s.parent.name}/{s.stem}-{language}" for s, language in CASES]
)
def test_the_story_is_as_written_down(
    script: Path,
    language: str,
    desk: Desk,
    gateway: Gateway,
    clock: FixedClock,
    chance: SeededChance,
    store: Store,
    request: pytest.FixtureRequest,
) -> None:
    store.count_from_one(*SAID_BY_NUMBER)
    played = Player(desk, Stage(gateway, clock, chance, language)).play(script)
    file = written(script, language)
    if request.config.getoption("--rewrite-transcripts", default=False):
        file.write_text(played, encoding="utf-8")
    assert file.exists(), "pytest tests/sms/test_transcripts.py --rewrite-transcripts writes it"
    assert played == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("store", ["mariadb"], indirect=True)
def test_one_story_is_the_same_on_the_other_database(
    desk: Desk, gateway: Gateway, clock: FixedClock, chance: SeededChance, store: Store
) -> None:
    script = FOLDER / "customer/first_order.talk"
    store.count_from_one(*SAID_BY_NUMBER, "payment_transactions")
    played = Player(desk, Stage(gateway, clock, chance, "en")).play(script)
    assert played == written(script, "en").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/*.txt")), ids=lambda file: file.name)
def test_every_text_written_down_is_one_segment(file: Path) -> None:
    sent = re.findall(r"^  \S+ <(\d+)> ", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert sent, "nobody was told anything"
    most = 2 if file.name.split(".")[0] in LONGER else 1
    assert max(int(segments) for segments in sent) <= most


def test_no_transcript_is_left_of_a_script_that_is_gone() -> None:
    assert set(FOLDER.rglob("*.txt")) == {written(script, language) for script, language in CASES}
