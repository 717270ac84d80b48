"""The .env file of a working folder: written once from .env.example, read into the environment."""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from dotenv import load_dotenv

HOME = Path(__file__).resolve().parent.parent
EXAMPLE = HOME / ".env.example"

FILLERS: dict[str, Callable[[], str]] = {
    "<hex>": lambda: secrets.token_hex(20),
    "<token>": lambda: secrets.token_urlsafe(24),
    "<fernet>": lambda: Fernet.generate_key().decode(),
}


def write_env(target: Path) -> bool:
    """Copy .env.example to `target` with a fresh secret for every <...>; False if there is one already."""
    if target.exists():
        return False
    text = re.sub("|".join(FILLERS), lambda found: FILLERS[found.group()](), EXAMPLE.read_text())
    target.touch(mode=0o600)
    target.write_text(text)
    return True


def load_env(folder: Path) -> None:
    """Put .env into our environment; what is set there already wins, also inside ${...}."""
    load_dotenv(folder / ".env", override=False)


def child_env(**changes: str) -> dict[str, str]:
    """The environment for a program of ours that runs in any folder."""
    path = os.pathsep.join(filter(None, (str(HOME), os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **changes}
