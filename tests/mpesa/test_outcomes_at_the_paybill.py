"""A row per payment typed at the paybill: our answer before M-Pesa takes it, and what comes of it (3.3, 3.4).

Asking moves nothing. Where M-Pesa takes it all the same (validation is off, or we were silent), it has a
place: what is posted, who is told, and who must look. Nothing is lost, and nothing is refused twice.
"""

from typing import Any

import pytest

from core.config import Config
from core.orders import service as orders
from core.orders.models import Order
from mpesa.codes import c2b as codes
from tests.databases import Store
from tests.helpers import CALLBACK_SECRET, FixedClock, SeededChance
from tests.moments import each
from tests.mpesa.office import Office
from tests.mpesa.replies import REPLIES
from tests.mpesa.samples import STATUS, ack, result, status_told, typed
from tests.mpesa.since import Since
from tests.mpesa.tables import rows_of
from tests.payments.till import reference
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
VALIDATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/validation"
CONFIRMATION = f"/cb/{CALLBACK_SECRET}/pay/c2b/confirmation"
# the order | the account that is typed | KES | answer | posted | told | who must look
TABLE = """
open      | {tail}          | 499.00    | C2B0     | mpesa +499.00, order_funds -499.00 | customer paid_confirmed, farmer new_order | -
open      | TUN{tail}       | 499       | C2B0     | mpesa +499.00, order_funds -499.00 | customer paid_confirmed, farmer new_order | -
open      |  tun {lower}    | 499.0     | C2B0     | mpesa +499.00, order_funds -499.00 | customer paid_confirmed, farmer new_order | -
open      | {dashed}        | 499.00    | C2B0     | mpesa +499.00, order_funds -499.00 | customer paid_confirmed, farmer new_order | -
open      | {tail}          | 100.00    | C2B00013 | mpesa +100.00, order_funds -100.00 | customer part_paid | -
open      | {tail}          | 600.00    | C2B00013 | mpesa +600.00, order_funds -600.00 | customer paid_confirmed, customer paid_too_much, farmer new_order | -
open      | {tail}          | 0.00      | C2B00013 | - | - | payment_doubt callback
open      | {tail}          | -499.00   | C2B00013 | - | - | payment_doubt callback
open      | {tail}          | 499.005   | C2B00016 | - | - | payment_doubt callback
open      | {tail}          | all of it | C2B00016 | - | - | payment_doubt callback
paid      | {tail}          | 499.00    | C2B00016 | mpesa +499.00, refunds_due -499.00 | customer paid_twice, customer refund_coming (app) | -
cancelled | {tail}          | 499.00    | C2B00016 | mpesa +499.00, refunds_due -499.00 | customer paid_too_late, customer refund_coming (app) | -
open      | 250624ZZZ9      | 499.00    | C2B00012 | mpesa +499.00, suspense -499.00 | - | unknown_money suspense
open      | rent            | 499.00    | C2B00012 | mpesa +499.00, suspense -499.00 | - | unknown_money suspense
open      |                 | 77.00     | C2B00012 | mpesa +77.00, suspense -77.00 | - | unknown_money suspense
open      | R0712000303     | 1.00      | C2B0     | mpesa +1.00, rider_cash -1.00 | rider cash_brought (app) | -
open      | r 0712-000-303  | 9999.00   | C2B0     | mpesa +9999.00, rider_cash -9999.00 | rider cash_brought (app) | -
open      | R0712000202     | 500.00    | C2B00012 | mpesa +500.00, suspense -500.00 | - | unknown_money suspense
open      | R0712           | 500.00    | C2B00012 | mpesa +500.00, suspense -500.00 | - | unknown_money suspense
"""  # noqa: E501  (a row is a line)


def asked(office: Office, body: dict[str, Any]) -> str:
    """Our answer to a validation; it moves nothing and is in the log."""
    since, before = Since(office.db), len(office.rows("c2b-validation"))
    answer = office.post(VALIDATION, body)
    office.work()
    reply = answer.get_json()
    assert (answer.status_code, since.posted, since.told, since.alarms) == (200, "-", "-", "-")
    assert 0 < len(reply["ResultDesc"]) < 90
    (row,) = office.rows("c2b-validation")[before:]
    assert row.verdict == ("shown" if reply["ResultCode"] == codes.ACCEPT else "rejected")
    return str(reply["ResultCode"])


@proves("DR-111", "DR-809", "DR-810", "DR-811", "DR-812", "DR-904")
@ONLY_SQLITE
def test_what_is_typed_at_the_paybill_leads_to(
    office: Office, store: Store, clock: FixedClock, chance: SeededChance
) -> None:
    office.shop.publish()
    order = office.shop.order()
    office.shop.refuse_prompt(order)
    tail = reference(order)
    found = []
    with each(store, clock, chance) as back:
        for row in rows_of(TABLE):
            back()
            becomes(office, order, row[0])
            account = row[1].format(tail=tail, lower=tail.lower(), dashed=f"{tail[:6]}-{tail[6:]}")
            body = typed(row[2], account, receipt="UA55555555")
            code = asked(office, body)
            since = Since(office.db)
            office.post(CONFIRMATION, body)
            office.work()
            short = "C2B0" if code == codes.ACCEPT else code
            found.append([*row[:3], short, since.posted, since.told, since.alarms])
            again = Since(office.db)
            office.post(CONFIRMATION, {**body, "OrgAccountBalance": "1.00"})
            office.work()
            assert (again.posted, again.told) == ("-", "-"), "once"
            office.sound(order)
    rows = rows_of(TABLE)
    assert [pair for pair in zip(found, rows, strict=True) if pair[0] != pair[1]] == []


def becomes(office: Office, order: Order, how: str) -> None:
    """How the order stands when it is paid for."""
    if how == "paid":
        office.post(CONFIRMATION, typed(str(order.amount_asked), reference(order), receipt="UA44444444"))
        office.work()
    elif how == "cancelled":
        who = office.shop.cast.customer.actor
        office.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no"))
        office.work()


@ONLY_SQLITE
def test_every_answer_that_we_may_give_is_given(office: Office, store: Store) -> None:
    """Codes 11 and 14 of the contract we have no use for: nobody is barred from paying what she owes."""
    given = {code for code, _ in (*codes.ANSWERS.values(), codes.NOT_OURS, codes.CANNOT_SAY)}
    office.shop.publish()
    order = office.shop.order()
    office.shop.refuse_prompt(order)
    true = typed(str(order.amount_asked), reference(order))
    bodies = [true, true | {"BusinessShortCode": "600000"}, true | {"BillRefNumber": "rent"},
              true | {"TransAmount": "1.00"}, true | {"TransAmount": ""}]  # fmt: skip
    assert {asked(office, body) for body in bodies} == given


# --- from an address that is not Safaricom's as we know them: M-Pesa itself is asked ------------------------


class TestUnlisted:
    """On alert: nothing is booked before M-Pesa has said so, and nobody waits for that in silence."""

    @pytest.fixture
    def config(self, config: Config) -> Config:
        return config.model_copy(update={"mpesa_sources_mode": "alert", "mpesa_sources": "196.201.214.0/24"})

    @proves("DR-805")
    @ONLY_SQLITE
    def test_whatever_mpesa_answers(
        self, office: Office, store: Store, clock: FixedClock, chance: SeededChance
    ) -> None:
        """Each row ends booked, or with a person called; never booked twice."""
        office.shop.publish()
        order = office.shop.order()
        office.shop.refuse_prompt(order)
        due = str(order.amount_asked)
        office.provider(STATUS, {"json": ack("AG_query", "9-9-9")})
        office.post(CONFIRMATION, typed(due, reference(order)), source="203.0.113.9")
        ids: dict[str, Any] = {"conversation": "AG_query", "originator": "9-9-9"}
        true = status_told("Completed", due, receipt="UA12LM40RT", **ids)
        told: dict[str, tuple[dict[str, Any] | None, bool]] = {
            "paid": (true, True),
            "another sum": (status_told("Completed", "1.00", receipt="UA12LM40RT", **ids), False),
            "another receipt": (status_told("Completed", due, receipt="UA99999999", **ids), False),
            "cancelled": (status_told("Cancelled", due, receipt="UA12LM40RT", **ids), False),
            "not found": (result(25, "x", **ids), False),
            "our credential": (result(2001, "x", **ids), False),
            "nobody knows": (result(777, "x", **ids), False),
            "silence": (None, False),
        }
        with each(store, clock, chance) as back:
            for name, (body, booked) in told.items():
                back()
                self.ends(office, name, body, booked=booked)
            for name, reply in REPLIES.items():
                back()
                office.net.replace("POST", STATUS, **reply)
                self.ends(office, name, None, booked=False)
            for name in ("no answer", "html 500", "spike"):
                back()
                office.net.replace("POST", STATUS, **REPLIES[name])
                office.work()
                office.net.replace("POST", STATUS, json=ack("AG_query", "9-9-9"))
                office.later(minutes=11)
                self.ends(office, f"{name}, then paid", true, booked=True)

    def ends(self, office: Office, name: str, body: dict[str, Any] | None, *, booked: bool) -> None:
        """The question is asked and answered so; an hour later it is booked, or somebody was called."""
        since = Since(office.db)
        office.work()
        assert since.posted == "-", name
        if body is not None:
            office.calls_back(body, url=STATUS, source="196.201.214.200")
            office.work()
        for minutes in (2, 2, 2, 4, 11, 11, 11, 11):
            office.clock.advance(minutes=minutes)
            office.work()
        called = "payment_doubt callback" in since.alarms
        assert (since.posted != "-") is booked, name
        assert called is not booked, name
