"""A row per result of money on its way out: what we conclude, post, tell a person, and do next (4.5, 6.1)."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mpesa.codes import outward
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.moments import each
from tests.mpesa.office import Office
from tests.mpesa.samples import B2C, REVERSAL, STATUS, ack, b2c_paid, result
from tests.mpesa.since import Since
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

# code, what becomes of it, alarms about: it, payouts (all of them), float; and next: `ask` asked at once,
# `minutes`, `hour`, `day` another is sent by itself after so long, `stop` nothing more is sent, `person` an
# admin decides
# Of these nobody knows whether it went out, whatever it was.
ASKED = """
15          unknown  it             ask
17          unknown  it             ask
26          unknown  it             ask
2007        unknown  it             ask
2029        unknown  it             ask
2033        unknown  it             ask
2043        unknown  it             ask
2051        unknown  it             ask
TP40153     unknown  it             ask
R002        unknown  it             ask
"""
PAYOUT = f"""{ASKED.rstrip()}
0           paid     -              -
1           failed   it float       hour
2           failed   it             person
3           failed   it             person
4           failed   it             day
8           failed   it             person
11          failed   it payouts     stop
21          failed   it payouts     stop
2001        failed   it payouts     stop
2006        failed   it             person
2028        failed   it payouts     stop
2040        failed   it             person
8006        failed   it payouts     stop
SFC_IC0003  failed   it             person
"""
# A refund is tried again by itself, refund.max_retries times (8.3).
REFUND = f"""{ASKED.rstrip()}
0           paid     -              -
1           waits    float          hour
2           waits    -              minutes
3           waits    -              minutes
4           waits    -              day
8           waits    -              minutes
11          waits    payouts        stop
21          waits    payouts        stop
2001        waits    payouts        stop
2006        waits    -              minutes
2028        waits    payouts        stop
2040        waits    -              minutes
8006        waits    payouts        stop
SFC_IC0003  waits    -              minutes
"""
REVERSED = """
0           paid     -              -
1           waits    float          hour
11          waits    payouts        stop
21          waits    payouts        stop
2001        waits    payouts        stop
2006        waits    -              minutes
2028        waits    payouts        stop
8006        waits    payouts        stop
R000001     unknown  it             ask
R000002     waits    -              minutes
15          unknown  it             ask
9999        unknown  it             ask
"""
So = tuple[str, str, str]
# The status it has, what is posted, and who is told: of what is not known nothing, lest they wait in vain.
PAYOUT_SO: Mapping[str, So] = {
    "paid": ("paid", "mpesa_payouts -360.00, payout_clearing +360.00", "farmer payout_paid"),
    "failed": ("failed", "farmer_due -360.00, payout_clearing +360.00", "farmer payout_failed"),
    "unknown": ("unknown", "-", "-"),
}
REFUND_SO: Mapping[str, So] = {
    "paid": ("completed", "mpesa_payouts -100.00, refunds_due +100.00", "customer refund_paid"),
    "waits": ("approved", "-", "-"),
    "unknown": ("unknown", "-", "-"),
}
REVERSED_SO: Mapping[str, So] = {
    "paid": ("completed", "mpesa -499.00, refunds_due +499.00", "customer refund_paid"),
    "waits": ("approved", "-", "-"),
    "unknown": ("unknown", "-", "-"),
}


def a_payout(office: Office) -> dict[str, Any]:
    office.payout()
    return b2c_paid(360)


def a_refund(office: Office) -> dict[str, Any]:
    office.refund()
    return b2c_paid(100)


def a_reversal(office: Office) -> dict[str, Any]:
    amount = office.refund(masked=True).amount
    return result(OriginalTransactionID="PB00000001", Amount=f"{amount}", transaction="UA15RV02MN")


# The call, how it begins, its table, what the table's words are, and the codes that the contract knows of it.
Road = tuple[str, Callable[[Office], dict[str, Any]], str, Mapping[str, So], Mapping[str, outward.Meaning]]
ROADS: Mapping[str, Road] = {
    "payout": (B2C, a_payout, PAYOUT, PAYOUT_SO, outward.B2C),
    "refund": (B2C, a_refund, REFUND, REFUND_SO, outward.B2C),
    "reversal": (REVERSAL, a_reversal, REVERSED, REVERSED_SO, outward.REVERSAL),
}
PAUSES = (("minutes", {"minutes": 11}), ("hour", {"minutes": 50}), ("day", {"days": 1}))


def rows_of(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().split("\n")]


def thing(office: Office, road: str) -> tuple[str, str, str | None]:
    """Its name as alarms have it, its status and its receipt."""
    if road == "payout":
        payout = office.one_payout
        return f"payout:{payout.payout_id}", payout.status, payout.receipt
    refund = office.one_refund
    return f"refund:{refund.refund_id}", refund.status, refund.reference


@proves("DR-1303", "DR-821")
@ONLY_SQLITE
@pytest.mark.parametrize("road", ROADS)
def test_what_a_result_code_leads_to(
    office: Office, store: Store, clock: FixedClock, chance: SeededChance, road: str
) -> None:
    url, begins, table, meant, known = ROADS[road]
    success = begins(office)
    office.provider(url, {"json": ack()})
    office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
    office.work()
    address = office.bodies(url)[-1]["ResultURL"].partition("tunda.example")[2]
    found, expected = [], []
    with each(store, clock, chance) as back:
        for code, becomes, *about, then in rows_of(table):
            back()
            office.db.parts.settings.refresh(office.db.engine, now=True)
            since, sent, asked = Since(office.db), office.sent(url), office.sent(STATUS)
            told = result(int(code) if code.isdigit() else code, "text")
            office.post(address, success if code == "0" else told)
            office.work()
            name, status, receipt = thing(office, road)
            so = (status, since.posted, since.told)
            assert (receipt is not None) == (code == "0"), code
            alarms = _about(office, name)
            found.append([code, so, alarms, _next(office, url, sent, asked)])
            expected.append([code, meant[becomes], sorted(set(about) - {"-"}), then])
            office.sound()
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []
    sure = {row[0] for row in rows_of(table) if row[1] != "unknown"}
    assert sure | {"15", "17", "26", outward.REVERSED_ALREADY} >= set(known) >= sure


def _about(office: Office, name: str) -> list[str]:
    """What a person is called to, in the table's words."""
    words = {
        ("payout_stuck", name): "it",
        ("payout_stuck", "payouts"): "payouts",
        ("float_low", "mpesa:payouts"): "float",
    }
    own = ("float_low", "mpesa_payouts")  # our own books say so too: nothing was ever paid in here
    return sorted(words.get(alarm, str(alarm)) for alarm in office.alarms() if alarm != own)


def _next(office: Office, url: str, sent: int, asked: int) -> str:
    """What happens by itself afterwards; another one has another name."""
    if office.sent(STATUS) > asked:
        return "ask"
    if office.paused():
        office.clock.advance(days=1)
        office.work()
        return "stop" if office.sent(url) == sent else "sent although stopped"
    ended = thing(office, "payout" if url == B2C and _payouts(office) else "refund")[1]
    for word, pause in PAUSES:
        office.clock.advance(**pause)
        office.work()
        names = [str(body.get("OriginatorConversationID", "")) for body in office.bodies(url)]
        new = [name for name in names[sent:] if name.partition("-")[0] == names[0].partition("-")[0]]
        if new:  # another of the same; what else an order's end sends back has a name of its own
            assert url == REVERSAL or names[0] not in new
            return word
    return "-" if ended in ("paid", "completed") else "person"


def _payouts(office: Office) -> bool:
    return any(request.subject.startswith("payout:") for request in office.requests())
