"""Log lines: one JSON object a line, with everything struck out that no log may hold (S12, DR-1904).

Phones become `07******78`; tokens, passwords and callback secrets `***`; what people wrote is reduced to its
length. JSON keeps every value on its own line, so nobody can forge a line by texting a line break. All of
it happens in one filter at the very end, for our loggers and every library's alike.
"""

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import structlog
from pydantic import SecretStr

from core.config import DEFAULT_MARK, Config
from core.traffic.masks import HIDDEN, mask_digits, mask_phones

# Never shown at all.
_SECRET_FIELDS = frozenset(
    {
        *("access_token", "api_key", "apikey", "authorization", "cookie", "csrf", "data_keys", "one_time"),
        *("otp", "passkey", "password", "pin", "secret", "sealed", "token"),
    }
)
# What somebody wrote, or a body that may hold it: only how long it is.
_TEXT_FIELDS = frozenset({"answer", "body", "form", "input", "reply", "request", "text", "values"})
# May be a delivery code or a message's name.
_CODE_FIELDS = frozenset({"code", "args", "params"})

_PATTERNS = (
    (re.compile(r"(/cb/)[^/\s\"'?]+"), r"\1" + HIDDEN),
    (re.compile(r"(/pay/(?:stk|b2c|reversal|status|balance)/)[^/\s\"'?]+"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 " + HIDDEN),
    (re.compile(r"(?i)(access[_ ]token[\"']?\s*[-:=]\s*[\"']?)[\w.~+/=-]+"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b((?:pin|otp|code|password|secret|token|apikey)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;}]+"),
     r"\1" + HIDDEN),
    (re.compile(r"\bgAAAA[\w=-]{20,}"), HIDDEN),
    (re.compile(r"(\w+://[^\s:/@]*):[^\s/@]+@"), r"\1:" + HIDDEN + "@"),
    (re.compile(r"\[parameters: .*"), "[parameters: " + HIDDEN + "]"),
)  # fmt: skip

_OWN_ID = re.compile("[0-9a-f]{32}")

# Libraries that bring handlers of their own; their lines must come through ours.
_FOREIGN = ("gunicorn.error", "gunicorn.access", "celery", "celery.task", "celery.redirected", "werkzeug")


class Mask:
    """A structlog processor that strikes out; `known` are exact secrets of this installation."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        secrets = sorted({word for word in known if len(word) >= 8}, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(word) for word in secrets)) if secrets else None

    def __call__(self, _logger: Any, _method: str, line: Mapping[str, Any]) -> Mapping[str, Any]:
        """The line with its fields masked; the same shape as before."""
        return {name: self._field(str(name), value) for name, value in line.items()}

    def text(self, text: str) -> str:
        """`text` without phones, tokens, path secrets and known secrets."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return mask_phones(text)

    def _field(self, name: str, value: Any) -> Any:
        low = name.lower()
        if low == "request_id" and _OWN_ID.fullmatch(str(value)):
            return value  # random hex may look like a phone, and lines are joined by it
        if low in _SECRET_FIELDS:
            return HIDDEN
        if low in _TEXT_FIELDS:
            return f"[{len(str(value))} characters]"
        if low in _CODE_FIELDS:
            return mask_digits(self.text(str(value)))
        return self._value(value)

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case bool() | float() | None:
                return value
            case int():
                masked = mask_phones(str(value))
                return value if masked == str(value) else masked
            case dict():
                return {str(name): self._field(str(name), item) for name, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value(item) for item in value]
            case _:
                return self.text(str(value))


def set_up_logging(config: Config, *, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (stderr) as masked JSON.

    Called by app.py once per process, and again by whatever forks, at no harm.
    """
    mask = Mask(_secrets_of(config))
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if config.debug else logging.INFO)
    # Their chatter holds addresses and arguments; the state machine's alone is dearer than a hop.
    for name in ("urllib3", "celery.worker.strategy", "celery.app.trace", "transitions"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _FOREIGN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def _secrets_of(config: Config) -> list[str]:
    words: list[str] = []
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, SecretStr) and DEFAULT_MARK not in value.get_secret_value():
            whole = value.get_secret_value()
            words += [whole.strip(), *(part.strip() for part in whole.split(","))]
    return words
