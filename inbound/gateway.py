"""The running gateway, as channels see it: built once by app.py, handed to every channel."""

from dataclasses import dataclass

from redis import Redis

from core.config import Config
from core.db import Database
from core.parts import Parts
from locales.voice import Voice


@dataclass(frozen=True)
class Gateway:
    """Configuration, database, Redis, parts and the voice that speaks three languages."""

    config: Config
    db: Database
    redis: Redis
    parts: Parts
    voice: Voice
