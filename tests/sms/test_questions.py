"""Every kind of question has somebody who hears the answer, and words that ask again (DR-1510)."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.listings import hers
from core.questions.models import KINDS
from sms.commands import answers
from sms.commands.customer import wish
from sms.commands.farmer import offer_questions, work
from sms.commands.farmer.offers import Offer, stored
from sms.context import Context, Reply


def test_each_kind_is_answered_and_the_reader_is_told_of_it() -> None:
    assert set(answers.ANSWERS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_reminder_of_its_own(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_again = Reply("asked again")
    monkeypatch.setattr(wish, "go_on", lambda ctx, wants: asked_again)
    monkeypatch.setattr(hers, "one", lambda tx, actor, listing_id: SimpleNamespace(product_id=1, unit="kg"))
    monkeypatch.setattr(offer_questions, "last_day", lambda ctx: date(2025, 7, 24))
    monkeypatch.setattr(work, "open_work", lambda ctx: [])
    about = {
        "wish": wish.stored([wish.Want(raw="nyanya")]),
        "at": 0,
        "offers": stored([Offer(product_id=1, sold_unit="kg")]),
        "listing_id": 1,
        "order_id": 1,
        "person": "Achieng",
        "number": "TUN250624A3B7",
        "order": "TUN250624A3B7",
        "due": "450",
    }
    question = SimpleNamespace(kind=kind, choices=[1, 2], about=about)
    ctx: Any = SimpleNamespace(
        question=question,
        reply=lambda code, **values: Reply(code, values),
        close=lambda outcome: None,
        dial="*384#",
        tx=None,
        actor=None,
    )
    said = answers.remind(cast(Context, ctx))
    assert isinstance(said, Reply)
    assert said.code != "not_understood"
