from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.organizations.models import Organization
from apps.rollups import turns
from apps.rollups.models import Rebuild
from apps.rollups.sweep import mark_all, rebuild_all


class Command(BaseCommand):
    help = "Rebuild all that is marked, or what is of one organization, now, instead of waiting for the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--release", action="store_true", help="first take deployments out of quarantine")
        parser.add_argument("--organization", metavar="SLUG", help="only its deployments")
        parser.add_argument(
            "--everything", action="store_true", help="mark all cells first: after an upgrade that says so"
        )

    def handle(
        self,
        *args: Any,
        release: bool = False,
        organization: str | None = None,
        everything: bool = False,
        **options: Any,
    ) -> None:
        of = None if organization is None else [_organization(organization)]
        if release:
            quarantined = Rebuild.objects.exclude(quarantined_at=None)
            for state in quarantined if of is None else quarantined.filter(organization_id__in=of):
                turns.release(turns.Turn(state.organization_id, state.deployment_id))
        if everything:
            mark_all(now=timezone.now(), of=of)
        done = rebuild_all(now=timezone.now(), of=of)
        took = sum((one.took for one in done), start=timedelta())
        self.stdout.write(
            f"{len(done)} rebuilds: {sum(one.hours for one in done):,} hours, "
            f"{sum(one.requests for one in done):,} requests, {sum(one.cells for one in done):,} cells "
            f"in {took.total_seconds():.1f} s"
        )


def _organization(slug: str) -> int:
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"No organization is called {slug}.")
    return found.pk
