"""A broken conversation refuses to start, and says every fault."""

import pytest

from locales.voice import slots_of
from menus import draw
from menus.compile import FLOWS, NAMES, BrokenFlow, Menus, conversations
from menus.flow import Act, Flow, Fork, Screen, Shown, ask, choose, flow, fork, option, pick, say
from menus.home import HOMES
from menus.shortcuts import CONTINUES, SHORTCUTS
from menus.talk import Session

BYE = say("bye", "Help")


def faults(*screens: Screen) -> str:
    with pytest.raises(BrokenFlow) as broken:
        Menus([flow("home", fork("dial", lambda talk: "ok", ways={"ok": screens[0].name}), *screens, BYE)])
    return str(broken.value)


def test_the_conversations_of_the_product_are_whole() -> None:
    menus = conversations()
    assert menus is conversations(), "compiled once"
    assert menus.machine.models == [], "sessions are not models: the machine would keep them"
    assert {name.split(".")[0] for name in menus.screens} == {f.name for f in FLOWS}


def test_the_machine_moves_any_object_with_a_state() -> None:
    session = Session("farmer.home")
    conversations().move(session, "1")
    assert session.state == "orders.start"


def test_a_screen_that_nobody_has_written() -> None:
    assert "leads to home.nowhere, which does not exist" in faults(
        choose("a", "Help", options=(option("1", "No", "nowhere"), option("2", "No", "bye")))
    )


def test_a_screen_that_nothing_leads_to() -> None:
    a = choose("a", "Help", options=(option("1", "No", "bye"),))
    lost = choose("lost", "Help", options=(option("1", "No", "bye"),))
    assert "home.lost: a lost screen" in faults(a, lost)


def test_a_dead_end() -> None:
    a = choose("a", "Help", options=(option("1", "No", "bye"), option("2", "No", "look")))
    look = fork("look", lambda talk: "again", ways={"again": "anew"})
    anew = fork("anew", lambda talk: "again", ways={"again": "look"})
    assert "home.look: a dead end" in faults(a, look, anew)


def test_a_digit_given_twice() -> None:
    twice = (option("1", "No", "bye"), option("1", "Help", "bye"))
    assert "home.a: 1 given twice" in faults(choose("a", "Help", options=twice))


def test_a_key_of_the_engine_as_an_option() -> None:
    assert "98 is the engine's own" in faults(choose("a", "Help", options=(option("98", "No", "bye"),)))


def test_a_one_digit_option_on_a_list() -> None:
    listed = pick("a", "Help", items=lambda talk: [], options=(option("1", "No", "bye"),))
    assert "1 belongs to the lines of the list" in faults(listed)


def test_a_text_without_its_translations() -> None:
    said = faults(choose("a", "Nobody has translated this", options=(option("1", "No", "bye"),)))
    assert "home.a: no sw text for 'Nobody has translated this'" in said
    assert "home.a: no kikuyu text for 'Nobody has translated this'" in said


def test_a_slot_that_nobody_knows() -> None:
    said = faults(choose("a", "Dear {moon}", options=(option("1", "No", "bye"),)))
    assert "home.a: unknown slot {moon}" in said


def test_a_secret_that_would_be_kept() -> None:
    kept = ask("a", "Help", parse=lambda talk, answer: answer, save="pin", secret=True, then="bye")
    assert "a secret must not be kept" in faults(kept)


def test_a_choice_that_would_be_an_answer_to_the_number() -> None:
    options = (option("1", "No", "bye"),)
    number = ask("a", "Help", parse=lambda talk, answer: answer, number=True, then="bye", options=options)
    assert "the key of a choice would be an answer to the number" in faults(number)


@pytest.mark.parametrize("key", ["50", "57", "69"])
def test_a_choice_under_the_key_of_a_shortcut(key: str) -> None:
    assert f"{key} is the engine's own" in faults(choose("a", "Help", options=(option(key, "No", "bye"),)))


def test_the_pictures_are_those_of_the_present_machine() -> None:
    assert list(draw.stale(conversations())) == []


def test_a_flow_can_be_read_aloud_in_its_order() -> None:
    sell: Flow = next(f for f in FLOWS if f.name == "sell")
    assert [screen.name for screen in sell][-6:] == [
        "unproven", "publish", "sure", "anyway", "listed", "expected"
    ]  # fmt: skip


def test_a_secret_that_is_not_used_at_once() -> None:
    pin = ask("a", "Help", parse=lambda talk, answer: answer, secret=True, then="between")
    between = choose("between", "Help", options=(option("1", "No", "bye"),))
    assert "a secret is asked last, directly before what is done with it" in faults(pin, between)


def test_a_lost_conversation_that_would_be_offered_by_a_name() -> None:
    with pytest.raises(BrokenFlow) as broken:
        Menus(
            [flow("home", fork("dial", lambda talk: "ok", ways={"ok": "bye"}), BYE, title="Ask {customer}")]
        )
    assert "whoever dials next from this phone would read a name" in str(broken.value)


@pytest.mark.parametrize(("code", "role", "target"), [
    (code, role, target) for code, its in SHORTCUTS.items() for role, target in its.targets.items()
])  # fmt: skip
def test_a_code_leads_to_a_screen_and_does_nothing_on_the_way(code: str, role: str, target: str) -> None:
    menus = conversations()
    if target == CONTINUES:
        return  # to any screen of a conversation that was lost
    seen, open_ends = set[str](), [target]
    while open_ends:
        name = open_ends.pop()
        screen = menus.screens[name]
        assert not isinstance(screen, Act), f"{code} of a {role} would do {name}"
        if isinstance(screen, Fork) and name not in seen:
            seen.add(name)
            open_ends += [to for _way, to in menus.exits(name)]


def test_nobody_is_named_on_the_first_screen_of_a_dial() -> None:
    homes = [conversations().screens[name] for name in HOMES.values()]
    assert [set(slots_of(home.text)) & NAMES for home in homes if isinstance(home, Shown)] == [set()] * 3
