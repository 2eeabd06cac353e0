from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.benchmarks.close_week import close_week, place_newcomers
from apps.benchmarks.closing import BusyError
from apps.benchmarks.models import Snapshot
from apps.benchmarks.weeks import Week
from apps.organizations.models import Organization


class Command(BaseCommand):
    help = "Freeze the benchmark of a week, once and for good; repeating it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--week", help="such as 2026-W47 (default: the last one that is over)")
        parser.add_argument("--pool", default=Organization.Pool.LIVE, help="(default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            week = Week.parse(options["week"]) if options["week"] else Week.last_due(now)
            frozen = close_week(week=week, pool=options["pool"], now=now)
        except (ValueError, BusyError) as error:
            raise CommandError(str(error)) from error
        place_newcomers(frozen, now=now)
        tables = Snapshot.objects.filter(freeze=frozen)
        self.stdout.write(
            f"{frozen.week}, pool {frozen.pool}: frozen at {frozen.frozen_at:%Y-%m-%d %H:%M:%S} UTC, algorithm "
            f"{frozen.algorithm}; {tables.exclude(peers='').count()} of {tables.count()} tables have enough organizations."
        )
