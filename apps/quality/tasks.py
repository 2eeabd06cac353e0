from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def freeze_due() -> None:
    """Every ten minutes: evidence of days that have begun, or whose requests have come since."""
    from apps.quality.freeze import freeze_due as freeze_all

    freeze_all(now=timezone.now())
