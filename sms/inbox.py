"""Working on a stored text: who is it, does it answer the open question, which command is it (DR-1510).

One text is one transaction, which also finishes its duty: it has its effect once, however often it came. Only
a delivery code needs transactions of its own (DR-214).
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select

from core.db import Database, Tx
from core.deliveries import service as deliveries
from core.duties import service as duties
from core.duties.service import MAX_ATTEMPTS, Handler, Taken
from core.errors import DomainError
from core.msisdn import is_kenyan_mobile
from core.orders import recent
from core.outbox import service as outbox
from core.outbox.lanes import ANSWERS
from core.outbox.models import OutboxMessage
from core.questions import service as questions
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.users import hearing
from core.users import service as users
from core.users.models import User
from core.vault import Sealed
from inbound import metrics
from inbound.gateway import Gateway
from locales.errors import ERRORS, slot_values
from locales.messages import MESSAGES
from locales.notice import is_refusal
from sms import doubt
from sms.answering import NotAnAnswer
from sms.commands import answers
from sms.commands.agent import work as hands
from sms.commands.customer import status
from sms.commands.everyone import stranger
from sms.commands.farmer import shown
from sms.commands.rider import door, offered
from sms.commands.table import command_for
from sms.context import CodeTexted, Context, Message, Outcome, Reply, spoken
from sms.reader import Reader
from sms.stored import SMS

log = logging.getLogger("tunda.sms")

# Answered a few times an hour only, so that two machines never talk to each other for long (DR-1508).
NOT_UNDERSTOOD = (
    "not_understood",
    "not_understood_farmer",
    "not_understood_rider",
    "nothing_open",
    "nothing_open_farmer",
    "nothing_open_rider",
    "meant_while_asked",
    "one_at_a_time",
    "offer_none",
    "answer_yes_no",
    "answer_number",
    "place_again",
    "quantity_bad",
    "rate_bad",
    "farm_where_again",
    "stock_quantity_bad",
    "price_sure_again",
    "less_again",
    "reject_why_again",
)
YES_OR_NO = ("confirm_yes", "confirm_no")
SORRY = "sorry"
Work = Callable[[Context], Outcome]


def read_sms(gateway: Gateway) -> Handler:
    """The duty read_sms: `subject_id` is the stored callback."""
    reader = Reader(gateway.parts.products)

    def handler(db: Database, duty: Taken) -> None:
        if duty.attempts >= MAX_ATTEMPTS:  # the last try of a text that keeps failing: at least say so
            work: Work = _apologise
        else:
            work = respond
        try:
            texted = db.run(lambda tx: _unit(tx, gateway, reader, duty, work))
        except Exception:
            if duty.attempts >= MAX_ATTEMPTS - 1:
                log.exception("a text cannot be worked on", extra={"callback": duty.subject_id})
            raise
        if isinstance(texted, CodeTexted):
            _hand_over(db, gateway, reader, duty, texted)

    return handler


def _unit(tx: Tx, gateway: Gateway, reader: Reader, duty: Taken, work: Work) -> Outcome:
    """One transaction for one text. A code comes back untouched, with the duty still open."""
    row = tx.session.get(Callback, duty.subject_id)
    if row is None or row.sealed is None:
        duties.finish(tx, duty)
        return None
    message = _opened(tx, row)
    if message is None:
        _end(tx, row, duty, "failed", error="sealed under a key that is gone")
        return None
    if not is_kenyan_mobile(message.msisdn):
        _end(tx, row, duty, "rejected", error="not a +254 mobile: never answered (DR-1508)")
        return None
    ctx = _context(tx, gateway, reader, message)
    outcome = _attempt(ctx, work)
    if isinstance(outcome, CodeTexted):
        return outcome
    if duties.finish(tx, duty):
        ctx.order_id = _order_of(tx) or ctx.order_id
        _say(ctx, outcome)
        _settle(ctx, row, verdict_on(ctx, row, outcome))
        return None
    raise RuntimeError("another process has taken this text over")  # roll back: it happens there


def _attempt(ctx: Context, work: Work) -> Outcome:
    """The outcome of `work`; a refusal that no command foresaw undoes it and becomes its sentence."""
    notes = len(ctx.tx.changed)
    try:
        with ctx.tx.session.begin_nested():
            return work(ctx)
    except DomainError as error:
        del ctx.tx.changed[notes:]
        log.info("refused", extra={"code": error.code})
        ctx.user = users.find(ctx.tx, ctx.message.msisdn)
        return ctx.reply(f"error:{text_code(error)}", **slot_values(error))


def respond(ctx: Context) -> Outcome:
    """What a text does and what is answered: the open question first, then the command."""
    if ctx.user is not None and not ctx.user.is_active:
        return ctx.reply("inactive", dial=ctx.dial)
    if ctx.question is not None and not doubt.is_doubtful(ctx):
        answered = answers.answer(ctx)
        if not isinstance(answered, NotAnAnswer):
            return answered
    if doubt.is_doubtful(ctx):
        return doubt.put_back(ctx) if ctx.question is None else doubt.beside(ctx) or answers.remind(ctx)
    if ctx.role == "farmer" and ctx.reading.intent in YES_OR_NO and (ctx.reading.slots or not ctx.question):
        return shown.said_yes_or_no(ctx)
    command = command_for(ctx.reading.intent, ctx.role)
    if command is not None:
        return command(ctx)
    if ctx.question is not None and ctx.reading.first is None:
        return answers.remind(ctx)
    return _unasked(ctx)


def _unasked(ctx: Context) -> Outcome:
    """An answer to nothing, or a text that nobody understands."""
    intent, role = ctx.reading.intent, ctx.role
    if ctx.user is None:
        return stranger.how_to(ctx)
    if intent in YES_OR_NO and role == "rider":
        return offered.accept(ctx) if intent == "confirm_yes" else offered.decline(ctx)
    if intent in YES_OR_NO and ctx.reading.slots.get("job") and hands.answers_for_others(ctx):
        return hands.mark(ctx, hands.ACCEPT) if intent == "confirm_yes" else ctx.reply("hand_two_words")
    if intent == "confirm_yes" and role == "customer" and (unpaid := recent.newest_unpaid(ctx.tx, ctx.actor)):
        return status.of(ctx, unpaid)  # a second YES: her order is on its way to be paid
    if intent == "rate":
        return ctx.reply("rate_nothing")
    if ctx.reading.first is not None:
        return doubt.one_at_a_time(ctx)
    if intent in ("confirm_yes", "confirm_no", "choose"):
        return ctx.reply(f"nothing_open_{role}" if role in ("farmer", "rider") else "nothing_open")
    return doubt.not_understood(ctx)


def text_code(error: DomainError) -> str:
    """The code of the sentence for `error`: its own, or that of its family."""
    family = [kind.code for kind in type(error).__mro__ if issubclass(kind, DomainError)]
    return next(code for code in family if code in ERRORS)


def _apologise(ctx: Context) -> Outcome:
    return ctx.reply(SORRY)


def _hand_over(db: Database, gateway: Gateway, reader: Reader, duty: Taken, texted: CodeTexted) -> None:
    """Count the try, compare the code, then answer; each committed for itself."""
    with db.read() as tx:
        row = tx.session.get_one(Callback, duty.subject_id)
        user = users.find(tx, row.msisdn)
        assert user is not None, "only riders text codes"
        actor = users.actor_for(user, "sms", f"sms:{row.callback_id}")
    try:
        result: deliveries.Delivered | DomainError = deliveries.deliver(
            db,
            actor,
            order_ref=texted.order,
            code=texted.code,
            once_key=f"sms:{row.callback_id}",
            cash=texted.cash,
            sure=texted.sure,
        )
    except DomainError as error:
        result = error

    def tell(ctx: Context) -> Outcome:
        if isinstance(result, DomainError):
            reply = door.not_delivered(ctx, texted, result)
            if reply is None:
                raise result
            return reply
        if not result.again:
            ctx.tx.note(f"order:{result.order_id}", "delivered")
        return door.delivered(ctx, result)

    db.run(lambda tx: _unit(tx, gateway, reader, duty, tell))


def _context(tx: Tx, gateway: Gateway, reader: Reader, message: Message) -> Context:
    user = users.find(tx, message.msisdn)
    if user is not None:
        hearing.vouch(tx, user)
    question = questions.open_for(tx, message.msisdn, lock=True, said_at=message.sent_at)
    awaiting = answers.awaiting(question.kind) if question else None
    reading = reader.read(
        message.text,
        awaiting=awaiting,
        role=user.user_role if user else None,
        language=user.preferred_language if user else None,
    )
    return Context(gateway, reader, tx, message, user, question, reading)


def _opened(tx: Tx, row: Callback) -> Message | None:
    assert row.sealed is not None, "looked at before"
    try:
        text = tx.parts.vault.open("callback", row.sealed)
    except Sealed:
        log.error("a stored text cannot be opened with the present keys", extra={"callback": row.callback_id})
        return None
    sent_at = min(moment(str(row.request.get("date", ""))) or row.at, row.at)
    return Message(row.callback_id, row.msisdn, text, f"sms:{row.provider_id or row.callback_id}", sent_at)


def moment(date: str) -> datetime | None:
    """A callback's date, UTC, in any of the three shapes seen (contract, 3.1); None if it is none of them."""
    try:
        read = datetime.fromisoformat(date.strip().replace("Z", "+00:00").replace(" ", "T", 1))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # in UTC the first day of the calendar may lie before it
        return None


def _say(ctx: Context, outcome: Outcome) -> None:
    """The reply as an outbox row: at once, whatever the hour (DR-1508)."""
    if not isinstance(outcome, Reply) or _too_often(ctx, outcome):
        return
    to = ctx.user or User(
        phone_number=ctx.message.msisdn, preferred_language=spoken(ctx.reading.language), user_role="customer"
    )
    outbox.send(
        ctx.tx,
        to,
        outcome.code,
        outcome.values,
        once_key=f"reply:{ctx.message.callback_id}",
        answerable=True,
        lane=ANSWERS,
        cause=ctx.message.callback_id,
        order_id=ctx.order_id,
    )


def _too_often(ctx: Context, reply: Reply) -> bool:
    """Whether this answer would feed a machine: no two of them ever talk to each other for ever (DR-1508)."""
    if reply.code not in NOT_UNDERSTOOD:
        return _answered_enough(ctx)
    told = ctx.tx.session.scalar(
        select(func.count()).where(
            OutboxMessage.msisdn == ctx.message.msisdn,
            OutboxMessage.code.in_(NOT_UNDERSTOOD),
            OutboxMessage.created_at > ctx.tx.now - timedelta(hours=1),
        )
    )
    return (told or 0) >= int(ctx.tx.setting("notify.not_understood_per_hour"))


def _answered_enough(ctx: Context) -> bool:
    """Whether this number has had its answers of the hour (what changed something is answered) or the day."""
    answers_to = select(func.count()).where(
        OutboxMessage.msisdn == ctx.message.msisdn,
        OutboxMessage.once_key.like("reply:%"),
        OutboxMessage.created_at > bindparam("since"),
    )
    now, setting = ctx.tx.now, ctx.tx.setting
    if not ctx.tx.changed:
        lately = ctx.tx.session.scalar(answers_to, {"since": now - timedelta(hours=1)}) or 0
        if lately >= int(setting("notify.answers_per_hour")):
            return True
    today = ctx.tx.session.scalar(answers_to, {"since": now - timedelta(days=1)}) or 0
    return today >= int(setting("notify.answers_per_day"))


def _settle(ctx: Context, row: Callback, verdict: str) -> None:
    traffic.settle(
        ctx.tx,
        row.callback_id,
        verdict=verdict,
        request=row.request | _read_as(ctx),
        order_id=ctx.order_id,
    )
    metrics.callback(SMS, verdict)


def verdict_on(ctx: Context, row: Callback, outcome: Outcome) -> str:
    """What became of a text, in the words that hops have as well.

    rejected  it was answered with a refusal
    applied   it changed something, and be it that we now wait for the answer to a question
    shown     it was told something
    failed    we could not work on it and said sorry: a person should look
    foreign   it came to a number that is not ours
    """
    if row.request.get("foreign"):
        return "foreign"
    if isinstance(outcome, Reply):
        if outcome.code == SORRY:
            return "failed"
        if is_refusal(outcome.code) or MESSAGES[outcome.code].refusal:
            return "rejected"
    return "applied" if ctx.tx.changed else "shown"


def _order_of(tx: Tx) -> int | None:
    """The order that this text has changed, so that what follows from it can name its cause."""
    records = [note["record"].partition(":") for note in tx.changed]
    return next((int(identity) for kind, _, identity in records if kind == "order"), None)


def _read_as(ctx: Context) -> dict[str, str]:
    """How it was read, for whoever looks at the log; a text that may be a code stays masked."""
    read = {"intent": ctx.reading.intent}
    return read | ({"answers": ctx.question.kind} if ctx.question else {})


def _end(tx: Tx, row: Callback, duty: Taken, verdict: str, *, error: str) -> None:
    if duties.finish(tx, duty):
        traffic.settle(tx, row.callback_id, verdict=verdict, error=error)
        metrics.callback(SMS, verdict)
