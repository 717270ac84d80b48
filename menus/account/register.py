"""A new number becomes a person, in five answers: role, letters of the ward, ward, first name, consent."""

from core.users import service as users
from core.users.errors import AlreadyRegistered
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.flow import act, ask, choose, flow, fork, option, say
from menus.home import languages
from menus.talk import Caller, Talk


def switch_language(talk: Talk) -> str:
    """Speak another language for the rest of the talk; it is stored with the registration."""
    talk.caller.language = str(talk.slots.pop("speak"))
    return "ok"


def join(talk: Talk) -> str:
    """Register with the answers given; the network vouches for the number (DR-203)."""
    answers = talk.slots
    user = users.register(
        talk.tx,
        msisdn=talk.msisdn,
        role=answers["role"],
        first_name=answers["person"],
        language=talk.language,
        channel="ussd",
        request_id=talk.request_id,
        ward_code=answers["ward"],
        consent_version=users.TERMS_VERSION,
    )
    talk.tx.flush()
    talk.session.caller = Caller(user.user_id, user.user_role, talk.language, user.first_name)
    talk.session.slots.clear()
    return user.user_role


REGISTER = flow(
    "register",
    choose(
        "role",
        _("Welcome to Tunda. You are:"),
        options=(
            option("1", _("A farmer"), "ward", sets={"role": "farmer"}),
            option("2", _("A buyer"), "ward", sets={"role": "customer"}),
            option("3", _("A boda rider"), "ward", sets={"role": "rider"}),
            *languages("switch"),
        ),
        top=True,
    ),
    fork("switch", switch_language, ways={"ok": "role"}),
    ward_steps(then="name"),
    ask(
        "name",
        _("What is your first name?"),
        parse=parse.first_name,
        save="person",
        then="consent",
    ),
    choose(
        "consent",
        _("{person}, we keep your name, number and place to sell and deliver produce. Do you agree?"),
        options=(
            option("1", _("Yes, I agree"), "join"),
            option("2", _("Read more"), "more"),
            option("3", _("No"), "refused"),
        ),
    ),
    choose(
        "more",
        _(
            "Only the buyer, farmer or rider of your order sees them. No adverts. "
            "We delete it all when you ask."
        ),
        options=(option("1", _("Yes, I agree"), "join"),),
    ),
    act(
        "join",
        join,
        ways={
            "farmer": "farmer.first",
            "customer": "customer.first",
            "rider": "vehicle.welcome",
            AlreadyRegistered: "home.dial",
        },
    ),
    say("refused", _("We have kept nothing. Dial again when you like.")),
    title=_("registering"),
)
