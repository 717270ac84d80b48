"""The callback log: stored once, settled once, strangers only counted (DR-1802)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from core.db import Database, Tx
from core.traffic import service as traffic
from core.traffic.models import Callback, StrangerCount
from tests.helpers import FixedClock
from tests.proving import proves


def store(db: Database, key: str | None = "sms:42") -> int:
    def work(tx: Tx) -> int:
        try:
            return traffic.record(tx, direction="in", kind="sms", dedupe_key=key, sealed="gAAAA").callback_id
        except traffic.Repeated as known:
            return known.callback_id

    return db.run(work, attempts=5)


def knock(db: Database, address: str) -> None:
    db.run(lambda tx: traffic.stranger(tx, address))


def row(db: Database, callback_id: int) -> Callback:
    with db.read() as tx:
        return tx.session.scalars(select(Callback).where(Callback.callback_id == callback_id)).one()


@proves("DR-1802")
def test_a_thing_with_a_known_key_is_one_row_and_a_counted_repeat(db: Database) -> None:
    first = store(db)
    assert [store(db), store(db)] == [first, first]
    assert row(db, first).repeats == 2


def test_things_without_a_key_are_rows_of_their_own(db: Database) -> None:
    assert store(db, None) != store(db, None)


@pytest.mark.parametrize("threads", [2, 20])
def test_r12_the_same_thing_at_once_is_stored_once(db: Database, threads: int) -> None:
    start = Barrier(threads)

    def arrive(_: int) -> int:
        start.wait()
        return store(db)

    with ThreadPoolExecutor(threads) as pool:
        ids = set(pool.map(arrive, range(threads)))
    assert len(ids) == 1
    assert row(db, ids.pop()).repeats == threads - 1


@proves("DR-1802")
def test_r2_a_repeat_that_has_acted_already_is_undone_and_run_again(db: Database) -> None:
    """Of two processes with the same hop the slower one must find what the faster one did, not fail."""
    first, tries = store(db), []

    def act(tx: Tx) -> str:
        tries.append(1)
        if len(tries) == 2:
            return "found"
        tx.note("listing:1", "new -> available")
        traffic.record(tx, direction="in", kind="sms", dedupe_key="sms:42")
        return "written twice"

    assert db.run(act) == "found"
    assert row(db, first).repeats == 0


@proves("DR-1802")
def test_settling_says_what_changed_and_forgets_the_true_text(db: Database) -> None:
    callback_id = store(db)

    def work(tx: Tx) -> None:
        tx.note("order:45", "pending_payment -> confirmed")
        traffic.settle(tx, callback_id, verdict="applied", order_id=45)

    db.run(work)
    settled = row(db, callback_id)
    assert (settled.verdict, settled.order_id, settled.sealed) == ("applied", 45, None)
    assert settled.changed == [{"record": "order:45", "what": "pending_payment -> confirmed"}]
    assert settled.kind == "sms"


@pytest.mark.parametrize(
    ("records", "order_id"),
    [
        (["order:45"], 45),
        (["payment:7", "order:45", "order:45"], 45),
        (["order:45", "order:46"], None),
        (["payment:7"], None),
        ([], None),
    ],
)
def test_a_row_is_about_the_one_order_it_changed(
    db: Database, records: list[str], order_id: int | None
) -> None:
    def work(tx: Tx) -> tuple[int, int]:
        early = traffic.record(tx, direction="in", kind="sms").callback_id
        for record in records:
            tx.note(record, "changed")
        traffic.settle(tx, early, verdict="applied")
        return early, traffic.record(tx, direction="in", kind="ussd").callback_id

    assert [row(db, callback_id).order_id for callback_id in db.run(work)] == [order_id, order_id]


def test_settling_leaves_what_it_is_not_told_but_forgets_the_true_body_dr1205(db: Database) -> None:
    callback_id = db.run(
        lambda tx: (
            traffic.record(
                tx, direction="out", kind="stk-push", request={"Amount": 1}, reply="kept", sealed="x"
            ).callback_id
        )
    )
    db.run(lambda tx: traffic.settle(tx, callback_id, verdict="accepted", status=200))
    settled = row(db, callback_id)
    assert (settled.request, settled.reply, settled.sealed, settled.status) == (
        {"Amount": 1},
        "kept",
        None,
        200,
    )


def test_overlong_names_are_cut_instead_of_refused(db: Database) -> None:
    callback_id = db.run(
        lambda tx: (
            traffic.record(
                tx, direction="in", kind="ussd", msisdn="9" * 500, session="s" * 500, error="e" * 500
            ).callback_id
        )
    )
    cut = row(db, callback_id)
    assert (len(cut.msisdn), len(cut.session), len(cut.error)) == (64, 128, 255)


@proves("DR-1802")
def test_strangers_are_one_row_per_source_and_minute(db: Database, clock: FixedClock) -> None:
    for address in ("203.0.113.9", "203.0.113.9", "198.51.100.1"):
        knock(db, address)
    clock.advance(seconds=61)
    knock(db, "203.0.113.9")
    with db.read() as tx:
        counted = tx.session.execute(
            select(StrangerCount.source, StrangerCount.count).order_by(
                StrangerCount.minute, StrangerCount.source
            )
        ).all()
        assert [tuple(c) for c in counted] == [
            ("198.51.100.1", 1),
            ("203.0.113.9", 2),
            ("203.0.113.9", 1),
        ]
        assert tx.session.scalar(select(func.count()).select_from(Callback)) == 0
