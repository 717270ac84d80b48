"""The process's line to Daraja: one connection pool, the shared token, the shared pace.

Each API has a file of its own (stk, c2b, b2c, status, reversal, balance) that makes its payload and reads its
answer. Nothing here knows the database; duties call it outside every transaction and record what came of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from redis import Redis

from core.config import REFUSED_WORDS, Config
from core.traffic.masks import HIDDEN, mask_json
from core.vault import Vault
from mpesa.pace import Pace
from mpesa.tokens import NoToken, Tokens
from mpesa.wire import PRODUCTION, SANDBOX, Answer, Wire

App = Literal["paybill", "payouts"]
# What OAuth answers to keys that are wrong, or of the other environment (contract, 1.1).
KEYS_REFUSED = (400, 401, 403)
# Fields that no log shows, and those whose end is a secret of ours.
_SECRETS = frozenset({"Password", "SecurityCredential"})
_ADDRESSES = frozenset({"CallBackURL", "ResultURL", "QueueTimeOutURL", "ConfirmationURL", "ValidationURL"})


class UnusableUrl(ValueError):
    """Our callback address holds a word that Safaricom refuses."""


class Daraja:
    """A line to Daraja.

    app   whose keys open it: the paybill's, or those of the account that pays out, where it has its own
    note  is told of each token fetch, for the callback log
    """

    def __init__(
        self,
        config: Config,
        redis: Redis,
        vault: Vault,
        *,
        app: App = "paybill",
        note: Callable[[Answer], None] = lambda answer: None,
        pace: Pace | None = None,
    ) -> None:
        host = PRODUCTION if config.mpesa_environment == "production" else SANDBOX
        key, secret = config.mpesa_consumer_key, config.mpesa_consumer_secret
        if app == "payouts" and config.mpesa_payout_consumer_key.get_secret_value():
            key, secret = config.mpesa_payout_consumer_key, config.mpesa_payout_consumer_secret
        self.config = config
        self._wire = Wire(config.mpesa_api_url or host)
        self._pace = pace or Pace(redis, config.mpesa_calls_per_second)
        self._tokens = Tokens(
            self._wire,
            redis,
            vault,
            consumer_key=key.get_secret_value().strip(),
            consumer_secret=secret.get_secret_value().strip(),
            note=note,
        )

    def call(self, path: str, payload: Mapping[str, Any]) -> Answer:
        """POST with a valid token; if the token is refused, once more with a fresh one.

        Never raises for what a provider or a network can do.
        """
        if not self._pace.wait():
            return Answer("not_sent", 0.0, why="our own limit of calls per second")
        try:
            token = self._tokens.get()
            answer = self._wire.post(path, authorization=f"Bearer {token}", payload=payload)
            if answer.token_refused:
                self._tokens.drop(token)
                fresh = self._tokens.get()
                answer = self._wire.post(path, authorization=f"Bearer {fresh}", payload=payload)
        except NoToken as error:
            refused = error.answer.status in KEYS_REFUSED
            return Answer("not_sent", 0.0, why=f"no token: {error.answer.summary}", ours=refused)
        return answer


def address(config: Config, path: str) -> str:
    """The public address of a callback of ours; raises UnusableUrl (contract, 3.2: the whole URL counts)."""
    url = config.callback_url(path)
    if any(word in url.lower() for word in REFUSED_WORDS):
        raise UnusableUrl("the callback address holds a word that Safaricom refuses")
    return url


def masked_request(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as the callback log may show it."""
    shown: dict[str, Any] = mask_json(dict(payload))
    return {name: _masked(name, value) for name, value in shown.items()}


def _masked(name: str, value: Any) -> Any:
    if name in _SECRETS:
        return HIDDEN
    if name not in _ADDRESSES:
        return value
    kept = str(value).partition("/cb/")[2].split("/")[1:]
    return "/".join(["/cb", HIDDEN, *(HIDDEN if len(part) >= 32 else part for part in kept)])
