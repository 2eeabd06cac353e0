from celery import shared_task
from django.utils import timezone

from apps.traces.partitions import maintain


@shared_task(ignore_result=True)
def partitions() -> None:
    """Daily: partitions ahead, and none older than the retention."""
    maintain(today=timezone.now().date())
