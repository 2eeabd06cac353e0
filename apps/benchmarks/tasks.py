from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def freeze_due() -> None:
    """Every few minutes: what was due on Monday 00:30 UTC and is not frozen yet, whatever was down then."""
    from apps.benchmarks.close_week import close_due

    close_due(now=timezone.now())
