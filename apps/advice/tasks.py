from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def advise_due() -> None:
    """Every ten minutes: one message for each deployment whose fixes are to be computed anew."""
    from apps.advice.advise import claimed

    for organization_id, deployment_id in claimed(now=timezone.now()):
        advise.delay(organization_id, deployment_id)


@shared_task(ignore_result=True)
def advise(organization_id: int, deployment_id: int) -> None:
    """What would save most in this deployment; a message too many finds nothing to do."""
    from apps.advice.advise import advise as advise_deployment

    advise_deployment(organization_id=organization_id, deployment_id=deployment_id, now=timezone.now())
