"""Export and erasure: by the person with her PIN, or by an admin; nothing personal is left (DR-1902)."""

import json
from typing import Any

import pytest
from sqlalchemy import String, Text, cast, or_, select, update

from core.alarms.models import Alarm
from core.audit.models import AuditRow
from core.db import Tx
from core.duties import timetable
from core.errors import DomainError, NotAllowed, NotFound
from core.notifications import service as notifications
from core.privacy import service as privacy
from core.privacy.errors import RequestKindUnknown, StillOpen
from core.schema import METADATA
from core.support import messages
from core.support import service as support
from core.users import pins
from core.users import service as users
from core.users.errors import PinMissing, PinWrong
from core.users.models import User
from tests.helpers import CUSTOMER, FARMER, FixedClock, Person
from tests.orders.shop import Shop
from tests.payments.till import refunds, send, typed
from tests.proving import proves

PIN = "4826"
SECRET_WORDS = "behind the blue gate"
# The audit trail holds ids; in the settings and the catalogue there is nobody.
SEARCHED = [
    t for t in METADATA.sorted_tables if t.name not in ("system_settings", "products", "market_prices")
]


@pytest.fixture
def lived(shop: Shop) -> Shop:
    """The customer has ordered, written, asked and been answered; everything is over."""
    customer = shop.cast.customer

    def named(tx: Tx) -> None:
        tx.session.execute(
            update(User)
            .where(User.user_id == customer.id)
            .values(first_name="Zawadi", last_name="Mwangaza", email="zawadi@example.com")
        )
        pins.choose(tx, customer.actor, pin=PIN, again=PIN)

    shop.db.run(named)
    shop.publish()
    order = shop.delivered_order()
    shop.db.run(
        lambda tx: messages.send(
            tx,
            customer.actor,
            order_ref=order.order_number,
            to_user_id=shop.cast.farmer.id,
            text=SECRET_WORDS,
        )
    )
    ticket = shop.db.run(lambda tx: support.open_ticket(tx, customer.actor, text=SECRET_WORDS))
    shop.db.run(
        lambda tx: support.resolve(tx, shop.cast.admin.actor, ticket_id=ticket.ticket_id, text="Zawadi, done")
    )
    shop.db.parts.clock.advance(days=3)  # type: ignore[attr-defined]
    shop.sweep()
    return shop


def traces(shop: Shop, *needles: str) -> set[str]:
    """The columns in which any of the needles still stands."""
    found = set()
    with shop.db.read() as tx:
        for table in SEARCHED:
            for column in table.columns:
                text = cast(column, Text) if not isinstance(column.type, (String, Text)) else column
                query = select(text).where(or_(*(text.like(f"%{needle}%") for needle in needles))).limit(1)
                if tx.session.execute(query).first():
                    found.add(f"{table.name}.{column.name}")
    return found


NEEDLES = ("712000202", "Zawadi", "Mwangaza", "zawadi@example.com", SECRET_WORDS)


@proves("DR-1902")
def test_after_an_erasure_nothing_personal_stands_in_any_table(lived: Shop) -> None:
    customer = lived.cast.customer
    assert traces(lived, *NEEDLES) >= {"users.phone_number", "messages.body", "ticket_entries.text"}
    lived.db.run(
        lambda tx: privacy.erase(tx, lived.cast.admin.actor, user_id=customer.id, reason="she asked")
    )
    assert traces(lived, *NEEDLES) == set()
    with lived.db.read() as tx:
        user = users.get(tx, customer.id)
        assert (user.phone_number, user.first_name, user.email) == (f"erased:{customer.id}", "erased", None)
        assert not user.is_active
        assert users.find(tx, CUSTOMER) is None, "the number may register anew"


@proves("DR-1902")
def test_figures_of_orders_and_the_ledger_stay(lived: Shop) -> None:
    before = lived.balances()
    [order] = orders(lived)
    lived.db.run(
        lambda tx: privacy.erase(tx, lived.cast.admin.actor, user_id=lived.cast.customer.id, reason="")
    )
    [after] = orders(lived)
    assert lived.balances() == before
    assert (after["total_amount"], after["order_status"]) == (order["total_amount"], order["order_status"])
    assert after["drop"]["ward"] == order["drop"]["ward"]
    assert after["drop"]["landmark"] == "erased"


def orders(shop: Shop) -> list[dict[str, Any]]:
    with shop.db.read() as tx:
        table = METADATA.tables["orders"]
        return [dict(row) for row in tx.session.connection().execute(select(table)).mappings()]


@proves("DR-1902")
def test_others_lose_nothing_but_what_she_wrote_to_them(lived: Shop) -> None:
    lived.db.run(
        lambda tx: privacy.erase(tx, lived.cast.admin.actor, user_id=lived.cast.customer.id, reason="")
    )
    with lived.db.read() as tx:
        farmer = users.get(tx, lived.cast.farmer.id)
        assert (farmer.phone_number, farmer.first_name, farmer.is_active) == (FARMER, "Wanjiku", True)
        [message] = messages.listed(tx, lived.cast.farmer.actor)
        assert message.body == "erased"


@proves("DR-1902", "DR-207")
def test_she_does_it_herself_with_her_pin_and_not_without(lived: Shop) -> None:
    customer = lived.cast.customer
    with pytest.raises(PinWrong):
        privacy.erase_own(lived.db, customer.actor, pin="9517", once_key="hop:1")
    privacy.erase_own(lived.db, customer.actor, pin=PIN, once_key="hop:2")
    assert traces(lived, *NEEDLES) == set()
    with pytest.raises(PinMissing):
        privacy.export_own(lived.db, lived.cast.farmer.actor, pin=PIN, once_key="hop:3")


@proves("DR-1902", "DR-1801")
def test_the_audit_names_who_and_how_many_rows_and_nobody_by_name(lived: Shop) -> None:
    for _time in range(2):
        lived.db.run(
            lambda tx: privacy.erase(
                tx, lived.cast.admin.actor, user_id=lived.cast.customer.id, reason="asked"
            )
        )
    with lived.db.read() as tx:
        [row] = tx.session.scalars(select(AuditRow).where(AuditRow.what == "privacy.erase"))
    assert (row.user_id, row.record, row.reason) == (
        lived.cast.admin.id, f"user:{lived.cast.customer.id}", "asked",
    )  # fmt: skip
    assert row.changes["rows"]["users"] == 1
    assert row.changes["rows"]["orders"] == 1


@proves("DR-1902")
def test_it_is_refused_while_orders_or_money_are_open(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    admin = shop.cast.admin.actor

    def refused(person: Person) -> list[str]:
        with pytest.raises(StillOpen) as error:
            shop.db.run(lambda tx: privacy.erase(tx, admin, user_id=person.id, reason=""))
        return list(error.value.values["open"])

    assert f"order:{order.order_id}" in refused(shop.cast.customer)
    assert f"order_funds:{order.order_id}" in refused(shop.cast.customer)
    assert any(name.startswith("listing:") for name in refused(shop.cast.farmer))
    shop.mark(order, "ready")
    shop.sweep()
    offer = shop.offer()
    assert offer is not None
    shop.answer(offer)
    shop.pick_up(order)
    shop.deliver(shop.code(order), order)
    assert f"rider_due:{shop.cast.rider.id}" in refused(shop.cast.rider)
    assert f"farmer_due:{shop.cast.farmer.id}" in refused(shop.cast.farmer)


@proves("DR-1902")
def test_an_open_dispute_about_money_holds_it_too(lived: Shop) -> None:
    number = orders(lived)[0]["order_number"]
    lived.db.run(
        lambda tx: support.open_ticket(
            tx, lived.cast.customer.actor, text="Not all came", kind="money_dispute", order_ref=number
        )
    )
    with pytest.raises(StillOpen):
        lived.db.run(
            lambda tx: privacy.erase(tx, lived.cast.admin.actor, user_id=lived.cast.customer.id, reason="")
        )


@proves("DR-1902", "DR-1801")
def test_an_export_holds_all_of_hers_and_none_of_our_secrets(lived: Shop) -> None:
    customer = lived.cast.customer
    mine = privacy.export_own(lived.db, customer.actor, pin=PIN, once_key="hop:1")
    theirs = lived.db.run(lambda tx: privacy.export(tx, lived.cast.admin.actor, user_id=customer.id))
    assert mine.keys() == theirs.keys()
    text = json.dumps(mine)
    assert all(needle in text for needle in ("+254712000202", "Zawadi", SECRET_WORDS))
    assert {"users", "orders", "order_items", "locations", "notifications", "consents"} <= mine.keys()
    columns = {column for rows in mine.values() for row in rows for column in row}
    assert not columns & {"password_hash", "pin_hash", "code_sealed", "sealed", "token_sealed", "digest"}
    with lived.db.read() as tx:
        audited = tx.session.scalars(select(AuditRow.role).where(AuditRow.what == "privacy.export")).all()
    assert audited == ["customer", "admin"]


@proves("DR-1902", "DR-211")
def test_nobody_else_may(lived: Shop) -> None:
    victim = lived.cast.customer.id
    for person in (lived.cast.farmer, lived.cast.rider, lived.cast.customer):
        for verb in (privacy.export, privacy.erase):
            with pytest.raises(NotFound):
                lived.db.run(
                    lambda tx, v=verb, a=person.actor: v(tx, a, user_id=victim, reason="")  # type: ignore[misc]
                )
        with lived.db.read() as tx, pytest.raises(NotFound):
            privacy.waiting(tx, person.actor)
    lived.db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == lived.cast.admin.id).values(staff_scope="auditor")
        )
    )
    with pytest.raises(NotAllowed):
        lived.db.run(lambda tx: privacy.erase(tx, lived.cast.admin.actor, user_id=victim, reason=""))


@proves("DR-1902")
def test_a_request_has_a_clock_and_is_done_by_the_deed(shop: Shop, clock: FixedClock) -> None:
    customer, admin = shop.cast.customer, shop.cast.admin.actor
    asked = shop.db.run(lambda tx: privacy.ask(tx, customer.actor, kind="erasure"))
    again = shop.db.run(lambda tx: privacy.ask(tx, customer.actor, kind="erasure"))
    assert (asked.request_id, (asked.due_at - asked.asked_at).days) == (again.request_id, 7)
    clock.advance(days=6)
    timetable.ensure(shop.db)
    clock.advance(days=2)
    shop.sweep()
    with shop.db.read() as tx:
        assert [r.overdue for r in privacy.waiting(tx, admin)] == [True]
        alarm = tx.session.scalars(select(Alarm).where(Alarm.kind == "request_late")).one()
        assert alarm.subject == f"request:{asked.request_id}"
    shop.db.run(lambda tx: privacy.erase(tx, admin, user_id=customer.id, reason="asked"))
    with shop.db.read() as tx:
        assert privacy.waiting(tx, admin) == []


@pytest.mark.parametrize("kind", ["", "delete", None, 3])
def test_only_an_export_or_an_erasure_can_be_asked_for(shop: Shop, kind: Any) -> None:
    with pytest.raises(RequestKindUnknown):
        shop.db.run(lambda tx: privacy.ask(tx, shop.cast.customer.actor, kind=kind))


def test_whom_nobody_knows_cannot_be_erased(shop: Shop) -> None:
    with pytest.raises(DomainError):
        shop.db.run(lambda tx: privacy.erase(tx, shop.cast.admin.actor, user_id=999_999, reason=""))


def test_an_erased_person_is_told_nothing_more(lived: Shop) -> None:
    customer = lived.cast.customer
    lived.db.run(lambda tx: privacy.erase(tx, lived.cast.admin.actor, user_id=customer.id, reason=""))
    texts = lived.texts(customer)
    lived.db.run(
        lambda tx: notifications.tell(
            tx, users.get(tx, customer.id), "delivered", {"order": "A3B7"}, subject="order:99"
        )
    )
    assert lived.texts(customer) == texts


@proves("DR-1902", "DR-812")
def test_money_she_sent_to_nowhere_keeps_her_until_it_is_back_and_then_no_number(lived: Shop) -> None:
    typed(lived, "WRONG", "300.00", receipt="PB00000009", payer=CUSTOMER.removeprefix("+"))
    customer, admin = lived.cast.customer, lived.cast.admin.actor

    def erase() -> None:
        lived.db.run(lambda tx: privacy.erase(tx, admin, user_id=customer.id, reason="she asked"))

    with pytest.raises(StillOpen) as refused:
        erase()
    assert [what.partition(":")[0] for what in refused.value.values["open"]] == ["suspense"]
    lived.db.parts.clock.advance(days=8)  # type: ignore[attr-defined]
    lived.sweep()
    (refund,) = refunds(lived)
    assert refund.to_number == CUSTOMER
    send(lived, refund)
    erase()
    assert traces(lived, *NEEDLES) == set()
