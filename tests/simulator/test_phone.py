"""The phone in the terminal: the talk, its transcript, and the replay of it."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import phone
from simulator.transcript import Step, read, same, write
from tests.simulator.conftest import Sim
from tests.simulator.standin import StandIn, plain

TALK = """\
dial
  CON Karibu Tunda
  1. Mkulima
> 1
  END Asante.
"""


@pytest.fixture(autouse=True)
def _menu(gateway: StandIn) -> None:
    gateway.replies["ussd-hop"] = lambda call: plain(
        "END Asante." if call.fields.get("text") else "CON Karibu Tunda\n1. Mkulima"
    )


def say(sim: Sim, *lines: str) -> tuple[str, list[Step]]:
    """Type these lines; what the terminal showed, and the steps."""
    typed = iter(lines)

    def ask(_prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    out = io.StringIO()
    steps = phone.talk(lambda number: phone.Hand(sim.url, number), "0712000101", ask, out)
    return out.getvalue(), steps


def test_a_menu_is_answered_by_what_is_typed(sim: Sim, gateway: StandIn) -> None:
    shown, steps = say(sim, "dial", "1", "quit")
    assert "  CON Karibu Tunda\n  1. Mkulima\n  END Asante.\n" in shown
    assert write(steps) == TALK
    assert [call.fields["text"] for call in gateway.of("ussd-hop")] == ["", "1"]


def test_a_text_is_sent_and_the_inbox_is_read(sim: Sim, gateway: StandIn) -> None:
    say(sim, "sms 5kg tomatoes", "sms 0722000000: see you")
    assert gateway.wait("sms-in")[0].fields["text"] == "5kg tomatoes"
    assert [(text["to"], text["text"]) for text in sim.phone("0712000101")["sent"]] == [
        ("20880", "5kg tomatoes"),
        ("0722000000", "see you"),
    ]


def test_the_prompt_is_shown_and_approved(sim: Sim, gateway: StandIn) -> None:
    sim.push(PhoneNumber="254712000101")
    sim.until("0712000101", lambda state: state["prompt"])
    shown, steps = say(sim, "pin 1234", "inbox")
    assert "[M-PESA] Do you want to pay KES 350 to TUNDA for account ORD7F3K2?" in shown
    assert gateway.wait("stk-callback")
    assert steps[-1].shown[0].startswith("MPESA: ")


def test_what_makes_no_sense_is_said_and_not_written_down(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone, "WAIT_SECONDS", 0.1)
    shown, steps = say(sim, "sing", "pin 12", "> 1", "", "help", "quit")
    assert "that is no command" in shown
    assert "has no session open" in shown
    assert "approve the M-Pesa prompt" in shown
    assert steps == []


def test_another_phone_can_be_taken(sim: Sim, gateway: StandIn) -> None:
    say(sim, "phone 0712000202", "dial", "hangup")
    assert gateway.of("ussd-hop")[0].fields["phoneNumber"] == "+254712000202"
    assert gateway.wait("ussd-event")[0].fields["status"] == "Incomplete"


@pytest.fixture
def run(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command with these arguments and nothing typed after `dial` and `1`."""

    def command(*arguments: str) -> int:
        typed = iter(["dial", "1", "quit"])
        monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
        return phone.main(["--simulator", sim.url, *arguments])

    return command


def test_a_saved_talk_replays(run: Callable[..., int], tmp_path: Path) -> None:
    file = tmp_path / "talk.txt"
    assert run("--save", str(file)) == 0
    assert file.read_text() == TALK
    assert run("--script", str(file)) == 0


def test_a_replay_that_differs_says_what_was_expected(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "talk.txt"
    file.write_text(TALK.replace("Asante", "Kwaheri"))
    assert run("--script", str(file)) == 1
    assert "! expected: END Kwaheri." in capsys.readouterr().out


def test_no_simulator_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert phone.main(["--simulator", "http://127.0.0.1:9"]) == 1
    assert capsys.readouterr().err == "no simulator at http://127.0.0.1:9: is `make run` running?\n"


@pytest.mark.parametrize(
    ("expected", "shown", "right"),
    [
        (["CON Order ... is ready"], ["CON Order A3B7 is ready"], True),
        (["CON ...", "0. Back"], ["CON one", "two", "0. Back"], True),
        (["CON a.b"], ["CON axb"], False),
        (["CON a"], ["CON a", "b"], False),
    ],
)
def test_three_dots_stand_for_anything(expected: list[str], shown: list[str], right: bool) -> None:
    assert same(expected, shown) is right


def test_remarks_and_blank_lines_are_no_steps() -> None:
    assert read("# a remark\n\ndial\n  CON x\n") == [Step("dial", ["CON x"])]
    with pytest.raises(ValueError, match="begins with what the owner does"):
        read("  CON x\n")
