"""What can go wrong with notices."""

from core.errors import BadInput


class BadPage(BadInput):
    """There is no such page."""

    code = "notifications.bad_page"
