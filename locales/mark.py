"""`_` and `plural` mark a text for the catalogues. Language and form are chosen when it is said."""

# Between the forms of a text in code and catalogues; no phone can type it.
FORMS = "\x1f"


def _(text: str) -> str:
    """The text itself, so that extraction finds it."""
    return text


def plural(one: str, many: str) -> str:
    """A text in two forms, chosen by its slot `count`: `one` for 1, else `many` (gettext's msgid_plural)."""
    return f"{one}{FORMS}{many}"
