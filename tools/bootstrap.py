"""Makes .venv and installs the pinned requirements; runs on the bare system Python, standard library only.

    python3 tools/bootstrap.py requirements.txt requirements-embedded.txt

A file is installed again only when its text has changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
# Without these `make run` still works against somebody's own Redis.
OPTIONAL = {"requirements-embedded.txt"}
PIP = VENV / "bin" / "pip"


def main(files: list[str]) -> int | str:
    """Install each requirements file into .venv unless its stamp says it was done; 0 or a complaint."""
    if not PIP.exists():
        # Debian ships Python without ensurepip, and venv then leaves half a folder behind.
        if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
            return "Python's venv is missing. Install it first: apt-get install python3-venv"
        print("Making .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    for name in files:
        wanted = digest(HOME / name)
        stamp = VENV / f".installed-{name}"
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        print(f"Installing {name} ...", flush=True)
        command = [str(PIP), "install", "--quiet", "--disable-pip-version-check", "-r", str(HOME / name)]
        env = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        if subprocess.run(command, check=False, env=env).returncode:
            if name in OPTIONAL:
                print("No Redis to bring along for this platform: set REDIS_URL to one of yours.")
                continue
            return f"Installing {name} failed; the lines above say why."
        stamp.write_text(wanted)
    return 0


def digest(file: Path) -> str:
    """What the file and the files it includes hold, as one hash."""
    included = [HOME / line[3:].strip() for line in file.read_text().splitlines() if line.startswith("-r ")]
    return hashlib.sha256(b"".join(part.read_bytes() for part in (file, *included))).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
