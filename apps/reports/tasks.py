from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def send_due() -> None:
    """Every few minutes: one message for each organization whose report is due and not delivered."""
    from apps.reports.send_due import due

    for organization_id, week in due(now=timezone.now()):
        send.delay(organization_id, week)


@shared_task(ignore_result=True)
def send(organization_id: int, week: str) -> None:
    """Deliver one organization's report; a message too many finds nothing to do."""
    from apps.reports.send_due import send_one

    send_one(organization_id=organization_id, week=week, clock=timezone.now)
