"""Every message about money says amount, what for, receipt, what happens next and when.

A new message that speaks of money must get its row in money_table.py: what it does not say needs its reason.
"""

import re

import pytest

from locales.catalogue import LANGUAGES, translate
from locales.messages import MESSAGES
from locales.voice import slots_of
from tests.notifications.money_table import NOT_TOLD, TOLD, WHY
from tests.proving import proves

MONEY_SLOTS = {
    *("total", "gets", "earning", "sum", "asked", "pay", "due"),
    *("receipt", "paybill", "reference", "account", "deposit"),
}
MONEY_WORDS = re.compile(
    r"\b(pay|pays|paid|payments?|payouts?|refund\w*|money|cash|M-Pesa|costs?|charged|receipt|earn\w*|owe\w*)\b",
    re.IGNORECASE,
)


def speaks_of_money(code: str) -> bool:
    text = MESSAGES[code].text
    bare = re.sub(r"\{\w+\}", "", text)
    return bool(MONEY_SLOTS & set(slots_of(text)) or MONEY_WORDS.search(bare))


def excused(code: str) -> bool:
    return any(re.fullmatch(name, code) for names in NOT_TOLD for name in names.split())


def test_every_message_about_money_has_its_row() -> None:
    unknown = [code for code in MESSAGES if speaks_of_money(code) and code not in TOLD and not excused(code)]
    assert not unknown, "say in money_table.py what each tells, or why it tells it not"


def test_no_row_is_of_nothing() -> None:
    assert set(TOLD) <= set(MESSAGES)
    assert not [code for code in TOLD if excused(code)]
    for names in NOT_TOLD:
        for name in names.split():
            assert any(re.fullmatch(name, code) for code in MESSAGES), name
    used = {cell for row in TOLD.values() for cell in row}
    assert used >= set(WHY)


@proves("DR-803")
@pytest.mark.parametrize("code", TOLD)
def test_a_message_about_money_says_what_its_row_promises(code: str) -> None:
    text = MESSAGES[code].text
    for cell in TOLD[code]:
        if cell.startswith("{"):
            for language in LANGUAGES:
                assert cell in translate(language, text), (code, language, cell)
        elif cell.startswith("="):
            assert cell[1:] in text, (code, cell)
        else:
            assert cell in WHY, (code, cell)


def test_what_nobody_knows_is_never_called_failed() -> None:
    """In no language: neither "failed" nor "did not go through" where it may have been paid."""
    wrong = re.compile(
        r"\bfail|not go through|not been paid|imeshindwa|haikupita|hayakupita|hazikupita|kwaga", re.I
    )
    for code, row in TOLD.items():
        if "unknown" in row or "checking" in row:
            for language in LANGUAGES:
                assert not wrong.search(translate(language, MESSAGES[code].text)), (code, language)
