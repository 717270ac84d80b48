"""Starting programs so that none of them is left behind, however we ourselves end."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")

_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


def _end_with_parent(how: signal.Signals) -> None:
    """Have the kernel signal this process when its parent is gone (Linux; elsewhere a clean stop must do)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, how)


def find_program(name: str) -> str | None:
    """The full path of an installed program; servers live outside a user's PATH on Debian."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_FOLDERS))
    return shutil.which(name, path=path)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int = subprocess.DEVNULL,
    folder: Path | None = None,
    gently: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program away from our terminal: Ctrl-C reaches only us, and it ends when we end.

    output  where both its streams go; never a pipe of ours, which a survivor would hold open
    gently  should we be killed, it is asked to end (and may save or end children of its own), not killed
    """
    how = signal.SIGTERM if gently else signal.SIGKILL
    return subprocess.Popen(
        command,
        env=None if env is None else dict(env),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=partial(_end_with_parent, how),
    )


def stop(process: subprocess.Popen[bytes], *, patience: float = 10) -> int:
    """Ask a program to end, after `patience` seconds make it (with its group); returns its exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            leads_a_group = os.getpgid(process.pid) == process.pid
            os.killpg(process.pid, signal.SIGKILL) if leads_a_group else process.kill()
    return process.wait()


def end_children_of(process: subprocess.Popen[bytes]) -> None:
    """End what a program that is gone has left running in its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on at the moment."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def port_is_taken(port: int) -> bool:
    """Whether something listens on the loopback port already."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
