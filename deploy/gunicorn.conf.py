"""gunicorn for the web process: sync workers behind a buffering proxy (docs/decisions/0021).

A hop makes no outbound call, so a worker is busy for milliseconds only. No preloading: each worker opens
its own connections.
"""

import os

from core.config import load

settings = load()
bind = f"{settings.host}:{settings.port}"
workers = settings.web_processes
worker_class = "sync"
timeout = 30
graceful_timeout = 20
# Leaks stay small; the jitter keeps the workers from leaving together.
max_requests = 20000
max_requests_jitter = 2000
# Africa's Talking and Safaricom send short forms and JSON; anything longer is refused before it is read.
limit_request_line = 4094
limit_request_field_size = 8190
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
accesslog = None
errorlog = "-"
proc_name = "tunda-web"
