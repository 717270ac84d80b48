"""An empty search says the nearest there is and offers to tell (DR-506)."""

import re
from typing import Any

import pytest

from core.following.models import Follow, WaitingDemand
from core.orders import quotes
from core.orders.errors import OutOfReach
from core.questions.models import Question
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell

NOBODY = "Nobody sells rice now. Reply YES and we text you when there is some near you."


@pytest.fixture
def market(desk: Desk, cast: Cast) -> Desk:
    """50 kg of tomatoes at KSh 80 in Kinoo, and nothing else."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    desk.sent.clear()
    return desk


@proves("DR-506", "DR-1212")
@pytest.mark.parametrize("text", ["5kg rice", "5kg mchele"])
def test_whoever_finds_nothing_may_ask_to_be_told_and_is(market: Desk, cast: Cast, text: str) -> None:
    assert market.text(CUSTOMER, text) == NOBODY
    assert market.text(CUSTOMER, "YES") == "We text you when there is rice near you. STOP ends alerts."
    rice = market.db.parts.products.by_slug("rice").product_id
    assert [(row.user_id, row.product_id) for row in market.look(Follow)] == [(cast.customer.id, rice)]
    assert [row.user_id for row in market.look(WaitingDemand)] == [cast.customer.id]
    sell(market.db, cast, "rice", "50", "150")
    market.work()
    texts = [m["message"] for m in market.sent if m["to"] == CUSTOMER]
    (told,) = [text for text in texts if text.startswith("There is rice")]
    assert told == (
        "There is rice near you: KSh 150 per kg at Wanjiku, Kinoo. "
        "Text what you need or dial *384*88632#. STOP ends alerts."
    )


@proves("DR-506")
def test_a_no_is_heard_and_another_text_is_a_command(market: Desk) -> None:
    market.text(CUSTOMER, "5kg rice")
    assert market.text(CUSTOMER, "NO") == "All right, we do not text you about rice."
    market.text(CUSTOMER, "5kg rice")
    assert market.text(CUSTOMER, "hmm?").startswith("Please answer only YES or NO.")
    assert market.text(CUSTOMER, "5kg tomatoes").startswith("5kg tomatoes, Wanjiku")
    assert market.look(Follow) == []
    assert [question.outcome for question in market.look(Question, kind="follow")] == ["no", "new order"]


@proves("DR-506")
@pytest.mark.parametrize(
    ("ward", "nearest"),
    [
        ("Kangemi", r"in Kinoo, [\d.]+km, KSh 80 per kg, from KSh 179 brought to you\. Reply YES"),
        ("Bamburi", r"in Kinoo, \d+km, KSh 80 per kg: too far to bring\. Reply YES"),
    ],
)
def test_the_nearest_is_told_with_place_km_and_what_it_costs_brought(
    market: Desk, monkeypatch: pytest.MonkeyPatch, ward: str, nearest: str
) -> None:
    """Whatever kept the quote from coming about."""

    def refuse(*args: Any, **said: Any) -> None:
        raise OutOfReach(km=99, max_km=60)

    monkeypatch.setattr(quotes, "quote", refuse)
    market.text(CUSTOMER, f"PLACE {ward}, near the market")
    assert re.match(f"The nearest tomatoes is {nearest}", market.text(CUSTOMER, "5kg tomatoes"))
