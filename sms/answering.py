"""What a kind of open question is to the channel: what answers it, and what is said when nothing did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sms.context import Context, Outcome


@dataclass(frozen=True)
class NotAnAnswer:
    """The text does not answer the question; it may be a command."""


NOT_AN_ANSWER = NotAnAnswer()
Answer = Outcome | NotAnAnswer


def choose_by_number(ctx: Context) -> Outcome:
    """The reminder of a question with numbered choices."""
    return ctx.reply("answer_number", count=len(choices(ctx)))


def say_yes_or_no(ctx: Context) -> Outcome:
    """The reminder of a question that takes YES or NO."""
    return ctx.reply("answer_yes_no")


@dataclass(frozen=True)
class Answering:
    """How one kind of question is answered.

    awaiting  what the reader is told to expect (sms.reader.Reader.read)
    answer    what a text does to the question, or NOT_AN_ANSWER
    remind    what is said to a text that neither answers it nor is a command
    """

    awaiting: str
    answer: Callable[[Context], Answer]
    remind: Callable[[Context], Outcome]


def chosen(ctx: Context) -> Any | None:
    """The value of the choice whose number was texted; None if it was none of them."""
    number = ctx.reading.slots.get("choice") if ctx.reading.intent == "choose" else None
    offered = choices(ctx)
    return offered[number - 1]["value"] if number is not None and 1 <= number <= len(offered) else None


def yes(ctx: Context) -> bool | None:
    """Whether it is a yes; None if it is neither yes nor no, or names the order that it is about."""
    if ctx.reading.intent not in ("confirm_yes", "confirm_no") or ctx.reading.slots:
        return None
    return ctx.reading.intent == "confirm_yes"


def ward_chosen(ctx: Context) -> int | None:
    """The ward of the choice whose number or name was texted; None if it was none of them."""
    code = chosen(ctx)
    if code is not None:
        return int(code)
    found = ctx.tx.parts.places.in_text(ctx.message.text)
    offered = {choice["value"] for choice in choices(ctx)}
    named = [ward.code for ward in found.candidates if ward.code in offered]
    return named[0] if len(named) == 1 else None


def choices(ctx: Context) -> list[dict[str, Any]]:
    """The numbered choices of the open question."""
    return list(ctx.question.choices) if ctx.question else []


def about(ctx: Context) -> dict[str, Any]:
    """What the open question is about."""
    return dict(ctx.question.about) if ctx.question else {}
