from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.bench import benches, render


class Command(BaseCommand):
    help = "Measures the platform against floors of the same run, on servers of its own or, with --running, on those of up."

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="bench", required=True)
        for name, bench in benches.found().items():
            one = kinds.add_parser(name, help=bench.HELP, description=bench.HELP)
            one.add_argument("--json", action="store_true", help="print JSON instead of a table")
            one.add_argument("--rounds", type=int, default=5, help="pairs that count, after a first that does not (5)")
            one.add_argument("--running", action="store_true", help="use the servers of a running up")
            bench.add_arguments(one)

    def handle(self, *args: Any, **options: Any) -> None:
        result = benches.found()[options["bench"]].run(options)
        self.stdout.write(render.as_json(result) if options["json"] else render.table(result))
