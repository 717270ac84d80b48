"""The browser that the tests and the pictures of the README are made with: finding and opening it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools import processes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "google-chrome-stable", "google-chrome")
# Where `playwright install chromium` puts its own; Ubuntu's package is only a pointer to a snap.
PLAYWRIGHT = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")

# Without the background switches Chromium looks for hosts that are not there.
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def find() -> str | None:
    """The path of an installed Chromium or Chrome."""
    installed = (path for name in NAMES if (path := processes.find_program(name)))
    fetched = (str(path) for path in sorted(PLAYWRIGHT.glob("chromium-*/chrome-linux*/chrome")))
    return next(installed, None) or next(fetched, None)


@contextmanager
def chromium() -> "Iterator[Browser]":
    """A headless browser with a profile of its own, gone afterwards; one at a time in a process."""
    from playwright.sync_api import sync_playwright  # not there when `find` is asked before the installation

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or find(), headless=True, args=SWITCHES
        )
        yield opened
        opened.close()
