"""The page with the phones, driven in a real browser as a person would."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.simulator.conftest import Sim
from tests.simulator.standin import StandIn
from tests.simulator.test_gsm import VECTORS


@pytest.fixture(scope="module")
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page in Chromium; what its console complains about fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    yield page
    page.close()


@pytest.fixture
def page(sim: Sim, browser_page: Page) -> Iterator[Page]:
    complaints: list[str] = []
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.goto(sim.url)
    browser_page.locator(".phone").nth(3).wait_for()
    yield browser_page
    browser_page.goto("about:blank")
    assert complaints == []


def phone(page: Page, digits: str) -> Locator:
    return page.locator(f'.phone[data-msisdn="+254{digits}"]')


def press(handset: Locator, keys: str) -> None:
    for key in keys:
        handset.get_by_label(f"Key {key}").click()


def test_four_phones_stand_ready(page: Page) -> None:
    assert page.locator(".phone .name").all_inner_texts() == ["Wanjiku", "Otieno", "Kamau", "Achieng"]
    assert phone(page, "733000505").locator(".meter span").inner_text() == "no M-PESA on Airtel"
    assert page.locator("#service-code").inner_text() == "*384*88632#"


def test_the_farmer_dials_on_the_keypad_and_answers_by_keyboard(page: Page, gateway: StandIn) -> None:
    farmer = phone(page, "712000101")
    press(farmer, "*384*88632#")
    farmer.get_by_label("Call").click()
    farmer.locator(".ussd .said").filter(has_text="Karibu Tunda").wait_for()
    press(farmer, "1")
    farmer.get_by_label("Left key").click()
    farmer.locator(".ussd .said").filter(has_text="wadi gani").wait_for()
    assert farmer.locator(".meter span").inner_text().startswith("USSD ")
    farmer.locator(".ussd .typed").press_sequentially("Kin")
    farmer.locator(".ussd .typed").press("Enter")
    farmer.locator(".ussd .said").filter(has_text="1. Kinoo").wait_for()
    assert gateway.of("ussd-hop")[-1].fields["text"] == "1*Kin"
    farmer.get_by_label("End").click()
    farmer.locator(".big-time").wait_for()
    assert gateway.wait("ussd-event")[0].fields["status"] == "Incomplete"


def test_what_a_button_below_the_phone_writes_can_be_seen_before_it_is_sent(
    page: Page, sim: Sim, gateway: StandIn
) -> None:
    page.set_viewport_size({"width": 990, "height": 560})
    customer = phone(page, "712000202")
    customer.get_by_role("button", name="Write “YES”").click()
    glass = customer.locator(".glass").bounding_box()
    assert glass is not None
    assert glass["y"] >= 0
    assert customer.locator(".compose .typed").input_value() == "YES"
    assert gateway.of("sms-in") == [], "it is only prepared"


def test_the_customer_texts_and_pays_with_a_pin(page: Page, sim: Sim, gateway: StandIn) -> None:
    customer = phone(page, "712000202")
    customer.get_by_role("button", name="Write “5kg tomatoes”").click()
    assert customer.locator(".meter span").inner_text() == "SMS 12/160 septets, 1 segment"
    customer.get_by_label("Left key").click()
    assert gateway.wait("sms-in")[0].fields["text"] == "5kg tomatoes"

    sim.push()
    customer.locator(".prompt .said").filter(has_text="pay KES 350 to TUNDA").wait_for()
    assert customer.locator(".view:visible").count() == 1, "the prompt has the screen to itself"
    press(customer, "1234")
    customer.get_by_label("OK").click()
    customer.locator(".home .note").filter(has_text="1 new message").wait_for()
    assert json.loads(gateway.wait("stk-callback")[0].raw)["Body"]["stkCallback"]["ResultCode"] == 0
    customer.get_by_label("Left key").click()
    customer.locator(".message .said").filter(has_text="Confirmed. Ksh350.00").wait_for()


def test_the_customer_pays_from_the_mpesa_menu_and_the_money_is_seen_to_move(
    page: Page, sim: Sim, gateway: StandIn
) -> None:
    sim.register()
    customer = phone(page, "712000202")
    customer.get_by_role("button", name="Lipa na M-PESA").click()
    assert customer.locator(".pay .typed").input_value() == "174379"
    for text in ("", "ORD7F3K2", "350", "1234"):
        customer.locator(".pay .typed").press_sequentially(text)
        customer.get_by_label("OK").click()
    customer.locator(".home .note").filter(has_text="1 new message").wait_for()
    assert json.loads(gateway.wait("c2b-confirmation")[0].raw)["BillRefNumber"] == "ORD7F3K2"
    page.locator("#money summary").click()
    page.locator("#movements tr").filter(has_text="c2b").filter(has_text="ORD7F3K2").wait_for()
    till = page.locator("#accounts tr").filter(has_text="174379 Utility Account")
    assert till.locator(".number").inner_text() == "350.00"


def test_the_red_key_cancels_a_prompt(page: Page, sim: Sim, gateway: StandIn) -> None:
    sim.push()
    customer = phone(page, "712000202")
    customer.locator(".prompt .said").filter(has_text="KES 350").wait_for()
    customer.get_by_label("End").click()
    assert json.loads(gateway.wait("stk-callback")[0].raw)["Body"]["stkCallback"]["ResultCode"] == 1032


def test_network_signal_and_language_are_switched_below_the_phone(
    page: Page, sim: Sim, gateway: StandIn
) -> None:
    farmer = phone(page, "712000101")
    farmer.get_by_label("Signal").select_option("No signal")
    farmer.locator(".operator").filter(has_text="Hakuna mtandao").wait_for()
    farmer.get_by_role("button", name="Dial *384*88632#").click()
    farmer.locator(".ussd .why").filter(has_text="no signal").wait_for()
    assert gateway.of("ussd-hop") == []
    farmer.get_by_label("End").click()
    farmer.get_by_label("Language of the phone").select_option("English")
    farmer.locator(".soft .left").filter(has_text="Messages").wait_for()
    farmer.get_by_label("Signal").select_option("Good signal")
    farmer.get_by_label("Network").select_option("Airtel")
    farmer.locator(".operator").filter(has_text="Airtel").wait_for()
    farmer.get_by_role("button", name="Dial *384*88632#").click()
    farmer.locator(".ussd .said").filter(has_text="Karibu Tunda").wait_for()
    assert gateway.of("ussd-hop")[0].fields["networkCode"] == "63903"
    page.locator("#ticker").filter(has_text="ussd-hop").wait_for()


def test_one_more_phone_can_be_added_and_put_away(page: Page) -> None:
    page.get_by_label("One more phone").fill("0733 000 103")
    page.get_by_role("button", name="Add", exact=True).click()
    added = phone(page, "733000103")
    added.locator(".operator").filter(has_text="Airtel").wait_for()
    added.get_by_label("Put this phone away").click()
    added.wait_for(state="detached")
    page.get_by_label("One more phone").fill("123")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#add-phone .error").filter(has_text="not a Kenyan mobile number").wait_for()


def test_every_fault_there_is_can_be_chosen(page: Page, sim: Sim) -> None:
    page.locator("#faults summary").click()
    there = sim.get("/faults/kinds")["kinds"]
    choose = page.locator("#fault-form select[name=kind]")
    assert choose.locator("option").all_inner_texts() == list(there)
    for kind, modes in there.items():
        choose.select_option(kind)
        offered = page.locator("#fault-form select[name=mode] option").all_inner_texts()
        assert sorted(offered) == sorted(modes), kind


def test_faults_and_the_clock_are_at_hand(page: Page, sim: Sim) -> None:
    page.locator("#faults summary").click()
    page.locator("#fault-form select[name=kind]").select_option("stk-callback")
    page.locator("#fault-form select[name=mode]").select_option("wrong-amount")
    page.locator("#fault-form [name=phone]").fill("0712 000 202")
    page.locator("#fault-form [name=chance]").fill("0.5")
    page.get_by_role("button", name="Switch on").click()
    page.locator("#fault-list li").filter(has_text="(until cleared, +254712000202, 50 of 100)").wait_for()
    [fault] = sim.get("/faults")["faults"]
    assert (fault["kind"], fault["mode"]) == ("stk-callback", "wrong-amount")
    page.locator("#clock summary").click()
    page.locator("#clock-at").fill("2025-06-24T09:30")
    page.get_by_role("button", name="Set", exact=True).click()
    page.locator("#world-date").filter(has_text="24 Jun 2025").wait_for()


def test_the_wire_shows_what_passes(page: Page, sim: Sim) -> None:
    sim.do("0712000101", "dial")
    row = page.locator("#exchanges li").filter(has_text="ussd-hop")
    row.wait_for()
    row.get_by_role("button").click()
    row.locator("pre").filter(has_text="phoneNumber=%2B254712000101").wait_for()


def test_the_counter_under_a_text_agrees_with_the_shared_vectors(page: Page) -> None:
    measured = page.evaluate(
        "async (texts) => { const { measure } = await import('/static/gsm.js'); return texts.map(measure); }",
        [vector["text"] for vector in VECTORS],
    )
    for vector, size in zip(VECTORS, measured, strict=True):
        assert (size["encoding"], size["units"], size["segments"]) == (
            vector["encoding"],
            vector["units"],
            vector["segments"],
        ), vector["id"]
