"""`make bench`: bare hops (L), hops of the listing story (U), all conversations mixed (M), a text taken by a
bare endpoint that inserts one row (I) and by ours (S), texts sent by a bare loop (P) and by the worker (O).

All on the same machine, by the same gunicorn with the same number of processes, in alternating rounds.
The size is fixed (a minute or two); BENCH_ROUNDS and BENCH_PROCESSES change it.
"""

import os
import secrets
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask.testing import FlaskClient

from app import create_app
from bench import ground, posting, story
from bench.counting import counting
from bench.load import Conversation, Result, form, run
from bench.mix import Mix, line_of
from inbound.gateway import Gateway
from inbound.queue import Nudger, make_celery
from ussd.hoplog import drain

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "4"))
PROCESSES = int(os.environ.get("BENCH_PROCESSES", "2"))
CALLERS = 4
DIALS = 60  # in each round
WARM_DIALS = 10
AIM = 0.6


@dataclass
class Score:
    """What all rounds of one kind gave."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    faults: int = 0
    cpu: float = 0.0

    def add(self, result: Result, cpu: float) -> None:
        """One round more."""
        self.seconds += result.seconds
        self.latencies = sorted(self.latencies + result.latencies)
        self.faults += result.faults
        self.cpu += cpu

    def line(self, name: str) -> str:
        """The row of the table."""
        total = Result(self.seconds, self.latencies, self.faults)
        cpu = self.cpu / len(self.latencies) * 1000
        return (
            f"{name:34} {total.throughput:8.0f}/s {total.percentile(50):8.1f} {total.percentile(99):8.1f}"
            f" {cpu:10.2f} {self.faults:7}"
        )

    @property
    def throughput(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


def main() -> int:
    """Measure and print; 1 if a request was not answered as it should be."""
    dials = 2 * ROUNDS * DIALS + WARM_DIALS
    gateway = ground.prepare(dials + 2)
    client = create_app(gateway=gateway).test_client()
    answers, talk = story.learn(gateway, client, ground.msisdn(dials))
    with counting(gateway.db) as _first:  # connections are open from here on
        story.learn(gateway, client, ground.msisdn(dials + 1))
    counts = _count_hops(gateway, client, answers, [name for name, _ in talk.shown])
    dialled = iter(range(dials))
    mix = Mix(gateway, client)

    def bare() -> list[Conversation]:
        return [
            [form("/hop", {"sessionId": secrets.token_hex(8), "phoneNumber": ground.msisdn(0), "text": "1"})]
            * (len(answers) + 1)
            for _ in range(DIALS)
        ]

    def ours(count: int = DIALS) -> list[Conversation]:
        return [story.hops(gateway, ground.msisdn(next(dialled)), answers) for _ in range(count)]

    def texts() -> list[Conversation]:
        return [[story.sms(gateway, ground.msisdn(0)) for _ in range(len(answers) + 1)] for _ in range(DIALS)]

    def bare_texts() -> list[Conversation]:
        return [
            [
                form("/sms", {"from": ground.msisdn(0), "text": "Bei nyanya", "id": secrets.token_hex(8)})
                for _ in range(len(answers) + 1)
            ]
            for _ in range(DIALS)
        ]

    scores = {kind: Score() for kind in "LURMIS"}
    with gateway.db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE bare_texts (id BIGINT AUTO_INCREMENT PRIMARY KEY, provider_id VARCHAR(128) UNIQUE,"
            " msisdn VARCHAR(20), body VARCHAR(2000))"
        )
    mixed = [mix.conversations(DIALS) for _ in range(ROUNDS)]
    with (
        ground.serving("bench.bare:create_app()", PROCESSES, "/hop") as yardstick,
        ground.serving("app:create_app()", PROCESSES, "/health") as house,
    ):

        def measure(kind: str, server: ground.Server, conversations: Sequence[Conversation]) -> None:
            before = server.cpu_seconds()
            result = run(server.port, conversations, CALLERS)
            scores[kind].add(result, server.cpu_seconds() - before)

        run(yardstick.port, bare()[:WARM_DIALS], CALLERS)
        run(house.port, ours(WARM_DIALS), CALLERS)
        run(house.port, texts()[:WARM_DIALS], CALLERS)
        for round_number in range(ROUNDS):
            measure("L", yardstick, bare())
            measure("U", house, ours())
            measure("R", house, [dial[:-1] for dial in ours()])
            measure("M", house, mixed[round_number])
            measure("I", yardstick, bare_texts())
            measure("S", house, texts())
        memory = (yardstick.memory_mb(), house.memory_mb())
    began, logged = time.monotonic(), 0
    while taken := drain(gateway, 500):
        logged += taken
    later = (time.monotonic() - began) / logged * 1000 if logged else 0.0
    sending = {seconds: _sending(gateway, seconds) for seconds in (0.0, 0.2)}
    bare_score, our_score, text_score = scores["L"], scores["U"], scores["S"]
    print(
        f"\n{PROCESSES} sync workers, {CALLERS} callers, {ROUNDS} rounds, MariaDB and Redis on this machine\n"
    )
    print(f"{'':34} {'requests':>10} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>10} {'faults':>7}")
    print(bare_score.line("L  bare Flask hop"))
    print(our_score.line("U  hops of the listing story"))
    print(scores["R"].line("   without the last, which writes"))
    print(scores["M"].line("M  all conversations, mixed"))
    print(scores["I"].line("I  bare text, one row inserted"))
    print(text_score.line("S  inbound SMS acknowledged"))
    ratio = our_score.throughput / bare_score.throughput
    texted = text_score.throughput / bare_score.throughput
    mixture = scores["M"].throughput / bare_score.throughput
    met = "met" if ratio >= AIM else "NOT met"
    print(f"\nU/L = {ratio:.2f} (aim {AIM}: {met})   M/L = {mixture:.2f}   S/L = {texted:.2f}")
    acknowledged = text_score.throughput / scores["I"].throughput
    print(f"S/I = {acknowledged:.2f}")
    for seconds, (loop, outbox) in sending.items():
        print(
            f"texts sent to a provider that takes {seconds * 1000:.0f} ms: P a bare loop {loop:.0f}/s,"
            f" O the worker {outbox:.0f}/s, O/P = {outbox / loop:.2f}"
        )
    print(f"memory per process: bare {memory[0]:.0f} MB, ours {memory[1]:.0f} MB (not shared)")
    print(f"written to the callback log afterwards, by the worker: {later:.2f} ms a hop")
    print("\nwhat a hop asks for (BEGIN and COMMIT not counted; a pipeline or EVALSHA is one trip):")
    for name, sql, trips in counts:
        print(f"  {name:24} {sql:3} SQL  {trips:3} Redis")
    print(f"\nof the mix ({len(mix.walks)} dials of {mix.hops:.1f} hops), the dearest screens:")
    print("\n".join(line_of(mix.costs())))
    print(f"  {'median of the story':24} {statistics.median(c[1] for c in counts):3.0f} SQL")
    return 1 if any(score.faults for score in scores.values()) else 0


def _sending(gateway: Gateway, seconds: float) -> tuple[float, float]:
    """Texts a second of the bare loop and of the worker, to a provider that takes so long for each; medians
    of alternating rounds."""
    posting.ready(gateway)
    gateway.db.nudge = Nudger(make_celery(gateway.config), gateway.parts.clock)  # as the web processes do
    loops, outboxes = [], []
    with posting.stub(seconds) as url, posting.worker(url):
        posting.ours(gateway, f"{seconds}:warm")
        for round_number in range(1, ROUNDS + 1):
            loops.append(posting.bare(url, 20 if seconds else posting.BATCH))
            outboxes.append(posting.ours(gateway, f"{seconds}:{round_number}"))
    return statistics.median(loops), statistics.median(outboxes)


def _count_hops(
    gateway: Gateway, client: FlaskClient, answers: list[str], names: list[str]
) -> list[tuple[str, int, int]]:
    phone = story.DirectPhone(gateway, client, ground.msisdn(0))
    counts = []
    for number, name in enumerate(names):
        with counting(gateway.db) as count:
            phone.dial("") if number == 0 else phone.answer(answers[number - 1])
        counts.append((name, count.sql, count.redis))
    return counts


if __name__ == "__main__":
    sys.exit(main())
