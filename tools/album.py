"""Every page of the console in light, in dark and on a phone: `python -m tools.album FOLDER`.

The story of one order is played first, so that there is something to see; then the pages that matter are
photographed as an admin opens them. They are there to be looked at by whoever changed one.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

from tools import browser
from tools.pictures import Story, running

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS: tuple[tuple[str, ViewportSize, Literal["light", "dark"]], ...] = (
    ("light", WIDE, "light"),
    ("dark", WIDE, "dark"),
    ("phone", PHONE, "light"),
)
# A page's weight beyond which people on a slow line wait (issue 7, section 7), bytes with all that it loads.
MOST_BYTES = 150_000
WEIGHT = """performance.getEntries()
  .filter(one => one.encodedBodySize !== undefined && one.initiatorType !== "fetch")
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


def pages(page: Page, address: str) -> dict[str, str]:
    """name -> address: the lists, and one of each thing that the story left."""

    def first(where: str, pattern: str) -> str:
        page.goto(where)
        links: list[str] = page.locator("a").evaluate_all("links => links.map(link => link.href)")
        return next(link for link in links if re.search(pattern, link))

    row = first(f"{address}callbacks?kind=stk", r"/callbacks/\d+$")
    order = first(f"{address}orders", r"/orders/\d+$")
    return {
        "today": address,
        "callbacks": f"{address}callbacks",
        "callbacks-filtered": f"{address}callbacks?kind=sms&verdict=applied&from=2025-01-01T00:00",
        "callback": row,
        "session": first(f"{address}callbacks?kind=ussd", r"/dials/[^/]+$"),
        "conversation": first(row, r"/conversation\?who="),
        "orders": f"{address}orders",
        "order": order,
        "payment": first(order, r"/payments/\d+$"),
        "messages": f"{address}messages",
        "nothing-found": f"{address}callbacks?session=nobody",
    }


def main(arguments: list[str]) -> int:
    """Play once and fill the folder; 0 if no page is too heavy."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    album = Path(arguments[0])
    album.mkdir(parents=True, exist_ok=True)
    heavy = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as house,
        browser.chromium() as opened,
    ):
        story = Story(opened, house)
        story.play()
        page = story.console.page
        for name, address in pages(page, house.console).items():
            for look, size, scheme in LOOKS:
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size(size)
                page.goto(address)
                page.screenshot(path=album / f"{name}-{look}.png", full_page=True, animations="disabled")
            weight = int(page.evaluate(WEIGHT))
            if weight > MOST_BYTES:
                heavy.append(f"{name}: {weight:,} bytes")
    print(f"The pictures are in {album}.", *heavy, sep="\n")
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
