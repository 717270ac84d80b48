"""What several of these conversations say."""

from locales.mark import _

WRITE_TO_US = _("Write to us")
WRITE_IN_WORDS = _("Write it in words.")
