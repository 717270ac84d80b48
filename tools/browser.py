"""Finding the browser that the tests and the pictures of the README are made with."""

from tools import processes

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """The path of an installed Chromium or Chrome."""
    return next((path for name in NAMES if (path := processes.find_program(name))), None)
