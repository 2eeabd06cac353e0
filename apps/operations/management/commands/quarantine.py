from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.operations.quarantine import quarantined, release


class Command(BaseCommand):
    help = "List deployments that were set aside because work for them kept dying, or have them tried again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--release", metavar="ORGANIZATION/DEPLOYMENT", help="try this one again; `all`: every one")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, found = options["release"], list(quarantined())
        if wanted is None:
            for one in found:
                why = one.last_error or "its process was killed"
                self.stdout.write(
                    f"{one.name}: {one.task} since {one.since:%Y-%m-%d %H:%M} after {one.attempts} tries: {why}"
                )
            self.stdout.write(f"{len(found)} in quarantine")
            return
        chosen = [one for one in found if wanted in ("all", one.name)]
        if not chosen and wanted != "all":
            raise CommandError(f"{wanted} is not in quarantine.")
        for one in chosen:
            release(one)
            self.stdout.write(f"{one.name}: {one.task} will be tried again")
