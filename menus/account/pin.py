"""The PIN on the keypad: chosen where it is first needed, asked right before the act it opens (DR-207).

`pin_steps` is spliced into every conversation that ends in such an act:

    option("1", _("Yes"), "pin"), ..., *pin_steps(then="do"),
    act("do", do, ways={..., **pin_ways()}, alone=True)

A change is two answers, the new one twice and then the old one. Nobody's PIN is kept: of the first typing of
a new one a keyed digest, of a changed one its sealed hash.
"""

import hmac
from collections.abc import Mapping

from core.errors import DomainError
from core.users import pin_state, pins, rules
from core.users.errors import PinExists, PinIsLocked, PinMissing, PinNeedsReset
from locales.errors import ERRORS
from locales.mark import _
from menus.account.words import WRITE_TO_US
from menus.flow import Screen, act, ask, choose, flow, fork, option
from menus.talk import Again, Talk

TYPED = "typed-pin"
DIGITS = 4
ONCE_MORE = _("Write it a second time too, after a space.")


def four_digits(talk: Talk, answer: str) -> str:
    """A PIN as it is typed; whether it is right the core says."""
    digits = answer.replace(" ", "")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise Again(ERRORS["users.pin_not_four_digits"])
    return digits


def new_pin(talk: Talk, answer: str) -> str:
    """A PIN that nobody would try first; raises PinTooEasy."""
    digits = four_digits(talk, answer)
    rules.check_pin(digits, digits)
    return digits


def new_pin_twice(talk: Talk, answer: str) -> str:
    """A new PIN written twice in one answer: who types slowly has no hop to lose. Raises PinTooEasy."""
    digits = answer.replace(" ", "")
    if len(digits) == DIGITS:
        raise Again(ONCE_MORE)
    first, second = digits[:DIGITS], digits[DIGITS:]
    four_digits(talk, first)
    if not hmac.compare_digest(first.encode(), second.encode()):
        raise Again(ERRORS["users.pins_differ"])
    return new_pin(talk, first)


def standing(talk: Talk) -> str:
    """Whether the PIN can be asked for now: "ask", "choose" (there is none), "locked" or "closed"."""
    state = pin_state.of(talk.tx, talk.actor)
    talk.slots.update(left=state.left, minutes=state.minutes)
    if state.closed:
        return "closed"
    if not state.chosen:
        return "choose"
    return "locked" if state.minutes else "ask"


def few_left(talk: Talk) -> bool:
    """Whether a wrong PIN was typed before; a refusal of this hop says itself how many tries are left."""
    return not talk.notes and talk.slots.get("left") in (1, 2)


def keep_typing(talk: Talk) -> str:
    """Remember the first typing as a keyed digest, to compare the second one with."""
    talk.slots["typed"] = _digest(talk)
    return "ok"


def compare(talk: Talk) -> str:
    """Whether the second typing is the first one."""
    if hmac.compare_digest(str(talk.slots.pop("typed", "")), _digest(talk)):
        return "same"
    talk.note(ERRORS["users.pins_differ"])
    return "other"


def choose_pin(talk: Talk) -> str:
    """The first PIN, in a transaction of its own: what follows it may be refused, it stays chosen."""
    pin = talk.secret
    talk.db.run(lambda tx: pins.choose(tx, talk.actor, pin=pin, again=pin))
    talk.note(_("Your PIN is set."))
    return "ok"


def new_pin_steps(name: str, *, then: str) -> tuple[Screen, ...]:
    """A new PIN typed twice; goes on to `then` with it as talk.secret. Begins at `{name}_new`."""
    return (
        ask(
            f"{name}_new",
            _("Choose a PIN of 4 digits for Tunda. Not your M-Pesa PIN, and none like 1234:"),
            parse=new_pin,
            secret=True,
            then=f"{name}_keep",
        ),
        act(f"{name}_keep", keep_typing, ways={"ok": f"{name}_twice"}, alone=True, quiet=True),
        ask(
            f"{name}_twice",
            _("Type the same new PIN once more:"),
            parse=four_digits,
            secret=True,
            then=f"{name}_compare",
        ),
        act(f"{name}_compare", compare, ways={"same": then, "other": f"{name}_new"}, alone=True, quiet=True),
    )


def pin_steps(*, then: str, name: str = "pin", without: str = "") -> tuple[Screen, ...]:
    """The steps from `name` to the act `then`, which gets the PIN as talk.secret in the same hop.

    Whoever has none chooses it here, or goes to `without` where that would not do. The act is `alone` and has
    pin_ways() among its ways, with the same `without`.
    """
    choosing = (
        *new_pin_steps(name, then=f"{name}_set"),
        act(f"{name}_set", choose_pin, ways={"ok": then, PinExists: then}, alone=True),
    )
    return (
        fork(
            name,
            standing,
            ways={
                "ask": f"{name}_ask",
                "choose": without or f"{name}_new",
                "locked": f"{name}_locked",
                "closed": f"{name}_closed",
            },
        ),
        ask(
            f"{name}_ask",
            _("Your Tunda PIN, 4 digits (not your M-Pesa PIN):"),
            aside=_("Tries left: {left}"),
            aside_when=few_left,
            parse=four_digits,
            secret=True,
            then=then,
        ),
        *(() if without else choosing),
        *shut_steps(name),
    )


def shut_steps(name: str = "pin") -> tuple[Screen, ...]:
    """What is said while a PIN is locked, and once only our staff can open it again."""
    return (
        choose(
            f"{name}_locked",
            _("Too many wrong PINs. Wait {minutes} minutes, then dial again. Was it not you? Write to us."),
            options=(option("1", WRITE_TO_US, "support.start"),),
        ),
        choose(
            f"{name}_closed",
            _("Your PIN is closed after too many wrong tries. Write to us: we check that it is you."),
            options=(option("1", WRITE_TO_US, "support.start"),),
        ),
    )


def pin_ways(name: str = "pin", *, without: str = "") -> Mapping[str | type[DomainError], str]:
    """Where an act behind `pin_steps` goes on when the PIN was locked by this try, or is gone meanwhile."""
    missing = without or f"{name}_new"
    return {PinIsLocked: f"{name}_locked", PinNeedsReset: f"{name}_closed", PinMissing: missing}


def prepare(talk: Talk) -> str:
    """The new PIN waits, as its sealed hash, until the old one has been typed."""
    talk.slots["prepared"] = pins.prepare(talk.tx, talk.actor, pin=talk.secret)
    return "ok"


def change(talk: Talk) -> str:
    """The new PIN in the place of the old one; a wrong old one counts as any wrong PIN does (DR-214)."""
    pins.change_prepared(
        talk.db, talk.actor, old=talk.secret, prepared=talk.slots["prepared"], once_key=talk.once
    )
    talk.forget("prepared")
    talk.note(_("Your PIN is changed."))
    return "ok"


def _digest(talk: Talk) -> str:
    return talk.parts.vault.digest(TYPED, f"{talk.caller.user_id}\0{talk.secret}")


PIN = flow(
    "pin",
    fork(
        "start",
        standing,
        ways={"ask": "mine", "choose": "first_new", "locked": "pin_locked", "closed": "pin_closed"},
    ),
    choose(
        "mine",
        _("Your PIN guards your money and your name. We never ask for it by phone or SMS."),
        options=(option("1", _("Change my PIN"), "change_new"),),
        again="start",
    ),
    *new_pin_steps("first", then="set"),
    act("set", choose_pin, ways={"ok": "account.start", PinExists: "start"}, alone=True),
    ask(
        "change_new",
        _("A new PIN of 4 digits, written twice with a space between. Not the M-Pesa one, none like 1234:"),
        parse=new_pin_twice,
        secret=True,
        then="prepare",
    ),
    act("prepare", prepare, ways={"ok": "old"}, alone=True, quiet=True),
    ask(
        "old",
        _("Now your old PIN, 4 digits:"),
        parse=four_digits,
        secret=True,
        then="change",
    ),
    act("change", change, ways={"ok": "account.start", **pin_ways(), PinMissing: "start"}, alone=True),
    *shut_steps(),
    title=_("your PIN"),
)
