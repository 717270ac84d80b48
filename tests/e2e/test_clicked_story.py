"""The story of one order in a real browser: three phones and the console, clicked and typed on."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tools import pictures

NUMBERS = re.compile("712 ?000 ?(101|202|303)")


def test_one_order_played_by_clicking_is_delivered_and_no_page_tells_its_code_or_a_number(
    tmp_path: Path, chromium: Browser
) -> None:
    """Issue section 1: all five parts; no delivery code readable anywhere, phones masked."""
    with pictures.running(tmp_path) as house:
        story = pictures.Story(chromium, house)
        story.play()

        order = story.console.page
        expect(order.locator("h1 .state")).to_have_text("delivered")
        expect(order.locator("table.ledger tfoot")).to_contain_text("0.00")
        expect(order.get_by_text("1 wrong code")).to_be_visible()

        code = re.compile(rf"(?<![\w.-]){story.code}(?![\w-])")
        addresses = []
        for address, source in story.console.every_page():
            addresses.append(address)
            assert not code.search(source), f"the delivery code stands on {address}"
            assert not NUMBERS.search(source), f"a phone number stands on {address}"
    for kind in ("callbacks/", "dials/", "orders/", "messages/"):
        assert any(f"/admin/{kind}" in address for address in addresses), f"no page of {kind} was looked at"
