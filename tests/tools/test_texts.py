"""A native reader's sheet: everything is on it, what she betters is taken, what she read is marked."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from locales import catalogue as catalogues
from locales import check, readers
from locales.errors import ERRORS
from locales.mark import FORMS
from sms.keywords import keywords
from tools import texts

WAITS = ERRORS["listings.orders_waiting"]
DAY = date(2025, 6, 24)


@pytest.fixture
def own_locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The catalogues in a copy that a test may write into."""
    for folder in catalogues.FOLDERS.values():
        shutil.copytree(catalogues.HERE / folder, tmp_path / folder)
    for module in (catalogues, readers, texts):
        monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(readers, "MARKS", tmp_path / "read.csv")
    catalogues.catalogue.cache_clear()
    yield tmp_path
    catalogues.catalogue.cache_clear()


def sheet(folder: Path) -> list[dict[str, str]]:
    path = folder / "texts.csv"
    texts.write(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sent_back(folder: Path, lines: Sequence[dict[str, str]]) -> Path:
    path = folder / "back.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, texts.columns())
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_what_travels_as_another_letter_is_not_called_lost(tmp_path: Path) -> None:
    assert texts.lost("Nĩ wega mũno, “Wanjikũ” – 5kg") == ()
    assert texts.lost("Asante 🍅") == ("🍅 (U+1F345, TOMATO)",)
    lines = sheet(tmp_path)
    assert any("ĩ" in line["kikuyu text"] for line in lines)
    assert [line["where"] for line in lines for one in catalogues.LANGUAGES if line[f"{one} lost"]] == []


def test_every_text_and_every_command_word_is_on_the_sheet(tmp_path: Path) -> None:
    lines = sheet(tmp_path)
    english = {line["en text"] for line in lines if not line["where"].startswith("word ")}
    marked = {text.replace(FORMS, texts.BETWEEN) for found in check.texts().values() for text in found}
    assert english == marked
    words = " ".join(line[f"{language} text"] for line in lines for language in catalogues.LANGUAGES)
    assert all(keyword.phrase.upper() in words for keyword in keywords().by_phrase.values())
    assert all(line["sw text"] and line["kikuyu text"] for line in lines if line["en septets"])


def test_where_a_text_is_said_stands_beside_it(tmp_path: Path) -> None:
    where = {line["en text"]: line["where"] for line in sheet(tmp_path)}
    assert where["Which ward? Write its first letters, for example KIN."].startswith("register.ward")
    assert "error listings.orders_waiting" in where[WAITS.replace(FORMS, texts.BETWEEN)]


def test_what_she_marks_is_read_and_what_she_betters_is_said(own_locales: Path) -> None:
    lines = sheet(own_locales)
    read = next(line for line in lines if line["where"] == "error not_found")
    read["sw ok"] = "x"
    better = next(line for line in lines if "listings.orders_waiting" in line["where"])
    better["sw better"] = "Oda {count} inaingoja. Itume kwanza. | Oda {count} zinaingoja. Zitume kwanza."
    back = sent_back(own_locales, lines)
    assert texts.take(back, language="sw", reader="Asha") == (1, 2)
    assert catalogues.translate("sw", WAITS).split(FORMS)[1] == "Oda {count} zinaingoja. Zitume kwanza."
    left = {text.english for text in readers.unread("sw")}
    assert ERRORS["not_found"] not in left
    assert WAITS not in left, "who wrote it has read it"
    assert ERRORS["not_found"] in {text.english for text in readers.unread("kikuyu")}
    assert texts.take(back, language="sw", reader="Asha") == (0, 0)


@pytest.mark.parametrize(
    "better", ["Oda zinaingoja.", "Oda {count} zinaingoja.", "Oda {moon} {count} | {count}"]
)
def test_a_better_text_with_other_slots_or_forms_changes_nothing(own_locales: Path, better: str) -> None:
    lines = sheet(own_locales)
    line = next(line for line in lines if "listings.orders_waiting" in line["where"])
    line["sw better"], lines[0]["sw ok"] = better, "x"
    before = catalogues.translate("sw", WAITS)
    with pytest.raises(texts.BadSheet):
        texts.take(sent_back(own_locales, lines), language="sw", reader="Asha")
    assert catalogues.translate("sw", WAITS) == before
    assert not readers.marks()


def test_a_changed_text_is_unread_again(own_locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = next(text for text in readers.texts() if text.english == ERRORS["not_found"])
    assert readers.mark([text], language="sw", reader="Asha", day=DAY) == 1
    assert readers.mark([text], language="sw", reader="Juma", day=DAY) == 0
    assert text not in readers.unread("sw")
    monkeypatch.setitem(catalogues.catalogue("sw"), text.english, "Hatukioni hapa.")
    assert text in readers.unread("sw")


@pytest.mark.parametrize(
    ("english", "about"),
    [
        (WAITS, ""),
        (ERRORS["not_found"], ""),
        ("Order {order}: {total} is not paid yet. Answer the M-Pesa prompt.", "money"),
        (
            "{person}, we keep your name, number and place to sell and deliver produce. Do you agree?",
            "consent",
        ),
    ],
)
def test_what_is_about_money_or_consent_is_ruled_in_one_place(english: str, about: str) -> None:
    assert readers.Text(english, ("sms/texts.py",)).about == about
