"""The console in a real browser: live, harmless, shut when it must be (issue section 1.5; S10, S14, S15)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.db import Database
from core.traffic import service as traffic
from core.traffic.models import Callback
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop

Arrive = Callable[..., Callback]


def test_a_new_callback_appears_by_itself_and_gets_its_verdict_by_itself(
    signed_in: Page, site: str, arrive: Arrive, db: Database
) -> None:
    arrive(request={"text": "the first"})
    signed_in.goto(f"{site}/callbacks")
    rows = signed_in.locator("table.log tbody tr")
    expect(rows).to_have_count(1)
    expect(signed_in.locator("#pulse")).to_have_text("Live")
    second = arrive(request={"text": "the second"}, verdict="stored")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("the second")
    expect(rows.first).to_contain_text("stored")
    db.run(lambda tx: traffic.settle(tx, second.callback_id, verdict="applied"))
    expect(rows.first).to_contain_text("applied")


def test_the_first_callback_ever_takes_the_place_of_the_empty_words(
    signed_in: Page, site: str, arrive: Arrive
) -> None:
    signed_in.goto(f"{site}/callbacks")
    expect(signed_in.get_by_text("Nothing has come in yet")).to_be_visible()
    arrive(request={"text": "hello"})
    expect(signed_in.locator("table.log tbody tr")).to_have_count(1)
    expect(signed_in.get_by_text("Nothing has come in yet")).to_be_hidden()


def test_only_what_fits_the_filters_appears(signed_in: Page, site: str, arrive: Arrive) -> None:
    signed_in.goto(f"{site}/callbacks")
    signed_in.get_by_label("Phone").fill("0712 000 101")
    signed_in.get_by_role("button", name="Show").click()
    signed_in.wait_for_url("**/callbacks?who=*")
    arrive(request={"text": "of another"})
    arrive(request={"text": "of the farmer"}, msisdn="+254712000101")
    expect(signed_in.locator("table.log tbody tr")).to_have_count(1)
    expect(signed_in.locator("table.log tbody tr")).to_contain_text("of the farmer")


def test_while_a_row_is_open_the_list_keeps_still(signed_in: Page, site: str, arrive: Arrive) -> None:
    arrive(request={"text": "5kg tomatoes"}, changed=[{"record": "quote:1", "what": "made"}])
    signed_in.goto(f"{site}/callbacks")
    rows = signed_in.locator("div.sheet table.log tbody tr")
    rows.first.locator("td.gist").click()
    drawer = signed_in.locator("dialog[open]")
    expect(drawer).to_contain_text("5kg tomatoes")
    expect(drawer).to_contain_text("quote:1")
    arrive(request={"text": "NDIO"})
    expect(signed_in.locator("#pulse")).to_have_text("1 new, show")
    expect(rows).to_have_count(1)
    drawer.get_by_role("button", name="Close").click()
    expect(rows).to_have_count(2)
    expect(signed_in.locator("#pulse")).to_have_text("Live")


def test_while_somebody_reads_further_down_the_list_keeps_still(
    signed_in: Page, site: str, arrive: Arrive, clock: FixedClock
) -> None:
    for _ in range(50):
        arrive()
    clock.advance(minutes=1)
    signed_in.goto(f"{site}/callbacks")
    rows = signed_in.locator("table.log tbody tr")
    expect(rows).to_have_count(50)
    signed_in.mouse.wheel(0, 900)
    expect(signed_in.locator("#pulse")).to_have_text("Paused")
    arrive()
    expect(signed_in.locator("#pulse")).to_have_text("1 new, show")
    expect(rows).to_have_count(50)
    signed_in.evaluate("document.getElementById('pulse').click()")
    expect(rows).to_have_count(51)


@pytest.mark.parametrize(
    "payload",
    ["<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">"],
)
def test_a_hostile_text_stays_text_also_when_it_arrives_live_and_is_opened(
    signed_in: Page, site: str, arrive: Arrive, payload: str
) -> None:
    signed_in.goto(f"{site}/callbacks")
    arrive(request={"text": payload}, error=payload)
    row = signed_in.locator("table.log tbody tr").first
    expect(row).to_contain_text(payload[:20])
    row.locator("td.gist").click()
    expect(signed_in.locator("dialog[open]")).to_contain_text(payload[:20])
    assert "owned" not in signed_in.title()
    assert signed_in.locator("main img, dialog img, main script, dialog script").count() == 0


def test_the_farmers_screens_are_reached_from_the_log(
    signed_in: Page, site: str, arrive: Arrive, clock: FixedClock
) -> None:
    for answer, reply in (("", "CON Karibu Tunda\n1 Uza"), ("1", "END Asante")):
        clock.advance(seconds=5)
        arrive(kind="ussd", msisdn="+254712000101", session="ATUid_77777777", verdict="shown",
               request={"answer": answer}, reply=reply)  # fmt: skip
    signed_in.goto(f"{site}/callbacks")
    signed_in.get_by_role("link", name="…7777").first.click()
    expect(signed_in.get_by_role("heading", name="Session of 07******01")).to_be_visible()
    screens = signed_in.locator(".lcd")
    expect(screens).to_have_count(2)
    expect(screens.first).to_have_text("Karibu Tunda\n1 Uza")


def test_an_orders_long_rows_fit_into_the_drawer_and_the_log(
    signed_in: Page, site: str, arrive: Arrive, db: Database, cast: Cast
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order_id = shop.order().order_id
    for _ in range(3):
        row = arrive(request={"text": "long words " * 30}, session="ATUid_77777777", order_id=order_id)
    signed_in.goto(f"{site}/callbacks")
    sheet = signed_in.locator("div.sheet")
    assert sheet.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    signed_in.locator(f'tr[data-id="{row.callback_id}"] td.gist').click()
    drawer = signed_in.locator("dialog[open]")
    expect(drawer).to_contain_text("Also about this order")
    assert drawer.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    gist = drawer.locator("td.gist").first
    assert gist.evaluate("cell => getComputedStyle(cell).textOverflow") == "ellipsis"
    expect(drawer.locator("td.session").first).to_be_hidden()
    expect(drawer.locator("td.order").first).to_be_hidden()


def test_a_form_with_a_stale_token_is_refused(signed_in: Page, site: str) -> None:
    signed_in.goto(f"{site}/callbacks")
    signed_in.evaluate("document.querySelector('.filters [name=csrf]').value = '0'.repeat(64)")
    signed_in.get_by_role("button", name="Show").click()
    expect(signed_in.get_by_text("This form is too old")).to_be_visible()


def test_an_idle_page_shows_the_door_by_itself(signed_in: Page, site: str, clock: FixedClock) -> None:
    signed_in.goto(f"{site}/callbacks")
    expect(signed_in.locator("#pulse")).to_have_text("Live")
    clock.advance(minutes=31)
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()


def test_after_signing_out_the_back_button_shows_nothing(signed_in: Page, site: str) -> None:
    signed_in.goto(f"{site}/callbacks")
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in.go_back()
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 400])
def test_every_page_fits_its_screen(signed_in: Page, site: str, arrive: Arrive, width: int) -> None:
    row = arrive(kind="ussd", session="ATUid_1", request={"answer": "x" * 180}, reply="CON " + "y" * 180,
                 error="z" * 200, provider_id="p" * 120,
                 changed=[{"record": "order:1", "what": "w" * 90}])  # fmt: skip
    signed_in.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/callbacks", f"/callbacks/{row.callback_id}", "/dials/ATUid_1", "/orders", "/vehicles",
                 "/messages", "/password"):  # fmt: skip
        signed_in.goto(f"{site}{path}")
        assert signed_in.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
