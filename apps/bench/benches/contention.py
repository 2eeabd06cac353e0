"""Several writers on one deployment, whose marks fall on the same hours, while a worker rebuilds them."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from apps.bench import measure, posts, stack, store
from apps.bench.measure import Spent
from apps.bench.posts import Place
from apps.bench.result import Ratio, Result
from apps.bench.stack import Stack
from apps.bench.tenant import Tenant, tenant

HELP = "Four writers on one deployment against the same without marks for rollups and nothing to rebuild."
WITHOUT = "apps.bench.without_marks:application"


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--writers", type=int, default=4, help="connections, and processes of the server (%(default)s)")
    parser.add_argument("--batch", type=int, default=1_000, help="requests a post (%(default)s)")
    parser.add_argument("--work", type=int, default=24_000, help="requests of one measurement (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    stack.prepare(days=3)
    marked, plain = tenant(now=timezone.now()), tenant(now=timezone.now())
    with (
        stack.serving(workers=options["writers"]) as with_marks,
        stack.serving(workers=options["writers"], application=WITHOUT) as without,
        stack.working(),
    ):
        kinds = {
            "with rollups": _Writers(with_marks, marked, options),
            "without": _Writers(without, plain, options),
        }
        measured = measure.interleaved(kinds, rounds=options["rounds"])
    result = Result("contention", rows=[_row(name, spent) for name, spent in measured.items()])
    for what, figure in (("per second", lambda s: s.per_second), ("per core-second", lambda s: s.per_core_second)):
        pairs = measure.pairs(measured["with rollups"], measured["without"], figure)
        result.ratios.append(Ratio(f"with rollups / without, {what}", pairs, 0.8))
    for one in kinds.values():
        found = store.stored(one.tenant.owner)
        result.ratios.append(store.check("requests", sent=one.requests, found=found.posted))
    if store.stored(plain.owner).hour_marks:
        result.notes.append("The server without marks left some: what it is compared with is not what it says.")
    return result


class _Writers:
    """Places of one tenant, each with a connection of its own."""

    def __init__(self, serving: Stack, mine: Tenant, options: Mapping[str, Any]) -> None:
        self.tenant, self._stack = mine, serving
        self._places = [Place.at(serving, mine) for _ in range(options["writers"])]
        self._batch = options["batch"]
        self._posts = max(1, options["work"] // self._batch // options["writers"])

    @property
    def requests(self) -> int:
        return sum(place.requests for place in self._places)

    def __call__(self, _: int) -> Spent:
        now = timezone.now()
        shares = [posts.bodies("ndjson", self._batch, self._posts, now) for _ in self._places]
        return measure.spent(lambda: posts.side_by_side(self._places, shares), self._stack.groups)


def _row(name: str, spent: list[Spent]) -> dict[str, str | int | float | None]:
    return {
        "what": name,
        "per second": measure.middle(spent, lambda one: one.per_second),
        "per core-second": measure.middle(spent, lambda one: one.per_core_second),
        "server us": measure.middle(spent, lambda one: one.cpu_us("server")),
        "postgres us": measure.middle(spent, lambda one: one.cpu_us("postgres")),
    }
