"""`HELP`: what this sender can text now; `HELP PAY`: one command; `HELP` and words: our people (DR-1602)."""

from collections.abc import Mapping
from typing import Any

from core.deliveries import duty
from core.farms import agency
from core.orders import recent
from core.questions.models import Question
from core.support import own
from core.support import service as support
from core.words import plain
from sms.commands.farmer import work
from sms.context import Context, Outcome, Reply
from sms.keywords import keywords
from sms.lexicon import POLITE

ROLES = ("farmer", "rider")
ME = frozenset(("me", "us", "mimi", "sisi", "niii", "please", "now", "leo"))
# What an open question waits for, where it is neither YES or NO nor a number of a list.
WAITS_FOR: Mapping[str, str] = {
    **dict.fromkeys(
        ("quantity", "sell_quantity", "sell_price", "produce_quantity", "produce_price"), "help_figure"
    ),
    "less_quantity": "help_figure",
    **dict.fromkeys(("place", "farm_place", "farm_door"), "help_where"),
    **dict.fromkeys(("message_text", "work_reason"), "help_say"),
    "rating": "help_rating",
    "quote": "help_quote",
    "offer": "help_offer",
}
ON: Mapping[str, str] = {
    "order": "help_on_order",
    "price": "help_on_price",
    "farmer_price_change": "help_on_new_price",
    "list_products": "help_on_list",
    "more": "help_on_list",
    "status": "help_on_status",
    "my_orders": "help_on_status",
    "cancel": "help_on_cancel",
    "pay": "help_on_pay",
    "collect": "help_on_collect",
    "code_again": "help_on_code",
    "cart": "help_on_basket",
    "clear": "help_on_basket",
    "rate": "help_on_rate",
    "complain": "help_on_complain",
    "refund": "help_on_complain",
    "place": "help_on_place",
    "place_change": "help_on_place",
    "same": "help_on_same",
    "same_off": "help_on_same",
    "follow": "help_on_follow",
    "unfollow": "help_on_follow",
    "farmer_list": "help_on_sell",
    "farmer_stock_update": "help_on_stock",
    "farmer_take_down": "help_on_stock",
    "farmer_accept": "help_on_accept",
    "farmer_reject": "help_on_accept",
    "farmer_less": "help_on_accept",
    "farmer_harvested": "help_on_ready",
    "farmer_packed": "help_on_ready",
    "farmer_ready": "help_on_ready",
    "farmer_orders": "help_on_orders",
    "farmer_balance": "help_on_balance",
    "farmer_statement": "help_on_balance",
    "rider_on": "help_on_duty",
    "rider_off": "help_on_duty",
    "rider_route": "help_on_duty",
    "rider_vehicle": "help_on_duty",
    "rider_accept": "help_on_offer",
    "rider_decline": "help_on_offer",
    "rider_picked": "help_on_picked",
    "rider_on_the_way": "help_on_picked",
    "rider_arrived": "help_on_picked",
    "late": "help_on_picked",
    "rider_done": "help_on_done",
    "nocode": "help_on_done",
    "rider_failed": "help_on_failed",
    "rider_cash": "help_on_cash",
    "rider_deposit": "help_on_cash",
    "language": "help_on_language",
    "stop": "help_on_stop",
    "start": "help_on_stop",
    "message": "help_on_message",
    "help": "help_on_help",
    "weather": "help_on_weather",
    "agent_list": "help_on_agent",
    **dict.fromkeys(("agent_stock", "agent_add", "agent_accept", "agent_ready"), "help_on_hands"),
}
# One word, another meaning for who sells.
FARMERS: Mapping[str, str] = {"help_on_price": "help_on_new_price", "help_on_status": "help_on_orders"}


def help_(ctx: Context) -> Outcome:
    """The command named; else words for our people; else what is open, then what the role can do."""
    said = plain(str(ctx.reading.slots.get("text", ""))).split()
    words = [word for word in said if word not in POLITE | ME]
    if words and (topic := _topic(ctx, words)):
        return ctx.reply(topic, dial=ctx.dial)
    if ctx.user is None:
        return ctx.reply("help", dial=ctx.dial)
    if words:
        ticket = support.ask(ctx.tx, ctx.actor, text=_after_keyword(ctx.message.text))
        return ctx.reply("ticket_received", number=str(ticket.ticket_id))
    return _open_question(ctx) or _open_work(ctx) or _ticket(ctx) or _of_role(ctx)


def _topic(ctx: Context, words: list[str]) -> str | None:
    """The message about the command that these words are, if they are nothing else."""
    keyword = keywords().at(words, 0)
    if keyword is None or keyword.length != len(words):
        return None
    topics = [ON[intent] for intent in _likeliest(ctx, keyword.intents) if intent in ON]
    if not topics:
        return None
    return FARMERS.get(topics[0], topics[0]) if ctx.role == "farmer" else topics[0]


def _likeliest(ctx: Context, intents: tuple[str, ...]) -> list[str]:
    """The sender's own meaning of a word first."""
    others = tuple(f"{role}_" for role in ROLES if role != ctx.role)
    own = f"{ctx.role or 'customer'}_"
    return sorted(intents, key=lambda intent: (not intent.startswith(own), intent.startswith(others)))


def _open_question(ctx: Context) -> Reply | None:
    """What we wait for."""
    asked = ctx.question
    if asked is None or asked.kind in ("work_shown", "shelf"):
        return None
    if asked.kind == "item_available":
        return _farmers(ctx)
    code = WAITS_FOR.get(asked.kind) or ("help_number" if asked.choices else "help_yes_no")
    return ctx.reply(code, **_about(asked))


def _about(asked: Question) -> dict[str, Any]:
    return {"order": asked.about["order"]} if "order" in asked.about else {}


def _open_work(ctx: Context) -> Reply | None:
    """What waits for this person: money, an answer, goods to prepare or to bring."""
    match ctx.role:
        case "customer":
            return _customers(ctx)
        case "farmer":
            return _farmers(ctx)
        case "rider":
            return _riders(ctx)
    return None


def _customers(ctx: Context) -> Reply | None:
    unpaid = recent.newest_unpaid(ctx.tx, ctx.actor)
    if unpaid is not None:
        return ctx.reply("help_unpaid", order=unpaid.tail, total=unpaid.amount_asked)
    newest = recent.latest(ctx.tx, ctx.actor)
    if newest is None or newest.status in ("delivered", "completed", "cancelled"):
        return None
    return ctx.reply("help_order", order=newest.tail, day=newest.day)


def _farmers(ctx: Context) -> Reply | None:
    items = work.open_work(ctx)
    waiting = work.unanswered(items)
    if waiting:
        return ctx.reply("help_waiting", number=len(work.by_order(waiting)), order=waiting[0].tail)
    if items:
        return ctx.reply("help_work", number=len(work.by_order(items)), order=items[0].tail)
    return None


def _riders(ctx: Context) -> Reply | None:
    jobs = duty.in_hand(ctx.tx, ctx.actor.user_id or 0)
    return ctx.reply("help_job", order=jobs[0].order.tail) if jobs else None


def _ticket(ctx: Context) -> Reply | None:
    """An answer of ours that waits for more words."""
    answered = [one for one in own.tickets(ctx.tx, ctx.actor) if one.status == "waiting_user"]
    return ctx.reply("help_ticket", number=answered[0].ticket_id) if answered else None


def _of_role(ctx: Context) -> Reply:
    if ctx.role == "customer" and agency.of(ctx.tx, ctx.actor).agent:
        return ctx.reply("help_agent", dial=ctx.dial)
    return ctx.reply({"rider": "help_rider", "farmer": "help_farmer"}.get(ctx.role, "help_customer"))


def _after_keyword(text: str) -> str:
    """The person's own words, as she wrote them."""
    return text.split(maxsplit=1)[-1]
