"""A phone that dials us as Africa's Talking would: one accumulated `text`, one session at a time."""

import itertools
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from redis import Redis

from tests.helpers import CALLBACK_SECRET

PATH = f"/cb/{CALLBACK_SECRET}/ussd"
CODE = "*384*88632#"
_dials = itertools.count(1)


def in_redis(redis: "Redis") -> str:
    """All that Redis holds, keys and values, as text."""
    kept = []
    for key in redis.scan_iter("*"):
        match redis.type(key):
            case b"string":
                value: Any = redis.get(key)
            case b"hash":
                value = redis.hgetall(key)
            case _:
                value = redis.lrange(key, 0, -1)
        kept.append(repr((key, value)))
    return "\n".join(kept)


def tells(text: str, secret: str) -> bool:
    """Whether `secret` stands in `text` as a word of its own: a request's id or a digest may hold the same
    digits by chance."""
    return re.search(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z.])", text) is not None


@dataclass
class UssdPhone:
    """One phone; `screen` is what stands on it, prefix included."""

    client: FlaskClient
    msisdn: str
    code: str = CODE
    session: str = ""
    text: str = ""
    screen: str = ""

    def dial(self, suffix: str = "") -> str:
        """A new session; `suffix` is what was dialled behind our code."""
        self.session = f"ATUid_{next(_dials):032x}"
        self.text = suffix
        return self.post()

    def answer(self, *answers: str) -> str:
        """Answer one screen after the other; the last screen is returned."""
        for answer in answers:
            self.text = f"{self.text}*{answer}" if self.text else answer
            self.post()
        return self.screen

    def post(self, **fields: str) -> str:
        """Post the session as it stands (again): a repeat if nothing was answered since."""
        form = {
            "sessionId": self.session,
            "phoneNumber": self.msisdn,
            "networkCode": "63902",
            "serviceCode": self.code,
            "text": self.text,
            **fields,
        }
        response = self.client.post(PATH, data=form)
        assert response.status_code == 200, response.status
        assert response.mimetype == "text/plain"
        self.screen = response.get_data(as_text=True)
        return self.screen
