"""The search for secrets finds what it should find; the walks use it (tests/keypad/walker.py, scripts.py)."""

import logging

from core.traffic import service as traffic
from tests.keypad.house import House
from tests.keypad.search import places

SECRET = "4829"


def test_a_secret_is_found_wherever_it_stands(house: House) -> None:
    assert places(house, SECRET) == []
    house.redis.set("tunda:a", f"text=1*{SECRET}*2")
    house.redis.hset("tunda:b", "input", SECRET)
    house.redis.lpush("tunda:c", f'{{"answer": "{SECRET}"}}')
    logging.getLogger("tunda.test").warning("she said", extra={"answer": SECRET})
    house.db.run(
        lambda tx: traffic.record(
            tx, direction="in", kind="ussd", status=200, msisdn="+254712000101", session="s", source="s",
            request_id="r", request={"answer": f"1*{SECRET}"}, reply="END", verdict="shown", duration_ms=1,
        )
    )  # fmt: skip
    found = [place.split(":")[0].split(" ")[0] for place in places(house, SECRET)]
    assert found == ["Redis", "Redis", "Redis", "log", "callback_log.request"]


def test_figures_that_only_hold_the_digits_are_no_secret(house: House) -> None:
    house.redis.set("tunda:a", "14829 4829.50 0x48291 a4829")
    assert places(house, SECRET) == []
