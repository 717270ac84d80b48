"""One token for all, fetched by one at a time, given up before it ends (contract 1.1, 1.2)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import responses
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from responses import matchers

from core.vault import Vault
from mpesa import stk
from mpesa.client import Daraja
from mpesa.outcomes import Accepted, NotDone, Refused
from mpesa.pace import Pace
from mpesa.tokens import NoToken, Tokens
from mpesa.wire import Answer, Wire
from tests.helpers import DATA_KEY
from tests.mpesa.samples import ACCEPTED, HOST, OAUTH, PUSH, TOKEN, config, error

NO_REDIS = Redis(
    host="127.0.0.1", port=9, socket_connect_timeout=0.2, protocol=2, retry=Retry(NoBackoff(), 0)
)
BASIC = "Basic ZGVtb19rZXk6ZGVtb19zZWNyZXQ="


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def tokens(redis: Redis, noted: list[Answer] | None = None) -> Tokens:
    note = (noted if noted is not None else []).append
    return Tokens(
        Wire(HOST),
        redis,
        Vault([DATA_KEY]),
        consumer_key="demo_key",
        consumer_secret="demo_secret",
        note=note,
    )


def fetches(net: responses.RequestsMock) -> int:
    return sum(str(call.request.url).startswith(OAUTH) for call in net.calls)


def offer(net: responses.RequestsMock, *values: str, expires_in: Any = "3599") -> None:
    for value in values:
        net.get(OAUTH, json={"access_token": value, "expires_in": expires_in})


def test_the_token_is_asked_for_as_the_contract_shows(redis: Redis, net: responses.RequestsMock) -> None:
    net.get(
        OAUTH,
        json=TOKEN,
        match=[
            matchers.query_param_matcher({"grant_type": "client_credentials"}),
            matchers.header_matcher({"Authorization": BASIC}),
        ],
    )
    assert tokens(redis).get() == TOKEN["access_token"]


@pytest.mark.parametrize("expires_in", ["3599", 3599, "3599 "])
def test_it_is_shared_sealed_and_kept_a_minute_less_than_it_lives(
    redis: Redis, net: responses.RequestsMock, expires_in: Any
) -> None:
    offer(net, "first", "second", expires_in=expires_in)
    assert [tokens(redis).get(), tokens(redis).get()] == ["first", "first"]
    (name,) = redis.keys("mpesa:token:*")
    assert 3500 < redis.ttl(name) <= 3539
    assert "first" not in str(redis.get(name))


@pytest.mark.parametrize("expires_in", ["60", "5", "0", "soon", None])
def test_one_that_ends_within_the_minute_is_used_but_not_kept(
    redis: Redis, net: responses.RequestsMock, expires_in: Any
) -> None:
    offer(net, "first", "second", expires_in=expires_in)
    shared = tokens(redis)
    assert [shared.get(), shared.get()] == ["first", "second"]


def test_many_at_once_fetch_it_once(redis: Redis, net: responses.RequestsMock) -> None:
    def slowly(_request: Any) -> tuple[int, dict[str, str], str]:
        time.sleep(0.1)
        return 200, {}, '{"access_token": "only", "expires_in": "3599"}'

    net.add_callback("GET", OAUTH, callback=slowly)
    processes = [tokens(redis) for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda n: processes[n % 4].get(), range(16)))
    assert set(got) == {"only"}
    assert fetches(net) == 1


def test_a_token_somebody_has_replaced_already_is_not_dropped_again(
    redis: Redis, net: responses.RequestsMock
) -> None:
    offer(net, "old", "new", "newest")
    one, other = tokens(redis), tokens(redis)
    old = one.get()
    one.drop(old)
    assert one.get() == "new"
    other.drop(old)
    assert other.get() == "new"


def test_r4_without_redis_each_process_keeps_its_own(net: responses.RequestsMock) -> None:
    offer(net, "first", "second")
    alone = tokens(NO_REDIS)
    assert [alone.get(), alone.get()] == ["first", "first"]
    alone.drop("first")
    assert alone.get() == "second"


def test_a_token_sealed_under_a_key_that_is_gone_is_fetched_anew(
    redis: Redis, net: responses.RequestsMock
) -> None:
    offer(net, "first", "second")
    tokens(redis).get()
    (name,) = redis.keys("mpesa:token:*")
    redis.set(name, "gAAAA-of-another-key")
    assert tokens(redis).get() == "second"


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 400, "body": ""},
        {"status": 400, "json": error("400.008.01", "Invalid Authentication passed")},
        {"status": 503, "body": "<html>"},
        {"status": 200, "json": {"expires_in": "3599"}},
        {"status": 200, "json": []},
    ],
    ids=["empty 400", "envelope", "html", "no token", "list"],
)
def test_no_token_means_that_nothing_was_sent(
    redis: Redis, net: responses.RequestsMock, reply: dict[str, Any]
) -> None:
    net.get(OAUTH, **reply)
    noted: list[Answer] = []
    with pytest.raises(NoToken):
        tokens(redis, noted).get()
    assert len(noted) == 1
    outcome, _ = stk.push(line(redis), {})
    assert isinstance(outcome, NotDone)


def line(redis: Redis) -> Daraja:
    return Daraja(config(), redis, Vault([DATA_KEY]), pace=Pace(redis, 1000))


def test_a_fetch_is_told_of_without_the_token(redis: Redis, net: responses.RequestsMock) -> None:
    offer(net, "kZ2xQ0bTq7mVJr4uWcY1sDhA9LpE")
    noted: list[Answer] = []
    tokens(redis, noted).get()
    assert [answer.status for answer in noted] == [200]
    assert "kZ2x" not in noted[0].shown
    assert "ZGVtb19" not in noted[0].shown


SPELLINGS = [
    (404, error("404.001.03", "Invalid Access Token")),
    (401, error("401.002.01", "Error Occurred - Invalid Access Token - first")),
    (400, error("400.003.01", "Invalid Access Token")),
]


@pytest.mark.parametrize(("status", "body"), SPELLINGS, ids=["404", "401", "400"])
def test_a_refused_token_is_dropped_and_the_call_repeated_once_with_a_fresh_one(
    redis: Redis, net: responses.RequestsMock, status: int, body: dict[str, str]
) -> None:
    offer(net, "first", "second")
    net.post(PUSH, status=status, json=body)
    net.post(PUSH, json=ACCEPTED, match=[matchers.header_matcher({"Authorization": "Bearer second"})])
    outcome, _ = stk.push(line(redis), {})
    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize(("status", "body"), SPELLINGS, ids=["404", "401", "400"])
def test_refused_twice_it_stops_and_echoes_no_token(
    redis: Redis, net: responses.RequestsMock, status: int, body: dict[str, str]
) -> None:
    offer(net, "first", "second", "third")
    net.post(PUSH, status=status, json=body)
    outcome, answer = stk.push(line(redis), {})
    assert isinstance(outcome, Refused)
    assert sum(call.request.url == PUSH for call in net.calls) == 2
    assert "first" not in outcome.text
    assert "second" not in answer.shown
