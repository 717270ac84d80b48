"""What is for sale, by text: stock, sold out, another price, down; who sells at all (DR-404, L4 to L7)."""

from decimal import Decimal

import pytest

from core.farms.models import Farm
from core.listings.models import Listing
from core.users.models import Consent
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell

STRANGER = "+254712000909"


@pytest.fixture
def stand(desk: Desk, cast: Cast) -> Desk:
    """50kg tomatoes at 80 and 10 crates of them at 4000; the farmer reads English here."""
    sell(desk.db, cast, "onions", "50", "90")
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.text(FARMER, "LANG EN")
    return desk


def standing(desk: Desk) -> list[tuple[int, int, str]]:
    return [
        (int(row.quantity_available), int(row.current_price), row.listing_status)
        for row in desk.look(Listing)
    ]


ONIONS = (50, 90, "available")


@proves("DR-405")
@pytest.mark.parametrize(
    ("texts", "reply", "tomatoes"),
    [
        (
            ["STOCK tomatoes 20kg"],
            "tomatoes: 20kg on sale now, KSh 80/kg, you get KSh 72.",
            (20, 80, "available"),
        ),
        (["stoki nyanya kilo 20"], "tomatoes: 20kg on sale now", (20, 80, "available")),
        (["ADD tomatoes 20kg"], "tomatoes: 70kg on sale now", (70, 80, "available")),
        (["ongeza nyanya 20kg"], "tomatoes: 70kg on sale now", (70, 80, "available")),
        (["tomatoes sold out"], "tomatoes: sold out. When you have more: SELL", (0, 80, "sold_out")),
        (["nyanya zimeisha"], "tomatoes: sold out.", (0, 80, "sold_out")),
        (["STOCK tomatoes"], "tomatoes: 50 kg on sale. How many kg can be sold now?", (50, 80, "available")),
        (["STOCK tomatoes", "0"], "tomatoes: sold out.", (0, 80, "sold_out")),
        (["STOCK tomatoes", "30"], "tomatoes: 30kg on sale now", (30, 80, "available")),
        # The number of a question that another word has overtaken adds nothing.
        (
            ["SELL 50kg tomatoes @80", "STOCK tomatoes 40", "1"],
            "We have no open question to you.",
            (40, 80, "available"),
        ),
        (["STOCK tomatoes 2 crates"], "tomatoes: 50 kg on sale. How many kg can be", (50, 80, "available")),
        (["STOCK kale 20 bunches"], "You have no sukuma wiki on sale.", (50, 80, "available")),
        (
            ["PRICE tomatoes 85"],
            "tomatoes: 50kg on sale now, KSh 85/kg, you get KSh 76.50.",
            (50, 85, "available"),
        ),
        (["bei mpya nyanya 85"], "tomatoes: 50kg on sale now, KSh 85/kg", (50, 85, "available")),
        (["PRICE tomatoes 500"], "tomatoes: the market price is about KSh", (50, 80, "available")),
        (["PRICE tomatoes 500", "YES"], "tomatoes: 50kg on sale now, KSh 500/kg", (50, 500, "available")),
        (["PRICE tomatoes 500", "NO"], "tomatoes stays at KSh 80 per kg.", (50, 80, "available")),
        (["PRICE tomatoes 500", "90"], "tomatoes: 50kg on sale now, KSh 90/kg", (50, 90, "available")),
        (["REMOVE tomatoes"], "tomatoes is off sale. Orders of it go on.", (50, 80, "inactive")),
        (["ondoa nyanya"], "tomatoes is off sale.", (50, 80, "inactive")),
        (
            ["SELL tomatoes 20kg"],
            "You have 50 kg tomatoes on sale at KSh 80. 1: 20kg more. 2: only 20kg",
            (50, 80, "available"),
        ),
        (["SELL tomatoes 20kg", "1"], "tomatoes: 70kg on sale now", (70, 80, "available")),
        (["SELL tomatoes 20kg @90", "2"], "tomatoes: 20kg on sale now, KSh 90/kg", (20, 90, "available")),
        (
            ["tomatoes sold out", "SELL tomatoes 30kg"],
            "tomatoes: 30kg on sale now, KSh 80",
            (30, 80, "available"),
        ),
    ],
)
def test_stock_and_price(stand: Desk, texts: list[str], reply: str, tomatoes: tuple[int, int, str]) -> None:
    said = [stand.text(FARMER, text) for text in texts]
    assert said[-1].startswith(reply), said
    assert standing(stand) == [ONIONS, tomatoes]


def test_sold_out_alone_is_asked_where_several_are_on_sale(stand: Desk) -> None:
    asked = stand.text(FARMER, "SOLD OUT").splitlines()
    assert asked == ["Which one?", "1 50kg KSh 80 tomatoes", "2 50kg KSh 90 onions"]
    assert standing(stand) == [ONIONS, (50, 80, "available")]


@pytest.mark.parametrize("phone", [CUSTOMER, RIDER])
@pytest.mark.parametrize(
    "text", ["STOCK tomatoes 1kg", "PRICE tomatoes 1", "REMOVE tomatoes", "tomatoes sold out"]
)
def test_nobody_else_touches_it(stand: Desk, phone: str, text: str) -> None:
    """DR-211, DR-403."""
    stand.text(phone, text)
    assert standing(stand) == [ONIONS, (50, 80, "available")]


def test_another_farmer_changes_only_her_own(stand: Desk) -> None:
    stand.text(STRANGER, "Nauza sukuma 20 bunches @10")
    stand.text(STRANGER, "Kinoo, nyuma ya kanisa")
    assert stand.text(STRANGER, "STOCK tomatoes 1kg").startswith("Huna nyanya sokoni.")
    assert standing(stand)[:2] == [ONIONS, (50, 80, "available")]


@proves("DR-203", "DR-1901")
def test_nauza_from_a_stranger_starts_a_farmer_and_her_answer_is_her_consent(desk: Desk, cast: Cast) -> None:
    said = desk.text(STRANGER, "Nauza nyanya 20kg @80")
    assert said == "Karibu. Shamba liko wapi? Wadi na alama. Ukijibu unakubali MASHARTI."
    person = desk.user(STRANGER)
    assert person is not None
    assert (person.user_role, desk.look(Consent, user_id=person.user_id)) == ("farmer", [])
    assert desk.text(STRANGER, "Kinoo, nyuma ya kanisa").startswith("Inauzwa: 20kg nyanya, KSh 80/kg")
    assert [consent.version for consent in desk.look(Consent, user_id=person.user_id)] != []
    (farm,) = desk.look(Farm, farmer_id=person.user_id)
    assert [row.farm_id for row in desk.look(Listing)] == [farm.farm_id]


@pytest.mark.parametrize("text", ["nauza", "SELL tomatoes", "ENDIA nyanya"])
def test_any_selling_word_of_a_stranger_makes_no_customer(desk: Desk, cast: Cast, text: str) -> None:
    desk.text(STRANGER, text)
    person = desk.user(STRANGER)
    assert person is None or person.user_role == "farmer"


def test_a_farmers_order_is_answered_and_never_listed(stand: Desk) -> None:
    said = stand.text(FARMER, "5kg tomatoes")
    assert said.startswith("A farmer's number sells here and cannot buy; nothing was ordered or listed.")
    assert standing(stand) == [ONIONS, (50, 80, "available")]


@pytest.mark.parametrize("text", ["SELL maize 20 bags @3500", "nauza nyanya 20kg @80"])
def test_a_customer_who_sells_is_told_how_to_become_a_farmer(desk: Desk, cast: Cast, text: str) -> None:
    assert desk.text(CUSTOMER, text).startswith("This number is not a farmer's. To sell, dial *384*88632#")
    assert desk.look(Listing) == []


@proves("DR-404")
@pytest.mark.parametrize(
    ("answer", "reply", "kept"),
    [
        ("YES", "On sale: 20kg tomatoes, KSh 800/kg", [800]),
        ("85", "On sale: 20kg tomatoes, KSh 85/kg", [85]),
        ("NO", "tomatoes: what price for one kg?", []),
        ("5kg", "YES keeps your price.", []),
    ],
)
def test_an_odd_price_goes_back_to_her(
    desk: Desk, cast: Cast, answer: str, reply: str, kept: list[int]
) -> None:
    desk.text(FARMER, "LANG EN")
    asked = desk.text(FARMER, "SELL tomatoes 20kg @800")
    assert asked.startswith(
        "tomatoes: the market price is about KSh 74.97 per kg. You said KSh 800. YES keeps it"
    )
    assert desk.text(FARMER, answer).startswith(reply)
    assert [int(row.current_price) for row in desk.look(Listing)] == kept


def test_several_things_in_one_text_each_in_its_turn(desk: Desk, cast: Cast) -> None:
    desk.text(FARMER, "LANG EN")
    said = desk.text(FARMER, "SELL tomatoes 20kg @80, onions 10kg")
    assert "On sale: 20kg tomatoes" in said
    assert said.splitlines()[-1].startswith("onions: what price for one kg?")
    assert desk.text(FARMER, "90").startswith("On sale: 10kg onions, KSh 90/kg")
    assert [row.quantity_available for row in desk.look(Listing)] == [Decimal(20), Decimal(10)]
