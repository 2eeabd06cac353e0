import structlog
from celery import shared_task
from django.utils import timezone

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def freeze_due() -> None:
    """Every few minutes: what was due on Monday 00:30 UTC and is not frozen yet, whatever was down then."""
    from apps.benchmarks.close_week import due

    for pool, week in due(now=timezone.now()):
        close_due.delay(pool, str(week))


@shared_task(ignore_result=True)
def close_due(pool: str, week: str) -> None:
    """One pool; a message too many finds it frozen."""
    from apps.benchmarks import close_week
    from apps.benchmarks.closing import BusyError
    from apps.benchmarks.weeks import Week

    try:
        close_week.close_due(pool=pool, week=Week.parse(week), now=timezone.now())
    except BusyError as busy:
        log.info("not frozen yet", pool=pool, week=week, reason=str(busy))
