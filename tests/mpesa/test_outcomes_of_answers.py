"""A row per answer to each kind of request: what we conclude, post, tell a person, and do next (1.1 to 1.3).

Nothing that is answered here has moved money. One word for each says what it comes to:

waits    M-Pesa has it: its result is awaited, and asked for after a minute
unknown  nobody knows; asked about, never sent again by itself
again    surely not done: the same request once more, under its name
failed   this one is refused; of a refund another is sent by itself, of a payout a person decides
stop     our account is refused: nothing more is sent, a person is called
asks     a question's: its result is awaited; what became of money is asked again on the schedule
lost     a question's: it may have been heard
given up a question's: refused
alarm    given up, and a person is called
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from redis import Redis

from core.config import Config
from mpesa import questions
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.moments import each
from tests.mpesa.office import Office
from tests.mpesa.replies import OAUTH_REPLIES, REPLIES
from tests.mpesa.samples import B2C, BALANCE, OAUTH, REVERSAL, STATUS, TOKEN, ack
from tests.mpesa.since import Since
from tests.mpesa.tables import rows_of
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
# answer       | payout  | refund  | reversal | status   | balance
TABLE = """
taken          | waits   | waits   | waits    | asks     | asks
zeros          | waits   | waits   | waits    | asks     | asks
duplicate      | arrived | arrived | arrived  | lost     | lost
empty fields   | unknown | unknown | unknown  | lost     | lost
not accepted   | unknown | unknown | unknown  | lost     | lost
no ids         | unknown | unknown | unknown  | lost     | lost
no answer      | unknown | unknown | unknown  | lost     | lost
cut            | unknown | unknown | unknown  | lost     | lost
garbage        | unknown | unknown | unknown  | lost     | lost
nothing        | unknown | unknown | unknown  | lost     | lost
html 200       | unknown | unknown | unknown  | lost     | lost
html 500       | unknown | unknown | unknown  | lost     | lost
soap           | unknown | unknown | unknown  | lost     | lost
internal       | unknown | unknown | unknown  | lost     | lost
overloaded     | unknown | unknown | unknown  | lost     | lost
strange        | unknown | unknown | unknown  | lost     | lost
spike          | again   | again   | again    | again    | again
spike 429      | again   | again   | again    | again    | again
plain 429      | again   | again   | again    | again    | again
quota          | again   | again   | again    | again    | again
html 503       | again   | again   | unknown  | again    | again
no line        | again   | again   | again    | again    | again
field          | failed  | failed  | failed   | given up | alarm
payload        | failed  | failed  | failed   | given up | alarm
bad            | failed  | failed  | failed   | given up | alarm
empty 400      | failed  | failed  | failed   | given up | alarm
method         | failed  | failed  | failed   | given up | alarm
error in 200   | failed  | failed  | failed   | given up | alarm
product        | stop    | stop    | stop     | alarm    | alarm
empty 401      | stop    | stop    | stop     | alarm    | alarm
html 403       | stop    | stop    | stop     | alarm    | alarm
path           | stop    | stop    | stop     | alarm    | alarm
header         | stop    | stop    | stop     | alarm    | alarm
token 404      | stop    | stop    | stop     | alarm    | alarm
token 401      | stop    | stop    | stop     | alarm    | alarm
token 400      | stop    | stop    | stop     | alarm    | alarm
"""
ROWS = rows_of(TABLE)
KINDS = ("payout", "refund", "reversal", "status", "balance")
BACK = "farmer_due -360.00, payout_clearing +360.00"
# what is sent now; what is posted; who is told; who must look; and within two minutes
So = tuple[str, str, str, str, str]
PAYOUT: Mapping[str, So] = {
    "waits": ("processing", "-", "-", "-", "asks"),
    "arrived": ("processing", "-", "-", "-", "asks"),
    "unknown": ("unknown", "-", "-", "payout_stuck payout", "asks"),
    "again": ("processing", "-", "-", "-", "again"),
    "failed": ("failed", BACK, "farmer payout_failed", "payout_stuck payout", "-"),
    "stop": ("processing", "-", "-", "payout_stuck payouts", "stop"),
}
REFUND: Mapping[str, So] = {
    "waits": ("sent", "-", "-", "-", "asks"),
    "arrived": ("sent", "-", "-", "-", "asks"),
    "unknown": ("unknown", "-", "-", "payout_stuck refund", "asks"),
    "again": ("sent", "-", "-", "-", "again"),
    "failed": ("approved", "-", "-", "-", "another"),
    "stop": ("sent", "-", "-", "payout_stuck payouts", "stop"),
}
STATUS_ASKED: Mapping[str, So] = {
    "asks": ("accepted", "-", "-", "-", "asks"),
    "lost": ("unclear", "-", "-", "-", "asks"),
    "again": ("wanted", "-", "-", "-", "asks"),
    "given up": ("given_up", "-", "-", "-", "asks"),
    "alarm": ("given_up", "-", "-", "payout_stuck payouts", "asks"),
}
BALANCE_ASKED: Mapping[str, So] = {
    "asks": ("accepted", "-", "-", "-", "-"),
    "lost": ("unclear", "-", "-", "-", "-"),
    "again": ("wanted", "-", "-", "-", "again"),
    "alarm": ("given_up", "-", "-", "float_low mpesa", "-"),
}


def a_payout(office: Office, _config: Config) -> str:
    office.payout()
    return B2C


def a_refund(office: Office, _config: Config) -> str:
    office.refund()
    return B2C


def a_reversal(office: Office, _config: Config) -> str:
    office.refund(masked=True)
    return REVERSAL


def a_question(office: Office, _config: Config) -> str:
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.work()
    office.clock.advance(seconds=59)
    office.work()
    assert office.sent(STATUS) == 0
    office.clock.advance(seconds=2)
    return STATUS


def a_balance(office: Office, config: Config) -> str:
    office.db.run(lambda tx: questions.ask_float(config)(tx, 0))
    return BALANCE


SETUPS: Mapping[str, tuple[Callable[[Office, Config], str], Mapping[str, So]]] = {
    "payout": (a_payout, PAYOUT),
    "refund": (a_refund, REFUND),
    "reversal": (a_reversal, REFUND),
    "status": (a_question, STATUS_ASKED),
    "balance": (a_balance, BALANCE_ASKED),
}


def stands(office: Office, kind: str) -> str:
    """How the thing stands: the payout, the refund, or the question."""
    if kind in ("status", "balance"):
        return next(asked.status for asked in office.requests(kind))
    return office.one_payout.status if kind == "payout" else office.one_refund.status


def names_of(bodies: list[dict[str, Any]]) -> set[str]:
    """The names they bear; a reversal and a question have none."""
    return {str(body.get("OriginatorConversationID", "")) for body in bodies}


@proves("DR-1303", "DR-821", "DR-803")
@ONLY_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_answer_leads_to(
    office: Office, config: Config, store: Store, clock: FixedClock, chance: SeededChance, kind: str
) -> None:
    setup, meant = SETUPS[kind]
    url = setup(office, config)
    office.provider(url, {"json": ack()})
    if url != STATUS:
        office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    column, found, expected = KINDS.index(kind) + 1, [], []
    with each(store, clock, chance) as back:
        for name, *words in ROWS:
            back()
            office.db.parts.settings.refresh(office.db.engine, now=True)
            office.net.replace("POST", url, **REPLIES[name])
            since, sent, asked = Since(office.db), office.sent(url), office.sent(STATUS)
            office.work()
            how, posted, told, alarms = stands(office, kind), since.posted, since.told, since.alarms
            at_once = office.sent(url) - sent
            both = 2 if kind == "balance" else 1  # of the paybill, and of the account that pays out
            assert at_once == both * (2 if name.startswith("token") else 1), name
            paused = office.paused() == ["payouts"]
            first = office.sent(STATUS) if url == STATUS else asked
            clock.advance(seconds=40)
            office.work()
            clock.advance(seconds=90)
            office.work()
            more = office.bodies(url)[sent + at_once :]
            if paused:
                then = "stop" if not more else "sent although stopped"
            elif office.sent(STATUS) > first:
                then = "asks"
            elif more:
                then = "again"
                assert names_of(more) == names_of(office.bodies(url)[sent : sent + 1]), "under its name"
            else:
                then = "-"
            if then == "-" and how == "approved":
                clock.advance(minutes=9)
                office.work()
                names = names_of(office.bodies(url)[sent:])
                then = "another" if office.sent(url) > sent + 1 and (url != B2C or len(names) == 2) else then
            assert since.posted == posted or then == "another", "an answer moves nothing afterwards either"
            found.append((name, how, posted, told, alarms, then))
            expected.append((name, *meant[words[column - 1]]))
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []


def test_every_answer_there_is_has_a_row() -> None:
    assert [row[0] for row in ROWS] == list(REPLIES)


# What waits for the token; how it stands meanwhile; the alarm where our own keys are refused.
WAITING: Mapping[str, tuple[Callable[[Office, Config], str], str, str]] = {
    "payout": (a_payout, "processing", "payout_stuck payouts"),
    "refund": (a_refund, "sent", "payout_stuck payouts"),
    "reversal": (a_reversal, "sent", "payout_stuck payouts"),
    "balance": (a_balance, "wanted", "-"),  # given up after four tries: see below
}


@proves("DR-1303", "DR-821")
@ONLY_SQLITE
@pytest.mark.parametrize("kind", WAITING)
def test_without_a_token_nothing_is_sent_and_nothing_fails(
    office: Office,
    config: Config,
    store: Store,
    clock: FixedClock,
    chance: SeededChance,
    redis: Redis,
    kind: str,
) -> None:
    """Nothing is posted or told; when OAuth is well again, it is sent once."""
    setup, status, alarm = WAITING[kind]
    url = setup(office, config)
    office.provider(url, {"json": ack()})
    with each(store, clock, chance) as back:
        for name, reply, ours in OAUTH_REPLIES:
            back()
            redis.flushdb()  # the kept token is gone
            office.net.replace("GET", OAUTH, **reply)
            since, sent = Since(office.db), office.sent(url)
            office.work()
            assert office.sent(url) == sent, name
            assert (stands(office, kind), since.posted, since.told) == (status, "-", "-"), name
            assert since.alarms == (alarm if ours else "-"), name
            assert set(office.verdicts("mpesa-token")) == {_word(reply)}, name
            office.net.replace("GET", OAUTH, json=TOKEN)
            clock.advance(minutes=2, seconds=5)
            office.work()
            assert office.sent(url) == sent + (2 if kind == "balance" else 1), name
    office.sound()


@ONLY_SQLITE
def test_a_balance_that_no_token_is_had_for_is_given_up_and_a_person_called(
    office: Office, config: Config, store: Store
) -> None:
    a_balance(office, config)
    office.provider(BALANCE, {"json": ack()})
    office.net.replace("GET", OAUTH, status=400, body="")
    since = Since(office.db)
    for _ in range(4):
        office.work()
        assert stands(office, "balance") in ("wanted", "given_up")
        office.clock.advance(minutes=2, seconds=5)
    assert (stands(office, "balance"), since.alarms) == ("given_up", "float_low mpesa")
    assert office.sent(BALANCE) == 0


def _word(reply: dict[str, Any]) -> str:
    return "failed" if isinstance(reply.get("body"), Exception) else "refused"
