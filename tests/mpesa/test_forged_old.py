"""What is our own and long settled, posted once more: at its old address, and at that of what is open.

Prompts, payouts, reversals, questions about a payment, balances: it moves nothing, and is shown (DR-805). Of
the paybill, which has one address for all, tests/mpesa/test_forged_everywhere.py plays the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core.config import Config
from core.orders import service as orders
from core.payments.models import Refund
from mpesa import questions
from tests.databases import Store
from tests.helpers import CALLBACK_SECRET, FixedClock, SeededChance
from tests.moments import Moments
from tests.mpesa import samples
from tests.mpesa.counter import token_of
from tests.mpesa.office import Office
from tests.mpesa.samples import ACCEPTED, B2C, BALANCE, REVERSAL, STATUS, ack, b2c_paid, result, status_told
from tests.mpesa.test_forged_everywhere import Body, parked, path_of, standing
from tests.payments import till
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
OLD, NEW = (
    {"conversation": "AG_old", "originator": "1-1-1"},
    {"conversation": "AG_new", "originator": "2-2-2"},
)
ACKS = ack("AG_old", "1-1-1"), ack("AG_new", "2-2-2")


def refused(code: str) -> Body:
    """A failure of the old one."""
    return result(code, "refused", conversation="AG_old", originator="1-1-1")


@dataclass
class Two:
    """The one is long settled, the other waits for its result.

    kind      as the log calls it
    old, new  their addresses
    settled   what the old one was settled by
    true      what M-Pesa will post about the new one
    failed    a failure under the old one's ids
    mixed     the old one's ids with what is true of the new one
    """

    kind: str
    old: str
    new: str
    settled: Body
    true: Body
    failed: Body
    mixed: Body


def long_ago(office: Office, path: str, body: Body) -> str:
    """The old one has its result, and three days go by."""
    assert office.post(path, body).status_code == 200
    office.work()
    office.clock.set(office.clock.now() + timedelta(days=3))
    return path


def two_prompts(office: Office, _config: Config) -> Two:
    import json

    def told(**given: Any) -> Body:
        return dict(json.loads(samples.paid(**given)))

    first, second = "ws_CO_1_708374149", "ws_CO_2_708374149"
    accepted = [{"json": {**ACCEPTED, "CheckoutRequestID": checkout}} for checkout in (first, second)]
    office.provider(samples.PUSH, *accepted)
    office.net.post(samples.QUERY, json=samples.settled("4999"))
    office.shop.publish()
    paths, asked = [], ""
    for key in ("sms-1", "sms-2"):
        order = office.shop.order("5", key)
        paths.append(f"/cb/{CALLBACK_SECRET}/pay/stk/{token_of(office.shop, order)}")
        office.work()
        asked = str(order.amount_asked)
        if key == "sms-1":
            settled = told(amount=asked, checkout=first, receipt="UA00000001")
            long_ago(office, paths[0], settled)
            office.shop.publish()
    return Two(
        "stk", paths[0], paths[1], settled,
        true=told(amount=asked, checkout=second, receipt="UA00000002"),
        failed=dict(json.loads(samples.failed(checkout=first))),
        mixed=told(amount=asked, checkout=first, receipt="UA00000003"),
    )  # fmt: skip


def two_payments_out(office: Office, _config: Config) -> Two:
    office.payout()
    office.provider(B2C, {"json": ACKS[0]}, {"json": ACKS[1]})
    office.net.post(STATUS, json=ack("AG_query", "9-9-9"))
    office.work()
    settled = b2c_paid(360, receipt="UA00000001", **OLD)
    old = long_ago(office, path_of(office, B2C), settled)
    office.shop.publish()
    amount = office.refund().amount
    office.work()
    return Two(
        "b2c-result", old, path_of(office, B2C), settled,
        true=b2c_paid(amount, receipt="UA00000002", **NEW),
        failed=refused("2040"),
        mixed=b2c_paid(amount, receipt="UA00000003", **OLD),
    )  # fmt: skip


def two_reversals(office: Office, _config: Config) -> Two:
    office.provider(REVERSAL, {"json": ACKS[0]}, {"json": ACKS[1]})
    office.net.post(STATUS, json=ack("AG_query", "9-9-9"))

    def a_refund(key: str, receipt: str) -> Refund:
        """All of a payment that came too late, from a number that nobody can read."""
        office.shop.publish()
        order, who = office.shop.order("5", key), office.shop.cast.customer.actor
        office.shop.refuse_prompt(order)
        office.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no"))
        till.typed(office.shop, till.reference(order), str(order.amount_asked), receipt, "2547*****999")
        office.work()
        return till.refunds(office.shop)[-1]

    def told(of: str, amount: object, ids: dict[str, Any], receipt: str) -> Body:
        return result(OriginalTransactionID=of, Amount=f"{amount}", transaction=receipt, **ids)

    settled = told("PB00000001", a_refund("sms-1", "PB00000001").amount, OLD, "UA00000001")
    old = long_ago(office, path_of(office, REVERSAL), settled)
    amount = a_refund("sms-2", "PB00000002").amount
    return Two(
        "reversal-result", old, path_of(office, REVERSAL), settled,
        true=told("PB00000002", amount, NEW, "UA00000002"),
        failed=refused("2001"),
        mixed=told("PB00000002", amount, OLD, "UA00000003"),
    )  # fmt: skip


def two_questions(office: Office, _config: Config) -> Two:
    """The first was answered with "pending"; so it is asked again."""
    office.payout()
    office.provider(B2C, {"json": ack()})
    office.net.post(STATUS, json=ACKS[0])
    office.net.post(STATUS, json=ACKS[1])
    office.work()
    office.later(minutes=1)
    settled = status_told("Pending Authorized", 360, **OLD)
    old = path_of(office, STATUS)
    assert office.post(old, settled).status_code == 200
    office.later(minutes=2)
    assert office.sent(STATUS) == 2
    return Two(
        "status-result", old, path_of(office, STATUS), settled,
        true=status_told("Completed", 360, **NEW),
        failed=status_told("Declined", 360, **OLD),
        mixed=status_told("Completed", 360, **OLD),
    )  # fmt: skip


def two_balances(office: Office, config: Config) -> Two:
    def told(amount: str, ids: dict[str, Any]) -> Body:
        return result(AccountBalance=f"Utility Account|KES|{amount}|{amount}|0.00|0.00", **ids)

    other = ack("AG_other", "3-3-3")  # each time both of our accounts are asked about
    office.provider(BALANCE, *({"json": said} for said in (other, ACKS[0], other, ACKS[1])))
    ask = questions.ask_float(config)
    paths = []
    for name in ("first", "second"):
        office.db.run(lambda tx: ask(tx, 0))
        office.work()
        paths.append(path_of(office, BALANCE))
        if name == "first":
            long_ago(office, paths[0], told("900.00", OLD))
    assert len(set(paths)) == 2
    return Two(
        "balance-result", paths[0], paths[1], told("900.00", OLD),
        true=told("100.00", NEW),
        failed=refused("2001"),
        mixed=told("100.00", OLD),
    )  # fmt: skip


SETUPS: Mapping[str, Callable[[Office, Config], Two]] = {
    "stk": two_prompts,
    "b2c": two_payments_out,
    "reversal": two_reversals,
    "status": two_questions,
    "balance": two_balances,
}


@proves("DR-805", "DR-806")
@ONLY_SQLITE
@pytest.mark.parametrize("road", SETUPS)
def test_what_is_long_settled_moves_nothing_again_and_is_shown(
    office: Office, config: Config, road: str, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    two = SETUPS[road](office, config)
    moments = Moments(store, clock, chance)
    start, before, rows = moments.keep(), standing(office), len(office.rows(two.kind))
    tries = {
        "replayed": (two.old, two.settled),
        "the new result at the old address": (two.old, two.true),
        "a failure under the old id": (two.old, two.failed),
        "the old id with the new sum, at the old address": (two.old, two.mixed),
        "the old result at the new address": (two.new, two.settled),
        "a failure under the old id at the new address": (two.new, two.failed),
        "the old id with the new sum, at the new address": (two.new, two.mixed),
    }
    if road != "stk":
        tries["the old one's time-out"] = (two.old.removesuffix("result") + "timeout", {})
    for what, (path, body) in tries.items():
        moments.back_to(start)
        assert office.post(path, body).status_code == 200, what
        office.work()
        assert standing(office) == before, what
        late = what == "the old one's time-out"
        shown = office.rows(two.kind.replace("result", "timeout") if late else two.kind)
        if what == "replayed":
            assert shown[0].repeats == 1, "the same words are one row, counted"
            assert len(shown) == rows
        elif late:
            assert [row.verdict for row in shown] == [
                "duplicate" if road in ("b2c", "reversal") else "applied"
            ]
        else:
            assert len(shown) == rows + 1, what
            assert shown[-1].verdict in ("duplicate", "quarantined", "mismatched"), what
        if path == two.new:
            assert shown[-1].verdict != "duplicate", what
            assert shown[-1].error, what
        assert office.post(two.new, two.true).status_code == 200
        office.work()
        assert standing(office) != before, f"the truth is heard after {what}"
        assert parked(office) == []
    office.sound()
