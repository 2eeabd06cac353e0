"""Logs are lines of JSON on stderr: what happened and how long it took, never what a request carried."""

import logging.config
import re
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import Processor

from tollmark.faults import describe

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(lambda error: describe(error[1])),
]
GIVEN_ID = re.compile(r"\A[0-9A-Za-z_-]{8,64}\Z")
PROBES = ("healthz", "readyz", "metrics")
log = structlog.get_logger("tollmark.request")


def configure(level: str) -> None:
    """Send the logs of every library and our own through one formatter."""
    logging.config.dictConfig(configuration(level))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configuration(level: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`, and for gunicorn, which configures itself."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": sys.stderr}},
        "root": {"handlers": ["stderr"], "level": level},
        "filters": {"faults": {"()": Faults}, "failures": {"()": Failures}},
        "loggers": {
            "django.request": {"filters": ["faults"]},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING", "filters": ["failures"]},
            "celery.beat": {"level": "WARNING"},
            "gunicorn.error": {"handlers": [], "propagate": True},
            # Anybody can cause these: the answers have their lines, and need no traceback, address or Referer beside them.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.csrf": {"level": "CRITICAL"},
        },
    }


class Faults(logging.Filter):
    """Of what Django says about requests only faults are kept, without the path: an address may hold a token.

    A refusal is an exception too, but no fault, and anybody may cause as many as they like.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info or getattr(record, "status_code", 500) < 500:
            return False
        record.msg, record.args = "failed", ()
        return True


class Failures(logging.Filter):
    """Of what Celery says of a task that failed only where it happened is kept: its own text quotes the exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.msg, record.args = "task failed", ()
        return True


class RequestLog:
    """Gives each request an id and writes one line about it; an id given by a client is kept when it looks like one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.match(given) else uuid.uuid4().hex
        # What is bound on the way, such as whose request it is, must not reach the next one of this thread.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(http_request=request_id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            self._write(request, response, started)
        finally:
            structlog.contextvars.clear_contextvars()
        return response

    def _write(self, request: HttpRequest, response: HttpResponse, started: float) -> None:
        route = request.resolver_match.route if request.resolver_match else None
        milliseconds = round((time.perf_counter() - started) * 1_000, 1)
        if route in PROBES:
            level = logging.DEBUG
        else:
            level = logging.ERROR if response.status_code >= 500 else logging.INFO
        log.log(level, "answered", method=request.method, route=route, status=response.status_code, ms=milliseconds)
