from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.organizations.models import Organization
from apps.rollups.verify import Verified, verify


class Command(BaseCommand):
    help = "Recompute every cell from raw rows and compare every figure; exits with 1 when one differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", help="slug of the only organization to verify (default: all)")

    def handle(self, *args: Any, organization: str | None = None, **options: Any) -> None:
        tenants = Organization.objects.order_by("slug")
        if organization:
            tenants = tenants.filter(slug=organization)
            if not tenants:
                raise CommandError(f"There is no organization {organization}.")
        done: list[Verified] = []
        for tenant in tenants:
            for one in verify(organization_id=tenant.pk, now=timezone.now()):
                done.append(one)
                self._tell(tenant.slug, one)
        different = sum(one.different_cells for one in done)
        self.stdout.write(
            f"{len(done)} deployments, {sum(one.requests for one in done):,} requests, "
            f"{sum(one.cells for one in done):,} cells, {sum(one.figures for one in done):,} figures: "
            + (f"{different:,} cells differ" if different else "all equal")
        )
        if different:
            raise SystemExit(1)

    def _tell(self, organization: str, one: Verified) -> None:
        name = f"{organization}/{one.deployment}"
        if one.pending:
            self.stdout.write(f"{name}: {one.pending} days wait to be rebuilt and were not compared")
        for difference in one.differences:
            cell = ", ".join(str(label) for label in difference.cell)
            self.stdout.write(
                f"{name}: {difference.table} ({cell}): {difference.figure} stands as {difference.stands}, "
                f"recomputed {difference.recomputed}"
            )
        if one.different_cells:
            self.stdout.write(f"{name}: {one.different_cells:,} cells differ")
