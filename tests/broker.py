"""A broker apart: the worker of the whole run must not take what a test means for one of its own."""

import os

from celery import Celery
from django.conf import settings

APART = f"{os.environ['REDIS_URL'].removesuffix('/0')}/7"


def send(task: str, *arguments: object) -> None:
    """To whichever worker listens at the broker apart."""
    with Celery("tests", broker=APART, set_as_current=False) as there:
        there.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        there.send_task(task, arguments)
