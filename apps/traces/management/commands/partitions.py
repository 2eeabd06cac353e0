from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from apps.traces.partitions import maintain


class Command(BaseCommand):
    help = "Make the day partitions that the accept window needs, and drop those older than the retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="make only those of the last DAYS days")

    def handle(self, *args: Any, **options: Any) -> None:
        done = maintain(today=timezone.now().date(), days=options["days"])
        self.stdout.write(f"{done.made} partitions made, {done.dropped} dropped")
