"""The ways in, behind a proxy that buffers: nothing but posts, which come whole and are answered after one commit.

Sync workers: a post is decoded by the processor and committed by the database, and threads would take turns at both.
About two workers a core, since each waits for its commit; WEB_CONCURRENCY says how many.
"""

import os

from tollmark import logs, memory

worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
backlog = 512  # waits in the kernel while workers are busy or this service restarts; beyond it the proxy is refused
preload_app = True  # one import for all workers; nothing is connected before the fork
timeout = 60
graceful_timeout = 30
max_requests = 200_000
max_requests_jitter = 50_000  # workers do not all start anew at once
limit_request_line = 2_048
limit_request_fields = 64
control_socket_disable = True
loglevel = os.environ.get("TOLLMARK_LOG_LEVEL", "INFO")
logconfig_dict = logs.configuration(loglevel)
when_ready = memory.freeze
