from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def sweep() -> None:
    """Every few seconds: send one message for each deployment whose turn it is."""
    from apps.rollups import reprice as repricing
    from apps.rollups.sweep import claimed

    for turn in claimed(now=timezone.now()):
        rebuild.delay(turn.organization_id, turn.deployment_id)
    for organization_id, deployment_id in repricing.claimed(now=timezone.now()):
        reprice.delay(organization_id, deployment_id)


@shared_task(ignore_result=True)
def rebuild(organization_id: int, deployment_id: int) -> None:
    """Rebuild what is stale of one deployment; a message too many finds nothing to do."""
    from apps.rollups.rebuild import rebuild as rebuild_deployment

    rebuild_deployment(organization_id=organization_id, deployment_id=deployment_id, now=timezone.now())


@shared_task(ignore_result=True)
def expire_hours() -> None:
    """Daily."""
    from apps.rollups.expire import expire

    expire(now=timezone.now())


@shared_task(ignore_result=True)
def reprice(organization_id: int, deployment_id: int) -> None:
    """Price the last days of this deployment at today's prices, if somebody has asked."""
    from apps.rollups.reprice import reprice as reprice_deployment

    reprice_deployment(organization_id=organization_id, deployment_id=deployment_id, now=timezone.now())


@shared_task(ignore_result=True)
def decay_sweep() -> None:
    """Every minute: one message for each deployment whose days have changed since they were last compared."""
    from apps.rollups.decay import claimed

    for organization_id, deployment_id in claimed(now=timezone.now()):
        decay.delay(organization_id, deployment_id)


@shared_task(ignore_result=True)
def decay(organization_id: int, deployment_id: int) -> None:
    """Compare the days of this deployment with the first ones under its present rules."""
    from apps.rollups.decay import refresh

    refresh(organization_id=organization_id, deployment_id=deployment_id, now=timezone.now())
