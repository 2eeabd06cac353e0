"""Taking the demo's tables away with the demo. Those of every other pool stay for good: the database refuses."""

from django.db import transaction

from apps.benchmarks.freeze import BENCHMARK
from apps.benchmarks.models import Freeze, Place, Snapshot
from apps.organizations.models import Organization
from apps.quality.models import Pooled


def forget_demo() -> None:
    """Candidates and contributions go with their organizations."""
    with transaction.atomic(using=BENCHMARK):
        for table in (Pooled, Place, Snapshot, Freeze):
            table.objects.using(BENCHMARK).filter(pool=Organization.Pool.DEMO).delete()
