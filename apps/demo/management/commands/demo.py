from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.advice.tasks import advise_due
from apps.benchmarks.close_week import close_week
from apps.benchmarks.closing import BusyError
from apps.benchmarks.tasks import close_due
from apps.benchmarks.weeks import Week
from apps.demo import account
from apps.demo.bills import enter_bills
from apps.demo.due import since
from apps.demo.fill import fill
from apps.demo.know import know
from apps.demo.lay import began, lay
from apps.demo.past_weeks import POOL, held_open, weeks_to_freeze
from apps.demo.post import RefusedError, UnreachableError
from apps.demo.remove import remove


class Command(BaseCommand):
    help = "The demo: sixty made-up organizations in a pool of their own, posting through the running platform."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        seed = deeds.add_parser("seed", help="lay it, or continue it up to now; the platform must be running")
        seed.add_argument("--url", default=settings.SITE_URL, help="of the running platform (%(default)s)")
        taking = deeds.add_parser("remove", help="take it away, with everything that belongs to it")
        taking.add_argument("--yes", action="store_true", help="without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deed"] == "seed":
            self._seed(options["url"])
        else:
            self._remove(sure=options["yes"])

    def _seed(self, url: str) -> None:
        now = timezone.now()
        places = lay(now=now)
        first_day = began(now=now)
        weeks = weeks_to_freeze(began=first_day, now=now)
        try:
            with held_open(weeks[0] if weeks else None):
                due = list(since(places=places, began=first_day, now=now))
                tally = fill(due=due, began=first_day, until=now, url=url, posted=partial(know, now=now))
        except (RefusedError, UnreachableError, BusyError) as error:
            raise CommandError(f"The demo could not be posted: {error}") from error
        self.stdout.write(f"Posted in {_seconds(now)} s: {tally}.")
        if weeks:
            self._freeze(*weeks)
            enter_bills(now=now)
            advise_due.delay()  # beat would within ten minutes, and who looks at the demo looks now
            self.stdout.write(f"Rolled up and frozen after {_seconds(now)} s.")
        self.stdout.write(f"Look around in the demo as {account.sign_in()}.")

    def _freeze(self, newest: Week, *older: Week) -> None:
        """The week that the pages show is waited for; what they show of the past comes by and by."""
        try:
            close_week(week=newest, pool=POOL, now=timezone.now())
        except BusyError as busy:
            self.stdout.write(f"{busy}.")
        for week in older:
            close_due.delay(POOL, str(week))

    def _remove(self, *, sure: bool) -> None:
        if not sure and input("Remove the demo's organizations, traces and people? [y/N] ").strip().lower() != "y":
            self.stdout.write("Nothing was removed.")
            return
        gone = remove()
        self.stdout.write(f"Removed {gone.organizations} organizations, {gone.rows:,} rows, {gone.people} people.")
        self.stdout.write("`up` lays it again; `up --no-demo` goes without.")
        if gone.people_kept:
            self.stdout.write(f"{gone.people_kept} of its people belong to another organization by now, and stay.")


def _seconds(since: datetime) -> str:
    return f"{(timezone.now() - since).total_seconds():.1f}"
