from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def derive_sweep() -> None:
    """Every few seconds: what no hint has reached."""
    from apps.ingest.rederive import waiting

    for organization_id, deployment_id in waiting():
        derive_traces.delay(organization_id, deployment_id)


@shared_task(ignore_result=True)
def expire_posts() -> None:
    """Daily: the ledger reaches back as far as what it speaks of."""
    from apps.ingest.expire import expire

    expire(now=timezone.now())


@shared_task(ignore_result=True)
def derive_traces(organization_id: int, deployment_id: int) -> None:
    """Derive the requests of this deployment's stale units; a message too many finds nothing to do."""
    from apps.ingest.rederive import rederive

    rederive(organization_id=organization_id, deployment_id=deployment_id, now=timezone.now())
