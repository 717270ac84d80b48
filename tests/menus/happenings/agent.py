"""What happens around a field agent: appointed, asked for, answered; orders for the farms he works for."""

from decimal import Decimal
from typing import Any

from core.farms import agents
from core.orders import quotes
from core.orders import service as orders
from core.orders.models import Order
from core.users import service as users
from tests.helpers import Person
from tests.menus.stage import Stage
from tests.orders.shop import Shop

AGENT = "+254712000505"
SECOND = "+254712000606"


def appointed(stage: Stage) -> None:
    """Otieno is a field agent of a co-operative; he has asked nobody yet."""
    agent = stage.shop.person(AGENT, "customer", "Kangemi", "Otieno")
    stage.things["agent"] = agent
    stage.db.run(
        lambda tx: agents.appoint(tx, stage.cast.admin.actor, user_id=agent.id, cooperative="Kinoo Growers")
    )


def two_farms(stage: Stage) -> None:
    """Wanjiku and Njeri have said YES to him; each has something for sale."""
    appointed(stage)
    second = stage.shop.person(SECOND, "farmer", "Kinoo", "Njeri")
    stage.things["second"] = second
    for farmer in (stage.cast.farmer, second):
        _ask(stage, farmer)
        says_yes(stage, farmer.phone)
    stage.shop.publish("100")
    stage.shop.publish("100", "40", slug="kale", farmer=second)


def orders_wait(stage: Stage) -> None:
    """Three orders wait: two at Wanjiku's, one at Njeri's."""
    two_farms(stage)
    for n, slug in enumerate(("tomatoes", "tomatoes", "kale")):
        shop: Shop = stage.shop
        quote = shop.quote_lines(quotes.Line(shop.product(slug), Decimal(5), "kg"))
        order = shop.accept(quote, f"sms-{n}")
        assert shop.pay(order, f"ws_{n}", f"R{order.order_id:09d}") == "applied"
        stage.things[f"order{n}"] = order


def one_asked_to_cancel(stage: Stage) -> None:
    """The oldest of them is harvested already, and its customer asks to cancel it (O10)."""
    order: Order = stage.things["order0"]
    stage.shop.mark(order, "harvest")
    stage.db.run(lambda tx: orders.request_cancel(tx, stage.cast.customer.actor, order_id=order.order_id))


def farmless(stage: Stage, msisdn: str) -> None:
    """Mary has registered by text and said no place, so she has no farm; she has said YES to him."""

    def register(tx: Any) -> Person:
        user = users.register(
            tx, msisdn=msisdn, role="farmer", first_name="Mary", language="en", channel="sms",
            consent_version=users.TERMS_VERSION,
        )  # fmt: skip
        return Person(user, users.actor_for(user, "sms"))

    _ask(stage, stage.db.run(register))
    says_yes(stage, msisdn)


def says_yes(stage: Stage, msisdn: str) -> None:
    """The farmer answers YES by SMS."""
    _answer(stage, msisdn, yes=True)


def says_no(stage: Stage, msisdn: str) -> None:
    """The farmer answers NO by SMS."""
    _answer(stage, msisdn, yes=False)


def dismissed(stage: Stage) -> None:
    """The admin ends his work."""
    agent: Person = stage.things["agent"]
    stage.db.run(lambda tx: agents.dismiss(tx, stage.cast.admin.actor, user_id=agent.id, reason="left"))


def _ask(stage: Stage, farmer: Person) -> None:
    agent: Person = stage.things["agent"]
    stage.db.run(lambda tx: agents.ask_farmer(tx, agent.actor, msisdn=farmer.phone))


def _answer(stage: Stage, msisdn: str, *, yes: bool) -> None:
    agent: Person = stage.things["agent"]

    def work(tx: Any) -> None:
        farmer = users.find(tx, msisdn)
        assert farmer is not None
        actor = users.actor_for(farmer, "sms")
        agents.answer(tx, actor, agent_id=agent.id, yes=yes)

    stage.db.run(work)
