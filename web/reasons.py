"""Why money of an order is where it is, in the words of the console and of `make ledger-check`."""

from collections.abc import Mapping

from core.books.standing import OpenOrder, Reason
from web import show

# {amount}: KES; {since}: day and time, Nairobi; {status}: the order's.
SENTENCES: Mapping[str, str] = {
    "part_paid": "{amount} came so far, ordered {since}; the rest is awaited, at the deadline it goes back.",
    "on_its_way": "Paid; {status} since {since}. On delivery it goes to the farmer, the rider and us.",
    "taken_back": "{amount} that we had counted is not there any more: have it paid again, or write it off.",
    "refund_requested": "A refund of {amount} was asked for {since}: an admin has to decide.",
    "refund_decide": "A refund of {amount}, {since}: an admin has to say by which road it goes.",
    "refund_approved": "A refund of {amount} was approved {since} and is not sent yet.",
    "refund_by_bank": "A refund of {amount} was approved {since}: an admin has to pay it at the bank.",
    "refund_sent": "A refund of {amount} was sent {since}; M-Pesa has not said yet that it arrived.",
    "refund_unknown": "A refund of {amount} was sent {since}; nobody knows whether it arrived.",
    "refund_failed": "A refund of {amount} failed {since}: an admin has to try again, or by another road.",
    "refund_refused": "{amount}: its refund was refused or called off, {since}. Ask anew if it is hers.",
    "unexplained": "Nobody knows why {amount} is here. Look into it now.",
    "fault": "{words}",
}


def of(order: OpenOrder) -> list[str]:
    """The reasons of one order, a sentence each."""
    return [sentence(reason, order.status) for reason in order.why]


def sentence(reason: Reason, status: str) -> str:
    """One reason; codes that nobody has put into words are shown as they are."""
    since = f"{show.day(reason.since)}, {show.clock_time(reason.since)[:5]}" if reason.since else "before"
    return SENTENCES.get(reason.code, show.words(reason.code)).format(
        amount="" if reason.amount is None else show.kes(reason.amount),
        since=since,
        status=show.words(status),
        words=reason.words,
    )
