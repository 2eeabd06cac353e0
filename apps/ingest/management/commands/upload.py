import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ingest.files.client import Answer, Client, Refused


class Command(BaseCommand):
    help = (
        "Hand a file with requests over to a platform: NDJSON, JSON, CSV or Parquet, packed with gzip or zstd or not. Exports"
        " of LiteLLM, Helicone, Portkey, OpenRouter, OpenTracy and Langfuse are recognised; of any other table --columns says"
        " what is what. The same file again is a no-op."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", default=os.environ.get("TOLLMARK_KEY"), help="an ingestion key ($TOLLMARK_KEY)")
        parser.add_argument("--url", default=settings.SITE_URL, help="of the platform (%(default)s)")
        parser.add_argument(
            "--columns",
            metavar="JSON",
            help='such as {"columns": {"received_at": "time", "model": "model"}, "durations": "s", "costs": "cents"}',
        )
        parser.add_argument("--no-wait", action="store_true", help="leave once the file is handed over")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["key"]:
            raise CommandError("Name the key by --key or in the variable TOLLMARK_KEY.")
        try:
            client = Client(options["url"], options["key"])
            said = client.hand_over(options["file"], columns=_columns(options["columns"]))
            if not options["no_wait"]:
                said = client.follow(said, show=self._show)
        except (OSError, Refused) as error:
            raise CommandError(str(error)) from error
        self._end(said)

    def _show(self, said: Answer) -> None:
        self.stdout.write(f"{said['progress']:.0%} of {said['name']}: {said['rows']:,} rows")

    def _end(self, said: Answer) -> None:
        if said["state"] == "failed":
            raise CommandError(said["fault"])
        if said["state"] == "columns":
            raise CommandError("Nobody knows this table yet: name its columns on the page Files, or by --columns.")
        counts = f"{said['accepted']:,} accepted, {said['duplicate']:,} duplicate, {said['conflict']:,} in conflict"
        self.stdout.write(f"{said['name']} ({said['dialect']}): {said['rows']:,} rows, {counts}, {_rejected(said)}.")


def _rejected(said: Answer) -> str:
    by_reason = ", ".join(f"{number:,} {code}" for code, number in said["reasons"].items())
    return f"{said['rejected']:,} rejected" + (f" ({by_reason})" if by_reason else "")


def _columns(said: str | None) -> dict[str, Any] | None:
    if said is None:
        return None
    try:
        found = json.loads(said)
    except ValueError as error:
        raise CommandError(f"--columns is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise CommandError("--columns is an object.")
    return found
