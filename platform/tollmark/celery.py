"""The Celery application; tasks are found in each app's `tasks.py`."""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")

app = Celery("tollmark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is all it takes for Celery to leave the logging alone."""


@task_prerun.connect
def bind_task(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def unbind_task(**_: Any) -> None:
    structlog.contextvars.unbind_contextvars("task", "task_id")
