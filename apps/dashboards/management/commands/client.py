from typing import Any

from django.core.management.base import BaseCommand

from apps.dashboards.client.generate import client


class Command(BaseCommand):
    help = (
        "Print a typed Python client of the API, one file without dependencies, generated from the API's description."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(client(), ending="")
