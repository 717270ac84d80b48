"""Finding the browser that the tests and the pictures of the README are made with."""

import os
from pathlib import Path

from tools import processes

NAMES = ("chromium", "google-chrome-stable", "google-chrome")
# Where `playwright install chromium` puts its own; Ubuntu's package is only a pointer to a snap.
PLAYWRIGHT = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")


def find() -> str | None:
    """The path of an installed Chromium or Chrome."""
    installed = (path for name in NAMES if (path := processes.find_program(name)))
    fetched = (str(path) for path in sorted(PLAYWRIGHT.glob("chromium-*/chrome-linux*/chrome")))
    return next(installed, None) or next(fetched, None)
