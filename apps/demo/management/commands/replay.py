from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.demo import replay, traces
from apps.demo.post import Poster, RefusedError, Tally, UnreachableError


class Command(BaseCommand):
    help = (
        "Post a public trace file (Azure LLM inference CSV, Mooncake JSON lines, LLMPerf CSV) to an ingest endpoint, its"
        " times moved to the present. What the file does not measure stays unknown."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", required=True, help="an ingestion key; everything goes to its deployment")
        parser.add_argument("--url", default=settings.SITE_URL, help="of the platform (%(default)s)")
        pace = parser.add_mutually_exclusive_group()
        pace.add_argument("--rate", type=float, metavar="N", help="live: N requests a second, received when sent")
        pace.add_argument("--compress", type=float, default=1.0, metavar="N", help="divide all distances in time by N")
        parser.add_argument("--until", help="time of the last request, ISO 8601 (now); repeating it repeats the same")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["rate"] or 1) <= 0 or options["compress"] <= 0:
            raise CommandError("--rate and --compress are greater than 0.")
        until = parse_datetime(options["until"]) if options["until"] else timezone.now()
        if until is None or until.tzinfo is None:
            raise CommandError("--until is written like 2026-11-24T10:00:00Z.")
        try:
            plan = replay.measure(options["file"])
            self.stdout.write(f"{plan.name}: {plan.rows:,} requests" + ("" if plan.timed else ", without times"))
            with Poster(options["url"]) as poster:
                tally = self._send(plan, poster, until, options)
        except (OSError, traces.UnknownFormatError, RefusedError, UnreachableError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tally}.")
        if tally.first_message:
            self.stdout.write(f"First rejection: {tally.first_message}")

    def _send(self, plan: replay.Plan, poster: Poster, until: Any, options: dict[str, Any]) -> Tally:
        if options["rate"]:
            return replay.replay_live(
                plan=plan, poster=poster, key=options["key"], rate=options["rate"], clock=timezone.now
            )
        return replay.replay(plan=plan, poster=poster, key=options["key"], until=until, compress=options["compress"])
