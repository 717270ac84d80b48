"""Messages between the parties of an order, the weather, a farmer's money and prices, an agent's listings."""

from decimal import Decimal

import pytest

from core.db import Tx
from core.farms import agents
from core.listings.models import Listing
from core.support.models import Message
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.farmer.test_working import bought
from tests.sms.test_riders import told

STRANGER = "+254712000909"


@pytest.fixture
def order(desk: Desk, cast: Cast) -> str:
    """A paid order; farmer and rider read English here."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    for phone in (FARMER, RIDER):
        desk.text(phone, "LANG EN")
    return bought(desk, CUSTOMER, "5kg tomatoes")


@proves("DR-1603")
def test_words_reach_the_other_party_and_no_number_does(desk: Desk, order: str) -> None:
    told(desk, CUSTOMER)
    assert (
        desk.text(FARMER, f"MSG {order} call me on 0712000101, big ones only")
        == f"Sent to Achieng, order {order}."
    )
    (said,) = told(desk, CUSTOMER)
    assert said.startswith(
        f"Wanjiku, order {order}: call me on 07******01, big ones only Answer: MSG {order}"
    )
    assert desk.look(Message)[0].body.endswith("big ones only")


@proves("DR-1603")
def test_beyond_ten_a_day_she_is_told_that_it_is_not_texted(desk: Desk, order: str) -> None:
    for at in range(10):
        assert desk.text(FARMER, f"MSG {order} ripe ones {at}") == f"Sent to Achieng, order {order}."
    told(desk, CUSTOMER)
    assert desk.text(FARMER, f"MSG {order} and one more").startswith("Not sent by SMS: Achieng had many")
    assert told(desk, CUSTOMER) == []
    assert desk.look(Message)[-1].body == "and one more"


@pytest.mark.parametrize(
    ("phone", "text", "reply"),
    [
        (FARMER, "MSG ZZZ9 hello there", "We find no such order"),
        (RIDER, "MSG {order} hello there", ""),
        (STRANGER, "MSG {order} hello there", ""),
    ],
)
def test_nobody_else_writes_to_them(desk: Desk, order: str, phone: str, text: str, reply: str) -> None:
    desk.text(phone, text.format(order=order))
    assert desk.look(Message) == []


def test_without_words_they_are_asked_for(desk: Desk, order: str) -> None:
    assert desk.text(FARMER, f"MSG {order}").startswith(f"What shall we tell Achieng about {order}?")
    assert desk.text(FARMER, "the green gate is open") == f"Sent to Achieng, order {order}."
    assert desk.look(Message)[0].body == "the green gate is open"


@pytest.mark.parametrize(
    ("phone", "text", "reply"),
    [
        (FARMER, "WEATHER", "No weather warning for Kinoo now."),
        (CUSTOMER, "weather", "No weather warning for Kangemi now."),
        (FARMER, "BALANCE", "Nothing is with us now."),
        (FARMER, "salio", "Nothing is with us now."),
        (FARMER, "STATEMENT", "No payout yet."),
        (CUSTOMER, "BALANCE", ""),
        (FARMER, "PRICE tomatoes", "tomatoes: KSh 79.94 per kg wholesale, Wakulima, May. Before: KSh"),
        (FARMER, "price njugu", "Sorry, we did not understand."),
        (STRANGER, "WEATHER", "Text what you need"),
    ],
)
def test_what_is_only_told(desk: Desk, order: str, phone: str, text: str, reply: str) -> None:
    before = len(desk.look(Listing))
    assert desk.text(phone, text).startswith(reply)
    assert len(desk.look(Listing)) == before


@pytest.fixture
def agent(desk: Desk, cast: Cast) -> Desk:
    """The customer of the cast is a field agent; the farmer has said YES."""

    def work(tx: Tx) -> None:
        agents.appoint(tx, cast.admin.actor, user_id=cast.customer.id, cooperative="Kikuyu Farmers")
        agents.ask_farmer(tx, cast.customer.actor, msisdn=FARMER)

    desk.db.run(work)
    desk.work()
    desk.text(FARMER, "NDIYO")
    return desk


@proves("DR-221")
@pytest.mark.parametrize("farm", ["1", "Wanjiku"])
def test_an_agent_lists_for_a_farm_and_hapana_takes_it_down(agent: Desk, farm: str) -> None:
    said = agent.text(CUSTOMER, f"LIST FOR {farm} tomatoes 40kg 80")
    assert said == "Wanjiku: 40kg tomatoes on sale at KSh 80. Wanjiku gets an SMS and can say NO."
    assert "40kg nyanya" in told(agent, FARMER)[-1]
    assert [(row.quantity_available, row.listing_status) for row in agent.look(Listing)] == [
        (Decimal(40), "available")
    ]
    agent.text(FARMER, "HAPANA")
    assert [row.listing_status for row in agent.look(Listing)] == ["inactive"]


@pytest.mark.parametrize(
    ("texts", "reply"),
    [
        (["LIST FOR 9 tomatoes 40kg 80"], "For which farm?\n1 Wanjiku, Kinoo"),
        (["LIST FOR 9 tomatoes 40kg 80", "1"], "Wanjiku: 40kg tomatoes on sale at KSh 80."),
        (["LIST FOR 1 tomatoes 40kg"], "tomatoes: what price for one kg?"),
        (["LIST FOR 1 tomatoes 40kg 800"], "tomatoes: the market price is about"),
    ],
)
def test_an_agent_is_asked_what_is_missing(agent: Desk, texts: list[str], reply: str) -> None:
    said = [agent.text(CUSTOMER, text) for text in texts]
    assert said[-1].startswith(reply), said


@pytest.mark.parametrize("phone", [RIDER, STRANGER, FARMER])
def test_nobody_else_lists_for_a_farm(desk: Desk, cast: Cast, phone: str) -> None:
    """DR-221, S8."""
    desk.text(phone, "LIST FOR 1 tomatoes 40kg 80")
    assert desk.look(Listing) == []
