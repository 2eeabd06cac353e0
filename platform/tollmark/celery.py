"""The Celery application; tasks are found in each app's `tasks.py`."""

import inspect
import logging
import os
import time
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")

from apps.pulse import counters
from tollmark import memory

log = structlog.get_logger("tollmark.task")
app = Celery("tollmark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is all it takes for Celery to leave the logging alone."""


worker_process_init.connect(memory.freeze)


@task_prerun.connect
def bind_task(task_id: str, task: Any, args: tuple[Any, ...], kwargs: dict[str, Any], **_: Any) -> None:
    """Every line of the log says which task it is of and, where the task says it, whose."""
    given = inspect.signature(task.run).bind_partial(*args, **kwargs).arguments
    owner = {name: given[f"{name}_id"] for name in ("organization", "deployment") if f"{name}_id" in given}
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id, **owner)
    task.request.began = time.perf_counter()


@task_postrun.connect
def tell_task(task: Any, state: str | None = None, **_: Any) -> None:
    """Sweeps come every few seconds and are told to those who debug."""
    milliseconds = round((time.perf_counter() - task.request.began) * 1_000, 1)
    level = logging.INFO if task.request.args or task.request.kwargs else logging.DEBUG
    log.log(level, "task ended", state=state, ms=milliseconds)
    counters.add("tollmark_tasks_total", task=task.name, state=(state or "unknown").lower())
    structlog.contextvars.clear_contextvars()
