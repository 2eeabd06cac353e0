"""gunicorn as `manage.py up` runs it, with nothing in front, hence threads; behind a proxy see .web.py and .ingest.py."""

import os

from tollmark import logs, memory

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
when_ready = memory.freeze
