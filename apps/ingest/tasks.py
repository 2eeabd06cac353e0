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


@shared_task(ignore_result=True)
def import_sweep() -> None:
    """Every few seconds: files that nobody reads."""
    from apps.ingest.files.run import due

    for organization_id, import_id in due(timezone.now()):
        run_import.delay(organization_id, import_id)


@shared_task(ignore_result=True)
def run_import(organization_id: int, import_id: int) -> None:
    """A turn with a file; the next one has to queue again, so that a long file does not hold up everything else."""
    from apps.ingest.files.run import run

    if run(organization_id=organization_id, import_id=import_id, clock=timezone.now):
        run_import.delay(organization_id, import_id)


@shared_task(ignore_result=True)
def expire_files() -> None:
    """Daily: files that were not read to their end, and reports of imports whose rows are gone."""
    from apps.ingest.files.expire import expire

    expire(now=timezone.now())


@shared_task(ignore_result=True)
def score_sweep() -> None:
    """Every few seconds: scores whose request is to be looked for."""
    from apps.ingest.scores.join import waiting

    for organization_id, deployment_id in waiting(timezone.now()):
        join_scores.delay(organization_id, deployment_id)


@shared_task(ignore_result=True)
def join_scores(organization_id: int, deployment_id: int) -> None:
    from apps.ingest.scores.join import join

    join(organization_id=organization_id, deployment_id=deployment_id, now=timezone.now())
