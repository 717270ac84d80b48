"""What a weather alert may be: plain rules (DR-1601)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import DomainError
from core.weather import rules
from core.weather.errors import AlertTypeUnknown, SeverityUnknown, TextMissing, TextTooLong, TimesWrong
from tests.proving import proves

NOW = datetime(2025, 6, 24, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXTS = {"en": "Frost tonight", "sw": "Baridi kali usiku", "kikuyu": "Mbaa ũtukũ"}


@proves("DR-1601")
@pytest.mark.parametrize("severity", ["info", "watch", "warning", "extreme"])
def test_the_four_severities(severity: str) -> None:
    rules.check_kind("frost", severity)


@proves("DR-1601")
@pytest.mark.parametrize(
    ("alert_type", "severity", "error"),
    [
        ("snow", "info", AlertTypeUnknown),
        (None, "info", AlertTypeUnknown),
        ("frost", "severe", SeverityUnknown),
        ("frost", None, SeverityUnknown),
    ],
)
def test_other_kinds_are_refused(alert_type: Any, severity: Any, error: type[DomainError]) -> None:
    with pytest.raises(error):
        rules.check_kind(alert_type, severity)


@proves("DR-1601")
def test_an_alert_ends_after_it_begins_and_in_the_future() -> None:
    assert rules.check_times(NOW - HOUR, NOW + HOUR, NOW) == (NOW - HOUR, NOW + HOUR)
    for begins, ends in (
        (NOW, NOW),
        (NOW + HOUR, NOW),
        (NOW - 2 * HOUR, NOW - HOUR),
        (NOW - HOUR, NOW),
        (NOW.replace(tzinfo=None), NOW + HOUR),
        (NOW, (NOW + HOUR).replace(tzinfo=None)),
        (None, NOW + HOUR),
        (NOW, "2025-06-25"),
    ):
        with pytest.raises(TimesWrong):
            rules.check_times(begins, ends, NOW)


@proves("DR-1601")
def test_there_is_a_text_in_each_language_of_one_sms() -> None:
    assert rules.check_texts({**TEXTS, "en": "  Frost   tonight "}) == TEXTS
    assert len(rules.check_texts({**TEXTS, "en": "x" * 130})["en"]) == 130
    for bad in ({}, {**TEXTS, "kikuyu": ""}, {**TEXTS, "sw": None}, {**TEXTS, "en": " "}, None, "Frost"):
        with pytest.raises(TextMissing):
            rules.check_texts(bad)  # type: ignore[arg-type]
    with pytest.raises(TextTooLong):
        rules.check_texts({**TEXTS, "sw": "x" * 131})
