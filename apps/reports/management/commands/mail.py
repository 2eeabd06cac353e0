from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.benchmarks.weeks import Week
from apps.organizations.models import Organization
from apps.reports.deliver import deliver, messages


class Command(BaseCommand):
    help = "Send an organization's weekly report now, to members who have not been sent it; or write it to files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, help="its slug")
        parser.add_argument("--week", help="such as 2026-W47 (default: the last one that is over)")
        parser.add_argument("--to-file", type=Path, metavar="FOLDER", help="write the messages here, and send none")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']}.")
        try:
            week = Week.parse(options["week"]) if options["week"] else Week.last_due(timezone.now())
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["to_file"]:
            self._write(organization, week, options["to_file"])
        else:
            self._send(organization, week)

    def _send(self, organization: Organization, week: Week) -> None:
        tally = deliver(organization=organization, week=week, clock=timezone.now)
        told = ", ".join(f"{count} {state}" for state, count in sorted(tally.items()))
        self.stdout.write(f"{week}, {organization.slug}: {told or 'nothing to report, or nobody to report it to'}.")

    def _write(self, organization: Organization, week: Week, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(messages(organization=organization, week=week), start=1):
            path = folder / f"{organization.slug}-{week}-{number}.eml"
            path.write_bytes(message.message().as_bytes())
            self.stdout.write(str(path))
