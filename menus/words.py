"""What the engine itself says on any screen, and what several conversations say."""

from locales.mark import _

BACK = _("0 Back")
HOME = _("00 Home")
MORE = _("98 More")
LANGUAGE = _("99 Language")
CONTINUE = _("50 Continue: {text}")
GO_ON = _("50 Continue")
BEGUN = _("what you began")

NEWS = _("News {unread}")  # the way to menus/news.py, the same on every home screen
MORE_MENU = _("More")  # the way to menus/account/more.py, there too

CHOOSE_ONE = _("Choose a number from the list.")
NOTHING_SENT = _("Nothing came. Please answer:")
ONE_ANSWER = _("One answer only, without * or #.")
TOO_LONG = _("Too long. Shorter, please.")
NO_MORE = _("That was all.")

TROUBLE = _("Sorry, something went wrong on our side. Nothing is lost. Please dial again.")
SAVED_DIAL_AGAIN = _("That is saved. Please dial again to go on.")
BUSY = _("We are still working on your last answer. Please dial again in a minute.")
NOT_OURS = _("This number is not served here.")
BAD_NUMBER = _("This service is for Kenyan mobile numbers.")

ENGINE_TEXTS = (
    BACK, HOME, MORE, LANGUAGE, CONTINUE, GO_ON, BEGUN, CHOOSE_ONE, NOTHING_SENT, ONE_ANSWER, TOO_LONG,
    NO_MORE, TROUBLE, SAVED_DIAL_AGAIN, BUSY, NOT_OURS, BAD_NUMBER,
)  # fmt: skip
