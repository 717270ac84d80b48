"""What one text may cost us and others, and what it may do to what is not the sender's (S8, DR-1508)."""

import pytest
from sqlalchemy import select

from core.listings.models import Listing
from core.orders.models import Order, OrderItem
from core.outbox.models import OutboxMessage
from core.support.hiding import hidden
from locales.gsm import measure
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell

STRANGER = "+254712000909"


@pytest.fixture
def bought(desk: Desk, cast: Cast) -> str:
    """An order that waits for its money; its tail."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    tail: str = desk.look(Order)[0].tail
    return tail


LONG = "🍅ĩũ€[]{}^~|" * 140
COSTLY = [
    "msg {tail} " + LONG, "msg {tail} " + "x" * 1500, "msg " + LONG, "complain {tail} " + LONG,
    "HELP " + LONG, LONG, "A" * 1600, "1 " * 800, "5kg tomatoes and " * 90, "PAY " * 400, "YES " * 400,
    "{tail} " * 300, "msg {tail}\n\n\n" + "\n" * 1500,
    "list\nstatus\npay\nhelp\nmy orders\nweather", "rate {tail} 5 " + LONG, "0722000111 " * 150,
]  # fmt: skip


@proves("DR-1508")
@pytest.mark.parametrize("sender", [CUSTOMER, FARMER, RIDER, STRANGER])
def test_one_text_costs_an_answer_and_one_text_to_another_at_most(
    desk: Desk, bought: str, sender: str
) -> None:
    for text in COSTLY:
        desk.work()
        before = len(desk.sent)
        desk.text(sender, text.replace("{tail}", bought))
        out = desk.sent[before:]
        assert len([m for m in out if m["to"] == sender]) <= 1, text[:30]
        assert len([m for m in out if m["to"] != sender]) <= 1, text[:30]
        for m in out:
            size = measure(m["message"])
            assert (size.encoding, size.segments <= 3) == ("GSM-7", True), (text[:30], m["message"])


@proves("DR-1603")
def test_a_hundred_messages_to_one_person_are_ten_texts(desk: Desk, bought: str) -> None:
    before = len([m for m in desk.sent if m["to"] == FARMER])
    for number in range(40):
        desk.text(CUSTOMER, f"msg {bought} hello number {number}")
    assert len([m for m in desk.sent if m["to"] == FARMER]) - before <= 10


FOREIGN = [
    "ready {tail}", "ready for 1", "ready for all", "yes", "accept {tail}", "accept for all", "packed {tail}",
    "harvested {tail}", "less {tail} 1kg", "reject {tail}", "cancel {tail}", "cash {tail}", "bank {tail}",
    "pay {tail}", "pay {tail} 0722000111", "done {tail} 1234", "nocode {tail}", "picked {tail}",
    "msg {tail} hi",
    "list for 1 tomatoes 40kg 1", "stock for 1 tomatoes 0", "stock tomatoes 0", "sold out tomatoes",
    "price tomatoes 1", "take down tomatoes", "complain {tail} rotten", "rate {tail} 1", "status {tail}",
]  # fmt: skip


@proves("DR-221", "DR-1602")
@pytest.mark.parametrize("sender", [STRANGER, RIDER, "+254712000777"])
def test_s8_nobody_does_anything_to_a_foreign_order_or_farm(
    desk: Desk, cast: Cast, bought: str, sender: str
) -> None:
    order, item, listing = desk.look(Order)[0], desk.look(OrderItem)[0], desk.look(Listing)[0]
    if sender.endswith("777"):
        desk.text(sender, "sell cabbage 50kg @ 30")
    for text in FOREIGN:
        said = desk.text(sender, text.format(tail=bought))
        assert order.order_number not in said, text
        assert "Wanjiku" not in said or "pay" not in text, said
    now = desk.look(Order)[0]
    assert (now.order_status, now.payment_method, now.payment_status) == (
        order.order_status, order.payment_method, order.payment_status,
    )  # fmt: skip
    assert desk.look(OrderItem)[0].item_status == item.item_status
    after = desk.look(Listing, listing_id=listing.listing_id)[0]
    assert (after.quantity_available, after.current_price) == (
        listing.quantity_available,
        listing.current_price,
    )


@proves("DR-1603")
@pytest.mark.parametrize(
    "number",
    ["07:22 00:01 11", "0,722,000,111", "07/22 00/01 11", "07.22-00.01-11", "254,722,000,111",
     "07:22:00:01:11",
     "0722 000 111", "０７２２０００１１１", "0-7-2-2-0-0-0-1-1-1", "+254 722 000 111", "O722 OOO 111"],
)  # fmt: skip
def test_no_spelling_of_a_number_gets_through(number: str) -> None:
    said = hidden(f"call {number} now")
    assert sum(c.isdigit() for c in said) <= 4, said


@pytest.mark.parametrize(
    "text",
    ["on 01/07/2025 10:00", "8:00-17:00", "1,250,000", "12/7 at 08:30", "on 1.7.2025 8:30", "TUN250624A3B7"],
)
def test_days_times_and_sums_stay(text: str) -> None:
    assert hidden(text) == text


@proves("DR-1508")
def test_a_text_that_could_not_be_written_in_gsm_7_names_the_signs_that_make_it_dear(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own texts are folded before they go; should one slip past, its cost counts and the log says why."""
    monkeypatch.setattr("sms.claiming.texts.render", lambda *_words, **_more: "Mwĩtĩo 🍅 " + "x" * 61)
    desk.text(CUSTOMER, "help")
    named = [record for record in caplog.records if record.getMessage() == "a text goes as UCS-2"]
    assert {getattr(record, "because", "") for record in named} == {
        "ĩ (U+0129, LATIN SMALL LETTER I WITH TILDE), 🍅 (U+1F345, TOMATO)"
    }
    with desk.db.read() as tx:
        assert {row.segments for row in tx.session.scalars(select(OutboxMessage)) if row.segments} == {2}
