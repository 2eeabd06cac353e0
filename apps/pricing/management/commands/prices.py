"""`manage.py prices import`: the list prices of the installed genai-prices package, idempotent, without network."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.pricing.import_prices import PricesDifferError, import_prices


class Command(BaseCommand):
    help = "Add the price list of the installed genai-prices package, unless it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["import"])

    def handle(self, *args: object, **options: object) -> None:
        try:
            done = import_prices(now=timezone.now())
        except PricesDifferError as difference:
            raise CommandError(str(difference)) from difference
        said = f"{done.added} prices added" if done.added else "there already"
        self.stdout.write(f"{done.source} {done.version}: {said}")
