from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.rollups import turns
from apps.rollups.models import Rebuild
from apps.rollups.sweep import rebuild_all


class Command(BaseCommand):
    help = "Rebuild all that is marked, now, instead of waiting for the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--release", action="store_true", help="first take deployments out of quarantine")

    def handle(self, *args: Any, release: bool = False, **options: Any) -> None:
        if release:
            for state in Rebuild.objects.exclude(quarantined_at=None):
                turns.release(turns.Turn(state.organization_id, state.deployment_id))
        done = rebuild_all(now=timezone.now())
        took = sum((one.took for one in done), start=timedelta())
        self.stdout.write(
            f"{len(done)} rebuilds: {sum(one.hours for one in done):,} hours, "
            f"{sum(one.requests for one in done):,} requests, {sum(one.cells for one in done):,} cells "
            f"in {took.total_seconds():.1f} s"
        )
