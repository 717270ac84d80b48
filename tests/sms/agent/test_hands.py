"""By text for somebody else's farm: a field agent's stock, accept and ready, a helper's accept and ready."""

from functools import partial

import pytest
from sqlalchemy import select

from core.db import Tx
from core.farms import agents
from core.listings.models import Listing
from core.orders import service as orders
from core.orders.models import OrderItem
from core.support.models import Ticket
from core.users import service as users
from core.users.models import User
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.farmer.test_working import LATER, bought, status
from tests.sms.test_riders import told

AGENT, HELPER = "+254712000771", "+254712000772"


def joined(desk: Desk, phone: str, name: str) -> User:
    """Somebody who reads English, and sells nothing herself."""
    return desk.db.run(
        lambda tx: users.register(
            tx, msisdn=phone, role="customer", first_name=name, language="en", channel="sms",
            consent_version=users.TERMS_VERSION,
        )
    )  # fmt: skip


@pytest.fixture
def stand(desk: Desk, cast: Cast) -> Desk:
    """The farmer, who reads English, has 50kg tomatoes; she has an agent and a helper."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.text(FARMER, "LANG EN")
    agent, helper = joined(desk, AGENT, "Kariuki"), joined(desk, HELPER, "Njeri")
    desk.db.run(partial(agents.appoint, actor=cast.admin.actor, user_id=agent.user_id, cooperative="Kikuyu"))
    acting = users.actor_for(agent, "ussd", "test")
    desk.db.run(partial(agents.ask_farmer, actor=acting, msisdn="0712000101"))
    desk.text(FARMER, "YES")
    desk.db.run(partial(agents.name_helper, actor=cast.farmer.actor, msisdn=HELPER))
    desk.work()
    told(desk, FARMER)
    assert helper.first_name == "Njeri"
    return desk


def free(desk: Desk) -> list[str]:
    return [str(row.quantity_available) for row in desk.look(Listing)]


@proves("DR-221")
@pytest.mark.parametrize(
    ("text", "left", "reply"),
    [
        ("STOCK FOR 1 tomatoes 40kg", "40.00", "tomatoes: 40kg on sale there now. The farmer gets an SMS"),
        ("ADD FOR 1 tomatoes 5kg", "55.00", "tomatoes: 55kg on sale there now."),
        ("SOLD OUT FOR 1 tomatoes", "0.00", "tomatoes: sold out there now."),
        ("stoki kwa 1 nyanya 40kg", "40.00", "tomatoes: 40kg on sale there now."),
        ("STOCK FOR 1 onions 40kg", "50.00", "That farm has no onions on sale."),
        ("STOCK tomatoes 40kg", "50.00", "Text STOCK FOR 2 tomatoes 40kg"),
        ("PRICE tomatoes 90", "50.00", ""),
    ],
)
def test_an_agent_fills_the_stock_and_nothing_else(stand: Desk, text: str, left: str, reply: str) -> None:
    assert stand.text(AGENT, text).startswith(reply)
    assert free(stand) == [left]
    assert [str(row.current_price) for row in stand.look(Listing)] == ["80.00"]


@proves("DR-221")
def test_what_comes_off_sale_is_the_farmers_own_word(stand: Desk) -> None:
    assert stand.text(AGENT, "REMOVE tomatoes").startswith("Do you mean REMOVE tomatoes?")
    assert stand.text(AGENT, "YES").startswith("Price, and what comes off sale, are the farmer's own word")
    assert free(stand) == ["50.00"]


@proves("DR-221")
def test_the_farmer_gets_one_sms_and_her_hapana_takes_it_down(stand: Desk) -> None:
    stand.text(AGENT, "STOCK FOR 1 tomatoes 40kg")
    (said,) = told(stand, FARMER)
    assert said.startswith("Kariuki changed your stock: 40kg tomatoes.")
    assert stand.text(FARMER, "HAPANA").startswith("Done: tomatoes is taken down")
    assert [row.listing_status for row in stand.look(Listing)] == ["inactive"]


@proves("DR-221")
def test_an_agent_accepts_and_makes_one_order_ready(stand: Desk) -> None:
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    told(stand, FARMER)
    assert stand.text(AGENT, f"ACCEPT {order}").startswith("Accepted for ")
    assert status(stand) == [("pending", True)]
    (said,) = told(stand, FARMER)
    assert said.startswith("Kariuki has answered an order for you")
    assert stand.text(AGENT, f"READY {order}").startswith("Ready at ")
    assert status(stand) == [("ready", True)]


@proves("DR-221", "DR-801")
@pytest.mark.parametrize(
    ("language", "no", "reply"),
    [
        (
            "EN",
            "NO",
            "{} is marked ready, and only our people take that back. Not ready? Text HELP {} and why",
        ),
        (
            "SW",
            "HAPANA",
            "{} imewekwa tayari, na ni watu wetu tu wanaorudisha hatua. Si tayari? Tuma MSAADA {}",
        ),
        (
            "KI",
            "ACA",
            "{} niyonetio i tayari, na no andu aitu mangicokia thutha. Ti tayari? Tuma UTEITHIO {}",
        ),
    ],
)
def test_her_no_to_what_her_agent_made_ready_says_what_she_can_do(
    stand: Desk, language: str, no: str, reply: str
) -> None:
    """HAPANA takes a listing down; a step of an order goes back by an admin alone, and so she is told."""
    stand.text(FARMER, f"LANG {language}")
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    stand.text(AGENT, f"READY {order}")
    assert stand.text(FARMER, no).startswith(reply.format(order, order))
    assert status(stand) == [("ready", True)]
    assert stand.text(FARMER, f"HELP {order} two crates are still in the field") != ""
    assert len(stand.look(Ticket)) == 1


@proves("DR-221")
def test_what_her_agent_accepted_she_may_still_turn_down(stand: Desk) -> None:
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    stand.text(AGENT, f"ACCEPT {order}")
    assert "1 " in stand.text(FARMER, f"REJECT {order}")
    stand.text(FARMER, "1")
    assert [one for one, _accepted in status(stand)] == ["rejected"]


@proves("DR-221")
@pytest.mark.parametrize("text", ["ACCEPT FOR ALL", "ACCEPT FOR 1", "kubali kwa wote"])
def test_one_word_for_all_counts_first_and_tells_the_farmer_once(stand: Desk, text: str) -> None:
    bought(stand, CUSTOMER, "5kg tomatoes")
    bought(stand, LATER, "3kg tomatoes", "Kangemi, near the Total station")
    told(stand, FARMER)
    assert stand.text(AGENT, text).startswith("Accept all that waits, orders: 2?")
    assert status(stand) == [("pending", False), ("pending", False)]
    assert stand.text(AGENT, "YES").startswith("Accepted, orders: 2. Each farmer gets one SMS.")
    assert status(stand) == [("pending", True), ("pending", True)]
    (said,) = told(stand, FARMER)
    assert said.startswith("Kariuki has answered 2 orders for you.")


def test_what_came_after_the_question_is_not_meant(stand: Desk) -> None:
    bought(stand, CUSTOMER, "5kg tomatoes")
    stand.text(AGENT, "READY FOR ALL")
    bought(stand, LATER, "3kg tomatoes", "Kangemi, near the Total station")
    stand.text(AGENT, "YES")
    assert [one for one, _accepted in status(stand)] == ["ready", "pending"]


@proves("DR-815")
def test_a_helper_accepts_and_marks_ready_and_says_no_other_word(stand: Desk) -> None:
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    assert stand.text(HELPER, f"HARVESTED {order}").startswith("A helper says ACCEPT A3B7 and READY A3B7.")
    assert stand.text(HELPER, f"REJECT {order}").startswith("A helper says ACCEPT A3B7")
    assert status(stand) == [("pending", False)]
    assert stand.text(HELPER, f"kubali {order}").startswith("Accepted for Wanjiku: ")
    said = stand.text(HELPER, f"READY {order}")
    assert said.startswith("Ready at Wanjiku: ")
    assert "KSh" not in said
    assert status(stand) == [("ready", True)]


def test_several_are_asked_by_number(stand: Desk) -> None:
    first = bought(stand, CUSTOMER, "5kg tomatoes")
    bought(stand, LATER, "3kg tomatoes", "Kangemi, near the Total station")
    assert stand.text(HELPER, "READY tomatoes").startswith("Do you mean READY tomatoes?")
    assert stand.text(HELPER, "YES").startswith("Which order?")
    assert stand.text(HELPER, "1").startswith(f"Ready at Wanjiku: {first}")
    assert [one for one, _accepted in status(stand)] == ["ready", "pending"]


@proves("O10")
@pytest.mark.parametrize(("who", "whose"), [(AGENT, ""), (HELPER, "Wanjiku")])
def test_ready_asks_first_where_the_customer_asks_to_cancel(
    stand: Desk, cast: Cast, who: str, whose: str
) -> None:
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    wants_out(stand, cast)
    said = stand.text(who, f"READY {order}")
    assert said.startswith(
        f"{order}: the customer asks to cancel it. Wait till that is decided, or go on with 5kg"
    )
    assert stand.text(who, "NO").startswith("OK, nothing is changed")
    assert status(stand) == [("harvested", True)]
    stand.text(who, f"READY {order}")
    assert stand.text(who, "YES").startswith(f"Ready at {whose}")
    assert status(stand) == [("ready", True)]


@proves("O10")
def test_one_word_for_all_says_how_many_customers_ask_to_cancel(stand: Desk, cast: Cast) -> None:
    bought(stand, CUSTOMER, "5kg tomatoes")
    wants_out(stand, cast)
    bought(stand, LATER, "3kg tomatoes", "Kangemi, near the Total station")
    assert stand.text(AGENT, "READY FOR ALL").startswith(
        "Is all of it ready, orders: 2? The customers of 1 ask to cancel."
    )
    assert stand.text(AGENT, "YES").startswith("Ready, orders: 2.")


def wants_out(stand: Desk, cast: Cast) -> None:
    """The only order's customer asks to cancel what is harvested already (O10)."""
    (item,) = stand.look(OrderItem)
    stand.db.run(
        partial(orders.mark, actor=cast.farmer.actor, order_item_id=item.order_item_id, event="harvest")
    )
    stand.db.run(partial(orders.request_cancel, actor=cast.customer.actor, order_id=item.order_id))


@proves("DR-211")
def test_nobody_else_touches_them(stand: Desk) -> None:
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    assert stand.text(LATER, f"READY {order}")
    assert stand.text(HELPER, "STOCK FOR 1 tomatoes 4kg").startswith("That is for field agents")
    assert stand.text(HELPER, "READY FOR ALL").startswith("That is for field agents")
    assert stand.text(AGENT, "READY ZZZ9").startswith("No order that waits ends with ZZZ9")
    assert status(stand) == [("pending", False)]
    assert free(stand) == ["45.00"]


@proves("DR-221")
def test_after_the_farmers_no_the_agent_does_nothing_more(stand: Desk, cast: Cast) -> None:
    order = bought(stand, CUSTOMER, "5kg tomatoes")
    agent = stand.user(AGENT)
    assert agent is not None

    def end(tx: Tx) -> None:
        agents.answer(tx, cast.farmer.actor, agent_id=agent.user_id, yes=False)

    stand.db.run(end)
    assert stand.text(AGENT, f"READY {order}").startswith("No order that waits ends with")
    assert stand.text(AGENT, "STOCK FOR 1 tomatoes 4kg").startswith("Wanjiku has not said YES to you.")
    with stand.db.read() as tx:
        assert tx.session.scalars(select(OrderItem.item_status)).all() == ["pending"]
