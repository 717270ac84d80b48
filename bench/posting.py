"""The outbox with the worker, against a bare loop that posts: how many texts a second leave the house.

Both post to the same stub on this machine, which takes everything at once, or as a provider does after a
fifth of a second. The bare loop knows what it sends, and sends one after the other; ours takes the duties,
claims, makes the texts, passes the gate, posts, records and logs, ten side by side.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import requests
from sqlalchemy import update

from bench import ground
from core.db import Tx
from core.duties.models import Duty
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.settings.models import SystemSetting
from core.users import service as users
from inbound.gateway import Gateway
from tools import processes
from tools.environment import child_env

BATCH = 200
PATIENCE_SECONDS = 120
LIMITS = {"sms.per_second": "1000", "sms.spend_work": "1000000", "sms.spend_all": "1000000"}


class _Taker(BaseHTTPRequestHandler):
    seconds = 0.0

    def do_POST(self) -> None:
        time.sleep(self.seconds)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        to = parse_qs(body.decode())["to"][0]
        row = {
            "cost": "KES 0.8000",
            "messageId": "ATXid_1",
            "number": to,
            "status": "Success",
            "statusCode": 101,
        }
        answer = json.dumps({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [row]}}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Counter(ThreadingHTTPServer):
    """Room for as many callers at once as a provider has, where the usual five would wait a second."""

    request_queue_size = 128


@contextmanager
def stub(seconds: float = 0.0) -> Iterator[str]:
    """The provider's stand-in, which takes so long for each text; its address."""
    server = _Counter(("127.0.0.1", 0), type("Taker", (_Taker,), {"seconds": seconds}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def bare(url: str, count: int = BATCH) -> float:
    """Texts a second of a loop that posts, one connection each, as the SDK does."""
    began = time.monotonic()
    for number in range(count):
        requests.post(
            f"{url}/version1/messaging",
            data={"username": "bench", "to": ground.msisdn(number), "message": "Oda A3B7", "from": "TUNDA"},
            headers={"apiKey": "bench", "Accept": "application/json"},
            timeout=10,
        )
    return count / (time.monotonic() - began)


@contextmanager
def worker(url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The real worker, sending to the stub."""
    process = processes.start(
        [sys.executable, "-m", "celery", "-A", "celery_worker", "worker", "--loglevel", "warning",
         "--concurrency", os.environ.get("BENCH_WORKERS", "2")],
        env=child_env(SMS_API_URL=url, SWEEP_SECONDS="1"),
        gently=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        processes.stop(process)


def ready(gateway: Gateway) -> None:
    """The house's own limits out of the way, since they would be measured instead; and earlier work."""

    def work(tx: Tx) -> None:
        for name, value in LIMITS.items():
            tx.session.merge(SystemSetting(name=name, value=value, updated_at=tx.now))
        tx.session.execute(update(Duty).where(Duty.status == "due").values(status="dropped"))

    gateway.db.run(work)


def ours(gateway: Gateway, name: str) -> float:
    """Texts a second, from the moment at which all are asked for to the last one's record; raises
    TimeoutError."""

    def ask(tx: Tx) -> None:
        for number in range(BATCH):
            user = users.find(tx, ground.msisdn(number))
            assert user is not None
            outbox.send(tx, user, "help", {"dial": "*384#"}, once_key=f"bench:{name}:{number}")

    gateway.db.run(ask)
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE_SECONDS:
        with gateway.db.read() as tx:
            waiting = (
                tx.session.query(OutboxMessage.outbox_id)
                .filter(OutboxMessage.once_key.like(f"bench:{name}:%"), OutboxMessage.status != "accepted")
                .count()
            )
        if not waiting:
            return BATCH / (time.monotonic() - began)
        time.sleep(0.05)
    raise TimeoutError("the worker did not send it all")
