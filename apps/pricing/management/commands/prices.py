"""`manage.py prices import`: the list prices of the installed genai-prices package, idempotent, without network.

`waiting`, `accept` and `refuse` are the operator's: prices that are hard to believe wait for a word.
"""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.pricing.decide import NothingWaitsError, accept, refuse
from apps.pricing.import_prices import PricesDifferError, import_prices
from apps.pricing.queries import waiting


class Command(BaseCommand):
    help = "Add the price list of the installed genai-prices package; accept or refuse prices that wait for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["import", "waiting", "accept", "refuse"])
        parser.add_argument("number", nargs="*", type=int, help="of accept and refuse: numbers that `waiting` lists")
        parser.add_argument("--all", action="store_true", help="of accept and refuse: everything that waits")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, help="in force from this day in UTC on")
        parser.add_argument("--note", default="", help="why, for the record")

    def handle(self, *args: object, **options: Any) -> None:
        action = {"import": self._import, "waiting": self._waiting}.get(options["action"])
        if action is not None:
            action()
            return
        for number in self._chosen(options):
            try:
                self.stdout.write(self._decide(number, options))
            except NothingWaitsError as nothing:
                raise CommandError(f"{number}: {nothing}") from nothing

    def _import(self) -> None:
        try:
            done = import_prices(now=timezone.now())
        except PricesDifferError as difference:
            raise CommandError(str(difference)) from difference
        said = f"{done.added} prices added" if done.added else "there already"
        if done.waiting:
            said += f"; {done.waiting} wait for you: manage.py prices waiting"
        self.stdout.write(f"{done.source} {done.version}: {said}")

    def _waiting(self) -> None:
        found = waiting()
        for one in found:
            since = "since ever" if one.in_force_from is None else f"from {one.in_force_from:%Y-%m-%d}"
            self.stdout.write(f"{one.pk}: {one} {since}, by {one.price_list}: {one.reason}")
        self.stdout.write(f"{len(found)} waiting")

    def _chosen(self, options: Any) -> Iterable[int]:
        if options["all"]:
            return [one.pk for one in waiting()]
        if not options["number"]:
            raise CommandError("Name a number that `manage.py prices waiting` lists, or --all.")
        return list(options["number"])

    def _decide(self, number: int, options: Any) -> str:
        by, now, note = f"{getuser()} at the command line", timezone.now(), options["note"]
        if options["action"] == "refuse":
            return f"{refuse(proposal_id=number, by=by, now=now, note=note)}: refused"
        day = options["since"]
        since = None if day is None else datetime.combine(day, time(), UTC)
        return f"{accept(proposal_id=number, by=by, now=now, in_force_from=since, note=note)}: accepted"
