import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.operations.doctor.examine import examine
from apps.operations.doctor.finding import FAIL, Finding


class Command(BaseCommand):
    help = "Look at everything that has to be right for nothing to be lost; exits with 1 when something is not."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one object for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [asdict(one) for one in findings]}, indent=2))
        else:
            for one in findings:
                self._tell(one)
        if any(one.level == FAIL for one in findings):
            raise SystemExit(1)

    def _tell(self, one: Finding) -> None:
        self.stdout.write(f"{one.level:<4}  {one.name}: {one.said}")
        if one.advice:
            self.stdout.write(f"      {one.advice}")
