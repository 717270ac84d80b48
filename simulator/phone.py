"""A feature phone in the terminal: `python -m simulator.phone [number] [--save FILE] [--script FILE]`."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import requests
from dotenv import dotenv_values

from simulator.transcript import Step, read, same, screen_lines, write

HELP = """\
  dial [code]      dial the service code, or another
  <anything>       while a menu is open: answer it (an empty line is an empty answer)
  > <answer>       the same, for answers that look like a command
  hangup           press the red key
  sms <text>       text the short code;  sms 0712000202: <text>  texts a number
  inbox            all messages;  new messages show by themselves
  pin <4 digits>   approve the M-Pesa prompt;  cancel  refuses it
  pay <amount> <account> <4 digits>   pay the paybill from the M-PESA menu
  phone <number>   take another phone in the hand
  help, quit"""

WAIT_SECONDS = 8.0


class Trouble(Exception):
    """The simulator said no, or nothing; the message is for the person at the terminal."""


class Hand:
    """One phone, held over HTTP."""

    def __init__(self, url: str, number: str) -> None:
        self._url = url.rstrip("/")
        self._number = number
        self._seen = {str(text["id"]) for text in self.look()["inbox"]}

    def look(self) -> dict[str, Any]:
        """What is on the phone."""
        return self._call("GET", "")

    def do(self, verb: str, **body: object) -> dict[str, Any]:
        """Let the owner do something; what is on the phone then."""
        return self._call("POST", f"/{verb}", body)

    def news(self) -> list[dict[str, Any]]:
        """Messages that came since the last look."""
        fresh = [text for text in self.look()["inbox"] if text["id"] not in self._seen]
        self._seen |= {str(text["id"]) for text in fresh}
        return fresh

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self._url}/control/phones/{self._number}{path}"
        try:
            answer = requests.request(method, url, json=body, timeout=30)
            told: dict[str, Any] = answer.json()
        except requests.ConnectionError:
            raise Trouble(f"no simulator at {self._url}: is `make run` running?") from None
        except requests.RequestException as error:
            raise Trouble(f"the simulator did not answer: {type(error).__name__}") from None
        if not answer.ok:
            raise Trouble(str(told["error"]))
        return told


def act(hand: Hand, line: str) -> Step:
    """Do what one line says; the step with what the phone showed. Trouble if it cannot be done."""
    word, _, rest = line.partition(" ")
    if word == ">":
        return Step(f"> {rest}", screen_lines(hand.do("answer", text=rest)))
    if word == "dial":
        return Step(line, screen_lines(hand.do("dial", code=rest.strip())))
    if word == "hangup":
        hand.do("hangup")
        return Step(line)
    if word == "sms" and rest:
        to, colon, text = rest.partition(": ")
        number = to if colon and to.lstrip("+").isdigit() else ""
        hand.do("sms", text=text if number else rest, to=number)
        return Step(line)
    if word == "inbox":
        return Step(line, message_lines(hand.look()["inbox"]))
    if word == "news":
        return Step(line, message_lines(wait_for_news(hand)))
    if word == "pin":
        wait_for_prompt(hand)
        hand.do("prompt", pin=rest)
        return Step(line)
    if word == "cancel":
        hand.do("prompt", cancel=True)
        return Step(line)
    if word == "pay":
        amount, _, account = rest.partition(" ")
        account, _, pin = account.rpartition(" ")
        if not amount.isdigit():
            raise Trouble("pay needs an amount, an account and the PIN: pay 350 ORD7F3K2 1234")
        hand.do("pay", amount=int(amount), account=account, pin=pin)
        return Step(line)
    raise Trouble("that is no command; `help` lists them")


def message_lines(texts: list[dict[str, Any]]) -> list[str]:
    """Messages as a transcript shows them."""
    return [line for text in texts for line in f"{text['from']}: {text['text']}".split("\n")]


def wait_for_news(hand: Hand) -> list[dict[str, Any]]:
    """The messages that have come, once there is one."""
    end = time.monotonic() + WAIT_SECONDS
    while not (fresh := hand.news()) and time.monotonic() < end:
        time.sleep(0.1)
    return fresh


def wait_for_prompt(hand: Hand) -> None:
    """Return when the M-Pesa prompt shows; Trouble if it does not."""
    end = time.monotonic() + WAIT_SECONDS
    while not hand.look()["prompt"]:
        if time.monotonic() > end:
            raise Trouble("no M-Pesa prompt on this phone")
        time.sleep(0.1)


def replay(hand: Hand, text: str, out: TextIO) -> bool:
    """Play a transcript and compare each screen it holds; whether all were the same."""
    right = True
    for step in read(text):
        done = act(hand, step.act)
        out.write(write([done]))
        if step.shown and not same(step.shown, done.shown):
            right = False
            out.write("".join(f"! expected: {line}\n" for line in step.shown))
    return right


def talk(hand_of: Callable[[str], Hand], number: str, ask: Callable[[str], str], out: TextIO) -> list[Step]:
    """The friendly loop, until `quit` or the end of the input; the steps that worked."""
    hand = hand_of(number)
    steps: list[Step] = []
    out.write(f"Phone {number}. `dial` calls the service, `help` lists the rest.\n")
    while True:
        state = hand.look()
        for text in hand.news():
            steps.append(Step("news", message_lines([text])))
            out.write(f"\a  [message from {text['from']}, {text['segments']} segment] {text['text']}\n")
        if state["prompt"]:
            out.write(f"  [M-PESA] {state['prompt']['text']}  pin <4 digits> or cancel\n")
        try:
            line = ask(f"{state['name'] or number}{' >' if state['session_open'] else ''} ")
        except (EOFError, KeyboardInterrupt):
            out.write("\n")
            return steps
        word = line.split(" ")[0]
        if word in ("quit", "exit"):
            return steps
        if word == "help":
            out.write(HELP + "\n")
            continue
        try:
            if word == "phone":
                number = line.removeprefix("phone").strip()
                hand = hand_of(number)
                continue
            if not line and not state["session_open"]:
                continue
            known = word in (">", "hangup", "dial", "sms", "inbox", "pin", "cancel", "pay")
            if state["session_open"] and not known:
                line = f"> {line}"
            step = act(hand, line)
        except Trouble as trouble:
            out.write(f"  {trouble}\n")
            continue
        steps.append(step)
        out.write("".join(f"  {shown}\n" for shown in step.shown))
        if line.startswith(("sms", "pin", "pay")):
            time.sleep(0.8)  # most answers are here by then, and show before the next question


def main(arguments: list[str] | None = None) -> int:
    """The command; 1 when a replay differs or the simulator cannot be reached."""
    parser = argparse.ArgumentParser(prog="python -m simulator.phone", description="A feature phone.")
    parser.add_argument("msisdn", nargs="?", default="0712000101", help="whose phone (0712000101)")
    port = {**dotenv_values(".env"), **os.environ}.get("SIMULATOR_PORT") or "8001"
    parser.add_argument("--simulator", metavar="URL", default=f"http://127.0.0.1:{port}")
    parser.add_argument("--save", metavar="FILE", type=Path, help="write the talk down as a transcript")
    parser.add_argument("--script", metavar="FILE", type=Path, help="play a transcript, compare its screens")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.script is not None:
            same_all = replay(Hand(chosen.simulator, chosen.msisdn), chosen.script.read_text(), sys.stdout)
            return 0 if same_all else 1
        steps = talk(lambda number: Hand(chosen.simulator, number), chosen.msisdn, input, sys.stdout)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    if chosen.save is not None:
        chosen.save.write_text(write(steps))
        print(f"Saved to {chosen.save}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
