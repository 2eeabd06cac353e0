"""Pages and the read API, behind a proxy that buffers both ways, so that a slow browser holds no worker."""

import os

from tollmark import logs, memory

worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
backlog = 256
preload_app = True  # one import for all workers; nothing is connected before the fork
timeout = 60
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 5_000
limit_request_line = 8_190
limit_request_fields = 64
control_socket_disable = True
loglevel = os.environ.get("TOLLMARK_LOG_LEVEL", "INFO")
logconfig_dict = logs.configuration(loglevel)
when_ready = memory.freeze
