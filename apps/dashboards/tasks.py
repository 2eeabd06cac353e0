from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def export_sweep() -> None:
    """Every few seconds: exports that nobody writes."""
    from apps.dashboards.exports.write import due

    for organization_id, export_id in due(timezone.now()):
        write_export.delay(organization_id, export_id)


@shared_task(ignore_result=True)
def write_export(organization_id: int, export_id: int) -> None:
    """A turn with an export; the next one has to queue again, so that a long file does not hold up everything else."""
    from apps.dashboards.exports.write import write

    if write(organization_id=organization_id, export_id=export_id, clock=timezone.now):
        write_export.delay(organization_id, export_id)


@shared_task(ignore_result=True)
def expire_exports() -> None:
    """Hourly: files whose days are over."""
    from apps.dashboards.exports.begin import expire

    expire(now=timezone.now())
