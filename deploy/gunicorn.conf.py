"""gunicorn as `manage.py up` runs it; a production service sets WEB_CONCURRENCY and its own --bind."""

import gc
import os
from typing import Any

from tollmark import logs

worker_class = "tollmark.slow_clients.Worker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
preload_app = True  # one import for all workers; nothing is connected before the fork
timeout = 60
graceful_timeout = 30
keepalive = 15
max_requests = 50_000
max_requests_jitter = 5_000
limit_request_line = 8_190
limit_request_fields = 64
control_socket_disable = True
loglevel = os.environ.get("TOLLMARK_LOG_LEVEL", "INFO")
logconfig_dict = logs.configuration(loglevel)


def when_ready(_server: Any) -> None:
    """Before the first fork. What was imported stays for good, so that no collection has to walk through it again."""
    gc.collect()
    gc.freeze()
    # A post of a thousand requests makes ten thousand objects, none of them a cycle; by default it is looked through for
    # them a dozen times over, which took a fifth of its time.
    gc.set_threshold(100_000, 20, 20)
