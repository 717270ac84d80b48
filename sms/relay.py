"""The outbox goes out: claim messages, call the provider, record what became of them.

Before they go they pass the gate (core/outbox/gate.py): how fast, how dear, whether the provider is there.
The calls stand outside every transaction, several side by side, since a provider takes some hundred
milliseconds for each: claiming and recording are one transaction for all of them. A process that dies in
between leaves those whose call was under way `sending`; whoever takes their duties next calls that unknown,
since nothing tells whether they went out (contract, rule 12).
"""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial

from core.db import Database
from core.duties.service import Taken, Together
from core.outbox import gate
from inbound import metrics
from inbound.gateway import Gateway
from sms.claiming import Letter, claim
from sms.port import Meaning, Outcome, Provider, provider_of
from sms.recording import KIND, VERDICTS, Back, record

log = logging.getLogger("tunda.sms")
MANY_SECONDS = 3  # so often a worker waits for its turn itself; then the message is put off
# What comes back within this time of each other is recorded together.
GATHERED_SECONDS = 0.05


def send_sms(gateway: Gateway) -> Together:
    """The duty send_sms: `subject_id` is the outbox row."""
    provider = provider_of(gateway.config)

    def work(db: Database, wanted: Sequence[Taken]) -> None:
        left, turns = list(wanted), 0
        while left:
            claimed = db.run(
                partial(
                    claim, gateway=gateway, provider=provider.name, wanted=left, wait=turns < MANY_SECONDS
                )
            )
            left = claimed.left
            if claimed.letters:
                _send(db, provider, claimed.letters)
                turns = 0
            elif claimed.turn is not None:
                # Too much has left within this second. Putting off what is next would let a less urgent
                # message pass: it is waited for.
                time.sleep(max((claimed.turn - gateway.parts.clock.now()).total_seconds(), 0.001))
                turns += 1

    return Together(work)


def _send(db: Database, provider: Provider, letters: Sequence[Letter]) -> None:
    """Hand all of them over, and record what becomes of them as it is known."""
    for came in _calls(provider, letters):
        for back in came:
            metrics.outbound(KIND, VERDICTS[back.outcome.meaning], back.seconds)
        try:
            freed = db.run(partial(record, provider=provider.name, came=came))
        except Exception:  # one that cannot be recorded spoils no other
            log.exception("what became of texts was not recorded together", extra={"texts": len(came)})
            freed = True in [_recorded(db, provider, back) for back in came]
        if freed:
            db.run(gate.wake)


def _recorded(db: Database, provider: Provider, back: Back) -> bool:
    """As `record` of one. If it fails the message stays `sending`: when the lease is over it is unknown."""
    try:
        return db.run(partial(record, provider=provider.name, came=[back]))
    except Exception:
        log.exception("what became of a text was not recorded", extra={"outbox": back.letter.outbox_id})
        return False


def _calls(provider: Provider, letters: Sequence[Letter]) -> Iterator[list[Back]]:
    """The letters whose call came back, those of the same moment together."""
    if len(letters) == 1:
        yield [_call(provider, letters[0])]
        return
    with ThreadPoolExecutor(len(letters), "sms") as pool:
        under_way = {pool.submit(_call, provider, letter) for letter in letters}
        while under_way:
            wait(under_way, return_when=FIRST_COMPLETED)
            came, under_way = wait(under_way, GATHERED_SECONDS)
            yield [call.result() for call in came]


def _call(provider: Provider, letter: Letter) -> Back:
    started = time.perf_counter()
    try:
        outcome = provider.send(letter.text, letter.msisdn, sender=letter.sender)
    except Exception as error:  # the port forbids it; then nobody knows how far it came
        log.exception("a provider raised")
        outcome = Outcome(Meaning.UNKNOWN, type(error).__name__)
    return Back(letter, outcome, time.perf_counter() - started)
