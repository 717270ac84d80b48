"""`python -m simulator`: serve the outside world until stopped."""

import os
import signal
import socket
import sys
from types import FrameType

from simulator.app import serve
from simulator.settings import Settings


def main() -> int:
    """Serve; 1 when the port is taken."""
    settings = Settings.from_env(os.environ)
    with socket.socket() as probe:
        # Looked at first: werkzeug would end the process with words of its own.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            print(f"Port {settings.port} is taken; set SIMULATOR_PORT to a free one.", file=sys.stderr)
            return 1
    server = serve(settings)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):  # whoever starts us may have had SIGINT ignored
        signal.signal(number, stop)
    print(
        f"Phones at http://{settings.host}:{settings.port}/ for the gateway at {settings.gateway_url}",
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
