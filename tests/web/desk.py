"""Forms of the money desk, filled in and sent."""

from tests.web.conftest import Browser


def press(browser: Browser, page: str, action: str, **fields: str) -> str:
    """Fill in the form, send it, and read the page that follows."""
    sent = browser.send(page, action, **fields)
    assert sent.status_code == 303, sent.text
    return browser.plain(sent.headers["Location"].removeprefix("/admin"))


def refused(browser: Browser, page: str, action: str, **fields: str) -> None:
    """The form is sent, and what it asks is refused."""
    assert browser.send(page, action, **fields).status_code == 409
