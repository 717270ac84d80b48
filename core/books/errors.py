"""What can go wrong with the books."""

from core.errors import BadInput


class StatementUnreadable(BadInput):
    """The file has no table of transactions that we can read (DR-1007)."""

    code = "books.statement_unreadable"
